"""Completion: the script for the shell, and the names that complete an option or an argument.

What completes without AWS is read from files. Live names (buckets, tables) come from a command's own view, with a short
deadline; whatever goes wrong there completes to nothing, because a prompt must never show an error.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import BashComplete, CompletionItem, FishComplete, ShellComplete, ZshComplete

from stackpane.commands import command
from stackpane.errors import StackpaneError
from stackpane.text import is_plain
from stackpane.views import Document, PageRequest, Row, Table

if TYPE_CHECKING:
    from stackpane.app import Run
    from stackpane.links import Link

__all__ = ["complete", "completion", "connections", "live", "profiles", "regions"]


class _Bash(BashComplete):
    """Click's, but bash puts a proposal into the line as it stands: what the shell would act on gets a backslash."""

    def format_completion(self, item: CompletionItem) -> str:
        """A proposal's type and text as click's script reads them."""
        # Twice the backslash: the script's own ``read`` takes one of them off.
        return super().format_completion(CompletionItem(_ACTED_ON.sub(r"\\\\\g<0>", str(item.value)), item.type))


# What ``shlex.quote`` would quote for, but letters of any script.
_ACTED_ON = re.compile(r"[^\w@%+=:,./-]")
_SHELLS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": ZshComplete, "fish": FishComplete}
_VARIABLE = "_STACKPANE_COMPLETE"
_MOST = 200


@command("completion", needs="runner", shared=False)
@click.argument("shell", type=click.Choice(sorted(_SHELLS)))
def completion(run: Run, shell: str) -> Document:
    """Print the completion script for a shell.

    \b
    bash: eval "$(stackpane completion bash)"   in ~/.bashrc
    zsh:  eval "$(stackpane completion zsh)"    in ~/.zshrc
    fish: stackpane completion fish | source    in ~/.config/fish/config.fish
    """
    script = _SHELLS[shell](run.app.root, {}, "stackpane", _VARIABLE).source()
    return Document(script.encode() + b"\n", media_type="text/x-shellscript", name=f"stackpane.{shell}")


def complete(root: click.Group, run: Run, instruction: str) -> str:
    """What the shell's script asks for (``bash_complete``), as it reads it; the words come by the environment."""
    shell = instruction.partition("_")[0]
    if shell not in _SHELLS:
        return ""
    return _SHELLS[shell](root, {"obj": run}, "stackpane", _VARIABLE).complete()


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
    link: Callable[[click.Context, str], Link], value: Callable[[Row], str | None]
) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """A ``shell_complete`` callback over live names: the rows of the table that ``link`` leads to, read by ``value``.

    ``link`` is given click's context and what was typed so far.
    """

    def found(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        # A completion has nobody to report to: no credentials, no network, a denial all mean "no proposals".
        try:
            names = _names(ctx.find_root().obj, link(ctx, incomplete), value)
        except Exception:
            return []
        return [CompletionItem(name) for name in names if name.startswith(incomplete) and is_plain(name)]

    return found


def _names(run: Any, link: Link, value: Callable[[Row], str | None]) -> list[str]:
    view = run.follow(link)
    if not isinstance(view, Table):
        return []
    page = next(iter(view.fetch(PageRequest(size=_MOST))), None)
    return [name for row in (page.rows if page else ()) if (name := value(row))]
