"""A command as a form: its fields, what is wrong with what was filled in, and the command line that it makes."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stackpane.errors import StackpaneError
from stackpane.forms.fields import FormField, Value, Values, field_of, is_given, texts, value_of, written
from stackpane.links import Link

if TYPE_CHECKING:
    from stackpane.commands import Runner

__all__ = ["Form", "Problem", "form_of"]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field; ``key`` is empty where it concerns the form as a whole."""

    key: str
    message: str


class Form:
    """A command as fields. ``path`` are the words that lead to it, with options that stand between them.

    ``runner`` makes what the command's completions and callbacks find in click's context.
    """

    def __init__(self, command: click.Command, path: Sequence[str], runner: Callable[[], Runner] | None = None) -> None:
        self.command = command
        self.path = tuple(path)
        self._runner = runner

    @property
    def title(self) -> str:
        """The command as it is typed: ``s3 presign``."""
        return " ".join(self.path)

    @property
    def help(self) -> str:
        """What the command does, in paragraphs."""
        return inspect.cleandoc(self.command.help or "").partition("\f")[0].strip()

    @cached_property
    def fields(self) -> tuple[FormField, ...]:
        """The arguments, then the options; the global ones (``shared``) last, and none that is hidden."""
        found = [field for field, _parameter in self._pairs]
        return tuple(sorted(found, key=lambda field: (field.shared, not field.argument)))

    def field(self, key: str) -> FormField:
        """The field of that key. Raises ``KeyError``."""
        return next((field for field in self.fields if field.key == key), None) or _raise(key)

    def missing(self, values: Values) -> list[FormField]:
        """The fields that must be filled in and are not."""
        return [field for field in self.fields if field.required and not is_given(values.get(field.key))]

    # Command lines

    def link(self, values: Values, place: Link | None = None) -> Link:
        """The command line that the values make, in the connection and region of ``place``."""
        argv = [*self.path, *self._options(values)]
        arguments = [text for field in self._arguments for text in texts(values.get(field.key))]
        if any(text.startswith("-") for text in arguments):
            argv.append("--")
        made = Link((*argv, *arguments))
        return made.at(place.connection, place.region) if place is not None else made

    def values(self, arguments: Sequence[str]) -> dict[str, Value]:
        """What ``arguments`` (all that follows the command's path) fill in; what is missing may be missing.

        Raises ``click.UsageError`` for what the command does not have.
        """
        given, rest, _order = self.command.make_parser(self._context()).parse_args(list(arguments))
        if rest:
            raise click.UsageError(f"Got unexpected extra arguments ({' '.join(rest)})")
        found = {
            field.key: value_of(field, parameter, given.get(parameter.name or "")) for field, parameter in self._pairs
        }
        found.update(self._from_the_left(found))
        return {key: value for key, value in found.items() if value is not None}

    def _from_the_left(self, found: Values) -> dict[str, Value]:
        """The arguments where some are missing: what is given is the first of them (a source without a destination).

        click fills the last ones first, which leaves out the sources.
        """
        if not any(field.required and not is_given(found.get(field.key)) for field in self._arguments):
            return {}
        given = [text for field in self._arguments for text in texts(found.get(field.key))]
        filled: dict[str, Value] = {}
        for field in self._arguments:
            taken, given = given[: field.width], given[field.width :]
            filled[field.key] = (tuple(taken) or None) if field.several else next(iter(taken), None)
        return filled

    def _options(self, values: Values) -> Iterator[str]:
        for field in self.fields:
            if not field.argument:
                yield from written(field, values.get(field.key))

    @cached_property
    def _arguments(self) -> list[FormField]:
        return [field for field in self.fields if field.argument]

    # What is wrong, and what could be meant

    def problems(self, values: Values) -> list[Problem]:
        """Everything that the command would refuse before it runs, each beside its field."""
        found = [*self._misplaced(values)]
        found += [Problem(field.key, "Needed.") for field in self.missing(values)]
        # Where an argument is missing, click would take the others for it.
        out = {each.key for each in found}
        out |= {field.key for field in self._arguments} if any(self.field(key).argument for key in out) else set()
        left = {key: value for key, value in values.items() if key not in out}
        while (problem := self._refusal(left)) is not None:
            # The others are looked at without what was refused; without an argument the next ones would be others.
            if problem.key not in left:
                return found if found else [problem]
            found.append(problem)
            if self.field(problem.key).argument:
                return found
            del left[problem.key]
        return found

    def _misplaced(self, values: Values) -> Iterator[Problem]:
        empty: FormField | None = None
        for field in self._arguments:
            if not is_given(values.get(field.key)):
                empty = empty or (None if field.required else field)
            elif empty is not None:
                yield Problem(empty.key, f"Needed before {field.label}.")
                return

    def _refusal(self, values: Values) -> Problem | None:
        argv = list(self.link(values).argv[len(self.path) :])
        try:
            with self.command.make_context(self.path[-1], argv, parent=self._parent()):
                return None
        except click.UsageError as error:
            return Problem(self._key_of(getattr(error, "param", None)), error.message or error.format_message())
        except click.ClickException as error:
            return Problem("", error.format_message())
        except StackpaneError as error:
            return Problem("", f"{error.message}. {error.hint}" if error.hint else error.message)

    def _key_of(self, parameter: click.Parameter | None) -> str:
        return next((field.key for field, each in self._pairs if each is parameter), "")

    def proposals(self, key: str, text: str, values: Values) -> list[str]:
        """What could stand in the field, as it is typed; may ask AWS or the disk, so it is for a thread."""
        parameter = next(parameter for field, parameter in self._pairs if field.key == key)
        context = self._context(resilient=True)
        given = {each.name or "": values.get(field.key) for field, each in self._pairs}
        context.params.update({name: value for name, value in given.items() if name})
        items = parameter.shell_complete(context, text)
        if paths := {"dir", "file"} & {item.type for item in items}:
            return _paths(text, folders="file" not in paths)
        return [item.value for item in items]

    # click

    def _parent(self) -> click.Context | None:
        # A runner remembers the global options of its command line: each line is looked at with one of its own.
        return click.Context(click.Group("stackpane"), obj=self._runner()) if self._runner else None

    def _context(self, *, resilient: bool = False) -> click.Context:
        return click.Context(self.command, info_name=self.path[-1], parent=self._parent(), resilient_parsing=resilient)

    @cached_property
    def _pairs(self) -> list[tuple[FormField, click.Parameter]]:
        context = self._context(resilient=True)
        pairs = ((field_of(parameter, context), parameter) for parameter in self.command.get_params(context))
        return [(field, parameter) for field, parameter in pairs if field is not None]


def form_of(
    root: click.Group, link: Link, runner: Callable[[], Runner] | None = None
) -> tuple[Form, dict[str, Value]] | None:
    """The form of the command that a link leads to, with what the link fills in; ``None`` where it leads to none.

    Raises ``click.UsageError`` for arguments that the command does not have, and what loading the command raises.
    """
    command: click.Command | None = root
    path: list[str] = []
    rest = list(link.argv)
    while isinstance(command, click.Group):
        context = click.Context(command, resilient_parsing=True, obj=runner() if runner else None)
        _given, behind, _order = command.make_parser(context).parse_args(list(rest))
        default = getattr(command, "default", None)
        if default and (not behind or len(behind) < len(rest)):
            behind = rest = [default, *rest]
        if not behind:
            return None
        command = command.get_command(context, behind[0])
        path += [*rest[: len(rest) - len(behind)], behind[0]]
        rest = behind[1:]
    if command is None:
        return None
    form = Form(command, path, runner)
    return form, form.values(rest)


def _paths(text: str, *, folders: bool) -> list[str]:
    """The files and folders whose paths go on from ``text``; folders end in a separator."""
    head, name = text[: len(text) - len(os.path.basename(text))], os.path.basename(text)  # noqa: PTH119 - keeps "./"
    found: list[str] = []
    with suppress(OSError, RuntimeError):
        for entry in Path(head or ".").expanduser().iterdir():
            hidden = entry.name.startswith(".") and not name.startswith(".")
            if entry.name.startswith(name) and not hidden and (entry.is_dir() or not folders):
                found.append(f"{head}{entry.name}{os.sep if entry.is_dir() else ''}")
    return sorted(found)


def _raise(key: str) -> FormField:
    raise KeyError(key)
