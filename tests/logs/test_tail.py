"""Following log groups: every event once, whatever happens on the way and however events come."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from stackpane import AwsError, InvalidInput
from stackpane.testing import Kit
from stackpane.views import Stream, Table
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy
from tests.logs.stage import make, now, put

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator

pytestmark = pytest.mark.usefixtures("no_pauses")

Action = Callable[[], Any]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> list[Action]:
    """What happens while the tail waits: an action each time it sleeps. No time passes but by the clock it is given."""
    from stackpane_logs import following

    actions: list[Action] = []
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if actions:
            actions.pop(0)()

    clock = SimpleNamespace(sleep=sleep, time=lambda: time.time() + sum(slept))
    monkeypatch.setattr(following, "time", clock)
    return actions


def disorder() -> Callable[[bytes], bytes]:
    """Replies whose events come twice, in another order, and some of them only in a later reply."""
    rounds = iter(range(10**6))

    def change(body: bytes) -> bytes:
        reply = json.loads(body)
        number = next(rounds)
        kept = [event for event in reply["events"] if number > 6 or (event["timestamp"] + number) % 3]
        reply["events"] = [*kept[::-1], *kept[::2]]
        return json.dumps(reply).encode()

    return change


def test_nothing_is_lost_and_nothing_comes_twice_through_faults(fresh: Emulator, meanwhile: list[Action]) -> None:
    client = make(fresh, "/app/one", a=[f"one a{number}" for number in range(30)])
    make(fresh, "/app/two", a=["same", "same", "same"])
    wanted = [f"one a{number}" for number in range(30)] + ["same"] * 3

    def come(group: str, stream: str, *lines: str, ago: int = 0) -> Action:
        wanted.extend(lines)
        return lambda: put(client, group, stream, lines, at=now() - ago, step=1)

    with FaultProxy(fresh.url) as proxy:
        faulty = modes.in_turn(
            modes.rewrite(disorder()),
            modes.status(500),
            modes.rewrite(disorder()),
            modes.reset_after_body(),
            modes.error(400, "ThrottlingException", "Rate exceeded"),
        )
        meanwhile += [
            lambda: proxy.fault(faulty, "FilterLogEvents"),
            come("/app/one", "a", "next", "next"),
            come("/app/two", "new-stream", "first of a new stream"),
            come("/app/one", "b", "late", ago=200_000),
            lambda: proxy.fault(modes.reset_before(), "FilterLogEvents", times=30),
            come("/app/two", "a", "while it was down"),
            come("/app/one", "b", "later still", "later still", ago=290_000),
        ]
        ran = Kit(proxy.url).run("logs", "tail", "/app/*", "-f", "--poll", "--since", "1h", "--until-idle", "3m")
    assert sorted(row["message"] for row in ran.dicts) == sorted(wanted)
    assert any("trying again" in warning for warning in ran.warnings)


def test_events_of_several_groups_come_in_the_order_of_their_times(fresh: Emulator, meanwhile: list[Action]) -> None:
    make(fresh, "/app/one", a=["1", "2"])
    make(fresh, "/app/two", b=["3", "4"])
    ran = Kit(fresh.url).run("logs", "tail", "/app/*", "-f", "--poll", "--since", "1h", "--until-idle", "1s")
    times = [row["timestamp"] for row in ran.dicts]
    assert times == sorted(times)
    assert {row["logGroupName"] for row in ran.dicts} == {"/app/one", "/app/two"}
    assert isinstance(ran.view, Stream)


@pytest.fixture
def live(ministack: Emulator) -> Iterator[tuple[Any, Any]]:
    """A live tail of ``/app/one`` that is up, and a client: the one line that was there before has been read."""
    ministack.reset()
    client = make(ministack, "/app/one", a=["before"])
    view = Kit(ministack.url).view("logs", "tail", "/app/one", "-f", "--live", "--since", "1h")
    assert isinstance(view, Stream)
    rows = view.events()
    assert next(rows)[-1] == "before"
    yield rows, client
    rows.close()  # type: ignore[attr-defined]


def test_live_tail_gives_what_was_before_and_what_comes_each_once(live: tuple[Any, Any]) -> None:
    rows, client = live
    put(client, "/app/one", "a", ["alike", "alike"], at=now(), step=0)
    put(client, "/app/one", "new", ["of a new stream"], at=now())
    assert [next(rows)[-1] for _ in range(3)] == ["alike", "alike", "of a new stream"]


@pytest.mark.usefixtures("no_pauses")
def test_a_live_tail_that_breaks_off_goes_on_without_a_gap(ministack: Emulator, meanwhile: list[Action]) -> None:
    ministack.reset()
    client = make(ministack, "/app/one", a=["before"])
    with FaultProxy(ministack.url) as proxy:
        broken = proxy.fault(modes.reset_after(600), "StartLiveTail", times=2)
        refused = proxy.fault(modes.status(503), "StartLiveTail", times=4)
        meanwhile += [partial(put, client, "/app/one", "b", [f"while it was down {number}"]) for number in range(3)]
        view = Kit(proxy.url).view("logs", "tail", "/app/one", "-f", "--live", "--since", "1h")
        assert isinstance(view, Stream)
        rows = view.events()
        seen = [next(rows)[-1] for _ in range(4)]
        put(client, "/app/one", "a", ["and live again"], at=now())
        seen.append(next(rows)[-1])
        rows.close()  # type: ignore[attr-defined]
    assert len(broken.requests) == 2
    assert refused.requests
    assert sorted(seen) == ["and live again", "before", *(f"while it was down {number}" for number in range(3))]


def test_more_than_live_tail_gives_is_asked_for(fresh: Emulator, meanwhile: list[Action]) -> None:
    lines = [f"line {number}" for number in range(700)]
    make(fresh, "/app/one", a=lines)
    ran = Kit(fresh.url).run("logs", "tail", "/app/one", "-f", "--since", "1h", "--until-idle", "1s", rows=2000)
    assert sorted(row["message"] for row in ran.dicts) == sorted(lines)
    assert any("more events than live tail gives" in warning for warning in ran.warnings)


def test_where_live_tail_is_denied_events_are_asked_for(
    fresh: Emulator, meanwhile: list[Action], invoke: Invoke
) -> None:
    make(fresh, "/app/one", a=["a line"])
    with FaultProxy(fresh.url) as proxy:
        proxy.fault(modes.error(400, "AccessDeniedException", "no"), "StartLiveTail")
        words = ("logs", "tail", "/app/one", "-f", "--since", "1h", "--until-idle", "1s")
        told = invoke(*words, at=proxy).ok()
        assert "a line" in told.text
        assert "live tail is denied (logs:StartLiveTail)" in told.errors
        assert invoke(*words, "--live", at=proxy).exit_code == 254
        assert not invoke("logs", "tail", "/app/none", "-f", at=proxy).text


def test_following_begins_with_an_error_where_nothing_can_be_had(fresh: Emulator, meanwhile: list[Action]) -> None:
    make(fresh, "/app/one", a=["a line"])
    with FaultProxy(fresh.url) as proxy:
        proxy.fault(modes.error(400, "AccessDeniedException", "no"), "FilterLogEvents")
        with pytest.raises(Exception, match="AccessDenied"):
            Kit(proxy.url).run("logs", "tail", "/app/one", "-f", "--poll")


def test_without_follow_it_is_the_last_events(fresh: Emulator, invoke: Invoke) -> None:
    make(fresh, "/app/one", a=[f"one {number}" for number in range(20)])
    make(fresh, "/app/two", a=[f"two {number}" for number in range(20)])
    kit = Kit(fresh.url)
    ran = kit.run("logs", "tail", "/app/*", "--since", "1h", rows=4)
    assert isinstance(ran.view, Table)
    assert sorted(row["message"] for row in ran.dicts) == ["one 18", "one 19", "two 18", "two 19"]
    told = invoke("logs", "tail", "/app/*", "--since", "1h", "--all", "-o", "jsonl", at=fresh).ok()
    assert len(told.lines) == 40
    times = [json.loads(line)["timestamp"] for line in told.lines]
    assert times == sorted(times)
    grepped = kit.run("logs", "tail", "/app/one", "--since", "1h", "--grep", "ONE 1$", "-i")
    assert [row["message"] for row in grepped.dicts] == ["one 1"]


def test_members_of_json_lines_are_columns(fresh: Emulator, meanwhile: list[Action]) -> None:
    make(fresh, "/app/one", a=['{"level": "WARN", "n": 5}', "plain ERROR text"])
    words = ("logs", "tail", "/app/one", "-f", "--poll", "--since", "1h", "--until-idle", "1s", "--fields")
    for fields in ("auto", "level,n"):
        ran = Kit(fresh.url).run(*words, fields)
        assert [(row["Level"], row["n"], row["message"]) for row in ran.dicts] == [
            ("WARN", 5, None),
            ("ERROR", None, "plain ERROR text"),
        ]


@pytest.mark.parametrize("words", [("--poll",), ("--until-idle", "3s"), ("-i", "-f"), ("-f", "--late", "x")])
def test_options_that_mean_nothing_are_refused(words: tuple[str, ...], fresh: Emulator, invoke: Invoke) -> None:
    told = invoke("logs", "tail", "/app/one", *words, at=fresh)
    assert told.exit_code in (3, 252)
    assert told.errors


def test_a_pattern_that_matches_no_group_is_an_error(fresh: Emulator) -> None:
    with pytest.raises(InvalidInput, match="no log group matches"):
        Kit(fresh.url).run("logs", "tail", "/none/*")
    with pytest.raises(Exception, match="ResourceNotFound") as raised:
        Kit(fresh.url).run("logs", "tail", "/none")
    assert not isinstance(raised.value, AwsError)
