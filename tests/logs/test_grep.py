"""Lines around matches, against what ``grep`` does to the lines of each stream."""

from __future__ import annotations

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from stackpane_logs.grep import Around, Context, matcher
from stackpane_logs.lean import Event

lines = st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), max_size=40)


def expected(marks: list[bool], around: Around) -> list[list[int]]:
    """The numbers of the lines that are shown of one stream, by group."""
    shown = {
        number
        for at, mark in enumerate(marks)
        if mark
        for number in range(max(0, at - around.before), min(len(marks), at + around.after + 1))
    }
    in_row = groupby(sorted(shown), key=lambda number: number - sorted(shown).index(number))
    return [list(group) for _, group in in_row]


@given(lines, st.integers(0, 3), st.integers(0, 3))
def test_groups_are_those_of_grep_for_each_stream(lines: list[tuple[str, bool]], before: int, after: int) -> None:
    around = Around(before, after)
    context = Context(around)
    events = [Event(at, "hit" if mark else "miss", at, stream, str(at)) for at, (stream, mark) in enumerate(lines)]
    groups = [*context.groups(events, matcher("hit")), *context.flush()]
    for stream in "ab":
        own = [event for event in events if event.logStreamName == stream]
        wanted = expected([event.message == "hit" for event in own], around)
        ours = [group for group in groups if group[0].event.logStreamName == stream]
        assert [[own.index(line.event) for line in group] for group in ours] == wanted
    assert all(line.match == (line.event.message == "hit") for group in groups for line in group)


def test_a_regular_expression_may_ignore_case_and_be_turned_round() -> None:
    event = Event(1, "An Error")
    assert matcher("error", ignore_case=True)(event)
    assert not matcher("error")(event)
    assert matcher("error", invert=True)(event)
    assert not matcher("x")(Event(1, None))
