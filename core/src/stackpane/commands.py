"""Commands: click commands that return a view and declare their calls, and groups that load them when they are used.

A plugin writes::

    @stackpane.command("ls", calls=(LIST_BUCKETS,))
    @click.argument("uri", required=False)
    def ls(session: Session, uri: str | None) -> Table:
        ...

The function never prints; it is given a session first and its click parameters by name. Whoever runs the command (the
command line, the terminal browser) is the click context's ``obj``, a ``Runner``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

import click

from stackpane.options import GLOBAL_OPTIONS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from stackpane.calls import Call
    from stackpane.views import View

__all__ = ["Command", "Group", "Needs", "Runner", "command", "group", "load_reference"]

Needs = Literal["session", "runner"]
"""What a command's function is given first: a session (services), or the runner itself (the core's own commands)."""


class Runner(Protocol):
    """What a click context carries as ``obj``: it opens sessions and runs a command in each of them."""

    def run(self, command: Command, params: Mapping[str, Any]) -> View:
        """Run the command's function with ``params`` and return its view."""


class Command(click.Command):
    """A command that returns a view. ``calls`` is every AWS operation it may make."""

    def __init__(
        self, *args: Any, calls: Iterable[Call] = (), needs: Needs = "session", shared: bool = True, **attrs: Any
    ) -> None:
        super().__init__(*args, **attrs)
        self.calls = tuple(calls)
        self.needs: Needs = needs
        self.shared = shared
        """Whether the global options may be given after the command as well (``s3 ls -o json``)."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's own parameters, the global options behind them, ``--help`` last."""
        own = super().get_params(ctx)
        if not self.shared:
            return own
        taken = {name for parameter in own for name in parameter.opts}
        return [*own[:-1], *(option for option in GLOBAL_OPTIONS if not taken & set(option.opts)), *own[-1:]]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options; the global ones are listed once, in ``stackpane --help``."""
        options = [parameter for parameter in super().get_params(ctx) if isinstance(parameter, click.Option)]
        own = [record for option in options if (record := option.get_help_record(ctx))]
        with formatter.section("Options"):
            formatter.write_dl(own)
        if self.shared:
            formatter.write_paragraph()
            formatter.write_text("Global options (-c, --region, -o, --query, --limit, …): see stackpane --help.")

    def invoke(self, ctx: click.Context) -> Any:
        """Have the context's runner run the command."""
        runner: Runner = ctx.obj
        return runner.run(self, ctx.params)


def command(
    name: str, *, calls: Iterable[Call] = (), needs: Needs = "session", shared: bool = True, **attrs: Any
) -> Callable[[Callable[..., Any]], Command]:
    """Make a ``Command`` of the decorated function; further arguments are those of ``click.Command``."""

    def decorate(function: Callable[..., Any]) -> Command:
        made = click.command(name, cls=Command, calls=tuple(calls), needs=needs, shared=shared, **attrs)(function)
        assert isinstance(made, Command)  # noqa: S101 - tells the type checker what cls=Command makes
        return made

    return decorate


def load_reference(reference: str) -> Any:
    """The object that ``"package.module:attribute"`` names. Raises ``ImportError`` or ``AttributeError``."""
    module, _, attribute = reference.partition(":")
    return getattr(importlib.import_module(module), attribute)


class Group(click.Group):
    """A group whose commands are references (``{"ls": "stackpane_s3.commands.ls:ls"}``), imported when used."""

    def __init__(
        self, *args: Any, lazy: Mapping[str, str] | None = None, default: str | None = None, **attrs: Any
    ) -> None:
        super().__init__(*args, **attrs)
        self.lazy = dict(lazy or {})
        self.default = default
        """The command that is meant where none is named (``stackpane plugins`` is ``stackpane plugins ls``)."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with the default command put in where only its options are given."""
        if self.default and (not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)):
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in the order they were given."""
        return [*self.lazy, *(name for name in self.commands if name not in self.lazy)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now if it was not yet."""
        if cmd_name in self.lazy and cmd_name not in self.commands:
            self.add_command(load_reference(self.lazy[cmd_name]), cmd_name)
        return self.commands.get(cmd_name)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names and options; unlike click's own, without importing a command to ask it for its help."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        summaries = self.summaries()
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        return [CompletionItem(name, help=summaries.get(name)) for name in names]

    def summaries(self) -> dict[str, str]:
        """One line of help for the commands that have it without being imported."""
        return {}

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the names that come close where there is no such command."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            ctx.fail(error.message + _close_names(args[0], self.list_commands(ctx)))


def group(name: str, help: str, lazy: Mapping[str, str], default: str | None = None) -> Group:  # noqa: A002 - click's
    """A group of lazily loaded commands, as a plugin's ``Service.commands`` refers to one."""
    return Group(name, help=help, lazy=lazy, default=default, no_args_is_help=default is None)


def _close_names(name: str, names: Sequence[str]) -> str:
    import difflib

    close = difflib.get_close_matches(name, names, n=3)
    return f" Did you mean {' or '.join(close)}?" if close else ""
