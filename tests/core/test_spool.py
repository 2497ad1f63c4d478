"""A plan names every target, however many there are, and the same ones each time it is read."""

from __future__ import annotations

import tracemalloc
from itertools import islice
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane import StackpaneError, spool
from stackpane.spool import Spool
from tests.harness import hostile


class Entry(NamedTuple):
    key: str
    version: str | None = None
    size: int = 0


@given(st.lists(st.builds(Entry, hostile.keys(), st.none() | hostile.texts(), st.integers(0, 2**63))))
def test_gives_back_what_was_kept_in_order_and_as_often_as_asked(entries: list[Entry]) -> None:
    kept = Spool(Entry._make, entries)
    assert len(kept) == len(entries)
    assert list(kept) == entries
    assert list(kept) == entries


def test_two_readers_and_a_writer_do_not_disturb_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_IN_MEMORY", 100)
    monkeypatch.setattr(spool, "_READ", 50)
    kept = Spool(Entry._make, (Entry(str(number)) for number in range(100)))
    first, second = iter(kept), iter(kept)
    assert [entry.key for entry in islice(first, 30)] == [str(number) for number in range(30)]
    assert next(second).key == "0"
    kept.append(Entry("100"))
    assert [entry.key for entry in first] == [str(number) for number in range(30, 101)]
    assert [entry.key for entry in second] == [str(number) for number in range(1, 101)]


def test_many_targets_are_on_disk_and_not_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_IN_MEMORY", 64 * 1024)
    tracemalloc.start()
    try:
        kept = Spool(Entry._make, (Entry(f"folder/{number:0100}", None, number) for number in range(20_000)))
        assert sum(1 for _ in kept) == 20_000
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1.5 * 1024**2  # 2.4 MB of lines, and far more as tuples


def test_a_full_disk_is_one_line_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    kept: Spool[Entry] = Spool(Entry._make)
    monkeypatch.setattr(kept._file, "write", full)
    with pytest.raises(StackpaneError, match="No space left") as raised:
        kept.append(Entry("key"))
    assert "TMPDIR" in raised.value.hint
