"""The types of the commands' arguments and options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stackpane import Link

if TYPE_CHECKING:
    from collections.abc import Mapping

    from click.shell_completion import CompletionItem

__all__ = ["GROUP", "POOL", "USER", "assignments"]

_MOST = 128
"""Characters of a pool's, a user's or a group's name; of an ARN there are more."""


class PoolType(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.4
    """A pool by its id, its ARN, or its name where no other has the same. Ids complete."""

    name = "pool"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text; what it names is asked of AWS only where it is a name."""
        text = str(value)
        if not text.strip() or len(text) > _MOST * 2:
            self.fail(f"{text!r} is no user pool: give its id (us-east-1_AbCdEfGhI), its ARN or its name.", param, ctx)
        return text

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The pools, as ``cognito ls`` lists them: by id, or by name where one was begun."""
        from stackpane.completion import live

        by_id = live(_pools, lambda row: row["Id"])(ctx, param, incomplete)
        return by_id or live(_pools, lambda row: row["Name"])(ctx, param, incomplete)


class UserType(click.ParamType):  # type: ignore[type-arg]
    """A user's name, or what the pool lets stand for it. Names complete."""

    name = "user"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name."""
        if not 0 < len(str(value)) <= _MOST:
            self.fail(f"{value!r} is no user's name: it has 1 to {_MOST} characters.", param, ctx)
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The users of the pool that was named whose names begin with what was typed."""
        from stackpane.completion import live

        return live(_users, lambda row: row["Username"])(ctx, param, incomplete)


class GroupType(click.ParamType):  # type: ignore[type-arg]
    """A group's name. Names complete."""

    name = "group"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name."""
        if not 0 < len(str(value)) <= _MOST:
            self.fail(f"{value!r} is no group's name: it has 1 to {_MOST} characters.", param, ctx)
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The groups of the pool that was named."""
        from stackpane.completion import live

        return live(_groups, lambda row: row["GroupName"])(ctx, param, incomplete)


POOL = PoolType()
USER = UserType()
GROUP = GroupType()


def _pools(_ctx: click.Context, _incomplete: str) -> Link:
    return Link.to("cognito ls")


def _users(ctx: click.Context, incomplete: str) -> Link:
    from stackpane_cognito.users import prefix_filter

    return Link.to("cognito users", ctx.params.get("pool") or "", filter=prefix_filter("username", incomplete))


def _groups(ctx: click.Context, _incomplete: str) -> Link:
    return Link.to("cognito groups", ctx.params.get("pool") or "")


def assignments(option: str) -> Any:
    """A callback that makes a mapping of ``NAME=VALUE`` words, of which none may come twice."""

    def parse(ctx: click.Context, param: click.Parameter, words: tuple[str, ...]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for word in words:
            name, equals, value = word.partition("=")
            if not name or not equals:
                raise click.BadParameter(f"{option} wants NAME=VALUE, not {word!r}", ctx, param)
            if name in found:
                raise click.BadParameter(f"{name} comes twice", ctx, param)
            found[name] = value
        return found

    return parse
