"""``stackpane doctor``: every step says what it found, and every failure what to do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.harness import faults as modes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness.cli import Cli
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy


@pytest.fixture
def aws(moto: Emulator) -> Emulator:
    """One emulator: what differs between them is not the doctor's subject."""
    moto.reset()
    return moto


def checks(cli: Cli, at: Any, *argv: str, code: int = 0) -> dict[str, dict[str, str]]:
    ran = cli("doctor", "-o", "json", *argv, at=at)
    assert ran.exit_code == code, ran.errors
    found = {row["Check"]: row for row in ran.json()}
    assert all(row["Remedy"] for row in found.values() if row["State"] == "failed")
    return found


def test_all_is_well_step_by_step(cli: Cli, aws: Emulator, trusted_keyring: Path) -> None:
    found = checks(cli, aws)
    assert list(found)[:6] == ["stackpane", "libraries", "configuration", "state", "cache", "keyring"]
    assert {row["State"] for row in found.values()} == {"ok"}
    assert found["endpoint"]["Detail"] == aws.url
    assert aws.account_id in found["identity"]["Detail"]
    assert found["s3"]["Detail"] == "answers (stackpane s3 ls)"


def test_a_dead_endpoint_is_the_step_that_fails_and_the_last_one_tried(cli: Cli, down: Any) -> None:
    found = checks(cli, down, code=1)
    assert found["endpoint"]["State"] == "failed"
    assert "cannot be reached" in found["endpoint"]["Detail"]
    assert list(found)[-1] == "credentials"


def test_a_wrong_clock_is_found_by_the_answers_date(cli: Cli, faults: FaultProxy) -> None:
    faults.fault(modes.skew(timedelta(minutes=30)), "GetCallerIdentity")
    found = checks(cli, faults, code=1)
    assert "clock is 30m behind" in found["identity"]["Detail"] or "29m" in found["identity"]["Detail"]
    assert "clock" in found["identity"]["Remedy"]


def test_a_service_that_does_not_answer_is_named_and_the_others_are_asked(cli: Cli, faults: FaultProxy) -> None:
    faults.fault(modes.error(403, "AccessDenied", "Access Denied"), "ListBuckets")
    found = checks(cli, faults, code=1)
    assert found["identity"]["State"] == "ok"
    assert found["s3"]["State"] == "failed"
    assert "s3:ListAllMyBuckets" in found["s3"]["Detail"]


def test_credentials_of_another_account_are_the_account_step(cli: Cli, aws: Emulator) -> None:
    cli("connection", "add", "mine", "--endpoint-url", aws.url, "--account-id", "999999999999", "--no-test").ok()
    found = checks(cli, aws, "-c", "mine", code=1)
    assert "999999999999" in found["account"]["Detail"]
    assert "s3" not in found


def test_an_unknown_connection_says_how_to_list_them(cli: Cli) -> None:
    found = checks(cli, None, "-c", "nope", code=1)
    assert found["connection"]["State"] == "failed"
    assert "stackpane connection ls" in found["connection"]["Remedy"]
