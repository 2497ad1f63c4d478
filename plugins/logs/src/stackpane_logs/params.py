"""The types of the commands' arguments and options."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from stackpane import InvalidInput, Link
from stackpane_logs.names import group_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from click.shell_completion import CompletionItem

__all__ = ["GROUP", "GROUPS", "LENGTH", "REGEX", "complete_stream"]


class GroupType(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.4
    """A log group's name, also by its ARN; with ``globs`` also a pattern. Names complete."""

    name = "group"

    def __init__(self, *, globs: bool = False) -> None:
        self.globs = globs

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name."""
        try:
            return group_name(value, globs=self.globs)
        except InvalidInput as error:
            self.fail(" ".join(filter(None, [error.message + ".", error.hint])), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The log groups, as ``logs ls`` lists them."""
        from stackpane.completion import live

        return live(_groups, _name)(ctx, param, incomplete)


class LengthType(click.ParamType):  # type: ignore[type-arg]
    """A length of time (``30s``, ``5m``), as seconds."""

    name = "length"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds."""
        from stackpane.times import parse_duration

        try:
            return value if isinstance(value, float) else parse_duration(value).total_seconds()
        except InvalidInput as error:
            self.fail(f"{error.message}. {error.hint}", param, ctx)


class RegexType(click.ParamType):  # type: ignore[type-arg]
    """A regular expression, as its text; one that is none is refused."""

    name = "regex"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text."""
        try:
            re.compile(value)
        except re.error as error:
            self.fail(f"{value!r} is no regular expression: {error}", param, ctx)
        text: str = value
        return text


def complete_stream(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The streams of the log group that was named before."""
    from stackpane.completion import live

    group = ctx.params.get("group")
    if not isinstance(group, str):
        return []

    def link(_ctx: click.Context, typed: str) -> Link:
        return Link.to("logs streams", group, prefix=typed or None)

    return live(link, lambda row: str(row["logStreamName"]))(ctx, param, incomplete)


def _groups(_ctx: click.Context, incomplete: str) -> Link:
    return Link.to("logs ls", incomplete)


def _name(row: Mapping[str, Any]) -> str:
    name: str = row["logGroupName"]
    return name


GROUP = GroupType()
GROUPS = GroupType(globs=True)
REGEX = RegexType()
LENGTH = LengthType()
