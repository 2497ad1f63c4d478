"""An item in the editor: opened again until it is valid, and never lost."""

from __future__ import annotations

import re
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.dynamodb.written import TABLE, item_at, keys, make_table, store

if TYPE_CHECKING:
    from tests.harness.cli import Cli
    from tests.harness.emulators import Emulator
    from tests.harness.terminal import Terminal, TerminalFactory

Edit = Callable[..., "Terminal"]

_EDITOR = """
import pathlib, sys
file, folder = pathlib.Path(sys.argv[1]), pathlib.Path({folder!r})
turn = len(list(folder.glob("seen*")))
text = file.read_text()
(folder / f"seen{{turn}}").write_text(text)
step = folder / f"step{{turn}}.py"
if step.exists():
    exec(step.read_text())
    file.write_text(text)
"""


@pytest.fixture
def edited(moto: Emulator, terminal: TerminalFactory, tmp_path: Path) -> Edit:
    """``edited(code, …)`` runs ``dynamodb edit`` on A 1; each ``code`` changes ``text`` for one opening."""
    moto.reset()
    make_table(moto)
    editor = tmp_path / "editor.py"
    editor.write_text(_EDITOR.format(folder=str(tmp_path)))

    def edited(*steps: str, argv: tuple[str, ...] = ("edit", TABLE, "A", "1")) -> Terminal:
        for turn, code in enumerate(steps):
            (tmp_path / f"step{turn}.py").write_text(code)
        env = {"EDITOR": f"{sys.executable} {editor}", "VISUAL": "", "TMPDIR": str(tmp_path)}
        return terminal("dynamodb", *argv, env=env, at=moto, columns=200)

    return edited


def drafts(folder: Path) -> list[Path]:
    return list(folder.glob("stackpane-*.json"))


def seen(folder: Path, turn: int) -> str:
    return (folder / f"seen{turn}").read_text()


def test_what_is_written_in_the_editor_is_saved_and_the_draft_is_gone(
    moto: Emulator, edited: Edit, tmp_path: Path
) -> None:
    store(moto, n={"N": "1.50"}, tags={"SS": ["a", "b"]}, raw={"B": "AAE="})
    assert edited("text = text.replace('1.50', '2.50')").wait() == 0
    assert item_at(moto) == {
        "pk": {"S": "A"}, "sk": {"N": "1"}, "n": {"N": "2.50"}, "tags": {"SS": ["a", "b"]}, "raw": {"B": "AAE="},
    }  # fmt: skip
    assert seen(tmp_path, 0).startswith("# shop A 1, 21 B of 400 KiB.\n# Lines that begin with # are left out.")
    assert drafts(tmp_path) == []


def test_a_text_that_is_not_valid_is_opened_again_with_what_is_wrong(
    moto: Emulator, edited: Edit, tmp_path: Path
) -> None:
    store(moto, n={"N": "1"})
    run = edited(
        """text = text.replace('"n": 1', '"n": 1,,')""",
        """text = text.replace('"n": 1,,', '"n": {"$SS": []}')""",
        """text = text.replace('{"$SS": []}', '2')""",
    )
    assert run.wait() == 0
    slip = re.search(r"# line (\d+), column", seen(tmp_path, 1))
    assert slip is not None
    assert '"n": 1,,' in seen(tmp_path, 1).splitlines()[int(slip[1]) - 1]
    assert "# n: is an empty set, which DynamoDB cannot keep" in seen(tmp_path, 2)
    assert (item_at(moto) or {})["n"] == {"N": "2"}


def test_who_gives_up_on_a_text_that_is_not_valid_finds_it_in_a_file_of_their_own(
    moto: Emulator, edited: Edit, tmp_path: Path
) -> None:
    before = store(moto, n={"N": "1"})
    run = edited("text = text.replace('1', '1x')")
    assert run.wait() == 252
    (draft,) = drafts(tmp_path)
    assert f"What you wrote is in {draft}" in run.text
    assert stat.S_IMODE(draft.stat().st_mode) == 0o600
    assert "1x" in draft.read_text()
    assert item_at(moto) == before


@pytest.mark.parametrize("code", ["", "text = ''", "text = '# nothing'"])
def test_a_text_that_is_left_as_it_was_or_emptied_changes_nothing(
    moto: Emulator, edited: Edit, tmp_path: Path, code: str
) -> None:
    before = store(moto, n={"N": "1"})
    run = edited(code)
    assert run.wait() == 0
    assert "Nothing was changed." in run.text
    assert item_at(moto) == before
    assert drafts(tmp_path) == []


_MEANWHILE = """
import json, urllib.request
item = {{"pk": {{"S": "A"}}, "sk": {{"N": "1"}}, "n": {{"N": "7"}}}}
urllib.request.build_opener(urllib.request.ProxyHandler({{}})).open(urllib.request.Request(
    {url!r}, json.dumps({{"TableName": "shop", "Item": item}}).encode(),
    {{"X-Amz-Target": "DynamoDB_20120810.PutItem", "Content-Type": "application/x-amz-json-1.0",
      "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request"}}))
text = text.replace('"n": 1', '"n": 2')
"""


def test_a_conflict_shows_three_versions_and_keeps_what_was_written(
    moto: Emulator, edited: Edit, tmp_path: Path
) -> None:
    store(moto, n={"N": "1"})
    run = edited(_MEANWHILE.format(url=moto.url))
    assert run.wait() == 1
    assert "n: read 1, there now 7, yours 2" in run.text
    (draft,) = drafts(tmp_path)
    assert f"What you wrote is in {draft}" in run.text
    assert stat.S_IMODE(draft.stat().st_mode) == 0o600
    assert '"n": 2' in draft.read_text()
    assert (item_at(moto) or {})["n"] == {"N": "7"}


def test_another_key_in_the_editor_is_a_plan_to_confirm(moto: Emulator, edited: Edit, tmp_path: Path) -> None:
    store(moto, n={"N": "7"})
    run = edited("""text = text.replace('"sk": 1', '"sk": 2')""")
    run.wait_for("Type y to go on")
    assert keys(moto) == [("A", "1")]
    run.send("y\r")
    assert run.wait() == 0
    assert keys(moto) == [("A", "2")]
    assert drafts(tmp_path) == []


def test_dynamodbs_own_json_can_be_edited_with_the_type_of_every_value(
    moto: Emulator, edited: Edit, tmp_path: Path
) -> None:
    store(moto, n={"N": "7"})
    run = edited(
        """text = text.replace('"N": "7"', '"S": 7')""",
        """text = text.replace('"S": 7', '"NS": ["8"]')""",
        argv=("edit", TABLE, "A", "1", "--dynamodb-json"),
    )
    assert run.wait() == 0
    assert "# n: S holds str, not Decimal" in seen(tmp_path, 1)
    assert (item_at(moto) or {})["n"] == {"NS": ["8"]}


def test_a_copy_is_made_in_the_editor(moto: Emulator, edited: Edit, tmp_path: Path) -> None:
    store(moto, n={"N": "7"})
    run = edited("""text = text.replace('"sk": 1', '"sk": 2')""", argv=("duplicate", TABLE, "A", "1"))
    assert run.wait() == 0
    assert keys(moto) == [("A", "1"), ("A", "2")]
    assert drafts(tmp_path) == []


def test_an_editor_that_fails_changes_nothing(moto: Emulator, terminal: TerminalFactory) -> None:
    moto.reset()
    make_table(moto)
    before = store(moto, n={"N": "1"})
    run = terminal("dynamodb", "edit", TABLE, "A", "1", env={"EDITOR": "false", "VISUAL": ""}, at=moto, columns=200)
    assert run.wait() == 255
    assert "the editor failed" in run.text
    assert item_at(moto) == before


def test_without_a_terminal_no_editor_is_opened(moto: Emulator, cli: Cli) -> None:
    moto.reset()
    make_table(moto)
    store(moto, n={"N": "1"})
    ran = cli("dynamodb", "edit", TABLE, "A", "1", env={"EDITOR": "false"}, at=moto)
    assert ran.exit_code == 3
    assert "an editor needs a terminal" in ran.errors
