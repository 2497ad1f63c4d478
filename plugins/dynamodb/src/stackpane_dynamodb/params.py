"""The types of the commands' arguments and options."""

from __future__ import annotations

from typing import Any

import click

from stackpane import InvalidInput
from stackpane_dynamodb.names import table_name

__all__ = ["TABLE", "TableType"]


class TableType(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.4
    """A table's name, also by its ARN."""

    name = "table"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name."""
        try:
            return table_name(value)
        except InvalidInput as error:
            self.fail(" ".join(filter(None, [error.message + ".", error.hint])), param, ctx)


TABLE = TableType()
