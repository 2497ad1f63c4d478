"""The program: its commands, its plugins and its connections, shared by every face; and a run of one command.

A face makes one ``App`` and gives it its ways to speak to the user. For each command line (or link) it asks
``App.view`` for the view. An ``App`` holds no state of a command, so several may run at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol

import click

from stackpane.calls import Effect
from stackpane.commands import Command, Group, load_reference
from stackpane.errors import InvalidInput, StackpaneError
from stackpane.links import Link
from stackpane.options import GLOBAL_OPTIONS, Settings
from stackpane.plugins import Plugin, Registry

if TYPE_CHECKING:
    from stackpane.aws.clients import Opened
    from stackpane.calls import Call
    from stackpane.connections import ConnectionStore
    from stackpane.connections.model import Connection
    from stackpane.editor import Editing
    from stackpane.session import Session
    from stackpane.views import Record, View

__all__ = ["App", "Face", "Run", "Silent"]

CORE_COMMANDS: dict[str, tuple[str, str]] = {
    "connection": ("stackpane.connections.commands:connection", "Add, list, test and remove connections."),
    "open": ("stackpane.opening:open_target", "Open an ARN, a URI or an AWS console URL."),
    "plugins": ("stackpane.plugin_commands:plugins", "List the plugins, or make a new one."),
    "policy": ("stackpane.policy.command:policy", "Print the IAM policy that the plugins need."),
    "doctor": ("stackpane.doctor:doctor", "Check the set-up and a connection step by step."),
    "demo": ("stackpane.demo.command:demo", "Run an embedded AWS with sample data."),
    "completion": ("stackpane.completion:completion", "Print the shell's completion script."),
}
"""The core's own commands: where each is, and its line in the help."""


class Face(Protocol):
    """How a face speaks to its user beside showing views. All of it may be called from any thread."""

    def warn(self, message: str) -> None:
        """Say that something is missing or failed, in one line."""

    def note(self, message: str) -> None:
        """Say something worth knowing, in one line."""

    def ask(self, question: str, *, secret: bool = False, default: str | None = None) -> str:
        """Ask for one value, hidden where it is secret. Raises ``Refused`` where nobody can be asked."""

    def edit(self, editing: Editing) -> str | None:
        """Have a text edited until its check finds nothing wrong; ``None`` where it was left as it was.

        Raises ``Refused`` where there is nobody to edit it, and ``InvalidInput`` where the user gives up on it.
        """


class Silent:
    """A face that says nothing and cannot be asked: for tests and for links that run unattended."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, message: str) -> None:
        """Keep the warning."""
        self.warnings.append(message)

    def note(self, message: str) -> None:
        """Keep nothing."""

    def ask(self, question: str, *, secret: bool = False, default: str | None = None) -> str:
        """Refuse: there is nobody to ask."""
        from stackpane.errors import Refused

        raise Refused(f"this needs an answer, and there is no terminal to ask on: {question}")

    def edit(self, editing: Editing) -> str | None:
        """Refuse: there is nobody to edit it."""
        from stackpane.errors import Refused

        raise Refused("nothing was sent: an editor needs a terminal, and there is none", editing.instead)


class App:
    """The program. ``face`` is how it speaks; ``plugins`` the plugins it has (the installed ones unless given)."""

    def __init__(self, face: Face | None = None, plugins: Registry | None = None, *, strict: bool = False) -> None:
        self.face: Face = face or Silent()
        self.plugins = plugins or Registry.from_environment(CORE_COMMANDS, self.face.warn, strict=strict)
        self.record: Callable[[Call, Mapping[str, str]], None] | None = None
        """Told of every call that is about to be made; ``None``: the local record behind ``policy --from-use``."""
        self._opened: dict[Connection, Opened] = {}

    @cached_property
    def root(self) -> click.Group:
        """The command tree. Its branches are imported when they are used."""
        return Root(self)

    @cached_property
    def store(self) -> ConnectionStore:
        """The saved connections."""
        from stackpane.connections import ConnectionStore

        return ConnectionStore()

    def run(self, link: Link | Sequence[str], **defaults: Any) -> tuple[Run, View]:
        """Run a command line and return its view, with the run that made it (its settings, its sessions).

        ``defaults`` are global options by name that hold where the command line does not give them. Raises
        ``click.UsageError`` and ``StackpaneError``.
        """
        run = Run(self, given=dict(defaults))
        return run, self.run_in(run, link)

    def run_in(self, run: Run, link: Link | Sequence[str]) -> View:
        """As ``run``, for a caller that wants its ``Run`` also where the command raises."""
        argv = link.to_argv() if isinstance(link, Link) else list(link)
        with self.root.make_context("stackpane", argv, obj=run) as context:
            view: View = self.root.invoke(context)
        return view

    def view(self, link: Link | Sequence[str], **defaults: Any) -> View:
        """The view a command line or link leads to; see ``run``."""
        return self.run(link, **defaults)[1]

    def open(self, connection: Connection) -> Opened:
        """The connection with its credentials and clients, opened once."""
        opened = self._opened.get(connection)
        if opened is None:
            from stackpane.aws.clients import Opened
            from stackpane.aws.credentials import botocore_session
            from stackpane.policy.usage import record

            prompt = partial(self.face.ask, secret=True)
            make = partial(botocore_session, connection, store=self.store, prompt=prompt, note=self.face.note)
            opened = self._opened.setdefault(
                connection, Opened(connection, make, self.record or record, self.face.note)
            )
        return opened

    def forget(self, connection: Connection) -> None:
        """Open the connection anew when it is used next: its credentials are others now, after a login."""
        self._opened.pop(connection, None)

    def target(self, target: str) -> Link | None:
        """The link that an ARN, a URI or an AWS console URL leads to; ``None`` where no plugin can open it."""
        for _plugin, link in self.plugins.ask("stackpane_open", target=target):
            if isinstance(link, Link):
                return link
        return None

    def related(self, record: Record) -> list[Link]:
        """The links that other plugins add to a record."""
        links = []
        for _plugin, answer in self.plugins.ask("stackpane_links", record=record):
            links += [link for link in answer or () if isinstance(link, Link)]
        return links

    def front(self) -> str | None:
        """The command that is opened where the program is called alone on a terminal; the first one by name."""
        references = (reference for plugin in self.plugins.load_all() for reference in plugin.commands)
        return min((reference.name for reference in references if reference.front), default=None)

    def services(self) -> list[Plugin]:
        """The working plugins that bring a service."""
        return [plugin for plugin in self.plugins.load_all() if plugin.service]


@dataclass(slots=True)
class Run:
    """One run of one command: what a click context carries as ``obj``.

    ``given`` are the global options as they were given, by name. ``failed`` counts the sessions that did not work.
    """

    app: App
    given: dict[str, Any] = field(default_factory=dict)
    failed: int = 0
    sessions: tuple[Session, ...] = ()

    @property
    def settings(self) -> Settings:
        """What the global options add up to."""
        return Settings.of(self.given)

    def run(self, command: Command, params: Mapping[str, Any]) -> View:
        """Run the command's function: in the session that was asked for, or in several, merged."""
        function = command.callback
        assert function is not None  # noqa: S101 - a Command is made from a function
        if command.needs == "runner":
            view: View = function(self, **params)
            return view
        self.sessions = self.open(command.calls)
        if len(self.sessions) == 1:
            session = self.sessions[0]
            return self._complete(function(session, **params))
        if any(call.effect is not Effect.READ for call in command.calls):
            raise InvalidInput(
                f"{command.name} changes something, so it runs on one connection and region at a time",
                f"Asked for: {', '.join(f'{each.connection.name}/{each.region}' for each in self.sessions)}.",
            )
        from stackpane.merge import merge

        return merge(self.sessions, lambda session: function(session, **params), self._report)

    def open(self, calls: Iterable[Call]) -> tuple[Session, ...]:
        """The sessions that the global options ask for: one per connection and region."""
        from stackpane.connections.resolve import resolve
        from stackpane.session import Session

        settings = self.settings
        places = resolve(settings, store=self.app.store, note=self.app.face.note)
        declared, face = tuple(calls), self.app.face
        regions: dict[str, list[str]] = {}
        for connection, region in places:
            regions.setdefault(connection.name, []).append(region)
        return tuple(
            Session(
                self.app.open(connection),
                region,
                declared,
                settings.dry_run,
                notify=face.warn,
                regions=tuple(regions[connection.name]),
                remark=face.note,
                elsewhere=partial(self._elsewhere, declared),
                prompt=face.ask,
                editor=face.edit,
                place=settings.place_at(connection.name, region),
            )
            for connection, region in places
        )

    def _elsewhere(self, calls: tuple[Call, ...], connection: str | None, region: str | None) -> Session:
        """The one session of another connection, or at another region; what leads to this one does not lead there."""
        ours = {"regions", "all_regions"}
        if connection is not None:
            ours |= {"connections", "profile", "endpoint_url", "ca_bundle"}
        given = {name: value for name, value in self.given.items() if name not in ours}
        given |= {"connections": (connection,)} if connection is not None else {}
        given |= {"regions": (region,)} if region is not None else {}
        sessions = Run(self.app, given=given).open(calls)
        if len(sessions) != 1:
            raise InvalidInput(
                "one other connection and region is wanted",
                f"Asked for: {', '.join(f'{each.connection.name}/{each.region}' for each in sessions)}.",
            )
        return sessions[0]

    def explain(self, error: Exception) -> StackpaneError | None:
        """The error of this run as the user reads it: ``None`` where it is none of AWS's, the network's or the OS's.

        ``None`` is a fault of Stackpane's or of a plugin.
        """
        explained = next((session.explain(error) for session in self.sessions[:1]), error)
        return explained if isinstance(explained, StackpaneError) else _explain_without_session(error)

    def follow(self, link: Link) -> View:
        """The view that a link leads to, with the same global options, in this run's name."""
        inner = replace(self, given=dict(self.given), failed=0, sessions=())
        try:
            return self.app.run_in(inner, link)
        finally:
            # An error while the view is shown is explained by the session that made it.
            self.sessions, self.failed = inner.sessions, self.failed + inner.failed

    def _complete(self, view: View) -> View:
        """The view; a record with the links that other plugins add."""
        from stackpane.views import Record

        if not isinstance(view, Record):
            return view
        return replace(view, links=(*view.links, *self.app.related(view)))

    def _report(self, name: str, error: BaseException) -> None:
        self.failed += 1
        session = next((each for each in self.sessions if f"{each.connection.name}/{each.region}" == name), None)
        explained = session.explain(error) if session else error
        message = explained.message if isinstance(explained, StackpaneError) else str(explained)
        self.app.face.warn(f"{name}: {message}")


def _explain_without_session(error: Exception) -> StackpaneError | None:
    """As AWS's errors are explained; botocore is only looked at where the error is one of its own."""
    if type(error).__module__.partition(".")[0] == "botocore":
        from stackpane.aws.explain import Asker, explain

        return explain(error, Asker(connection="the connection", region="its region"))
    if not isinstance(error, OSError):
        return None
    about = f" ({error.filename})" if error.filename else ""
    return StackpaneError(f"{error.strerror or error}{about}")


class Root(Group):
    """The command tree: the core's commands, and one branch per plugin, imported when it is used."""

    def __init__(self, app: App) -> None:
        super().__init__(
            "stackpane",
            params=list(GLOBAL_OPTIONS),
            help="Look at what is in AWS: on AWS itself, on an emulator, and on the embedded demo.",
            epilog="SERVICE VERB [RESOURCE …] [OPTIONS]; global options may stand at the end as well.",
            no_args_is_help=True,
            subcommand_metavar="SERVICE VERB [RESOURCE …]",
            context_settings={"max_content_width": 100},
        )
        self.app = app
        # Looked at by click before it asks for a command; our own names come first.
        self.lazy = {name: reference for name, (reference, _help) in CORE_COMMANDS.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Services first, then the plugins' other commands, then the core's own."""
        plugins = self.app.plugins.load_all()
        services = [plugin.service.name for plugin in plugins if plugin.service]
        others = [reference.name for plugin in plugins for reference in plugin.commands]
        return [*sorted(services), *sorted(others), *CORE_COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The core's command, or the plugin's of that name; a plugin of another name is found by loading all."""
        if cmd_name in CORE_COMMANDS:
            return super().get_command(ctx, cmd_name)
        if cmd_name not in self.commands:
            reference = self._reference(cmd_name)
            if reference is None:
                return None
            self.add_command(self._load(cmd_name, reference), cmd_name)
        return self.commands[cmd_name]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List services and commands with the help their plugins declare, without importing a command."""
        summaries = self.summaries()
        services = {plugin.name for plugin in self.app.services()}
        for title, wanted in (("Services", True), ("Commands", False)):
            rows = [(name, summaries[name]) for name in self.list_commands(ctx) if (name in services) is wanted]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def summaries(self) -> dict[str, str]:
        """One line of help for every command, as the plugins declare it."""
        plugins = self.app.plugins.load_all()
        services = {plugin.service.name: plugin.service.help for plugin in plugins if plugin.service}
        others = {reference.name: reference.help for plugin in plugins for reference in plugin.commands}
        return {**services, **others, **{name: help_text for name, (_reference, help_text) in CORE_COMMANDS.items()}}

    def _reference(self, name: str) -> str | None:
        plugins = [plugin] if (plugin := self.app.plugins.load(name)) else self.app.plugins.load_all()
        for plugin in plugins:
            if plugin.service and plugin.service.name == name:
                return plugin.service.commands
            for reference in plugin.commands:
                if reference.name == name:
                    return reference.command
        return None

    def _load(self, name: str, reference: str) -> click.Command:
        try:
            loaded = load_reference(reference)
        except Exception as error:
            raise StackpaneError(
                f"the command {name!r} cannot be loaded: {type(error).__name__}: {error}",
                "Everything else works; `stackpane plugins` shows the plugin and its version.",
            ) from error
        if not isinstance(loaded, click.Command):
            raise StackpaneError(f"the plugin's {reference} is no click command")
        return loaded

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; an unknown name says how a service is added, a quarantined one why it is missing."""
        plugin = self.app.plugins.plugins.get(args[0])
        with suppress(click.UsageError):
            return super().resolve_command(ctx, args)
        if plugin is not None and plugin.state != "loaded":
            ctx.fail(f"The plugin {args[0]!r} is {plugin.state}{': ' + plugin.error if plugin.error else ''}.")
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            ctx.fail(f"{error.message} A service comes with its plugin (pip install stackpane-NAME).")
