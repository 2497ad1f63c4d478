"""Hostile texts in every place of items, tags and errors, on a terminal: shown as text, and never obeyed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stackpane.options import FORMATS
from tests.dynamodb.stage import make_table
from tests.harness import faults as modes
from tests.harness import hostile
from tests.harness.faultproxy import FaultProxy
from tests.harness.manylines import assert_harmless, on_terminal

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator
    from tests.harness.terminal import TerminalFactory

TRICKS = [*hostile.ESCAPES.values(), *hostile.UNICODE.values(), *hostile.FORMULAS.values(), *hostile.HTML.values()]
ALL = "".join(hostile.ESCAPES.values())


def held(text: str) -> dict[str, Any]:
    """An item that has the text as a key, a name, a value, and within every type that holds texts."""
    deep = {"L": [{"S": text}, {"M": {text: {"SS": [text, "other"]}}}]}
    return {
        "pk": {"S": "a"},
        "sk": {"S": text[:500]},
        text[:200]: {"S": text},
        "deep": deep,
        "json": {"S": json.dumps([text])},
    }


@pytest.fixture(scope="module")
def table(ministack: Emulator) -> Emulator:
    """A table of hostile items, and one without its last item."""
    ministack.reset()
    items = [held(text) for text in [*TRICKS, ALL] if text.strip()]
    keys = (("pk", "S"), ("sk", "S"))
    make_table(ministack, "tricks", keys, items)
    make_table(ministack, "fewer", keys, items[:3])
    client = ministack.client("dynamodb")
    arn = client.describe_table(TableName="tricks")["Table"]["TableArn"]
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "\x1b]0;title\x07\x1b[31m"}])
    return ministack


LINES = [
    ["ls", "--long"],
    ["show", "tricks"],
    *(["scan", "tricks", "--all", "-o", name] for name in FORMATS),
    ["scan", "tricks", "--all", "--unfold"],
    ["query", "tricks", "pk = a", "--all"],
    ["find", "tricks", "pk = a and sk > b", "--explain"],
    ["get", "tricks", "a", ALL[:500]],
    ["sql", "SELECT * FROM tricks", "--all"],
    ["diff", "tricks", "fewer"],
    ["export", "tricks", "-"],
    ["rm", "tricks", "--find", "pk = a", "--dry-run"],
]
FAILING = [
    ["get", "tricks", "a", "\x1b[31mnot there"],
    ["show", "\x1b[31m"],
    ["query", "tricks", "pk = \x1b[31m and"],
    ["put", "tricks", '{"pk": 1, "\\u001b[31m": 1}'],
    ["import", "tricks", "bad.jsonl", "--if-absent"],
    ["edit", "tricks", "a", ALL[:500], "--set", "\x1b]0;x\x07=1", "--if", "x = 1"],
]


def test_nothing_that_items_hold_reaches_the_terminal_as_it_is(table: Emulator, terminal: TerminalFactory) -> None:
    Path("bad.jsonl").write_text('{"pk": "a", "sk": 5, "\x1b[31m": 1}\n{"\x1b]0;t\x07\n{"pk": 1}\n')
    shown, codes = on_terminal(terminal, table, [["dynamodb", *line] for line in [*LINES, *FAILING]])
    assert_harmless(shown)
    differ = LINES.index(["diff", "tricks", "fewer"])
    assert [code for number, code in enumerate(codes[: len(LINES)]) if number != differ] == [0] * (len(LINES) - 1)
    assert all(codes[len(LINES) :]), list(zip(FAILING, codes[len(LINES) :], strict=True))
    assert "255" not in map(str, codes)


def test_what_an_endpoint_says_is_shown_as_text(table: Emulator, terminal: TerminalFactory) -> None:
    with FaultProxy(table.url) as proxy:
        proxy.fault(modes.error(400, "ValidationException", ALL), "Scan Query GetItem")
        lines = [["scan", "tricks"], ["query", "tricks", "pk = a"], ["get", "tricks", "a", "b"]]
        shown, codes = on_terminal(terminal, proxy, [["dynamodb", *line] for line in lines])
    assert_harmless(shown)
    assert codes == [254] * 3
