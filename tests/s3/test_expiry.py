"""Credentials that expire half way, and a wrong clock: said once, counted right, and gone on with as printed."""

from __future__ import annotations

import re
import shlex
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stackpane.errors import ExitCode
from stackpane_s3 import copyjob, deletion
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy
from tests.harness.listings import small_pages
from tests.s3.listed import CHANGING, COMMANDS, READING, run, set_up, state
from tests.s3.stage import PART, assert_honest
from tests.s3.transfers import MIB, body_of, files, noise
from tests.s3.writing import bodies, fill, history, keys, version_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness.cli import Invoke, Result
    from tests.harness.emulators import Emulator
    from tests.harness.exchange import Request
    from tests.harness.faultproxy import Fault

NEVER = '"00000000000000000000000000000000"'
"""The condition that cannot hold, with which an endpoint is tried out."""
LISTS = [name for name, command in READING.items() if not command.line.startswith("s3 get")]
SHOWS = re.compile(r"^(?:Go on with|[\d,]+ rows? shown, more follow): stackpane (.*)$", re.MULTILINE)


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


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies and deletions are made one after the other."""
    monkeypatch.setattr(copyjob, "WORKERS", 1)
    monkeypatch.setattr(deletion, "WORKERS", 1)
    monkeypatch.setattr(deletion, "BATCH", 1)


def assert_expired(result: Result) -> None:
    """It failed by one error, which says what to do."""
    assert_honest(result)
    assert result.exit_code == ExitCode.CONNECTION, result.errors
    (error,) = re.findall(r"^error: (.*)", result.errors, re.MULTILINE)
    assert "have expired" in error
    assert "Renew them, then run it again" in result.errors


def gone_on(invoke: Invoke, result: Result, at: FaultProxy) -> Result:
    """What the command line that was printed comes to, once the credentials are good again; a plan is confirmed."""
    (line,) = SHOWS.findall(result.errors)
    return invoke(*shlex.split(line), *(["--yes"] if "--yes" in result.args else []), at=at).ok()


# Within a listing


@pytest.mark.parametrize("pages", [0, 1, 2])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_goes_on_behind_what_was_shown(
    invoke: Invoke, data: Emulator, proxy: FaultProxy, name: str, pages: int
) -> None:
    whole = run(invoke, name, data).ok().lines
    operation = COMMANDS[name].operation
    proxy.fault(small_pages(2), operation, times=pages)
    proxy.fault(modes.expired_token(), operation)
    result = run(invoke, name, proxy)
    assert_expired(result)
    proxy.clear()
    proxy.fault(small_pages(2), operation)
    rest = gone_on(invoke, result, proxy) if result.stdout else run(invoke, name, proxy)
    assert result.lines + rest.lines == whole


@pytest.mark.parametrize("pages", [0, 1, 2])
@pytest.mark.parametrize("name", CHANGING)
def test_what_could_not_be_listed_is_not_begun(
    invoke: Invoke, data: Emulator, proxy: FaultProxy, name: str, pages: int
) -> None:
    before = state(data)
    proxy.fault(small_pages(2), COMMANDS[name].operation, times=pages)
    proxy.fault(modes.expired_token(), COMMANDS[name].operation)
    assert_expired(run(invoke, name, proxy))
    assert state(data) == before


@pytest.mark.parametrize("pages", [0, 1, 2])
@pytest.mark.parametrize("name", ["get", "get glob"])
def test_a_folder_that_could_not_be_listed_is_got_when_it_can(
    invoke: Invoke, data: Emulator, proxy: FaultProxy, name: str, pages: int
) -> None:
    proxy.fault(small_pages(2), "ListObjectsV2", times=pages)
    fault = proxy.fault(modes.expired_token(), "ListObjectsV2")
    result = run(invoke, name, proxy)
    assert_expired(result)
    there = files(Path())
    assert f"Failed after {sum(map(len, there.values()))} B, {len(there)} files." in result.errors
    lift(fault)
    assert f"{len(there):,} object" in gone_on(invoke, result, proxy).errors or not there
    assert sent(proxy, "GetObject") == {f"/data/{key}": 1 for key in wanted(name)}
    assert set(files(Path("got"))) == {*wanted(name)}


def wanted(name: str) -> list[str]:
    """The keys that a command gets."""
    folders = [f"{folder}/{number}" for folder in "ab" for number in range(3 if "glob" in name else 4)]
    return folders if "glob" in name else [*folders, *(f"top{number}" for number in range(5))]


def moves(request: Request, operation: str) -> bool:
    """Whether a request is to do what the operation is for, and no trial of the endpoint."""
    return request.operation == operation and request.headers.get("if-match") != NEVER


def lift(fault: Fault) -> None:
    """The credentials are good again; what came before stays in the proxy's log."""
    fault.times = len(fault.requests)


def sent(proxy: FaultProxy, operation: str, fault: Fault | None = None) -> Counter[str]:
    """How often the body of each object, or of each part of one, has moved: by path, and range or number."""
    failed = fault.requests if fault else []
    return Counter(
        request.path + request.headers.get("range", "") + request.arg("partNumber")
        for request in proxy.requests
        if moves(request, operation) and request not in failed
    )


# Within one object


@pytest.mark.parametrize("parts", [0, 1, 2, 3])
def test_a_download_goes_on_behind_the_part_it_had(
    invoke: Invoke, data: Emulator, proxy: FaultProxy, parts: int
) -> None:
    body = noise(4 * MIB + 123)
    fill(data, "second", {"big": body})
    fault = proxy.fault(modes.expired_token(), "GetObject", after=parts)
    result = invoke("s3", "get", "s3://second/big", "--part-size", "1MiB", "--workers", "1", at=proxy)
    assert_expired(result)
    assert files(Path()) == {}
    lift(fault)
    gone_on(invoke, result, proxy)
    assert files(Path()) == {"big": body}
    assert sorted(sent(proxy, "GetObject", fault).values()) == [1] * 5


@pytest.mark.parametrize("parts", [0, 1, 2])
def test_an_upload_goes_on_behind_the_part_it_had(
    invoke: Invoke, data: Emulator, proxy: FaultProxy, parts: int
) -> None:
    body = noise(2 * PART + 123)
    Path("big").write_bytes(body)
    fault = proxy.fault(modes.expired_token(), "UploadPart", after=parts)
    result = invoke("s3", "put", "big", "s3://second/big", "--part-size", "5MiB", "--workers", "1", at=proxy)
    assert_expired(result)
    assert keys(data, "second") == []
    lift(fault)
    gone_on(invoke, result, proxy)
    assert body_of(data, "second", "big") == body
    assert sent(proxy, "UploadPart", fault) == {f"/second/big{number}": 1 for number in (1, 2, 3)}


# Between objects

MANY: dict[str, tuple[str, str, str]] = {
    # the command line, the operation that moves one object, what is said of three of them
    "get": ("s3 get s3://third/ got --workers 1", "GetObject", "Downloaded 3 of 6 objects"),
    "put": ("s3 put up s3://second/ --workers 1", "PutObject", "Uploaded 3 of 6 files"),
    "cp": ("s3 cp -r s3://third/ s3://second/", "CopyObject", "Copied 3 of 6 objects"),
    "mv": ("s3 mv -r s3://third/ s3://second/ --yes", "CopyObject", "Moved 3 of 6 objects"),
    "rm": ("s3 rm -r s3://third/ --yes", "DeleteObject", "Deleted 3 of 6 objects"),
}


def six(data: Emulator) -> dict[str, bytes]:
    """Six objects in the bucket ``third``, and the same as files in the folder ``up``."""
    contents = {f"{number}": noise(100, number) for number in range(6)}
    fill(data, "third", contents)
    Path("up").mkdir()
    for key, body in contents.items():
        Path("up", key).write_bytes(body)
    return contents


@pytest.mark.usefixtures("one_by_one")
@pytest.mark.parametrize("done", [0, 1, 3])
@pytest.mark.parametrize("name", MANY)
def test_many_objects_go_on_with_those_that_are_left(
    invoke: Invoke, data: Emulator, proxy: FaultProxy, name: str, done: int
) -> None:
    line, operation, said = MANY[name]
    contents = six(data)
    version_on(data, "second")
    fault = proxy.fault(modes.expired_token(), lambda request: moves(request, operation), after=done)
    result = invoke(*line.split(), at=proxy)
    if done:
        assert result.exit_code == ExitCode.SOME_FAILED
        assert said.replace("3", str(done), 1) in result.errors
        assert result.errors.count("have expired") == 1
    else:
        assert_expired(result)
    lift(fault)
    gone_on(invoke, result, proxy)
    assert bodies(data, "third") == ({} if name in ("mv", "rm") else contents)
    if name != "rm":
        assert (files(Path("got")) if name == "get" else bodies(data, "second")) == contents
    assert len(history(data, "second")) == len(keys(data, "second"))  # nothing was written a second time
    if name != "put":  # which sends small files without a look, if they are not there
        assert set(sent(proxy, operation, fault).values()) == {1}


# Credentials that are renewed in between

PROCESS = """
import json, pathlib
from datetime import UTC, datetime, timedelta
calls = pathlib.Path(__file__).with_suffix(".calls")
with calls.open("a") as file:
    file.write("x")
number = calls.stat().st_size
keys = {"AccessKeyId": f"AKIARENEWED{number:09}", "SecretAccessKey": "s", "SessionToken": "t"}
print(json.dumps({"Version": 1, **keys, "Expiration": (datetime.now(UTC) + timedelta(minutes=5)).isoformat()}))
"""
"""Gives new keys with each call, that are so near to their end that the next request wants newer ones."""


@pytest.mark.usefixtures("one_by_one")
@pytest.mark.parametrize("name", ["get", "put", "cp"])
def test_credentials_that_are_renewed_meanwhile_are_used_and_nothing_is_said(
    invoke: Invoke, data: Emulator, proxy: FaultProxy, tmp_path: Path, name: str
) -> None:
    contents = six(data)
    process = tmp_path / "process.py"
    process.write_text(PROCESS)
    (Path.home() / ".aws").mkdir()
    (Path.home() / ".aws/config").write_text(
        f"[profile renewed]\nregion = us-east-1\ncredential_process = {sys.executable} {process}\n"
    )
    invoke("connection", "add", "c", "--profile", "renewed", "--endpoint-url", proxy.url, "--no-test").ok()
    seen: set[str] = set()

    def is_old(request: Request) -> bool:
        key: str = re.findall(r"AKIARENEWED\d{9}", request.headers.get("authorization", "") + request.target)[0]
        seen.add(key)
        return key < max(seen)

    proxy.fault(modes.expired_token(), is_old)
    line, _operation, _said = MANY[name]
    result = invoke(*line.split(), "-c", "c").ok()
    assert "warning" not in result.errors
    assert contents == (files(Path("got")) if name == "get" else bodies(data, "second"))
    assert len(seen) > 6


# A wrong clock


@pytest.mark.parametrize(
    ("ahead", "said"),
    [(timedelta(hours=1), r"(59m 5\ds|1h( \ds)?) behind"), (-timedelta(hours=2), r"(1h 59m|2h( \ds)?) ahead")],
    ids=["behind", "ahead"],
)
@pytest.mark.parametrize(
    "line",
    ["s3 ls", "s3 ls -r s3://data/", "s3 cat s3://data/top1", "s3 rm s3://data/top1 --yes", "s3 mb s3://new-one"],
)
def test_a_wrong_clock_is_named_with_how_much_it_is_off(
    invoke: Invoke, data: Emulator, proxy: FaultProxy, line: str, ahead: timedelta, said: str
) -> None:
    before = state(data)
    proxy.fault(modes.skew(ahead))
    result = invoke(*line.split(), at=proxy)
    assert_honest(result)
    assert result.exit_code == ExitCode.CONNECTION
    assert re.search(f"^error: this computer's clock is {said}, .*\nSet the clock", result.errors, re.MULTILINE)
    assert state(data) == before
