"""What can be typed and chosen: every command there is, what could follow a line's beginning, and what is pasted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click
from click.shell_completion import ShellComplete

from stackpane import Link, StackpaneError
from stackpane.app import App, Run, Silent
from stackpane.opening import place_of
from stackpane.text import is_plain

__all__ = ["all_commands", "proposals", "target_of"]

_TARGET = re.compile(r"(arn:[\w-]+:|[a-z][a-z0-9+.-]*://)\S*")


def all_commands(core: App) -> list[tuple[Link, str]]:
    """Every command with its line of help, services first. Imports them all, so it is for a thread."""
    return list(_below(core.root, click.Context(core.root, info_name="stackpane"), (), core.face))


def _below(group: click.Group, context: click.Context, path: tuple[str, ...], face: Any) -> Iterator[tuple[Link, str]]:
    for name in group.list_commands(context):
        try:
            command = group.get_command(context, name)
        except StackpaneError as error:  # one plugin's commands cannot be imported; the others can be chosen
            face.warn(error.message)
            continue
        if isinstance(command, click.Group):
            inner = click.Context(command, info_name=name, parent=context)
            yield from _below(command, inner, (*path, name), face)
        elif command is not None and not command.hidden:
            yield Link((*path, name)), command.get_short_help_str(80)


def proposals(core: App, given: Mapping[str, Any], words: Sequence[str], part: str) -> list[tuple[str, str]]:
    """What ``part``, behind ``words``, could become: values with their help. May ask AWS; for a thread.

    Nothing is said or recorded for a key press, and nobody is asked anything.
    """
    quiet = App(Silent(), core.plugins)
    words = list(words[1:] if words[:1] == ["stackpane"] else words)
    completer = ShellComplete(quiet.root, {"obj": Run(quiet, given=dict(given))}, "stackpane", "")
    try:
        items = completer.get_completions(words, part)
    except StackpaneError:  # a plugin that cannot be loaded: the command will say so
        return []
    return [(item.value, item.help or "") for item in items if item.type == "plain" and is_plain(item.value)]


def target_of(core: App, text: str) -> Link | None:
    """The place that a pasted ARN, URI or console URL leads to, in the region that it names."""
    if not _TARGET.fullmatch(text.strip()):
        return None
    link = core.target(text.strip())
    return place_of(text.strip(), link) if link is not None else None
