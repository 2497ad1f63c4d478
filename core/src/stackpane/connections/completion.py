"""Completion of connection names in the commands that take one as an argument."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

__all__ = ["complete_connection"]


def complete_connection(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The connections whose name begins with what was typed."""
    from stackpane import completion

    return completion.connections(ctx, incomplete)
