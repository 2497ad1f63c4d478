"""A sheet: labels and texts in sections, for what is read and not computed with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stackpane.cli.output.paint import bold
from stackpane.formats.cells import cell, display_width, pad
from stackpane.formats.jsontext import dumps
from stackpane.formats.values import machine
from stackpane.text import human_size, safe

if TYPE_CHECKING:
    from stackpane.views import Kind

__all__ = ["Lines", "object_sheet", "sheet", "sheet_value"]

_INLINE_JSON = 60
"""Columns of JSON up to which it stays on its field's line; a policy is read better in lines of its own."""

Lines = Sequence[tuple[str, str]]
"""Labels and safe texts below one heading; a text of several lines stands below its label."""


def object_sheet(values: Mapping[str, Any]) -> str:
    """A machine object as lines of text."""
    return "".join(
        sheet([("", [(name, sheet_value(value)) for name, value in values.items()])], color=False, indent="")
    )


def sheet_value(value: Any, kind: Kind = "text") -> str:
    """A value as a safe text; sizes to the byte, long JSON in lines."""
    if kind == "size" and isinstance(value, int) and value >= 1024:
        return f"{human_size(value)} ({value:,} bytes)"
    text = cell(value, kind)
    if isinstance(value, (Mapping, list, tuple)) and display_width(text) > _INLINE_JSON:
        return dumps(machine(value), indent=2)
    return text


def sheet(groups: Sequence[tuple[str, Lines]], color: bool, indent: str) -> Iterator[str]:
    """The lines of the groups, each below its title; groups without lines are left out."""
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
