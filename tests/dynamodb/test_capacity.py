"""The budget of requests that are under way together, and what is told of capacity."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

import pytest

from stackpane.links import split
from stackpane_dynamodb.capacity import BudgetSpentError, Meter
from tests.dynamodb.stage import make_table

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator


def read(meter: Meter, units: float) -> None:
    with meter.asking():
        meter.add({"ConsumedCapacity": {"CapacityUnits": units}})


def test_only_the_last_request_may_go_beyond_the_budget() -> None:
    meter = Meter(300)
    for _ in range(2):
        read(meter, 128)
    read(meter, 128)
    with pytest.raises(BudgetSpentError, match=r"stopped after 384 read units: the budget is 300"):
        read(meter, 0)


def test_requests_wait_where_those_under_way_may_use_the_budget_up() -> None:
    meter, entered, go_on = Meter(300), threading.Event(), threading.Event()
    sent: list[str] = []

    def other() -> None:
        entered.set()
        with meter.asking():
            sent.append("second")
        with meter.asking():
            sent.append("third")
        go_on.set()

    with meter.asking():
        thread = threading.Thread(target=other)
        with meter.asking():
            thread.start()
            entered.wait()
            assert not go_on.is_set()
            assert sent == []
    thread.join(30)
    assert sent == ["second", "third"]


def test_without_a_budget_nothing_waits() -> None:
    meter = Meter()
    with meter.asking(), meter.asking(), meter.asking():
        meter.check()


def test_a_budget_that_nobody_gave_says_how_to_read_on() -> None:
    meter = Meter(1, unasked=True)
    read(meter, 1)
    with pytest.raises(BudgetSpentError) as raised:
        meter.check()
    assert raised.value.hint == "Read it all with --scan."


WRITES = (
    """put shop '{"pk": "b"}'""",
    """put shop '[{"pk": "c"}, {"pk": "d"}]'""",
    "edit shop a --set x=1",
    "edit shop a --set pk=z --yes",
    "duplicate shop b --to e",
    "rm shop b --yes",
    "rm shop --find 'pk in (c, d)' --scan --yes",
    "import other {file} --if-absent",
    "import other {file} --yes",
    "copy shop third --create",
)


def test_every_command_that_writes_says_what_it_has_consumed(
    ministack: Emulator, invoke: Invoke, tmp_path: Path
) -> None:
    ministack.reset()
    make_table(ministack, "shop", [("pk", "S")], [{"pk": {"S": "a"}}])
    make_table(ministack, "other", [("pk", "S")])
    file = tmp_path / "items.jsonl"
    file.write_text('{"pk": "x"}\n{"pk": "y"}\n')
    for line in WRITES:
        ran = invoke("dynamodb", *split(line.format(file=file) if "{file}" in line else line), at=ministack)
        assert re.search(r"Consumed \d+ write units? in \d+ request", ran.errors), (line, ran.errors)
