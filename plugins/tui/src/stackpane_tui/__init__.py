"""The terminal browser of Stackpane: every service in panes, tables, forms and live tails."""

from __future__ import annotations

from stackpane import CommandReference, hookimpl


@hookimpl
def stackpane_commands() -> list[CommandReference]:
    """Add the command that opens the browser."""
    help_text = "Browse in the terminal: panes, tables, forms, live tails."
    return [CommandReference("tui", help_text, "stackpane_tui.command:tui", front=True)]
