"""Nothing that comes from AWS reaches the terminal as a control sequence, or is read as markup."""

from __future__ import annotations

import ast
import base64
import json
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import stackpane_tui
from stackpane.text import is_plain
from stackpane_tui import crash
from tests.harness.hostile import ESCAPES, NAMES, UNICODE

if TYPE_CHECKING:
    from tests.harness.terminal import Terminal, TerminalFactory

_MARKUP = [value for name, value in NAMES.items() if "mark" in name]
HOSTILE = [*(value for value in (*ESCAPES.values(), *UNICODE.values()) if not is_plain(value)), *_MARKUP]
_SEQUENCE = re.compile(
    r"\x1b(?:\[[0-9;:?<>=]*[ !\"$']*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|[ -/]*[0-~]?)"
    r"|[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
_COPIED = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
"""What is copied on request, in base64."""
_UNSEEN = re.compile("[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")


def kinds(raw: bytes) -> set[str]:
    """The kinds of control sequences in a terminal's input: each with its numbers, and what is copied, left out."""
    text = _COPIED.sub("\x1b]52;c;\x07", raw.decode("utf-8", "replace"))
    return {re.sub(r"[0-9;:]+", "#", match) for match in _SEQUENCE.findall(text)}


def parade(terminal: TerminalFactory, folder: Path, values: list[str]) -> Terminal:
    file = folder / "values.json"
    file.write_text(json.dumps(values), "utf-8")
    shown = terminal.run(sys.executable, "-m", "tests.tui.parade", str(file), rows=36, columns=120)
    assert shown.wait() == 0, shown.text
    return shown


def test_hostile_values_in_every_field_of_every_kind_of_view_are_only_text(
    terminal: TerminalFactory, tmp_path: Path
) -> None:
    harmless = parade(terminal, tmp_path, [f"harmless-{number}" for number in range(8)])
    hostile = parade(terminal, tmp_path, HOSTILE)
    assert kinds(hostile.raw) - kinds(harmless.raw) == set()
    # No window title but what pyte takes for one: the shape of the mouse pointer (OSC 22), which Textual sets.
    assert set(hostile.titles) == set(harmless.titles) == {";default"}
    text, ours = hostile.raw.decode("utf-8"), harmless.raw.decode("utf-8")
    assert _UNSEEN.search(text) is None
    for value in HOSTILE:
        # Ours are such as the alternate screen, and any ESC behind a word.
        assert is_plain(value) or value not in text or value in ours or value.endswith("\x1b")
    for copied in _COPIED.findall(text):
        assert is_plain(base64.b64decode(copied).decode("utf-8"))
    # They were there, and nothing of them was taken for markup.
    for shown in ("␛]52;c;", "␛[2J", "cod<U+202E>gpj.exe", "[@click=app.quit]a[/]", "[bold]a[/bold]", "[/]"):
        assert shown in text


def test_the_report_of_a_crash_has_no_values_and_no_secrets(tmp_path: Path) -> None:
    def fails(secret: str) -> None:
        password = "hunter2-in-local"  # noqa: F841 - what a stack with values would show
        raise ValueError(f"bad: aws_secret_access_key={secret} \x1b[2J")

    with pytest.raises(ValueError, match="bad") as raised:
        fails("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    report = crash.report_of(raised.value)
    assert "in fails" in report
    assert "hunter2" not in report.replace('password = "hunter2-in-local"', "")
    assert "wJalrXUtnFEMI" not in report
    assert "\x1b" not in report
    kept = crash.save(report, tmp_path)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_text("utf-8") == report


def test_a_crash_ends_with_a_report_on_the_terminal_itself(terminal: TerminalFactory) -> None:
    program = (
        "from stackpane import Link, StackpaneError\n"
        "from stackpane_tui import app, running\n"
        "def broken(self):\n"
        "    secret = 'hunter2' + '-in-local'\n"
        "    raise RuntimeError('broken on purpose')\n"
        "app.Browser.action_help = broken\n"
        "try:\n"
        "    running.browse(Link(()), {'endpoint_url': 'http://127.0.0.1:1'})\n"
        "except StackpaneError as error:\n"
        "    print(error.message)\n"
    )
    shown = terminal.run(sys.executable, "-c", program, rows=40, columns=120, env={"STACKPANE_PLUGINS": ""})
    shown.wait_for("Services")
    shown.send("?")
    shown.wait_for("[y/N]")
    assert "RuntimeError: broken on purpose" in shown.text
    assert b"hunter2-in-local" not in shown.raw
    shown.send("n\r")
    assert shown.wait() == 0
    assert "the browser has ended by a fault" in shown.text


# What is shown is made of Content, or of literals; Textual reads plain strings as markup.

_SINKS = {"Static", "Label", "Option", "Button", "Collapsible"}
_BORDERS = {"border_title", "border_subtitle", "tooltip"}


def sources() -> Iterator[tuple[str, ast.AST]]:
    for path in sorted(Path(stackpane_tui.__path__[0]).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            yield f"{path.name}:{getattr(node, 'lineno', 0)}", node


def is_made_here(node: ast.expr) -> bool:
    """Whether it can only be a literal, or Content."""
    if isinstance(node, ast.Constant):
        return True
    root = node.func if isinstance(node, ast.Call) else node
    while isinstance(root, (ast.Attribute, ast.Call)):
        root = root.func if isinstance(root, ast.Call) else root.value
    return isinstance(root, ast.Name) and root.id == "Content"


def test_no_widget_is_given_text_that_could_be_read_as_markup() -> None:
    found = []
    for where, node in sources():
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            says_so = any(keyword.arg == "markup" for keyword in node.keywords)
            if name == "from_markup" or (name == "notify" and not says_so):
                found.append(f"{where}: {name}")
            if name in _SINKS and node.args and not isinstance(node.args[0], (ast.Name, ast.Starred)):
                first = node.args[0]
                if not is_made_here(first) and not (isinstance(first, ast.Call) and "line" in ast.unparse(first.func)):
                    found.append(f"{where}: {ast.unparse(node)[:80]}")
            if name == "update" and node.args and isinstance(node.args[0], (ast.JoinedStr, ast.BinOp)):
                found.append(f"{where}: {ast.unparse(node)[:80]}")
            found += [f"{where}: markup" for keyword in node.keywords if _is_markup(keyword)]
        if isinstance(node, ast.Assign):
            names = {getattr(target, "attr", "") for target in node.targets}
            if names & _BORDERS and not is_made_here(node.value):
                found.append(f"{where}: {ast.unparse(node)[:80]}")
    assert found == []


def _is_markup(keyword: ast.keyword) -> bool:
    return keyword.arg == "markup" and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
