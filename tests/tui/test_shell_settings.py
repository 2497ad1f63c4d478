"""The browser's files: settings, bookmarks, typed lines; each may be broken, and costs only itself then."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stackpane import StackpaneError
from stackpane.paths import config_folder
from stackpane_tui.bookmarks import Bookmarks
from stackpane_tui.config import read_config
from stackpane_tui.recent import Lines

if TYPE_CHECKING:
    from tests.tui.conftest import Browse


def settings(text: str) -> Path:
    path = config_folder() / "browser.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


async def test_keys_and_theme_are_those_of_the_file(browse: Browse) -> None:
    settings('theme = "light"\n[keys]\nquit = "x"\n"table.sort" = "f3"\ngrid.down = "n"\n')
    async with browse("toy ls") as driven:
        await driven.until("toy-001")
        assert driven.browser.theme == "textual-light"
        await driven.press("n", "enter")
        await driven.until("toy show toy-001")
        await driven.press("q")
        await driven.pilot.pause()
        assert driven.browser.is_running
        await driven.press("x")
        await driven.pilot.pause()
        assert driven.browser._exit


async def test_what_is_wrong_in_the_file_is_said_and_the_rest_holds(browse: Browse) -> None:
    settings('theme = "pink"\nfont = 3\n[keys]\nfly = "f"\nhome = 3\nrefresh = "f5"\n')
    config = read_config()
    assert config.keys == {"refresh": "f5"}
    assert [problem.partition(": ")[2] for problem in config.problems] == [
        "there is no setting 'font'",
        "there is no theme 'pink', only dark, light, terminal",
        "nothing is called 'fly'; `?` in the browser lists the names",
        'the key of home is a text such as "ctrl+r"',
    ]
    settings("theme = [")
    assert "cannot be read" in read_config().problems[0]
    async with browse("toy ls") as driven:
        await driven.until("toy-001")
        assert any("cannot be read" in said.text for said in driven.browser.speech.said)


async def test_broken_bookmarks_are_told_and_left_alone(browse: Browse) -> None:
    path = config_folder() / "bookmarks.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"bookmarks": [{"addr": 1}]}')
    async with browse() as driven:
        await driven.until("Toy Service")
        await driven.until("it is no list of addresses")
        driven.browser.go("toy show red")
        await driven.until("us-east-1")
        await driven.press("b")
        await driven.until("it is no list of addresses")
    assert path.read_text() == '{"bookmarks": [{"addr": 1}]}'
    with pytest.raises(StackpaneError, match="cannot be read"):
        _ = Bookmarks(path).links


def test_bookmarks_of_two_browsers_are_both_kept(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "bookmarks.json"
    first, second = Bookmarks(path), Bookmarks(path)
    assert first.toggle("-c prod s3 ls", "Buckets")
    assert second.toggle("s3 ls $'a\\x1bb'", "")
    assert [link.address for link in first.links] == ["-c prod s3 ls", "s3 ls $'a\\eb'"]
    assert first.links[0].label == "Buckets"
    assert not second.toggle("-c prod s3 ls", "")
    assert not first.has("-c prod s3 ls")
    assert json.loads(path.read_text())["bookmarks"] == [{"address": "s3 ls $'a\\eb'", "label": ""}]


def test_typed_lines_are_kept_once_each_and_only_for_the_user(tmp_path: Path) -> None:
    path = tmp_path / "state" / "lines"
    lines = Lines(path)
    for line in ("one", "two", "one"):
        lines.add(line)
    assert Lines(path).read() == ["two", "one"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o600)
    path.write_bytes(b"\xff\xfe")
    assert lines.read() == ["two", "one"]
