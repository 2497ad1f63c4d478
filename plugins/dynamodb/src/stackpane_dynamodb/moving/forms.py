"""The forms of files that items are written to and read from: what is in them, and how it is packed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from stackpane import InvalidInput

__all__ = ["KINDS", "Form", "Kind", "Packing", "form_of"]

Kind = Literal["jsonl", "dynamodb", "csv", "parquet"]
"""``jsonl``: an item a line, in the plain form. ``dynamodb``: ``{"Item": {…}}`` a line, as DynamoDB's own exports."""
Packing = Literal["", "gzip", "zstd"]

KINDS: tuple[Kind, ...] = get_args(Kind)
_SUFFIXES: dict[str, Kind] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "dynamodb",  # what the files of DynamoDB's own exports are called
    ".csv": "csv",
    ".parquet": "parquet",
}
_PACKINGS: dict[str, Packing] = {".gz": "gzip", ".zst": "zstd"}


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a file."""

    kind: Kind
    packing: Packing = ""


def form_of(name: str, kind: Kind | None) -> Form:
    """The form that a file's name says, or of that kind; ``-`` is ``jsonl``. Raises ``InvalidInput``."""
    lower, packing = name.lower(), ""
    for suffix, packed in _PACKINGS.items():
        if lower.endswith(suffix):
            lower, packing = lower.removesuffix(suffix), packed
    if kind is None:
        said = [meant for suffix, meant in _SUFFIXES.items() if lower.endswith(suffix)]
        if not said and name != "-":
            suffixes = ", ".join(_SUFFIXES)
            raise InvalidInput(
                f"the name {name!r} does not say what form the file has",
                f"Names end in {suffixes} (and .gz or .zst where they are packed), or --format says it.",
            )
        kind = said[0] if said else "jsonl"
    if kind == "parquet" and packing:
        raise InvalidInput("a Parquet file is packed within", f"Leave out {name[name.rindex('.') :]}.")
    return Form(kind, _PACKINGS.get(f".{name.lower().rpartition('.')[2]}", ""))
