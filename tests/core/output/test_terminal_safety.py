"""No value reaches a terminal as anything but text, in any view and format; elsewhere the data are exact.

The terminal is the kernel's, what it is sent is read byte by byte, and a terminal emulator says what can be read on it.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Callable, Generator

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyte.screens import wcwidth

from stackpane.formats.cells import display_width
from stackpane.links import Link
from stackpane.options import FORMATS
from stackpane.text import safe
from stackpane.views import (
    Column,
    Document,
    Failure,
    Field,
    Job,
    Outcome,
    Plan,
    Progress,
    Record,
    Section,
    Stream,
    Table,
    View,
)
from tests.core.output.showing import on_terminal, shown
from tests.harness.hostile import texts
from tests.harness.terminal import hostile_bytes

KINDS = ("text", "number", "size", "time", "duration", "state", "bool", "arn", "uri", "json", "binary")


def table(text: str) -> Table:
    """The text as the name and the value of a column of every kind, and inside of JSON."""
    columns = tuple(Column(text + kind, kind) for kind in KINDS)  # type: ignore[arg-type]
    return Table.of(columns, [(text,) * len(KINDS), ({text: [text]},) * len(KINDS)], title=text)


def record(text: str) -> Record:
    fields = tuple(Field(text, text, kind, link=Link.to("s3 ls", text, label=text)) for kind in KINDS)  # type: ignore[arg-type]
    return Record(
        text,
        (Section(text, fields), Section("", (Field(text, {text: [text] * 9}, "json"),))),
        arn=text,
        console_url=text,
        tags={text: text},
        links=(Link.to("s3 ls", text), Link((text,), connection=text, region=text, label=text)),
    )


def document(text: str) -> Document:
    data = text.replace("\0", "").encode() + b" caf\xe9"
    return Document([data[at : at + 3] for at in range(0, len(data), 3)], text, text)


def outcome(text: str) -> Outcome:
    failures = (Failure(text, text), Failure(text, text, unknown=True))
    link = Link.to("s3 ls", text, label=text)
    return Outcome(text, 1, failures, failures, {text: text}, link, link, (link,))


def job(text: str) -> Job:
    def run() -> Generator[Progress, None, Outcome]:
        yield Progress(1, 2, text, current=text)
        yield Progress(2, None, "bytes", text, 1, 2)
        return outcome(text)

    return Job(text, run)


def plan(text: str) -> Plan:
    return Plan(text, 3, lambda: iter([text] * 3), text, lambda: job(text), 5, text, text, (text,))


def stream(text: str) -> Stream:
    return Stream((Column(text),), lambda: iter([(text,), (text,)]), text)


VIEWS: list[Callable[[str], View]] = [table, record, document, outcome, job, plan, stream]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=25, deadline=None)
@given(text=texts())
def test_nothing_hostile_reaches_a_terminal(form: str, view: Callable[[str], View], text: str) -> None:
    result = on_terminal(view(text), format=form, yes=True)
    found = hostile_bytes(result.raw.replace("�".encode(), b"?"))
    assert not found


@settings(max_examples=25, deadline=None)
@given(text=texts())
def test_a_hostile_plan_is_asked_about_and_listed_safely(text: str) -> None:
    asked = on_terminal(plan(text), keys=b"no\n", fails=Exception)
    listed = on_terminal(plan(text), dry_run=True)
    assert not hostile_bytes((asked.raw + listed.raw).replace("�".encode(), b"?"))


@settings(max_examples=100, deadline=None)
@given(text=texts(30))
def test_what_can_be_read_on_the_terminal_is_the_text_with_symbols_in_its_column(text: str) -> None:
    # The emulator drops the rest of a line behind a character that it does not know, and some combining ones.
    assume(all(wcwidth(character) > 0 or unicodedata.combining(character) for character in safe(text)))
    assume(sum(map(wcwidth, unicodedata.normalize("NFC", safe(text)))) == display_width(safe(text)))
    result = on_terminal(Table.of([Column("Name"), Column("End")], [(text, "|")]), columns=300)
    header, row = result.cells[:2]
    assert "".join(row).split("  |")[0].rstrip() == unicodedata.normalize("NFC", safe(text)).rstrip()
    assert row.index("|", "".join(header).index("End")) == "".join(header).index("End")


@given(values=st.lists(st.tuples(st.none() | texts(200), st.none() | texts(200)), max_size=5))
@pytest.mark.parametrize("form", ["json", "jsonl", "yaml"])
def test_json_and_yaml_are_exact_and_the_same_on_a_terminal(
    form: str, values: list[tuple[str | None, str | None]]
) -> None:
    view = Table.of([Column("A"), Column("B")], values)
    written = shown(view, format=form).text
    readers: dict[str, Callable[[str], object]] = {
        "json": json.loads,
        "jsonl": lambda text: [json.loads(line) for line in text.split("\n")[:-1]],
        "yaml": yaml.safe_load,
    }
    assert readers[form](written) == [{"A": a, "B": b} for a, b in values]
    assert not hostile_bytes(written.replace("�", "?").encode(), own=False)


@given(values=st.lists(st.tuples(st.none() | texts(200) | st.just(""), st.integers()), max_size=5))
def test_tsv_gives_every_value_back(values: list[tuple[str | None, int]]) -> None:
    lines = shown(Table.of([Column("A"), Column("B")], values), format="tsv").text.split("\n")
    assert lines[0] == "A\tB"
    assert lines[-1] == ""
    names = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}

    def read(cell: str) -> str | None:
        if cell == "\\N":
            return None
        pieces, at = [], 0
        while at < len(cell):
            size = 2 if cell[at] == "\\" else 1
            pieces.append(names.get(cell[at : at + size], cell[at : at + size]))
            at += size
        return "".join(pieces)

    assert [(read(a), int(b)) for a, b in (line.split("\t") for line in lines[1:-1])] == values


@given(values=st.lists(st.tuples(texts(200) | st.just(""), st.integers()), max_size=5))
def test_csv_gives_every_value_back_and_no_formula(values: list[tuple[str, int]]) -> None:
    written = shown(Table.of([Column("A"), Column("B")], values), format="csv").stdout.decode()
    rows = list(csv.reader(io.StringIO(written, newline=""), strict=True))
    assert rows[0] == ["A", "B"]
    for (cell, number), (value, expected) in zip(rows[1:], values, strict=True):
        assert int(number) == expected
        assert cell.lstrip()[:1] not in tuple("=+-@＝＋－＠")
        begins = cell.lstrip("'").lstrip().lstrip("\0").lstrip()
        formula = cell.startswith("'") and (begins[:1] in tuple("=+-@＝＋－＠") or cell.lstrip("'")[:1] in "\t\r\n\0")
        assert (cell[1:] if formula else cell) == value or cell == value
