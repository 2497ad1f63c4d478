"""Going back in a key's history: whatever happened to it, the steps lead to what it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from stackpane_s3.history import Change, Step, Version, histories, steps_as_of, steps_to, steps_to_undelete

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


class Key:
    """A key in a bucket with versioning, as S3 keeps it: what it has become, newest first."""

    def __init__(self) -> None:
        self.entries: list[Version] = []
        self.count = 0

    def add(self, second: int, *, is_marker: bool, body: str = "") -> None:
        self.count += 1
        entry = Version(
            "key",
            f"v{self.count}",
            is_latest=True,
            modified=at(second),
            is_marker=is_marker,
            etag="" if is_marker else body,
        )
        self.entries = [entry, *self.entries]

    @property
    def history(self) -> list[Version]:
        return [replace(entry, is_latest=position == 0) for position, entry in enumerate(self.entries)]

    @property
    def body(self) -> str | None:
        """What a reader gets; ``None``: there is no object."""
        return None if not self.entries or self.entries[0].is_marker else self.entries[0].etag

    def apply(self, steps: list[Step], second: int) -> None:
        for step in steps:
            current = self.body
            if step.change == Change.UNMARK:
                gone = [entry for entry in self.entries if entry.version_id == step.version_id]
                assert [entry.is_marker for entry in gone] == [True]
                self.entries = [entry for entry in self.entries if entry.version_id != step.version_id]
            else:
                assert step.current_etag == current, "the condition would not hold"
                self.add(second, is_marker=step.change == Change.MARK, body=step.etag or "")


# What happened to the key, a second or more apart: an object was put (its body), or it was deleted.
events = st.lists(st.sampled_from(["put", "delete"]), min_size=1, max_size=8)


def lived(happened: list[str]) -> Key:
    key = Key()
    for second, event in enumerate(happened):
        key.add(second, is_marker=event == "delete", body=f"body {second}")
    return key


@given(events, st.integers(-1, 8))
def test_as_of_a_time_gives_what_was_read_then(happened: list[str], second: int) -> None:
    then = lived(happened[: second + 1]).body
    key = lived(happened)
    key.apply(steps_as_of(key.history, at(second)), 100)
    assert key.body == then


@given(events, st.integers(-1, 8), st.integers(0, 999_999))
def test_a_time_means_its_whole_second_as_aws_keeps_no_finer_ones(
    happened: list[str], second: int, microsecond: int
) -> None:
    key = lived(happened)
    key.entries = [replace(v, modified=v.modified.replace(microsecond=microsecond)) for v in key.entries]
    key.apply(steps_as_of(key.history, at(second)), 100)
    assert key.body == lived(happened[: second + 1]).body


@given(events, st.integers(-1, 8))
def test_what_was_done_by_copies_and_markers_is_undone_by_going_back_again(happened: list[str], second: int) -> None:
    key = lived(happened)
    before = key.body
    steps = steps_as_of(key.history, at(second))
    key.apply(steps, 100)
    key.apply(steps_as_of(key.history, at(99)), 200)
    if not any(step.change == Change.UNMARK for step in steps):
        assert key.body == before


@given(events)
def test_undeleting_shows_the_newest_version_again(happened: list[str]) -> None:
    key = lived(happened)
    newest = next((f"body {second}" for second in reversed(range(len(happened))) if happened[second] == "put"), None)
    steps = steps_to_undelete(key.history)
    assert bool(steps) == (newest is not None and key.body is None)
    key.apply(steps, 100)
    if steps:
        assert key.body == newest


@given(events, st.integers(0, 9), st.integers(0, 9))
def test_only_deletions_of_the_time_asked_for_are_undone(happened: list[str], since: int, before: int) -> None:
    key = lived(happened)
    steps = steps_to_undelete(key.history, at(since), at(before))
    if steps:
        deleted = len(happened) - len(steps)  # the first delete of the run
        assert since <= deleted < before
        assert happened[deleted:] == ["delete"] * len(steps)


@given(events, st.data())
def test_any_version_can_be_made_the_object_again(happened: list[str], data: st.DataObject) -> None:
    key = lived(happened)
    versions = [version for version in key.history if not version.is_marker]
    if not versions:
        return
    wanted = data.draw(st.sampled_from(versions))
    steps = steps_to(key.history, wanted)
    key.apply(steps, 100)
    assert key.body == wanted.etag
    assert len(key.entries) <= len(happened) + 1


def test_a_marker_of_the_same_second_as_a_version_is_removed_with_those_above() -> None:
    # S3 does not say which of the two came first; leaving the marker might leave the object deleted.
    top = Version("key", "m2", is_latest=True, modified=at(5), is_marker=True)
    version = Version("key", "v", is_latest=False, modified=at(0), etag="body")
    unclear = Version("key", "m1", is_latest=False, modified=at(0), is_marker=True)
    assert [step.version_id for step in steps_to_undelete([top, version, unclear])] == ["m2", "m1"]
    assert [step.version_id for step in steps_to([top, version, unclear], version)] == ["m2", "m1"]


def test_versions_are_grouped_by_key_as_they_come() -> None:
    def found() -> Iterator[Version]:
        for key in ("a", "b"):
            for number in range(3):
                yield Version(key, f"{number}", number == 0, at(-number))

    assert [[version.version_id for version in group] for group in histories(found())] == [["0", "1", "2"]] * 2
