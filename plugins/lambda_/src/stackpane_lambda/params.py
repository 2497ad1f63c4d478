"""The types of the commands' arguments and options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stackpane import InvalidInput, Link
from stackpane_lambda.names import FunctionName, checked_qualifier, function_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from click.shell_completion import CompletionItem

__all__ = ["FUNCTION", "QUALIFIER", "FunctionType", "complete_event", "complete_template", "qualifier_of"]


class FunctionType(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.4
    """A function's name, also by its ARN. Names complete."""

    name = "function"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> FunctionName:
        """The name."""
        if isinstance(value, FunctionName):
            return value
        try:
            return function_name(value)
        except InvalidInput as error:
            self.fail(f"{error.message}. {error.hint}", param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The functions, as ``lambda ls`` lists them."""
        from stackpane.completion import live

        return live(_functions, _name)(ctx, param, incomplete)


class QualifierType(click.ParamType):  # type: ignore[type-arg]
    """A version or an alias."""

    name = "qualifier"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The version or alias as it is."""
        try:
            return checked_qualifier(value)
        except InvalidInput as error:
            self.fail(f"{error.message}. {error.hint}", param, ctx)


def _functions(_ctx: click.Context, incomplete: str) -> Link:
    return Link.to("lambda ls", incomplete)


def _name(row: Mapping[str, Any]) -> str:
    name: str = row["FunctionName"]
    return name


FUNCTION = FunctionType()
QUALIFIER = QualifierType()


def qualifier_of(function: FunctionName, given: str | None) -> str | None:
    """The version or alias that is meant: given by its option, or with the name. Raises ``InvalidInput`` for two."""
    if given is not None and function.qualifier not in (None, given):
        raise InvalidInput(f"two versions are named: {function.qualifier} and {given}", "Leave one of them out.")
    return given or function.qualifier


def complete_event(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The saved events of the function that stands before."""
    from click.shell_completion import CompletionItem

    from stackpane_lambda.events.store import Store

    function = ctx.params.get("function")
    names = {event.name for event in Store.here().events(function)} if function else set()
    return [CompletionItem(name) for name in sorted(names) if name.startswith(incomplete)]


def complete_template(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The templates of events."""
    from click.shell_completion import CompletionItem

    from stackpane_lambda.events.templates import templates

    return [CompletionItem(each.name, help=each.about) for each in templates() if each.name.startswith(incomplete)]
