"""A sheet: labels and texts in sections, for what is read and not computed with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stackpane.cli.output.paint import bold
from stackpane.formats.cells import display_width, pad
from stackpane.formats.fields import field_text
from stackpane.text import safe

__all__ = ["Lines", "object_sheet", "sheet"]

Lines = Sequence[tuple[str, str]]
"""Labels and safe texts below one heading; a text of several lines stands below its label."""


def object_sheet(values: Mapping[str, Any]) -> str:
    """A machine object as lines of text."""
    return "".join(sheet([("", [(name, field_text(value)) for name, value in values.items()])], color=False, indent=""))


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
