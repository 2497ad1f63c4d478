"""A body is written byte for byte; on a terminal it is text to read, or refused. Streams end with Ctrl-C."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from stackpane.errors import ExitCode, StackpaneError
from stackpane.views import Column, Document, Failure, Record, Row, Section, Stream
from tests.core.output.showing import on_terminal, shown

if TYPE_CHECKING:
    import pytest


@given(st.lists(st.binary(max_size=50), max_size=5))
def test_a_body_is_written_byte_for_byte(chunks: list[bytes]) -> None:
    data = b"".join(chunks)
    assert shown(Document(iter(chunks), size=len(data))).stdout == data
    assert shown(Document(data, size=len(data))).stdout == data


@settings(deadline=None)
@given(st.integers(1, 4))
def test_text_that_is_cut_anywhere_is_read_whole_on_a_terminal(size: int) -> None:
    data = "Zürich\r\n日本\n\x1b[31mred\rover\n".encode() + b"caf\xe9"
    result = on_terminal(Document([data[at : at + size] for at in range(0, len(data), size)]))
    assert result.lines == [
        "Zürich",
        "日本",
        "␛[31mred␍over",
        "caf\\xe9",
        "Control characters are shown as symbols; a file or a pipe gets the exact bytes.",
    ]


def test_a_binary_body_is_refused_on_a_terminal_with_the_way_out() -> None:
    result = on_terminal(Document(b"\x89PNG\0", "image/png", size=5), fails=StackpaneError)
    assert isinstance(result.error, StackpaneError)
    assert result.error.message == "The body is binary (image/png, 5 B) and would garble the terminal."
    assert result.error.hint == "Write it to a file: stackpane s3 ls s3://b/ > FILE"
    assert result.raw == b""


def test_a_body_that_ends_early_is_an_error() -> None:
    result = shown(Document([b"abc"], size=5), fails=StackpaneError)
    assert str(result.error) == "The body ended after 3 of 5 bytes."
    assert result.stdout == b"abc"


def test_a_part_is_called_a_part() -> None:
    assert shown(Document([b"abc"], size=5000, partial=True)).said == "A part only: 3 B of 4.9 KiB.\n"


def test_an_answer_is_shown_with_what_led_to_it_and_what_failed() -> None:
    notes, failed = ("took 3 ms", "a\nb"), (Failure("resize", "ValueError: no\x1b[2J"),)
    result = shown(Document(b"null", notes=notes, failed=failed))
    assert (result.code, result.stdout) == (ExitCode.SOME_FAILED, b"null")
    assert result.said == "took 3 ms\na␊b\n  resize: ValueError: no␛[2J\n"
    assert shown(Document(b"null", notes=notes)).code == ExitCode.DONE


def test_a_body_that_fails_is_closed_and_its_error_passed_on() -> None:
    closed: list[bool] = []

    def chunks() -> Iterator[bytes]:
        try:
            yield b"abc"
            raise ConnectionResetError
        finally:
            closed.append(True)

    result = shown(Document(chunks()), fails=ConnectionResetError)
    assert isinstance(result.error, ConnectionResetError)
    assert (result.stdout, closed) == (b"abc", [True])


def interrupted() -> Iterator[Row]:
    yield ("one",)
    raise KeyboardInterrupt


def test_ctrl_c_ends_a_stream_properly_with_130() -> None:
    result = shown(Stream((Column("message"),), interrupted), format="json")
    assert result.code == ExitCode.INTERRUPTED
    assert json.loads(result.stdout) == [{"message": "one"}]


def test_a_stream_is_not_cut_by_the_limit() -> None:
    stream = Stream((Column("n", "number"),), lambda: iter([(number,) for number in range(500)]))
    assert len(shown(stream).text.splitlines()) == 500


def test_yaml_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    result = shown(Record("x", (Section("", ()),)), format="yaml", fails=StackpaneError)
    assert isinstance(result.error, StackpaneError)
    assert result.error.exit_code == ExitCode.USAGE
    assert result.error.hint == 'Install it: pip install "stackpane[yaml]"'
