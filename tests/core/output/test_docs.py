"""What ``docs/output.md`` says about formats and exit codes is what the code has."""

from __future__ import annotations

import re
from pathlib import Path

from stackpane.cli.output.pages import decode_cursor
from stackpane.errors import ExitCode
from stackpane.options import FORMATS

PAGE = (Path(__file__).parents[3] / "docs" / "output.md").read_text()


def test_every_format_is_described() -> None:
    table = PAGE.partition("## Formats")[2].partition("A document")[0]
    assert tuple(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == FORMATS


def test_every_exit_code_is_described() -> None:
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)] == sorted(ExitCode)


def test_the_cursor_shown_is_one_of_ours() -> None:
    (cursor,) = re.findall(r"--cursor=(\S+)", PAGE)
    assert decode_cursor(cursor) == ("token", 100)
