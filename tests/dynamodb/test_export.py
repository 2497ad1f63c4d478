"""``dynamodb export``: all items, in constant memory, whole or not there, and going on where it was interrupted."""

from __future__ import annotations

import gzip
import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.dynamodb.moving import fill, key_items, new_table, same
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy
from tests.harness.faults import error

if TYPE_CHECKING:
    from tests.harness.cli import Cli, Invoke
    from tests.harness.emulators import Emulator

BIG = key_items(60, 80_000)
"""Items of several pages."""


@pytest.fixture
def table(aws: Emulator) -> str:
    """A table of several pages."""
    new_table(aws, "big")
    fill(aws, "big", BIG)
    return "big"


def leftovers(folder: Path) -> list[str]:
    """What an unfinished export has left."""
    return sorted(path.name for path in folder.glob(".*stackpane*"))


def exported(path: Path) -> dict[str, object]:
    """The items of a file in DynamoDB-JSON."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return same(json.loads(line)["Item"] for line in data.splitlines())


@pytest.mark.parametrize("name", ["out.json", "out.json.gz"])
@pytest.mark.parametrize("segments", [1, 3])
def test_an_export_killed_at_any_page_goes_on_and_is_whole(
    name: str, segments: int, table: str, faults: FaultProxy, cli: Cli, tmp_path: Path
) -> None:
    command = ("dynamodb", "export", table, str(tmp_path / name), "--segments", str(segments))
    cli(*command, "--overwrite", at=faults).ok()
    expected = exported(tmp_path / name)
    assert expected == same(BIG)
    (tmp_path / name).unlink()
    for after in (1, 2):
        fault = faults.fault(modes.hang_before(), "Scan", times=1, after=after)
        process = cli.start(*command, at=faults)
        fault.wait()
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        fault.release()
        assert not (tmp_path / name).exists()
    cli(*command, at=faults).ok()
    assert exported(tmp_path / name) == expected
    assert leftovers(tmp_path) == []


def test_what_is_here_already_is_not_read_again(
    moto: Emulator, invoke: Invoke, no_pauses: list[float], tmp_path: Path
) -> None:
    moto.reset()
    new_table(moto, "big")
    fill(moto, "big", BIG)
    with FaultProxy(moto.url) as proxy:
        proxy.fault(error(400, "ExpiredTokenException", "The security token is expired"), "Scan", after=2)
        stopped = invoke("dynamodb", "export", "big", str(tmp_path / "o.jsonl"), at=proxy)
        assert stopped.exit_code == 253
        assert f"Go on with: stackpane dynamodb export --format=jsonl big {tmp_path}/o.jsonl" in stopped.errors, (
            stopped.errors
        )
        assert leftovers(tmp_path)
    with FaultProxy(moto.url) as proxy:
        again = invoke("dynamodb", "export", "big", str(tmp_path / "o.jsonl"), at=proxy).ok()
        first = next(request for request in proxy.requests if request.operation == "Scan")
    assert b"ExclusiveStartKey" in first.body
    assert "Going on behind" in again.errors
    assert [json.loads(line)["id"] for line in (tmp_path / "o.jsonl").read_text().splitlines()] == [
        item["id"]["S"] for item in BIG
    ]


def test_a_full_disk_is_an_error_in_words_and_leaves_no_file_under_the_name(
    table: str, aws: Emulator, invoke: Invoke, small_disk: Path
) -> None:
    full = invoke("dynamodb", "export", table, str(small_disk / "out.jsonl"), at=aws)
    assert full.exit_code == 255
    assert "No space left on device" in full.errors
    assert not (small_disk / "out.jsonl").exists()


def test_a_table_that_is_deleted_meanwhile_is_no_whole_export(
    table: str, faults: FaultProxy, invoke: Invoke, tmp_path: Path
) -> None:
    gone = error(400, "ResourceNotFoundException", "Requested resource not found")
    faults.fault(gone, "Scan", after=1)
    stopped = invoke("dynamodb", "export", table, str(tmp_path / "out.jsonl"), at=faults)
    assert stopped.exit_code == 254
    assert "Failed after" in stopped.errors
    assert not (tmp_path / "out.jsonl").exists()
