"""The types of the commands' arguments and options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stackpane import InvalidInput, Link
from stackpane_dynamodb.names import table_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from click.shell_completion import CompletionItem

__all__ = ["TABLE", "TableType"]


class TableType(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.4
    """A table's name, also by its ARN. Names complete."""

    name = "table"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name."""
        try:
            return table_name(value)
        except InvalidInput as error:
            self.fail(" ".join(filter(None, [error.message + ".", error.hint])), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The tables, as ``dynamodb ls`` lists them."""
        from stackpane.completion import live

        return live(_tables, _name)(ctx, param, incomplete)


def _tables(_ctx: click.Context, incomplete: str) -> Link:
    return Link.to("dynamodb ls", incomplete)


def _name(row: Mapping[str, Any]) -> str:
    name: str = row["TableName"]
    return name


TABLE = TableType()
