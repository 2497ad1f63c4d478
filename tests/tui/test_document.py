"""Documents in the browser: JSON, text, images and bytes, within bounds and in threads."""

from __future__ import annotations

import io
import json
import struct
import threading
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from stackpane import Document, Failure, Link, Progress, StackpaneError
from stackpane.text import safe
from stackpane_tui.bodies import Body, looks_of, shown_as, text_of
from stackpane_tui.panes.document import DocumentPane
from stackpane_tui.panes.pane import Pane
from stackpane_tui.saving import saving, suggested_file
from stackpane_tui.widgets.jsonlines import json_lines
from stackpane_tui.widgets.lines import TextLines, plain
from stackpane_tui.widgets.lineview import LineView, safe_spans
from stackpane_tui.widgets.picture import MOST_PIXELS, decode
from tests.harness.terminal import hostile_bytes
from tests.tui.host import Host, screen, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stackpane import Job, Outcome

# textual-image reads pixels by a method that Pillow 14 will no longer have.
pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")

HOSTILE = "a\x1b[31m\x1b]0;x\x07[red]b[/]\u202e\x9b2J\u200bz"
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def png(width: int, height: int) -> bytes:
    made = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).save(made, "PNG")
    return made.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG: https://www.w3.org/TR/png-3/#5Chunk-layout."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def run(job: Job) -> Outcome:
    steps = job.run()
    while True:
        try:
            assert isinstance(next(steps), Progress)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome


async def shown(document: Document, *keys: str, expect: str = "") -> tuple[Host, str]:
    """The app that shows a document, and its screen after the keys, once ``expect`` is on it."""
    pane = DocumentPane(document)
    app = Host(pane)
    async with app.run_test(size=(80, 20)) as pilot:
        await until(pilot, lambda: pane.shown is not None and not pane.is_reading)
        await pilot.press(*keys)
        await until(pilot, lambda: expect in screen(app))
        return app, screen(app)


# JSON


@given(VALUES, st.sampled_from([None, 2]))
def test_json_is_shown_as_it_is_and_folds_at_its_brackets(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    lines = json_lines(text)
    assert lines is not None
    written = [plain(lines.spans(index)) for index in range(len(lines))]
    assert json.loads("\n".join(written)) == value
    for index in range(len(lines)):
        last = lines.fold(index)
        assert index <= last < len(lines)
        if last > index:
            json.loads(lines.value(index))
            assert written[index].rstrip()[-1] in "{["
            assert written[last].strip()[0] in "}]"


def test_no_digit_and_no_name_of_json_is_lost() -> None:
    text = '{"n": 1.50, "big": 123456789012345678901234567890.10, "e": 1E400, "n": -0.0, "u": "\\u00e9"} [] {}'
    lines = json_lines(text)
    assert lines is not None
    written = " ".join(plain(lines.spans(index)).strip() for index in range(len(lines)))
    assert written == text.replace("{", "{ ", 1).replace("}", " }", 1).replace("[] {}", "[] {}")
    assert plain(lines.folded(0)) == "{ … 5 … }"


@pytest.mark.parametrize("text", ["", "{", '{"a": NaN}', "[1,]", "x", "[" * 100_000 + "]" * 100_000, "1 2 x"])
def test_what_is_no_json_is_text(text: str) -> None:
    assert json_lines(text) is None
    assert shown_as(text.encode(), "json", whole=True).look == "text"


async def test_json_folds_and_is_searched() -> None:
    body = json.dumps({"first": {"a": [1, 2, 3]}, "second": HOSTILE, "n": 7}).encode()
    _app, text = await shown(Document(body, "application/json", "item.json"))
    assert "item.json · application/json · JSON" in text
    assert '"second": "a\\u001b[31m\\u001b]0;x\\u0007[red]b[/]' in text
    _app, text = await shown(Document(body), "down", "left", expect='"first": { … 1 … },')
    assert '"a"' not in text
    # What hides it is unfolded.
    _app, text = await shown(Document(body), "minus", "slash", *"a", "enter", expect="/a   n next")
    assert '"a": [' in text


# Text, bytes


@given(st.text(), st.integers(1, 30))
def test_text_is_shown_whole_and_safe_however_it_is_wrapped(text: str, width: int) -> None:
    lines = TextLines(text)
    shown_text = [plain(safe_spans(lines.spans(index))) for index in range(len(lines))]
    expected = text.replace("\r\n", "\n").split("\n")
    if len(expected) > 1 and not expected[-1]:
        expected.pop()
    assert shown_text == [safe(line.expandtabs(4)) for line in expected]
    view = LineView(lines)
    for index in range(len(lines)):
        assert view._height(index, width) >= 1


@settings(max_examples=5)
@given(st.text(min_size=1, max_size=60))
async def test_what_stands_on_the_screen_is_the_safe_text(text: str) -> None:
    app, on_screen = await shown(Document(text.encode("utf-8", "surrogatepass")), "z")
    assert hostile_bytes(on_screen.encode("utf-8", "replace"), own=False) == []
    pane = app.widget
    assert isinstance(pane, DocumentPane)
    assert pane.shown is not None
    if pane.shown.look == "text" and text.isascii() and text.isprintable():
        assert text.strip() in on_screen


def test_a_body_looks_like_what_it_is_whatever_its_type_says() -> None:
    assert looks_of(b'{"a": 1}', complete=True)[0] == "json"
    assert looks_of(b'{"a": 1}', complete=False)[0] == "text"
    assert looks_of(b"plain", complete=True) == ("text", "hex")
    assert looks_of("ł\n".encode() + b"\xff", complete=True)[0] == "text"
    assert looks_of(bytes(range(256)), complete=True) == ("hex",)
    assert looks_of(b"\x1f\x8b\x08" + zlib.compress(b"0" * 10**6), complete=True) == ("hex",)
    assert looks_of(b"\x89PNG\r\n\x1a\nx", complete=True)[0] == "image"
    assert text_of("h\u00e9".encode("utf-16")) == "h\u00e9"
    assert text_of(b"a\xff") == "a\\xff"


async def test_bytes_are_shown_as_hex_and_text_is_shown_as_bytes_on_request() -> None:
    _app, text = await shown(Document(bytes(range(40))))
    assert "00000010  10 11 12 13" in text
    _app, text = await shown(Document(b"hello\x1b[31m"), "v", expect="68 65 6c 6c 6f 1b")
    assert "hello.[31m" in text


# Reading


async def test_a_big_body_is_read_as_far_as_wanted_and_said_to_be_a_part() -> None:
    read = 0

    def chunks() -> Iterator[bytes]:
        nonlocal read
        for number in range(8):
            read += 1
            yield f"{number}".encode() * 1024**2

    pane = DocumentPane(Document(chunks(), size=8 * 1024**2))
    app = Host(pane)
    async with app.run_test(size=(100, 20)) as pilot:
        await until(pilot, lambda: "a part only: 1.0 MiB of 8.0 MiB, m reads on" in screen(app))
        assert read == 1
        await pilot.press("m")
        await until(pilot, lambda: "5.0 MiB of 8.0 MiB" in screen(app))
        await pilot.press("m")
        await until(pilot, lambda: "text · 8.0 MiB" in screen(app))
        assert app.asked == []


async def test_a_body_that_ends_early_says_so_and_shows_what_there_is() -> None:
    app, text = await shown(Document(iter([b"half"]), size=9))
    assert "only 4 B of 9 B could be read" in text
    assert "half" in text
    (failed,) = app.asked
    assert isinstance(failed, Pane.Failed)
    assert "ended after 4 of 9 bytes" in str(failed.error)


async def test_an_answer_says_before_it_what_was_done_and_what_failed() -> None:
    answer = Document(b"null", notes=("1 ms, \x1b[31m64 MB",), failed=(Failure("[b]resize", "Boom: no [i] such"),))
    _app, screen = await shown(answer, expect="null")
    assert "1 ms, ␛[31m64 MB" in screen
    assert "[b]resize: Boom: no [i] such" in screen


async def test_a_part_that_was_asked_for_is_marked_as_one() -> None:
    app, text = await shown(Document(b'{"a": ', size=100, partial=True))
    assert "a part only: 6 B of 100 B" in text
    assert app.asked == []


async def test_reading_that_hangs_leaves_the_keys_alive_and_is_dropped_with_the_pane() -> None:
    go, closed = threading.Event(), threading.Event()

    def chunks() -> Iterator[bytes]:
        try:
            yield b"begun"
            go.wait(30)
            yield b"more"
        finally:
            closed.set()

    pane = DocumentPane(Document(chunks()))
    app = Host(pane)
    async with app.run_test(size=(80, 20)) as pilot:
        await until(pilot, lambda: "Reading" in screen(app))
        await pilot.press("v", "m", "z")
        assert pane.is_reading
        pane.stop()
        go.set()
        await until(pilot, closed.is_set)
        assert pane.shown is None


# Images


async def test_an_image_is_drawn_and_its_bytes_can_be_looked_at() -> None:
    _app, text = await shown(Document(png(64, 64), "image/png"))
    assert "image" in text
    assert "▀▀▀▀▀▀▀▀" in text
    await shown(Document(png(64, 64), "image/png"), "v", expect="89 50 4e 47")


def test_images_that_are_bombs_damaged_or_something_else_are_refused_unread() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(10**6)))
    for data in (bomb, png(9, 9)[:60], b"BM" + bytes(60), b"%!PS-Adobe-3.0 EPSF-3.0\n", b"GIF89a", b""):
        with pytest.raises(ValueError, match=r"decode|damaged"):
            decode(data)
    assert MOST_PIXELS < 9_000**2
    found = shown_as(bomb, None, whole=True)
    assert found.look == "hex"
    assert "decompression bomb" in found.note
    wide = struct.pack(">IIBBBBB", 9_000, 9_000, 8, 2, 0, 0, 0)
    with pytest.raises(ValueError, match="9,000 × 9,000 pixels are too many"):
        decode(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", wide) + chunk(b"IDAT", b""))
    assert shown_as(png(8, 8), None, whole=False).note == "the image is not shown: only a part of it was read"
    assert max(decode(png(5000, 10)).size) <= 1600


# Saving


def test_a_body_is_saved_whole_however_much_of_it_was_read(tmp_path: Path) -> None:
    body = Body(Document(iter([b"one", b"two", b"three"]), size=11))
    body.read(4)
    outcome = run(saving(body, str(tmp_path / "x")))
    assert (tmp_path / "x").read_bytes() == b"onetwothree"
    assert outcome.result["Bytes"] == 11
    assert body.read(100) == b"onet"  # the rest is in the file
    with pytest.raises(StackpaneError, match="is there already"):
        saving(Body(Document(b"new")), str(tmp_path / "x"))
    run(saving(Body(Document(b"whole")), str(tmp_path / "y")))
    assert (tmp_path / "y").read_bytes() == b"whole"


def test_nothing_is_left_of_a_file_that_could_not_be_saved_whole(tmp_path: Path) -> None:
    job = saving(Body(Document(iter([b"half"]), size=9)), str(tmp_path / "x"))
    with pytest.raises(StackpaneError, match="ended after 4 of 9"):
        run(job)
    steps = saving(Body(Document(iter([b"a", b"b"]))), str(tmp_path / "x")).run()
    next(steps)
    steps.close()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StackpaneError, match="cannot be written"):
        run(saving(Body(Document(b"x")), str(tmp_path / "no" / "x")))


def test_a_file_is_named_after_the_document_and_nothing_else() -> None:
    assert suggested_file("photos/2026/a b.jpg") == "a b.jpg"
    assert suggested_file("../..") == "document"
    assert suggested_file("a/\x1b[31m:*?") == "_[31m___"


async def test_saving_is_a_job(tmp_path: Path) -> None:
    pane = DocumentPane(Document(b"body", name="x/y.txt", links=(Link.to("s3 show", "x"),)))
    app = Host(pane)
    async with app.run_test(size=(80, 20)) as pilot:
        await until(pilot, lambda: pane.shown is not None)
        await pilot.press("s")
        await until(pilot, lambda: "y.txt" in screen(app))
        pane._save(str(tmp_path / "y.txt"))
        await until(pilot, lambda: len(app.asked) == 1)
        assert run(app.asked[0].job).message == f"Saved 4 B to {tmp_path / 'y.txt'}."
        assert [link.address for link in pane.links()] == ["s3 show x"]


async def test_one_comes_back_to_the_same_line() -> None:
    document = Document("\n".join(map(str, range(500))).encode())
    pane = DocumentPane(document)
    app = Host(pane)
    async with app.run_test(size=(80, 20)) as pilot:
        await until(pilot, lambda: pane.shown is not None)
        pane.query_one(LineView).focus()
        await pilot.press("G")
        await until(pilot, lambda: "499" in screen(app))
        state = pane.state()
        await pane.remove()
        again = DocumentPane(document)
        await app.mount(again)
        again.restore(state)
        await until(pilot, lambda: "499" in screen(app))
