"""A record as lines: fields in their sections, nested values that fold, tags, links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from stackpane import Field, Link, Record, Section
from stackpane.formats.cells import display_width, state_tone
from stackpane.formats.fields import MASK, field_text
from stackpane.formats.jsontext import dumps
from stackpane.formats.values import machine
from stackpane.text import safe
from stackpane_tui.widgets.entrylines import INDENT, Entry, EntryLines, labelled
from stackpane_tui.widgets.jsonlines import JsonLines
from stackpane_tui.widgets.lines import Span, plain

__all__ = ["RecordLines"]

_INLINE = 60
"""Columns of JSON up to which it stays on its field's line."""


class RecordLines(EntryLines):
    """The lines of ``record``, with the secrets whose keys are in ``revealed`` in clear."""

    def __init__(self, record: Record | None, revealed: frozenset[tuple[Any, ...]] = frozenset()) -> None:
        super().__init__()
        self._revealed = revealed
        if record is not None:
            self._lay_out(record)

    # Making the lines

    def _lay_out(self, record: Record) -> None:
        self.add(Entry(("title",), value=record.title), (record.title, "heading"))
        for at, section in enumerate(record.sections):
            self.section(section, (at,))
        about = [
            (("arn",), "Arn", record.arn, _opened(record.arn)),
            (("console",), "ConsoleUrl", record.console_url, None),
        ]
        self.sheet("", [each for each in about if each[2] is not None], ("about",))
        tags = [(("tag", name), name, value, None) for name, value in (record.tags or {}).items()]
        self.sheet("Tags", tags, ("tags",))
        links = [(("link", at), link.label or "Go to", link.address, link) for at, link in enumerate(record.links)]
        self.sheet("Links", links, ("links",))

    def section(self, section: Section, key: tuple[Any, ...]) -> None:
        """A section's fields below its title; nothing where it has none."""
        fields = [((*key, at, field.name), field) for at, field in enumerate(section.fields)]
        width = max((display_width(safe(field.name)) for _key, field in fields), default=0)
        start = self.head(section.title, key) if fields else None
        for name, field in fields:
            self._field(name, field, width)
        self.end(start)

    def _field(self, key: tuple[Any, ...], field: Field, width: int) -> None:
        masked = field.secret and key not in self._revealed
        entry = Entry(key, _link_of(field), _text_of(field), field.secret, masked)
        label = labelled(field.name, width)
        if masked:
            self.add(Entry(key, None, None, field.secret, masked), *label, (MASK, "muted"), ("  x shows it", "muted"))
        elif isinstance(field.value, (Mapping, list, tuple)) and field.value:
            self._nested(entry, label, field)
        else:
            self._texts(entry, label, field)

    def _texts(self, entry: Entry, label: Sequence[Span], field: Field) -> None:
        text = str(field.value) if isinstance(field.value, str) and field.kind == "text" else None
        role = _role(field, entry)
        if text is None or "\n" not in text.strip("\n"):
            self.add(entry, *label, (field_text(field.value, field.kind), role))
            return
        start = self.add(entry, *label)
        for line in text.strip("\n").replace("\r\n", "\n").split("\n"):
            self.add(entry, (INDENT * 2, ""), (line.expandtabs(4), role))
        self._folds[start] = len(self) - 1

    def _nested(self, entry: Entry, label: Sequence[Span], field: Field) -> None:
        whole = dumps(machine(field.value))
        lines = JsonLines(whole)
        if display_width(whole) <= _INLINE:
            self.add(entry, *label, *_joined(lines))
            return
        start = len(self)
        for at in range(len(lines)):
            before = label if at == 0 else [(INDENT, "")]
            index = self.add(entry if at == 0 else _part(entry, lines, at), *before, *lines.spans(at))
            if lines.fold(at) > at:
                self._folds[index] = start + lines.fold(at)
                self._folded[index] = [*before, *lines.folded(at)]


def _part(entry: Entry, lines: JsonLines, at: int) -> Entry:
    """A line within a nested value: its own part of it is what one copies."""
    return Entry((*entry.key, at), entry.link, lines.value(at))


def _joined(lines: JsonLines) -> Iterable[Span]:
    """A short nested value on one line."""
    for at in range(len(lines)):
        for text, role in lines.spans(at):
            stripped = text.strip() if role in ("", "muted") else text
            if stripped:
                yield {",": ", ", ":": ": "}.get(stripped, stripped), role


def _text_of(field: Field) -> str:
    """What is copied: the value as it is, not as it is shown."""
    value = machine(field.value, field.kind)
    return value if isinstance(value, str) else dumps(value)


def _link_of(field: Field) -> Link | None:
    if field.link is not None:
        return field.link
    return _opened(field.value) if field.kind in ("arn", "uri") and isinstance(field.value, str) else None


def _opened(target: str | None) -> Link | None:
    return Link.to("open", target) if target else None


def _role(field: Field, entry: Entry) -> str:
    if entry.link is not None:
        return "link"
    if field.kind == "state":
        tone = state_tone(plain([(field_text(field.value), "")]))
        return "" if tone is None else "warning" if tone == "moving" else "error"
    if field.kind in ("number", "size", "duration"):
        return "number"
    return "muted" if field.value is None else ""
