"""Run commands as a face does, to the end, and keep what they did."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import click

from stackpane.app import App, Run, Silent
from stackpane.cli.output.console import Console
from stackpane.cli.output.options import OutputOptions
from stackpane.cli.show import show
from stackpane.links import Link, split
from stackpane.options import FORMATS
from stackpane.policy.statements import declared_calls
from stackpane.views import Document, Job, Outcome, PageRequest, Plan, Record, Row, Stream, Table, View

if TYPE_CHECKING:
    from stackpane.calls import Call
    from stackpane.plugins import Registry

__all__ = ["HOSTILE_TEXTS", "Kit", "Ran", "unsafe_characters"]

HOSTILE_TEXTS = (
    "\x1b]0;title\x07",
    "\x1b[2J\x1b[31mred",
    "\x1b]52;c;Y2xpcA==\x07",
    "\x9b31mC1",
    "line\nbreak\rreturn\ttab",
    "\u202egnp.exe",
    "<script>alert(1)</script>",
    "[bold]markup[/]",
    '=HYPERLINK("x")',
    "../../etc/passwd",
    "%s%n{0}",
)
"""Texts that must reach no terminal as anything but text; put them wherever AWS lets users choose a name or value."""

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069]")
_OWN_STYLE = re.compile("\x1b\\[[0-9;]*m")


def unsafe_characters(shown: str) -> set[str]:
    """The control characters in what a face wrote, but for line breaks and its own colours."""
    # CSV ends its lines with CR LF (RFC 4180), which moves no cursor that LF would not.
    return set(_UNSAFE.findall(_OWN_STYLE.sub("", shown.replace("\r\n", "\n"))))


@dataclass(slots=True)
class Ran:
    """One command run to its end.

    ``rows`` has a table's rows, or a stream's first ones; ``body`` a document's bytes; ``outcome`` what a plan, a job
    or the command itself came to; ``calls`` the names of the API operations that were called; ``warnings`` what was
    said. Where an outcome holds a view, ``view`` is that one.
    """

    view: View
    rows: list[Row] = field(default_factory=list)
    body: bytes = b""
    outcome: Outcome | None = None
    calls: frozenset[str] = frozenset()
    warnings: list[str] = field(default_factory=list)

    @property
    def dicts(self) -> list[dict[str, Any]]:
        """The rows by column name; those of a table without columns as they are."""
        if isinstance(self.view, Table) and self.view.sample is not None:
            rows: list[Any] = self.rows
            return rows
        columns = self.view.columns if isinstance(self.view, Table | Stream) else ()
        return [dict(zip((column.name for column in columns), row, strict=True)) for row in self.rows]

    @property
    def fields(self) -> dict[str, Any]:
        """A record's fields by name."""
        sections = self.view.sections if isinstance(self.view, Record) else ()
        return {each.name: each.value for section in sections for each in section.fields}


class Kit:
    """Runs commands against one endpoint. ``given`` are global options by name that hold for every run."""

    def __init__(self, endpoint_url: str, plugins: Registry | None = None, **given: Any) -> None:
        self.face = Silent()
        self.app = App(self.face, plugins, strict=True)
        self.app.record = self._record
        self.given: dict[str, Any] = {"endpoint_url": endpoint_url, "regions": ("us-east-1",), **given}
        self._calls: set[str] = set()
        self.seen: dict[tuple[str, ...], set[str]] = {}
        """The calls that were made, by the path of the command that made them, over all runs."""

    def _record(self, call: Call, _names: Mapping[str, str]) -> None:
        self._calls.add(call.name)

    def view(self, *argv: str, **given: Any) -> View:
        """The view of a command line, nothing of it consumed. One string is split as a shell would."""
        return self.app.view(_words(argv), **{**self.given, **given})

    def run(self, *argv: str, rows: int = 1000, **given: Any) -> Ran:
        """Run a command line to its end: all pages, the whole body, the plan carried out, the job done."""
        self._calls.clear()
        self.face.warnings.clear()
        words = _words(argv)
        run = Run(self.app, given={**self.given, **given})
        ran = Ran(self.app.run_in(run, words))
        try:
            self._consume(ran, rows)
        finally:
            ran.calls = frozenset(self._calls)
            ran.warnings = list(self.face.warnings)
            self.seen.setdefault(self.path(words), set()).update(self._calls)
        return ran

    def _consume(self, ran: Ran, most: int) -> None:
        view = ran.view
        if isinstance(view, Table):
            for page in view.fetch(PageRequest(size=most)):
                ran.rows += page.rows
        elif isinstance(view, Stream):
            ran.rows = [row for row, _ in zip(view.events(), range(most), strict=False)]
        elif isinstance(view, Document):
            ran.body = view.body if isinstance(view.body, bytes) else b"".join(view.body)
        elif isinstance(view, Outcome):
            ran.outcome = view
        elif isinstance(view, Plan):
            ran.outcome = finish(view.apply())
        elif isinstance(view, Job):
            ran.outcome = finish(view)
        held = ran.outcome.view if ran.outcome is not None else None
        if held is not None and held is not view:
            ran.view = held
            self._consume(ran, most)

    def path(self, argv: Iterable[str]) -> tuple[str, ...]:
        """The path of the command that a command line runs: ``("hello", "ls")``."""
        path: list[str] = []
        command: click.Command | None = self.app.root
        context = click.Context(self.app.root)
        for word in Link.from_argv(list(argv)).argv:
            if not isinstance(command, click.Group) or (child := command.get_command(context, word)) is None:
                break
            path.append(word)
            command = child
        return tuple(path)

    def undeclared_or_unused(self, *names: str) -> dict[str, tuple[set[str], set[str]]]:
        """Per command: the calls it made without declaring them, and those it declared and never made.

        ``names`` are those of services, whose every command counts, or of single commands; one that was never run has
        made no call.
        """
        found = {}
        for path, command in self.commands(*names):
            seen = self.seen.get(path, set())
            declared = {call.name for call in declared_calls(command)}
            if seen != declared:
                found[" ".join(path)] = (seen - declared, declared - seen)
        return found

    def commands(self, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
        """Every command of these names and below them, with its path. Raises ``KeyError`` where there is none."""
        for name in names:
            yield from _below((name,), self.command([name]))

    def command(self, path: Iterable[str]) -> click.Command:
        """The command at a path. Raises ``KeyError`` where there is none."""
        command: click.Command = self.app.root
        for name in path:
            child = command.get_command(click.Context(command), name) if isinstance(command, click.Group) else None
            if child is None:
                raise KeyError(name)
            command = child
        return command

    def links(self, ran: Ran) -> list[Link]:
        """Every link that the view offers: of rows, of fields, and its own."""
        view = ran.view
        found: list[Link] = list(getattr(view, "links", ()))
        if isinstance(view, Table):
            found += [link for row in ran.rows if view.link and (link := view.link(row))]
            found += [link for row in ran.rows if view.actions for link in view.actions(row)]
            found += [link for row in ran.rows if view.preview and (link := view.preview(row))]
        if isinstance(view, Record):
            found += [each.link for section in view.sections for each in section.fields if each.link]
        if ran.outcome:
            found += [link for link in (ran.outcome.undo, ran.outcome.resume, *ran.outcome.links) if link]
        return found

    def unresolved(self, links: Iterable[Link]) -> list[str]:
        """The links that are no valid command line of an installed plugin, with the reason; nothing is run."""
        problems = []
        for link in links:
            if Link.from_address(link.address) != link:
                problems.append(f"{link.address}: does not survive its own address")
                continue
            try:
                self._parse(link)
            except click.MissingParameter:
                # A command whose parameters are not all filled in is a form.
                continue
            except click.UsageError as error:
                problems.append(f"{link.address}: {error.format_message()}")
        return problems

    def _parse(self, link: Link) -> None:
        path = self.path(link.to_argv())
        if not path:
            # The plugin that brings it is not installed: a face shows such a link as text.
            return
        command = self.command(path)
        context = click.Context(self.app.root, obj=Run(self.app))
        command.make_context(path[-1], list(link.argv[len(path) :]), parent=context)

    def shown(self, ran: Ran, *, terminal: bool = True) -> Iterator[tuple[str, str]]:
        """What the command line writes for the view, in every format: pairs of format and text.

        With ``terminal`` both streams pretend to be one, which is where unsafe characters would do harm.
        """
        for name in FORMATS:
            out, err = _Terminal(terminal), _Terminal(terminal)
            console = Console(_Terminal(terminal), out, err, {"TERM": "xterm-256color", "COLUMNS": "100"})
            show(_again(ran), OutputOptions(format=name, limit=None, yes=True), console)
            yield name, (out.getvalue() + err.getvalue()).decode()


class _Terminal(io.BytesIO):
    """A stream in memory that says whether it is a terminal."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def _below(path: tuple[str, ...], command: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        if (child := command.get_command(context, name)) is None:
            raise KeyError(" ".join((*path, name)))
        yield from _below((*path, name), child)


def _words(argv: tuple[str, ...]) -> list[str]:
    return split(argv[0]) if len(argv) == 1 else list(argv)


def _again(ran: Ran) -> View:
    """The view as it came, from what was consumed: showing it makes no further call."""
    if isinstance(ran.view, Table):
        return replace(ran.view, fetch=Table.of(ran.view.columns, ran.rows).fetch)
    if isinstance(ran.view, Document):
        return replace(ran.view, body=ran.body)
    if isinstance(ran.view, Stream):
        return replace(ran.view, events=lambda: iter(ran.rows))
    return ran.outcome or ran.view


def finish(job: Job) -> Outcome:
    """Run a job to its end and return its outcome."""
    work = job.run()
    while True:
        try:
            next(work)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome
