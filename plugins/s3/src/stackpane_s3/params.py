"""Types of the S3 commands' parameters: what a form shows, and how the text that was typed becomes a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from stackpane import InvalidInput, Link
from stackpane_s3.uris import S3Uri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from click.shell_completion import CompletionItem

    from stackpane_s3.reading import ByteRange

__all__ = [
    "BYTES",
    "BYTE_RANGE",
    "S3_BUCKET",
    "S3_URI",
    "ByteCount",
    "ByteRangeType",
    "S3UriType",
    "complete_file",
    "complete_file_or_uri",
    "no_glob",
]


class S3UriType(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.4
    """``s3://bucket/key`` or an S3 ARN, as an ``S3Uri``. Buckets complete, and keys unless ``buckets_only``."""

    name = "s3 uri"

    def __init__(self, *, buckets_only: bool = False) -> None:
        self.buckets_only = buckets_only

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> S3Uri:
        """The place; fails with what to write instead."""
        if isinstance(value, S3Uri):
            return value
        try:
            return S3Uri.parse(value)
        except InvalidInput as error:
            self.fail(" ".join(filter(None, [error.message + ".", error.hint])), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The buckets, or the folders and keys of the next level, as ``s3 ls`` lists them."""
        from stackpane.completion import live

        typed = _ROOT if _ROOT.startswith(incomplete) else incomplete
        folder, slash, _ = typed.removeprefix(_ROOT).rpartition("/")
        if slash and self.buckets_only:
            return []

        def link(_ctx: click.Context, _incomplete: str) -> Link:
            return Link.to("s3 ls", typed if slash else _ROOT, no_glob=True)

        def value(row: Mapping[str, Any]) -> str:
            if slash:
                return f"{_ROOT}{folder.partition('/')[0]}/{row['Key']}"
            return f"{_ROOT}{row['Name']}{'' if self.buckets_only else '/'}"

        return live(link, value)(ctx, param, typed)


def complete_file(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Local files, as the shell itself completes them."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def complete_file_or_uri(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Places in S3 where one was begun, else local files."""
    complete = S3_URI.shell_complete if incomplete.startswith("s3:") else complete_file
    return complete(ctx, param, incomplete)


_ROOT = "s3://"
_BYTES = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?) ?(?P<unit>[kmgtp]?)(?:i?b)?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}


class ByteCount(click.ParamType):  # type: ignore[type-arg]
    """A number of bytes, ``1048576``, ``10k`` or ``5MiB``, as an ``int``. Units are binary, as in ``ls -h``."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The bytes; fails on anything that is not a whole number of them after rounding."""
        if isinstance(value, int):
            return value
        if (match := _BYTES.fullmatch(value.strip())) is None:
            self.fail(f"{value!r} is not a size. Write bytes, or a number with a unit: 500k, 5MiB, 1.5g.", param, ctx)
        factor: int = 1024 ** _POWERS[match["unit"].lower()]
        return round(float(match["number"]) * factor) if "." in match["number"] else int(match["number"]) * factor


class ByteRangeType(click.ParamType):  # type: ignore[type-arg]
    """``0-99``, ``100-`` or ``-50``, as a ``ByteRange``."""

    name = "bytes"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> ByteRange:
        """The range; fails with what to write instead."""
        from stackpane_s3.reading import ByteRange

        if isinstance(value, ByteRange):
            return value
        try:
            return ByteRange.parse(value)
        except InvalidInput as error:
            self.fail(f"{error.message}. {error.hint}", param, ctx)


S3_URI = S3UriType()
S3_BUCKET = S3UriType(buckets_only=True)
BYTE_RANGE = ByteRangeType()
BYTES = ByteCount()

no_glob = click.option("--no-glob", is_flag=True, help="Take *, ?, [ and ] in the URI as they are.")
"""The option of every command that takes globs."""
