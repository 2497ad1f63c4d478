"""A record: the sheet that people read, and the object that machines read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stackpane.cli.output.cells import bold, cell, display_width, pad, paint_state
from stackpane.cli.output.jsontext import dumps
from stackpane.cli.output.values import machine
from stackpane.text import human_size, safe

if TYPE_CHECKING:
    from stackpane.views import Field, Kind, Link, Record

__all__ = ["MASK", "masked_names", "object_sheet", "record_object", "record_sheet"]

MASK = "••••"
"""What is shown of a secret, whatever it is and however long."""

_INLINE_JSON = 60
"""Columns of JSON up to which it stays on its field's line; a policy is read better in lines of its own."""

Lines = Sequence[tuple[str, str]]
"""Labels and texts below one heading; a text of several lines stands below its label."""


def masked_names(record: Record) -> list[str]:
    """The names of the fields that are masked unless the user asks to see them."""
    return [field.name for section in record.sections for field in section.fields if field.secret]


def record_object(record: Record, reveal: bool) -> dict[str, Any]:
    """A record as one JSON object: its fields by AWS's own names, ``Tags`` as an object, ``Arn``, ``Links``.

    A field whose name has been taken by an earlier section is called ``Section.Name``.
    """
    found: dict[str, Any] = {}
    for section in record.sections:
        for field in section.fields:
            name = f"{section.title}.{field.name}" if field.name in found else field.name
            found[name] = MASK if field.secret and not reveal else machine(field.value, field.kind)
    about = {"Arn": record.arn, "ConsoleUrl": record.console_url, "Tags": machine(record.tags)}
    links = [{"Label": label, "Command": link.command_line} for label, link in _links(record)]
    return {**{name: value for name, value in about.items() if value is not None}, **found, "Links": links}


def record_sheet(record: Record, reveal: bool, color: bool) -> str:
    """A record as lines of text: its fields in their sections, its tags, its links as command lines."""
    sections = [
        (section.title, [(field.name, _field(field, reveal, color)) for field in section.fields])
        for section in record.sections
    ]
    about = {"Arn": record.arn, "ConsoleUrl": record.console_url}
    tags = [(key, cell(value)) for key, value in (record.tags or {}).items()]
    links = [(label, link.command_line) for label, link in _links(record)]
    about_lines = [(name, cell(value)) for name, value in about.items() if value is not None]
    groups = [*sections, ("", about_lines), ("Tags", tags), ("Links", links)]
    title = safe(record.title)
    return (bold(title) if color else title) + "\n" + "".join(_sheet(groups, color, indent="  "))


def object_sheet(values: Mapping[str, Any]) -> str:
    """A machine object as lines of text."""
    return "".join(_sheet([("", [(name, _value(value)) for name, value in values.items()])], color=False, indent=""))


def _links(record: Record) -> list[tuple[str, Link]]:
    fields = [field for section in record.sections for field in section.fields]
    of_fields = [(field.link.label or field.name, field.link) for field in fields if field.link is not None]
    return [*of_fields, *((link.label or link.address, link) for link in record.links)]


def _field(field: Field, reveal: bool, color: bool) -> str:
    if field.secret and not reveal:
        return MASK
    text = _value(field.value, field.kind)
    return paint_state(text) if color and field.kind == "state" else text


def _value(value: Any, kind: Kind = "text") -> str:
    if kind == "size" and isinstance(value, int) and value >= 1024:
        return f"{human_size(value)} ({value:,} bytes)"
    text = cell(value, kind)
    if isinstance(value, (Mapping, list, tuple)) and display_width(text) > _INLINE_JSON:
        return dumps(machine(value), indent=2)
    return text


def _sheet(groups: Sequence[tuple[str, Lines]], color: bool, indent: str) -> Iterator[str]:
    labels = [safe(label) for _, lines in groups for label, text in lines if "\n" not in text]
    width = max(map(display_width, labels), default=0)
    for title, lines in groups:
        if not lines:
            continue
        if indent:
            yield "\n"
        if title:
            yield (bold(safe(title)) if color else safe(title)) + "\n"
        for label, text in lines:
            if "\n" in text:
                block = text.replace("\n", f"\n{indent}  ")
                yield f"{indent}{safe(label)}\n{indent}  {block}\n"
            else:
                yield f"{indent}{pad(safe(label), width)}  {text}".rstrip() + "\n"
