"""CSV is for spreadsheets and never a formula; TSV is for programs and exact; both say what they changed."""

from __future__ import annotations

import csv
import io

import pytest

from stackpane.views import Column, Table
from tests.core.output.showing import on_terminal, shown
from tests.harness.hostile import FORMULAS


def one(text: object) -> Table:
    """A table of one value, so that nothing beside it draws attention to it."""
    return Table.of([Column("A")], [(text,)])


def cells(text: object) -> list[str]:
    """The cells of the only row, as any CSV reader takes them."""
    written = shown(one(text), format="csv").stdout.decode()
    return list(csv.reader(io.StringIO(written, newline="")))[1]


@pytest.mark.parametrize("text", [*FORMULAS.values(), "=1+1", "+1", "-1", "@SUM(A1)", "'=1", " =1", "''+1", "\0=1"])
def test_no_cell_is_a_formula_and_the_text_can_be_had_back(text: str) -> None:
    (cell,) = cells(text)
    assert cell.strip().lstrip("\0")[:1] not in tuple("=+-@＝＋－＠")
    assert cell in (text, "'" + text)


@pytest.mark.parametrize("text", ["it's", "'quoted'", "a=1", "1-2", "user@example.com", "c++", ""])
def test_other_texts_are_left_as_they_are(text: str) -> None:
    assert cells(text) == [text]
    assert shown(one(text), format="csv").said == ""


@pytest.mark.parametrize("number", [-5, -0.5])
def test_a_negative_number_is_a_number(number: float) -> None:
    assert cells(number) == [str(number)]


@pytest.mark.parametrize("text", ["a;=1+1", "a\t=1+1"])
def test_what_other_countries_take_for_a_separator_stays_inside_of_quotes(text: str) -> None:
    assert shown(one(text), format="csv").stdout == f'A\r\n"{text}"\r\n'.encode()


def test_a_changed_text_is_spoken_of() -> None:
    assert shown(one("=1"), format="csv").said == (
        "csv is for spreadsheets: a ' stands before 1 text that would run as a formula.\n"
    )
    assert shown(one("=1"), format="tsv").said == ""


def test_missing_and_empty_are_told_apart() -> None:
    table = Table.of([Column("A"), Column("B"), Column("C")], [(None, "", "x")])
    assert shown(table, format="csv").stdout.splitlines()[1] == b',"",x'
    assert shown(table, format="tsv").stdout.splitlines()[1] == b"\\N\t\tx"


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_a_pipe_gets_control_characters_as_they_are_and_a_terminal_their_symbols(form: str) -> None:
    assert shown(one("a\x1b[31m\u009cb"), format=form).stdout.splitlines()[1] == "a\x1b[31m\u009cb".encode()
    assert on_terminal(one("a\x1b[31m\u009cb"), format=form, columns=100).lines == [
        "A",
        "a␛[31m<U+009C>b",
        "Control characters in 1 value are shown as symbols; a file or a pipe gets the exact ones.",
    ]
