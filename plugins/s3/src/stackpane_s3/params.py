"""Types of the S3 commands' parameters: what a form shows, and how the text that was typed becomes a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from stackpane.errors import InvalidInput
from stackpane_s3.uris import S3Uri

if TYPE_CHECKING:
    from stackpane_s3.reading import ByteRange

__all__ = ["BYTES", "BYTE_RANGE", "S3_URI", "ByteCount", "ByteRangeType", "S3UriType", "no_glob"]


class S3UriType(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.4
    """``s3://bucket/key`` or an S3 ARN, as an ``S3Uri``."""

    name = "s3 uri"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> S3Uri:
        """The place; fails with what to write instead."""
        if isinstance(value, S3Uri):
            return value
        try:
            return S3Uri.parse(value)
        except InvalidInput as error:
            self.fail(" ".join(filter(None, [error.message + ".", error.hint])), param, ctx)


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
BYTE_RANGE = ByteRangeType()
BYTES = ByteCount()

no_glob = click.option("--no-glob", is_flag=True, help="Take *, ?, [ and ] in the URI as they are.")
"""The option of every command that takes globs."""
