"""A record's fields as people read them: with more room than the cell of a table has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackpane.formats.cells import cell, display_width
from stackpane.formats.jsontext import dumps
from stackpane.formats.values import machine
from stackpane.text import human_size

if TYPE_CHECKING:
    from stackpane.views import Kind

__all__ = ["MASK", "field_text"]

MASK = "••••"
"""What is shown of a secret, whatever it is and however long."""

_INLINE_JSON = 60
"""Columns of JSON up to which it stays on its field's line; a policy is read better in lines of its own."""


def field_text(value: Any, kind: Kind = "text") -> str:
    """A value as a safe text; sizes to the byte, long JSON in lines."""
    if kind == "size" and isinstance(value, int) and value >= 1024:
        return f"{human_size(value)} ({value:,} bytes)"
    text = cell(value, kind)
    if isinstance(value, (Mapping, list, tuple)) and display_width(text) > _INLINE_JSON:
        return dumps(machine(value), indent=2)
    return text
