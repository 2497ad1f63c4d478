"""Completion: the script for the shell, and the names that complete an option or an argument.

What completes without AWS is read from files. Live names (buckets, tables) come from a command's own view, with a short
deadline; whatever goes wrong there completes to nothing, because a prompt must never show an error.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from stackpane.commands import command
from stackpane.errors import StackpaneError
from stackpane.shells import SHELLS
from stackpane.text import is_plain
from stackpane.views import Document, PageRequest, Table

if TYPE_CHECKING:
    from stackpane.app import Run
    from stackpane.links import Link

__all__ = ["complete", "completion", "connections", "live", "profiles", "regions"]

_VARIABLE = "_STACKPANE_COMPLETE"
_MOST = 200
"""Live names that are proposed; nobody reads more."""
_PATIENCE = 3.0
"""Seconds that live names may take; an endpoint that is slower has none."""


@command("completion", needs="runner", shared=False)
@click.argument("shell", type=click.Choice(sorted(SHELLS)))
def completion(run: Run, shell: str) -> Document:
    """Print the completion script for a shell.

    \b
    bash: eval "$(stackpane completion bash)"   in ~/.bashrc
    zsh:  eval "$(stackpane completion zsh)"    in ~/.zshrc
    fish: stackpane completion fish | source    in ~/.config/fish/config.fish
    """
    script = SHELLS[shell](run.app.root, {}, "stackpane", _VARIABLE).source()
    return Document(script.encode() + b"\n", media_type="text/x-shellscript", name=f"stackpane.{shell}")


def complete(root: click.Group, run: Run, instruction: str) -> str:
    """What the shell's script asks for (``bash_complete``), line by line; the words come by the environment."""
    shell = instruction.partition("_")[0]
    if shell not in SHELLS:
        return ""
    try:
        proposals = SHELLS[shell](root, {"obj": run}, "stackpane", _VARIABLE).complete()
    except StackpaneError:  # a plugin that cannot be loaded; the command will say so
        return ""
    return f"{proposals}\n" if proposals else ""


def connections(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """The names of all connections; also of the second and later ones in ``a,b``."""
    from stackpane.connections.catalogue import Catalogue

    before, comma, part = incomplete.rpartition(",")
    try:
        names = Catalogue(ctx.obj.app.store, os.environ).names()
    except StackpaneError:  # a prompt must never show an error; the command will
        return []
    return [CompletionItem(f"{before}{comma}{name}") for name in names if name.startswith(part) and is_plain(name)]


def profiles(_ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """The profiles of the AWS config files."""
    from stackpane.connections.profiles import profile_names

    return [CompletionItem(name) for name in profile_names() if name.startswith(incomplete) and is_plain(name)]


def regions(_ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """The regions that botocore's data know."""
    from stackpane.aws.endpoints import partitions

    before, comma, part = incomplete.rpartition(",")
    names = [region for partition in partitions() for region in partition.regions]
    return [CompletionItem(f"{before}{comma}{name}") for name in names if name.startswith(part)]


def live(
    link: Callable[[click.Context, str], Link], value: Callable[[Mapping[str, Any]], str | None]
) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """A ``shell_complete`` callback over live names: the rows of the table that ``link`` leads to, read by ``value``.

    ``link`` is given click's context and what was typed so far, ``value`` a row's values by column. Where there is no
    answer within seconds, whatever the reason, there are no proposals.
    """

    def found(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        names: list[str] = []

        def ask() -> None:
            # A completion has nobody to report to: no credentials, no network, a denial all mean "no proposals".
            with suppress(Exception):
                names.extend(_names(ctx.find_root().obj, link(ctx, incomplete), value))

        # What is not done by then ends with the process.
        asking = threading.Thread(target=ask, name="stackpane-completion", daemon=True)
        asking.start()
        asking.join(_PATIENCE)
        wanted = (name for name in list(names) if name.startswith(incomplete) and is_plain(name))
        return [CompletionItem(name) for name in islice(wanted, _MOST)]

    return found


def _names(run: Run, link: Link, value: Callable[[Mapping[str, Any]], str | None]) -> list[str]:
    from stackpane.app import App, Run, Silent

    # Nothing is said, asked or recorded for a key press.
    quiet = App(Silent(), run.app.plugins)
    quiet.record = lambda _call, _names: None
    view = quiet.run_in(Run(quiet, given=dict(run.given)), link)
    if not isinstance(view, Table):
        return []
    page = next(iter(view.fetch(PageRequest(size=_MOST))), None)
    columns = [column.name for column in view.columns]
    rows: Sequence[Any] = page.rows if page else ()
    named = (row if view.sample else dict(zip(columns, row, strict=True)) for row in rows)
    return [name for row in named if (name := value(row))]
