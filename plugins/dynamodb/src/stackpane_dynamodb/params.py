"""The types of the commands' arguments and options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stackpane import InvalidInput, Link
from stackpane_dynamodb.names import table_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from click.shell_completion import CompletionItem

    from stackpane_dynamodb.native.transfers import Transfer

__all__ = ["BUCKET_OWNER", "TABLE", "TRANSFER", "TableType", "TransferType", "only_with"]


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


class _AccountType(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.4
    """The id of an AWS account."""

    name = "account"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The id."""
        if not (value.isascii() and value.isdigit() and len(value) == 12):
            self.fail(f"{value!r} is not the id of an account, which has 12 digits.", param, ctx)
        return str(value)


def only_with(what: str, options: Mapping[str, Any], unset: Mapping[str, Any] | None = None) -> None:
    """Raise ``InvalidInput`` where one of the options was given that only mean something with ``what``.

    ``unset`` are their values where nobody gives them; nothing unless said. Only the options it has are looked at.
    """
    given = [
        name
        for name, value in options.items()
        if (unset is None and value) or (unset is not None and name in unset and value != unset[name])
    ]
    if given:
        named = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise InvalidInput(f"{named} goes with {what} only")


class TransferType(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.4
    """The ARN of an export or an import."""

    name = "arn"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Transfer:
        """The export or import."""
        from stackpane_dynamodb.native.transfers import Transfer, transfer_of

        found = value if isinstance(value, Transfer) else transfer_of(value)
        if found is None:
            self.fail(
                f"{value!r} is not the ARN of an export or an import. See dynamodb exports and dynamodb imports.",
                param,
                ctx,
            )
        return found


def _tables(_ctx: click.Context, incomplete: str) -> Link:
    return Link.to("dynamodb ls", incomplete)


def _name(row: Mapping[str, Any]) -> str:
    name: str = row["TableName"]
    return name


TABLE = TableType()
TRANSFER = TransferType()
BUCKET_OWNER = _AccountType()
