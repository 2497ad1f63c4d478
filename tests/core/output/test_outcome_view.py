"""An outcome that holds a view: its rows are the data, what it took is told beside it."""

from __future__ import annotations

import json

import pytest

from stackpane.errors import ExitCode
from stackpane.links import Link
from stackpane.views import Column, Failure, Job, Outcome, Progress, Table
from tests.core.output.showing import shown

AGAIN = Link.to("logs query", id="7", label="Again")


def outcome(**more: object) -> Outcome:
    view = Table.of([Column("n", "number")], [(1,), (2,), (3,)])
    return Outcome("Scanned 5 B.", view=view, links=(AGAIN,), result={"queryId": "7"}, **more)  # type: ignore[arg-type]


def work() -> Job:
    def run():  # type: ignore[no-untyped-def]
        yield Progress(0)
        return outcome()

    return Job("Querying", run)


@pytest.mark.parametrize("view", [outcome(), work()], ids=["outcome", "job"])
def test_its_rows_are_written_and_the_rest_is_told(view: Outcome | Job) -> None:
    seen = shown(view, format="jsonl")
    assert [json.loads(line) for line in seen.text.splitlines()] == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert "Scanned 5 B." in seen.said
    assert seen.code == ExitCode.DONE


def test_who_goes_on_does_not_do_it_again() -> None:
    seen = shown(outcome(), format="jsonl", limit=2)
    assert "more follow: stackpane logs query --id=7 --cursor=" in seen.said


def test_a_query_selects_from_the_rows_and_failures_still_count() -> None:
    seen = shown(outcome(failed=(Failure("x", "no"),)), query="[].n", format="json")
    assert json.loads(seen.text) == [1, 2, 3]
    assert seen.code == ExitCode.SOME_FAILED
    assert "x: no" in seen.said
