"""A record: the sheet that people read, and the object that machines read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackpane.cli.output.paint import bold, paint_state
from stackpane.cli.output.results import show_result
from stackpane.cli.output.sheet import sheet
from stackpane.errors import ExitCode
from stackpane.formats.cells import cell
from stackpane.formats.fields import MASK, field_text
from stackpane.formats.values import machine
from stackpane.text import safe

if TYPE_CHECKING:
    from stackpane.cli.output.console import Console
    from stackpane.cli.output.options import OutputOptions
    from stackpane.cli.output.query import Query
    from stackpane.views import Field, Link, Record

__all__ = ["record_object", "record_sheet", "show_record"]


def show_record(record: Record, query: Query | None, options: OutputOptions, io: Console) -> ExitCode:
    """Write a record as a sheet, or as the object of machine formats and queries."""
    if query is not None:
        show_result(query(record_object(record, options.reveal)), options, io)
    elif options.format == "table":
        io.write(record_sheet(record, options.reveal, options.color and io.may_color))
    else:
        show_result(record_object(record, options.reveal), options, io)
    masked = [field.name for section in record.sections for field in section.fields if field.secret]
    if masked and not options.reveal:
        io.note(f"Masked: {', '.join(masked)}. --reveal shows what is there.")
    return ExitCode.DONE


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
    return (bold(title) if color else title) + "\n" + "".join(sheet(groups, color, indent="  "))


def _links(record: Record) -> list[tuple[str, Link]]:
    fields = [field for section in record.sections for field in section.fields]
    of_fields = [(field.link.label or field.name, field.link) for field in fields if field.link is not None]
    return [*of_fields, *((link.label or link.address, link) for link in record.links)]


def _field(field: Field, reveal: bool, color: bool) -> str:
    if field.secret and not reveal:
        return MASK
    text = field_text(field.value, field.kind)
    return paint_state(text) if color and field.kind == "state" else text
