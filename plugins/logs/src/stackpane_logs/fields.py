"""JSON lines as columns: the members that are asked for, or those that the first lines have.

AWS's own values have their names of Logs Insights here (``@timestamp``, ``@logStream``, ``@message``), so that no
member of a line can be taken for one of them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from stackpane import Column, InvalidInput
from stackpane_logs.times import iso

if TYPE_CHECKING:
    from stackpane_logs.lean import Event

__all__ = ["AUTO", "columns_of", "json_of", "level_of", "mapping_row", "names_of", "picked", "picked_row", "sampled"]

AUTO = "auto"
_MOST = 12
"""Columns that are made by themselves; a table of more is none that anybody reads."""

TIMESTAMP, STREAM, MESSAGE = "@timestamp", "@logStream", "@message"
# Numbers keep all their digits.
_DECODE = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode


def names_of(fields: str) -> tuple[str, ...]:
    """The names in ``--fields a,b.c``; none for ``auto``. Raises ``InvalidInput`` where there is an empty one."""
    if fields == AUTO:
        return ()
    names = tuple(name.strip() for name in fields.split(","))
    if not all(names):
        raise InvalidInput(f"--fields {fields!r} has an empty name", "Write auto, or names as in level,user.id.")
    return names


def json_of(message: str | None) -> dict[str, Any] | None:
    """The JSON object that a line is, or that stands behind a tab-separated head as Lambda writes it; else ``None``."""
    if not message or "{" not in message:
        return None
    text = message.strip()
    if not text.startswith("{"):
        text = text.rpartition("\t")[2]
        if not text.startswith("{"):
            return None
    try:
        return _DECODE(text)
    except msgspec.DecodeError:
        return _by_python(text)


def _by_python(text: str) -> dict[str, Any] | None:
    """What Python takes and msgspec does not: NaN, lone surrogates."""
    try:
        found = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def picked(found: Mapping[str, Any], name: str) -> Any:
    """The member of that name, or the one that a path ``a.b.0`` leads to."""
    if name in found:
        return found[name]
    value: Any = found
    for part in name.split("."):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def columns_of(names: Sequence[str]) -> tuple[Column, ...]:
    """The columns for fields that were asked for; lines that are no JSON stand in the last one."""
    fields = (Column(name) for name in names)
    return (Column(TIMESTAMP, "moment"), Column(STREAM, wide=True), *fields, Column(MESSAGE, wide=True))


def picked_row(event: Event, names: Sequence[str]) -> tuple[Any, ...]:
    """A row of ``columns_of``."""
    found = json_of(event.message)
    if found is None:
        return (iso(event.timestamp), event.logStreamName, *[None] * len(names), event.message)
    return (iso(event.timestamp), event.logStreamName, *[picked(found, name) for name in names], None)


def mapping_row(event: Event) -> dict[str, Any]:
    """A line with all its members, for a table whose columns are found by sampling."""
    row = {TIMESTAMP: iso(event.timestamp), STREAM: event.logStreamName}
    found = json_of(event.message)
    return row | ({MESSAGE: event.message} if found is None else found)


def sampled(rows: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    """The columns for rows of ``mapping_row``: the members that most of them have, in the order they come in."""
    counts = Counter(name for row in rows for name in row)
    own = (TIMESTAMP, STREAM, MESSAGE)
    first_seen = [name for name in counts if name not in own]
    most = {name for name, _ in Counter({name: counts[name] for name in first_seen}).most_common(_MOST)}
    fields = [Column(name) for name in first_seen if name in most]
    last = [Column(MESSAGE)] if counts[MESSAGE] else []
    return (Column(TIMESTAMP, "moment"), Column(STREAM, wide=True), *fields, *last)


_LEVELS = ("level", "severity", "levelname", "log_level", "loglevel", "lvl", "log.level")
_WORD = re.compile(
    r"(?:^|[\s\[(|:]|\x1b\[[0-9;]*m)"
    r"(TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRITICAL|Traceback|panic)(?=$|[\s\])|:,\x1b])"
)
_HEAD = 200
"""Characters of a line in which its level is looked for."""


def level_of(message: str | None) -> str | None:
    """The level of a line: what its JSON says, or the word for one near its beginning; ``None``: it has none."""
    if not message:
        return None
    if message.lstrip().startswith("{") and (found := json_of(message)) is not None:
        for name in _LEVELS:
            if isinstance(level := found.get(name), str):
                return level.upper()
        return None
    match = _WORD.search(message, 0, _HEAD)
    if match is None:
        return None
    return {"Traceback": "ERROR", "panic": "FATAL"}.get(match[1], match[1])
