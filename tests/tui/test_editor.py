"""Editing a text in the browser: checked before it is saved, never lost, and safe to look at."""

from __future__ import annotations

import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App

from stackpane.app import App as Core
from stackpane.editor import Draft, Editing, Slip
from stackpane.links import Link
from stackpane.text import safe
from stackpane_tui.app import Browser
from stackpane_tui.config import read_config
from stackpane_tui.dialogs.editor import EditorScreen
from stackpane_tui.speech import Speech
from stackpane_tui.widgets.typed import SafeInput, SafeTextArea, visible
from tests.dynamodb.written import TABLE, item_at, make_table, store
from tests.harness.terminal import hostile_bytes
from tests.tui.conftest import Driven
from tests.tui.host import screen, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.harness.emulators import Emulator

HOSTILE = "a\x1b[31m\x1b]0;x\x07[red]b[/]\u202e\x9b2J\u200bz"


def check(text: str) -> Sequence[Slip]:
    """No line may have an x."""
    return [Slip("has an x", row, line.index("x") + 1) for row, line in enumerate(text.splitlines(), 1) if "x" in line]


class Host(App[None]):
    """Edits one text."""

    def __init__(self, text: str, about: str = "an item") -> None:
        super().__init__()
        self.draft = Draft("", ".json")
        self.editor = EditorScreen(Editing(self.draft, text, about, check))
        self.got: list[str | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.editor, self.got.append)


async def test_a_text_is_saved_only_when_nothing_is_wrong_with_it() -> None:
    app = Host("one\ntwo\n")
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.pause()
        await pilot.press("down", *"ax", "ctrl+s")
        await until(pilot, lambda: "line 2, column 2: has an x" in screen(app))
        assert app.editor.area.cursor_location == (1, 1)
        assert app.got == []
        assert app.draft.read() == "one\naxtwo\n"
        assert stat.S_IMODE(app.draft.path.stat().st_mode) == 0o600
        await pilot.press("delete", "ctrl+s")
        await until(pilot, lambda: app.got == ["one\natwo\n"])
    app.draft.drop()


async def test_changes_are_taken_back_and_made_again() -> None:
    app = Host("one")
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.pause()
        await pilot.press(*"ab", "ctrl+z")
        assert app.editor.area.whole == "one"
        await pilot.press("ctrl+y", "ctrl+s")
        await until(pilot, lambda: app.got == ["abone"])
    app.draft.drop()


async def test_what_was_changed_is_thrown_away_by_the_second_escape_only() -> None:
    app = Host("one")
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.pause()
        await pilot.press("a", "escape")
        await until(pilot, lambda: "Esc again throws away" in screen(app))
        await pilot.press("b", "escape")
        await pilot.pause()
        assert app.got == []
        await pilot.press("escape")
        await until(pilot, lambda: app.got == [None])
    app.draft.drop()


@pytest.mark.parametrize("keys", [("escape",), ("ctrl+s",), ("a", "backspace", "ctrl+s")])
async def test_a_text_that_is_left_as_it_was_is_none(keys: tuple[str, ...]) -> None:
    app = Host("one x")
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.pause()
        await pilot.press(*keys)
        await until(pilot, lambda: app.got == [None])
    app.draft.drop()


async def test_the_users_own_editor_gets_what_was_typed_and_gives_it_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\ncp "$1" "$1.seen"; echo more >> "$1"\n')
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.setenv("VISUAL", "")
    app = Host("one\n")

    @contextmanager
    def suspended() -> Iterator[None]:
        yield

    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.pause()
        await pilot.press("ctrl+e")
        await until(pilot, lambda: "another editor cannot be opened here" in screen(app))
        monkeypatch.setattr(app, "suspend", suspended)  # there is no terminal to give back in a test
        await pilot.press("a", "ctrl+e")
        await until(pilot, lambda: app.editor.area.whole == "aone\nmore\n")
        seen = app.draft.path.with_name(f"{app.draft.path.name}.seen")
        assert seen.read_text() == "aone\n"
        seen.unlink()
        await pilot.press("ctrl+z")
        assert app.editor.area.whole == "aone\n"
        monkeypatch.setenv("EDITOR", "false")
        await pilot.press("ctrl+e")
        await until(pilot, lambda: "the editor failed" in screen(app))
    app.draft.drop()


@settings(max_examples=60)
@given(st.text())
def test_what_is_typed_is_shown_one_symbol_for_one_character(text: str) -> None:
    shown = visible(text)
    assert len(shown) == len(text)
    assert safe(shown) == shown


LINES = st.lists(
    st.sampled_from(["a", "\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x1e", "\x85", "\u2028", "\u2029", "\t", "ł"])
).map("".join)


@settings(max_examples=60)
@given(LINES | st.text())
def test_a_text_that_nobody_touches_comes_out_as_it_went_in(text: str) -> None:
    assert SafeTextArea(text).whole == text


async def test_no_control_character_of_a_text_reaches_the_terminal() -> None:
    class Inputs(App[None]):
        def compose(self) -> Any:
            yield SafeInput(HOSTILE)
            yield SafeInput(HOSTILE, password=True)
            yield SafeTextArea(f"\t{HOSTILE}\n{HOSTILE}")

    for app in (Inputs(), Host(HOSTILE, HOSTILE)):
        async with app.run_test(size=(80, 20)) as pilot:
            await pilot.pause()
            shown = screen(app)
            assert hostile_bytes(shown.encode(), own=False) == []
            assert "a␛[31m␛]0;x␇[red]b[/]" in shown
            texts = [area.text for area in app.screen.query(SafeTextArea)]
            assert all(HOSTILE in text for text in texts)
        if isinstance(app, Host):
            app.draft.drop()


async def test_an_item_is_edited_in_the_browser_and_a_conflict_shows_three_versions(moto: Emulator) -> None:
    moto.reset()
    make_table(moto)
    store(moto, n={"N": "1.50"}, text={"S": HOSTILE})
    link = Link.to("dynamodb edit", TABLE, "A", "1")
    browser = Browser(link, {"endpoint_url": moto.url}, Core(Speech()), read_config())
    browser.look_at_connections = False
    async with browser.run_test(size=(110, 30)) as pilot:
        driven = Driven(browser, pilot)
        await driven.until(lambda: isinstance(browser.screen, EditorScreen) and browser.screen.query(SafeTextArea))
        assert hostile_bytes(driven.text.encode(), own=False) == []
        editor = browser.screen
        assert isinstance(editor, EditorScreen)
        path = editor.editing.draft.path
        text = editor.area.text
        editor.area.text = text.replace("1.50", "2.50,")
        await driven.press("ctrl+s")
        await driven.until("line 4, column")
        editor.area.text = text.replace("1.50", "2.50")
        await driven.press("ctrl+s")
        await driven.until("Undo")
        item = item_at(moto)
        assert item is not None
        assert item["n"] == {"N": "2.50"}
        assert item["text"] == {"S": HOSTILE}
        assert not path.exists()
        browser.follow(link)
        await driven.until(lambda: isinstance(browser.screen, EditorScreen) and browser.screen.query(SafeTextArea))
        editor = browser.screen
        assert isinstance(editor, EditorScreen)
        store(moto, n={"N": "7"})
        editor.area.text = editor.area.text.replace("2.50", "3")
        await driven.press("ctrl+s")
        await driven.until("n: read 2.50, there now 7, yours 3")
        assert (item_at(moto) or {})["n"] == {"N": "7"}
        draft = editor.editing.draft
        assert '"n": 3' in draft.read()
        draft.drop()
