"""Editing a text: what a slip says, and that nobody is asked where nobody can edit."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stackpane import InvalidInput, Refused
from stackpane.app import Silent
from stackpane.editor import Draft, Editing, Slip, edit_in_terminal

if TYPE_CHECKING:
    from tests.harness.terminal import TerminalFactory


def test_a_slip_says_where_it_is() -> None:
    assert Slip("no comma", 3, 7).said() == "line 3, column 7: no comma"
    assert Slip("no comma", 3, 7).said(above=2) == "line 5, column 7: no comma"
    assert Slip("no comma", 1).said() == "line 1, column 1: no comma"
    assert Slip("too big").said(above=2) == "too big"


def test_nothing_is_edited_where_nobody_can() -> None:
    draft = Draft("text")
    editing = Editing(draft, "text", "a text", instead="Give it with --set.")
    for edit in (edit_in_terminal, Silent().edit):
        with pytest.raises(Refused) as refused:
            edit(editing)
        assert refused.value.hint == "Give it with --set."
    assert draft.read() == "text"
    draft.drop()
    assert not draft.path.exists()


_PROGRAM = """
import sys
from stackpane.editor import Draft, Editing, Slip, edit_in_terminal
draft = Draft("", ".txt")
check = lambda text: [] if "right" in text else [Slip("it is wrong", 1, 2)]
print("made", repr(edit_in_terminal(Editing(draft, "one\\n# two\\n", "a text", check))), draft.path)
"""


def test_a_text_without_comments_is_edited_as_it_is(terminal: TerminalFactory, tmp_path: Path) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\nif grep -q wrong "$1"; then echo right >> "$1"; else echo wrong >> "$1"; fi\n')
    editor.chmod(0o755)
    (tmp_path / "program.py").write_text(_PROGRAM)
    run = terminal.run(
        sys.executable, str(tmp_path / "program.py"), env={"EDITOR": str(editor), "VISUAL": ""}, columns=200
    )
    assert run.wait() == 0
    assert r"made 'one\n# two\nwrong\nright\n'" in run.text


def test_who_gives_up_is_told_where_the_text_is(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    draft = Draft("", ".json")
    texts = iter(["{", "{"])
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(Draft, "edit", lambda _draft: next(texts))
    editing = Editing(draft, "{}", "an object", lambda _text: [Slip("it never ends", 1, 2)], comments=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", Terminal())
        with pytest.raises(InvalidInput) as gave_up:
            edit_in_terminal(editing)
    assert gave_up.value.message == "nothing was sent: line 4, column 2: it never ends"
    assert str(draft.path) in (gave_up.value.hint or "")
    draft.drop()
