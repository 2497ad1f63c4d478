"""Nothing is lost and nothing shown twice, however late, often and disordered events come: the window alone."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from stackpane_logs.lean import Event
from stackpane_logs.window import Window

LATE = 60_000
STEP = 2_000
"""Milliseconds between two rounds."""
DEEP = 5
"""Every so manieth round reaches back to late events."""
SINCE = 1_000_000

Raw = tuple[int, int, str, str, int]


@dataclass(frozen=True)
class Arrival:
    """An event, when the service has it, and how often it stands in a reply that holds it."""

    event: Event
    at: int
    times: int


arrivals = st.lists(
    st.tuples(
        st.integers(0, 200_000),  # its time
        st.integers(0, LATE - DEEP * STEP),  # how late it comes
        st.sampled_from("ab"),  # its stream
        st.sampled_from(["x", "y"]),  # few messages: many are alike
        st.integers(1, 3),
    ),
    max_size=40,
)


def made(raw: list[Raw], *, ids: bool) -> list[Arrival]:
    found = []
    for number, (at, late, stream, message, times) in enumerate(raw):
        arrived = SINCE + at + late
        event = Event(SINCE + at, message, arrived, stream, f"id{number}" if ids else None)
        found.append(Arrival(event, arrived, times))
    return found


def replies(known: list[Arrival], start: int, shuffled: st.DataObject, *, repeat: bool) -> list[Event]:
    """What a round of requests gives: in any order, with whole replies that came twice."""
    found = [each for each in known if (each.event.timestamp or 0) >= start]
    events = [each.event for each in found for _ in range(each.times if repeat else 1)]
    return shuffled.draw(st.permutations(events))


@given(arrivals, st.data())
def test_rounds_of_requests_give_every_event_just_once(raw: list[Raw], data: st.DataObject) -> None:
    there = made(raw, ids=True)
    window, seen = Window(SINCE, LATE), list[str | None]()
    end = max((each.at for each in there), default=SINCE) + 2 * DEEP * STEP
    for number, now in enumerate(range(SINCE, end + 1, STEP)):
        deep = number % DEEP == 0
        known = [each for each in there if each.at <= now]
        events = replies(known, window.start(now, deep=deep), data, repeat=True)
        seen += [event.eventId for event in window.polled(events)]
        if deep:
            window.forget(now)
    assert sorted(seen, key=str) == sorted((each.event.eventId for each in there), key=str)


@given(arrivals, st.data())
def test_events_without_ids_that_are_alike_are_counted(raw: list[Raw], data: st.DataObject) -> None:
    there = made(raw, ids=False)
    window, seen = Window(SINCE, LATE), list[Event]()
    for now in (SINCE + 90_000, SINCE + 91_000, SINCE + 300_000):
        known = [each for each in there if each.at <= now]
        seen += window.polled(replies(known, SINCE, data, repeat=False))
    assert sorted(seen, key=repr) == sorted((each.event for each in there), key=repr)


@given(arrivals, st.integers(0, 260_000), st.integers(0, 260_000), st.data())
def test_what_live_tail_and_requests_both_give_is_shown_once(
    raw: list[Raw], begun: int, broke: int, data: st.DataObject
) -> None:
    """A session from ``begun`` to ``broke``: requests fill what was before, and what came behind."""
    there = sorted(made(raw, ids=True), key=lambda each: each.at)
    begun, broke = SINCE + min(begun, broke), SINCE + max(begun, broke)
    window, seen = Window(SINCE, LATE), list[Event]()
    live = [each.event for each in there if begun < each.at <= broke]
    # A session begins, and then is asked for what was before: some of that may come by both ways.
    asked_at = data.draw(st.integers(begun, broke))
    early = data.draw(st.integers(0, len(live)))
    seen += window.live(_unnamed(live[:early]))
    seen += window.polled(replies([each for each in there if each.at <= asked_at], SINCE, data, repeat=True))
    seen += window.live(_unnamed(live[early:]))
    seen += window.polled(replies(there, SINCE, data, repeat=True))
    wanted = _unnamed([each.event for each in there])
    assert sorted(map(repr, _unnamed(seen))) == sorted(map(repr, wanted))


def _unnamed(events: list[Event]) -> list[Event]:
    """As live tail gives them: without ids."""
    return [Event(event.timestamp, event.message, event.ingestionTime, event.logStreamName) for event in events]


def test_an_event_from_the_future_hides_none_of_now() -> None:
    window = Window(SINCE, LATE)
    window.polled([Event(SINCE + 7_200_000, "ahead", SINCE, "a", "1")])
    assert window.start(SINCE + 100_000, deep=False) <= SINCE + 100_000
    window.forget(SINCE + 100_000)
    assert window.polled([Event(SINCE + 100_001, "now", SINCE, "a", "2")])


def test_memory_does_not_grow_with_the_time() -> None:
    window = Window(0, LATE)
    for now in range(0, 100 * LATE, 1000):
        window.polled([Event(now, "x", now, "a", f"id{now}")])
        window.forget(now)
    assert len(window._ids) <= LATE // 1000 + 1
    assert len(window._polled) <= LATE // 1000 + 1
