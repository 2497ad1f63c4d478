"""Plans, jobs and outcomes in the browser: nothing is sent unconfirmed, nothing blocks, nothing is left unsaid."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input

from stackpane import Column, Failure, Job, Link, Outcome, Plan, Progress, Table
from stackpane.app import App as Core
from stackpane_tui.app import Browser
from stackpane_tui.config import read_config
from stackpane_tui.jobs import RunningJob
from stackpane_tui.panes.job import JobPane
from stackpane_tui.panes.outcome import OutcomePane
from stackpane_tui.panes.pane import Pane
from stackpane_tui.panes.plan import PlanPane
from stackpane_tui.speech import Speech
from tests.tui.conftest import Driven
from tests.tui.host import Host, screen, until

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from tests.harness.emulators import Emulator

HOSTILE = "a\x1b[31m\x1b]0;x\x07[red]b[/]\u202e\x9b2J\nz"


def nothing() -> Job:
    """A job for plans that are not carried out."""
    return Job("Delete", lambda: iter(()))  # type: ignore[arg-type,return-value]


def plan(count: int = 3, phrase: str = "photos", **more: Any) -> Plan:
    return Plan(
        more.pop("title", "Delete from s3://photos"),
        count,
        lambda: (f"s3://photos/{number:07}" for number in range(count)),
        phrase,
        nothing,
        **more,
    )


async def test_a_plan_says_what_it_would_do_and_is_started_by_its_phrase_alone() -> None:
    app = Host(PlanPane(plan(bytes=2048, reversible="Cannot be undone.", notes=("Versioning is off.",))))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "s3://photos/0000002" in screen(app))
        shown = screen(app)
        assert "Delete from s3://photos: 3 objects, 2.0 KiB" in shown
        assert "Cannot be undone." in shown
        assert "Versioning is off." in shown
        assert "Type photos and Enter to go on" in shown
        assert "several scripts" not in shown
        for wrong in ("", "Photos", "photo", "\u0440hotos"):
            app.query_one(Input).value = wrong
            await pilot.press("enter")
            assert "Nothing was sent" in screen(app)
        assert app.asked == []
        app.query_one(Input).value = ""
        await pilot.press(*"photos", "enter", "enter")
        await pilot.pause()
        (asked,) = app.asked
        assert isinstance(asked, Pane.Start)
        assert asked.job.title == "Delete"


async def test_the_targets_of_a_million_are_read_as_far_as_one_looks() -> None:
    read: list[int] = []

    def targets() -> Iterator[str]:
        for number in range(5000):
            read.append(number)
            yield f"key-{number}"

    app = Host(PlanPane(Plan("Delete", 5000, targets, "y", nothing)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "key-3" in screen(app))
        assert len(read) <= 1000
        # What is searched for is searched in all of them.
        await pilot.press("escape", "slash", *"key-2500", "enter")
        await until(pilot, lambda: "key-2501" in screen(app))
        assert "n next" in screen(app)
        await pilot.press("end")
        await until(pilot, lambda: "key-4999" in screen(app))
        assert len(read) == 5000
        await pilot.press("home")
        await until(pilot, lambda: "key-3" in screen(app))


@pytest.mark.parametrize(
    ("view", "read_only", "why"),
    [
        (plan(0), False, "There is nothing to do."),
        (plan(), True, "this connection only reads, or this is a dry run"),
        (plan(phrase="pho\u202etos"), False, "characters that cannot be seen or typed"),
    ],
)
async def test_what_cannot_be_carried_out_asks_for_nothing(view: Plan, read_only: bool, why: str) -> None:
    app = Host(PlanPane(view, read_only=read_only))
    async with app.run_test(size=(100, 24)) as pilot:
        await pilot.pause()
        assert why in screen(app)
        assert not [each for each in app.query(Input) if "_Phrase" in type(each).__name__]


@pytest.mark.parametrize("where", ["title", "phrase", "target"])
async def test_look_alikes_are_pointed_out(where: str) -> None:
    mixed = "s3://\u0440hotos"
    view = Plan(
        mixed if where == "title" else "x", 1, lambda: iter([mixed if where == "target" else "y"]),
        mixed if where == "phrase" else "z", nothing,
    )  # fmt: skip
    app = Host(PlanPane(view))
    async with app.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: "letters of several scripts" in screen(app))


class Work:
    """A job that goes on as far as it is let."""

    def __init__(self, end: Outcome | BaseException | None = None) -> None:
        self.end = end or Outcome("Deleted 3 objects.", 3)
        self.go = threading.Semaphore(0)
        self.closed = threading.Event()
        self.job = Job("Deleting", self.run, resume=Link.to("s3 rm", "s3://photos"))

    def run(self) -> Generator[Progress, None, Outcome]:
        try:
            for done in range(1, 4):
                yield Progress(done, 3, "objects", current=f"key-{done}{HOSTILE}")
                while not self.go.acquire(timeout=0.02):
                    yield Progress(done, 3, "objects", current=f"key-{done}{HOSTILE}")
        finally:
            self.closed.set()
        if isinstance(self.end, BaseException):
            raise self.end
        return self.end


async def test_a_job_shows_how_far_it_is_and_then_its_outcome() -> None:
    work = Work(Outcome("Deleted 3 objects.", 3, undo=Link.to("s3 restore", "x"), result={"VersionId": "v1"}))
    app = Host(JobPane(work.job))
    async with app.run_test(size=(100, 20)) as pilot:
        await until(pilot, lambda: "key-1" in screen(app))
        assert "1 of 3 objects" in screen(app)
        assert "33%" in screen(app)
        work.go.release(3)
        await until(pilot, lambda: "Deleted 3 objects." in screen(app))
        assert "VersionId  v1" in screen(app)
        assert "s3 restore x" in screen(app)
        app.widget.query_one("LineView").focus()
        await pilot.press("u")
        await pilot.pause()
        assert [each.link.address for each in app.asked] == ["s3 restore x"]


async def test_what_a_job_was_done_for_is_shown_at_its_end_and_once_more_on_request() -> None:
    found = Table.of((Column("Name"),), [("a",)])

    def run() -> Generator[Progress, None, Outcome]:
        yield Progress(1, 2, "rows")
        return Outcome("Found 1 row.", view=found)

    app = Host(JobPane(Job("Ask", run)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(app.asked))
        await pilot.press("v")
        await pilot.pause()
        assert [each.view for each in app.asked if isinstance(each, Pane.Show)] == [found, found]


async def test_a_job_that_is_stopped_closes_its_work_and_offers_to_go_on() -> None:
    work = Work()
    pane = JobPane(work.job)
    app = Host(pane)
    async with app.run_test(size=(100, 20)) as pilot:
        await until(pilot, lambda: "key-1" in screen(app))
        pane.focus()
        await pilot.press("ctrl+d")
        await until(pilot, lambda: "stopped after 1 of 3 objects" in screen(app))
        assert work.closed.is_set()
        assert "Go on with what is missing" in screen(app)
        await pilot.press("R")
        await pilot.pause()
        assert [each.link.address for each in app.asked] == ["s3 rm s3://photos"]


async def test_a_job_goes_on_when_its_pane_is_left_and_is_found_again() -> None:
    work = Work()
    running = RunningJob(work.job)
    running.start()
    first = JobPane(work.job, running=running)
    app = Host(first)
    async with app.run_test(size=(100, 20)) as pilot:
        await until(pilot, lambda: "key-1" in screen(app))
        first.stop()
        await first.remove()
        work.go.release(2)
        assert not running.is_over
        again = JobPane(work.job, running=running)
        await app.mount(again)
        await until(pilot, lambda: "key-3" in screen(app))
        work.go.release()
        await until(pilot, lambda: "Deleted 3 objects." in screen(app))


def test_a_job_tells_of_its_end_once_whatever_happens() -> None:
    for end in (Outcome("Done."), ValueError("broken"), SystemExit(3)):
        work = Work(end)
        told: list[str] = []
        running = RunningJob(work.job, lambda job, told=told: told.append(job.state))  # type: ignore[misc]
        work.go.release(3)
        running.start()
        assert running.join(10)
        assert told[-1] == running.state == ("done" if isinstance(end, Outcome) else "failed")
        assert told.count(running.state) == 1
        running.cancel()
        assert running.is_over


async def test_a_job_that_fails_says_why_and_how_to_go_on() -> None:
    work = Work(ValueError(f"the endpoint {HOSTILE} is gone"))
    app = Host(JobPane(work.job))
    work.go.release(3)
    async with app.run_test(size=(160, 20)) as pilot:
        await until(pilot, lambda: "is gone (after 3 of 3 objects)" in screen(app))
        assert "s3 rm s3://photos" in screen(app)
        assert "\x1b" not in screen(app)


async def test_an_outcome_lists_what_was_not_done_and_why() -> None:
    view = Outcome(
        "Deleted 1 object.",
        failed=(Failure(f"one{HOSTILE}", "denied"), Failure("two", "no answer", unknown=True)),
        skipped=tuple(Failure(f"s{number}", "changed meanwhile") for number in range(100)),
        resume=Link.to("s3 rm", "s3://photos", resume=True),
        links=(Link.to("s3 ls", "s3://photos", label="See what is left"),),
    )
    pane = OutcomePane(view)
    app = Host(pane)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        shown = screen(app)
        assert "Not done: 2" in shown
        assert "Skipped: 100" in shown
        assert "two: no answer (nobody knows whether it was done: look before you try again)" in shown
        assert "one a␛[31m" in shown.replace("onea", "one a")
        pane.line_view.focus()
        await pilot.press("u")  # there is nothing to undo
        await pilot.press("end", "enter")
        await pilot.pause()
        await pilot.press("R")
        await pilot.pause()
        assert [each.link.address for each in app.asked] == ["s3 ls s3://photos", "s3 rm --resume s3://photos"]
        assert [link.address for link in pane.links()] == ["s3 ls s3://photos", "s3 rm --resume s3://photos"]


async def test_a_dry_run_shows_its_plan_and_asks_for_nothing(moto: Emulator) -> None:
    moto.reset()
    s3: Any = moto.client("s3")
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="a.txt", Body=b"the body")
    place = Link.to("s3 rm", "s3://photos/a.txt", dry_run=True)
    browser = Browser(place, {"endpoint_url": moto.url}, Core(Speech()), read_config())
    browser.look_at_connections = False
    async with browser.run_test(size=(100, 24)) as pilot:
        driven = Driven(browser, pilot)
        await driven.until("or this is a dry run")
        await driven.until("s3://photos/a.txt")
        assert "Type photos" not in driven.text
