"""Every command that lists, before an endpoint whose pages lead nowhere, repeat themselves, or are empty.

A listing that does not come to its end is an error, never a short list that is taken for the whole; and what is planned
by one is not begun.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stackpane import paging
from stackpane.errors import ExitCode
from tests.harness.faultproxy import FaultProxy
from tests.harness.faults import expired_token, reset_before, status, throttle
from tests.harness.listings import PAGING, next_tokens, no_token, small_pages
from tests.s3.listed import BUCKETS, CHANGING, COMMANDS, OBJECTS, READING, VERSIONS, run, set_up, state
from tests.s3.stage import assert_honest
from tests.s3.transfers import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.harness.cli import Invoke, Result
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import Mode


@pytest.fixture
def data(ministack: Emulator) -> Emulator:
    """An emulator with some pages of two of everything."""
    set_up(ministack)
    return ministack


@pytest.fixture
def proxy(data: Emulator) -> Iterator[FaultProxy]:
    """A proxy before ``data``."""
    with FaultProxy(data.url) as running:
        yield running


NOWHERE: dict[str, tuple[Callable[[], Mode], str]] = {
    "A-A": (lambda: next_tokens("A"), "a page token came twice"),
    "A-B-A": (lambda: next_tokens("A", "B"), "a page token came twice"),
    "no token": (no_token, "not where"),
}
ENDLESS = [
    (name, what)
    for name, command in COMMANDS.items()
    for what in NOWHERE
    if (command.operation, what) != (BUCKETS, "no token")  # without a token such a list is at its end
]


@pytest.mark.parametrize(("name", "what"), ENDLESS, ids=[" ".join(each) for each in ENDLESS])
def test_a_listing_without_an_end_is_an_error_and_nothing_is_begun(
    invoke: Invoke, data: Emulator, proxy: FaultProxy, name: str, what: str
) -> None:
    mode, says = NOWHERE[what]
    command, before = COMMANDS[name], state(data)
    proxy.fault(small_pages(2), command.operation, times=1)
    proxy.fault(mode(), command.operation)
    assert_stopped(run(invoke, name, proxy), says)
    assert proxy.count(command.operation) <= 16  # a glob's folders are listed at the same time
    assert state(data) == before


@pytest.mark.parametrize("name", ["ls -r", "du bucket", "get", "rm -r", "cp", "mv"])
def test_an_end_that_is_missing_far_on_is_missed_as_well(
    invoke: Invoke, data: Emulator, proxy: FaultProxy, name: str
) -> None:
    """By then several workers list folders."""
    before = state(data)
    proxy.fault(small_pages(2), OBJECTS, times=5)
    proxy.fault(next_tokens("A", "B"), OBJECTS)
    assert_stopped(run(invoke, name, proxy), "a page token came twice")
    assert proxy.count(OBJECTS) < 60
    assert state(data) == before


def assert_stopped(result: Result, says: str) -> None:
    """It failed honestly, by one error that says what is wrong with the list, and whose fault that is."""
    assert_honest(result)
    assert result.exit_code == ExitCode.AWS, result.errors
    (error,) = re.findall(r"^error: (.*)", result.errors, re.MULTILINE)
    assert says in error
    assert result.errors.count("fault of the endpoint") == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_empty_pages_leave_nothing_out(invoke: Invoke, data: Emulator, proxy: FaultProxy, name: str) -> None:
    """Two before each page that has something, and the last one has nothing either."""
    direct = run(invoke, name, data).ok()
    done = state(data), files(Path())
    if name in CHANGING:
        set_up(data)
    shutil.rmtree("got", ignore_errors=True)
    proxy.fault(small_pages(2, empty=2), " ".join(PAGING))
    result = run(invoke, name, proxy).ok()
    assert result.stdout == direct.stdout
    assert (state(data), files(Path())) == done
    assert proxy.count(COMMANDS[name].operation) >= 7


@pytest.mark.parametrize("name", ["ls -r", "get", "rm -r", "rm versions"])
def test_empty_pages_for_ever_are_an_error(
    invoke: Invoke, data: Emulator, proxy: FaultProxy, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "_EMPTY_PAGES", 20)
    before = state(data)
    proxy.fault(small_pages(2, empty=25), COMMANDS[name].operation)
    assert_stopped(run(invoke, name, proxy), "its last 20 pages were empty")
    assert proxy.count(COMMANDS[name].operation) <= 25  # one of them twice: the lane does not take the proxy's XML
    assert state(data) == before


def test_regions_whose_lists_break_off_go_on_where_each_was(invoke: Invoke, data: Emulator, proxy: FaultProxy) -> None:
    both = ("--region", "us-east-1,eu-west-1")
    whole = run(invoke, "versions", data, *both).ok().lines
    proxy.fault(small_pages(2), VERSIONS, times=5)
    broken = proxy.fault(expired_token(), VERSIONS)
    result = run(invoke, "versions", proxy, *both)
    assert result.exit_code == ExitCode.SOME_FAILED
    named = re.findall(r"^warning: (\S+): the credentials of env have expired", result.errors, re.MULTILINE)
    assert sorted(named) == ["env/eu-west-1", "env/us-east-1"]
    broken.times = 2
    (line,) = re.findall(r"more follow: stackpane (.*)", result.errors)
    rest = invoke(*shlex.split(line), at=proxy).ok()
    assert sorted(result.lines + rest.lines) == sorted(whole)
    assert 0 < len(result.lines) < len(whole)


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("name", READING)
def test_what_goes_wrong_for_a_while_within_a_listing_is_waited_out(
    invoke: Invoke, data: Emulator, proxy: FaultProxy, name: str
) -> None:
    direct = run(invoke, name, data).ok()
    got = files(Path())
    shutil.rmtree("got", ignore_errors=True)
    operation = COMMANDS[name].operation
    proxy.fault(small_pages(2), operation, times=1)
    for mode in (reset_before(), status(500), throttle()):
        proxy.fault(mode, operation, times=1)
    proxy.fault(small_pages(2), operation)
    result = run(invoke, name, proxy).ok()
    assert (result.stdout, files(Path())) == (direct.stdout, got)
    assert "warning" not in result.errors
    assert proxy.count(operation) >= 6
