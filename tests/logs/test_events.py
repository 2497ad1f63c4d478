"""Listing events: pages and cursors, lines around matches, the last ones, columns, exact bytes."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from stackpane.testing import Kit
from stackpane_logs.rate import Rate
from stackpane_logs.reading import Reader, Source
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy
from tests.logs.stage import make

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.fixtures import Down

pytestmark = pytest.mark.usefixtures("no_pauses")

LINES = [f"{'needle' if number in (3, 4, 9, 20, 21, 27) else 'hay'} {number}" for number in range(30)]
OTHER = [f"{'needle' if number in (9, 29) else 'hay'} of b {number}" for number in range(30)]


def messages(ran: Any) -> list[str]:
    return [row["message"] for row in ran.dicts]


@pytest.fixture
def app(aws: Emulator) -> Emulator:
    make(aws, "/app", a=LINES, b=OTHER)
    return aws


@pytest.mark.parametrize("around", [("-C", "1"), ("-B", "2"), ("-A", "3"), ("-C", "0", "-B", "1")])
def test_the_lines_around_are_the_same_whoever_looks_for_matches(app: Emulator, around: tuple[str, ...]) -> None:
    """``--filter`` is the service's, ``--grep`` ours."""

    def groups(*words: str) -> set[tuple[tuple[str, bool], ...]]:
        rows = Kit(app.url).run("logs", "events", "/app", "--since", "1h", *words, *around).dicts
        numbers = dict.fromkeys(row["Group"] for row in rows)
        return {tuple((row["message"], row["Match"]) for row in rows if row["Group"] == number) for number in numbers}

    ours = groups("--grep", "needle")
    assert ours == groups("--filter", "needle")
    if around == ("-C", "1"):
        assert (("hay 2", False), ("needle 3", True), ("needle 4", True), ("hay 5", False)) in ours
        assert (("hay of b 28", False), ("needle of b 29", True)) in ours


def test_the_last_matches_come_with_what_is_around_them(app: Emulator) -> None:
    words = ("logs", "events", "/app", "--last", "2", "-B", "1", "-A", "1", "--since", "1h")
    rows = Kit(app.url).run(*words, "--grep", "needle").dicts
    assert [row["message"] for row in rows if row["Match"]] == ["needle 27", "needle of b 29"]
    assert [row["message"] for row in rows] == ["hay 26", "needle 27", "hay 28", "hay of b 28", "needle of b 29"]


def test_a_list_that_was_cut_goes_on_where_it_ended(fresh: Emulator, invoke: Invoke) -> None:
    make(fresh, "/app", a=LINES, b=OTHER)
    for words in (("/app",), ("/app", "a"), ("/app", "--grep", "needle", "-C", "1"), ("/app", "--grep", "needle")):
        line = ("logs", "events", *words, "--since", "1h", "-o", "jsonl")
        whole = invoke(*line, "--all", at=fresh).ok().lines
        got: list[str] = []
        more: tuple[str, ...] = ()
        for _ in range(40):
            told = invoke(*line, "--limit", "7", *more, at=fresh).ok()
            got += told.lines
            if "more follow" not in told.errors:
                break
            more = ("--cursor", told.errors.rpartition("--cursor=")[2].split()[0])
        assert got == whole


def test_messages_are_written_byte_for_byte(app: Emulator, invoke: Invoke) -> None:
    make(app, "/raw", a=["\x1b[31mred\x1b[0m", "two\nlines", "ä"])
    told = invoke("logs", "events", "/raw", "--since", "1h", "--raw", at=app).ok()
    assert told.stdout == "\x1b[31mred\x1b[0m\ntwo\nlines\nä\n".encode()
    assert "␛[31mred" in invoke("logs", "events", "/raw", "--since", "1h", at=app).ok().text


def test_members_of_json_lines_become_columns(fresh: Emulator, invoke: Invoke) -> None:
    make(fresh, "/json", a=['{"level": "INFO", "user": {"id": 7}}', "plain"])
    line = ("logs", "events", "/json", "--since", "1h", "--fields")
    auto = [json.loads(each) for each in invoke(*line, "auto", "-o", "jsonl", at=fresh).ok().lines]
    assert auto[0]["user"] == {"id": 7}
    assert auto[1]["@message"] == "plain"
    header = invoke(*line, "auto", at=fresh).ok().lines[0].split()
    assert header == ["@timestamp", "@logStream", "level", "user", "@message"]
    rows = Kit(fresh.url).run(*line, "user.id,level").dicts
    found = [(row["user.id"], row["level"], row["@message"]) for row in rows]
    assert found == [(7, "INFO", None), (None, None, "plain")]


class NewestFirst:
    """Stands for AWS's ``FilterLogEvents`` with ``startFromHead`` off, which no emulator knows."""

    def __init__(self, count: int) -> None:
        self.events = [{"timestamp": at, "message": str(at), "eventId": str(at)} for at in range(count)]
        self.asked = 0

    def filter_log_events(self, **asked: Any) -> dict[str, Any]:
        assert asked["startFromHead"] is False
        self.asked += 1
        start = int(asked.get("nextToken", 0))
        page = self.events[::-1][start : start + asked["limit"]]
        following = start + len(page)
        return {"events": page} | ({"nextToken": str(following)} if following < len(self.events) else {})


def test_the_last_events_cost_as_many_requests_as_they_fill() -> None:
    aws = NewestFirst(1000)
    session: Any = SimpleNamespace(client=lambda _service, raw: aws, region="us-east-1", is_emulator=True)
    pages = Reader(session).newest_first(Source("g", 0, 10**6), 100)
    assert [event.timestamp for event in next(pages)] == list(range(999, 899, -1))
    assert aws.asked == 1
    assert [event.timestamp for event in next(pages)][:2] == [899, 898]


def test_requests_keep_to_the_quota() -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    rate = Rate(5, clock=lambda: now[0], sleep=sleep)
    times = []
    for _ in range(20):
        rate.wait()
        times.append(now[0])
    assert all(sum(start <= each < start + 1 for each in times) <= 10 for start in times)
    assert times[-1] == pytest.approx(3)


@pytest.mark.parametrize(
    "words",
    [
        ("-C", "1"),
        ("-i",),
        ("-v",),
        ("--raw", "--fields", "auto"),
        ("--grep", "("),
        ("--since", "1h", "--until", "2h"),
        ("--fields", "a,,b"),
        ("--cursor", "bm9uc2Vuc2U"),
    ],
)
def test_what_means_nothing_is_refused_before_anything_is_sent(
    words: tuple[str, ...], down: Down, invoke: Invoke
) -> None:
    told = invoke("logs", "events", "/app", *words, at=down)
    assert told.exit_code in (3, 252)
    assert "error:" in told.errors
    assert "127.0.0.1" not in told.errors.replace("stackpane", "")


def test_an_answer_of_nobody_is_no_empty_list(fresh: Emulator, down: Down, invoke: Invoke) -> None:
    make(fresh, "/app", a=["a line"])
    with FaultProxy(fresh.url) as proxy:
        for mode in (modes.html200(), modes.no_request_id(), modes.json_not_json(), modes.cut(10)):
            proxy.clear()
            proxy.fault(mode, "FilterLogEvents DescribeLogGroups")
            for words in (("events", "/app"), ("ls",), ("tail", "/app"), ("tail", "/ap*")):
                told = invoke("logs", *words, at=proxy)
                assert told.exit_code in (253, 254, 255), words
                assert not told.text
    assert invoke("logs", "ls", at=down).exit_code == 253


def test_a_page_token_that_comes_again_ends_the_listing(fresh: Emulator, invoke: Invoke) -> None:
    make(fresh, "/app", a=["a line"])

    def again(body: bytes) -> bytes:
        return json.dumps(json.loads(body) | {"nextToken": "the same"}).encode()

    with FaultProxy(fresh.url) as proxy:
        proxy.fault(modes.rewrite(again), "FilterLogEvents")
        told = invoke("logs", "events", "/app", "--since", "1h", at=proxy)
        assert told.exit_code == 254
        assert "a page token came twice" in told.errors
