"""``stackpane connection``: what a person does with connections, from the command line down to the wire."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
import time_machine

from stackpane.connections import ConnectionStore, probe
from stackpane.connections.commands import connection as group
from stackpane.connections.model import Source
from tests.core.connections.test_credentials import form, signer
from tests.harness.faultproxy import FaultProxy
from tests.harness.faults import answer, html200

if TYPE_CHECKING:
    from tests.harness.canary import Canary
    from tests.harness.cli import Invoke, Result
    from tests.harness.emulators import Emulator

ROLE = "arn:aws:iam::123456789012:role/Audit"
SERIAL = "arn:aws:iam::123456789012:mfa/me"


@pytest.fixture
def store(trusted_keyring: Path) -> ConnectionStore:
    return ConnectionStore()


@pytest.fixture
def wire(moto: Emulator) -> Iterator[FaultProxy]:
    with FaultProxy(moto.url, default_service="sts") as proxy:
        yield proxy


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No status depends on how busy this machine is."""
    monkeypatch.setattr(probe, "DEADLINE", 60.0)


@pytest.fixture
def csv(tmp_path: Path, canary: Canary) -> Path:
    file = tmp_path / "accessKeys.csv"
    file.write_text(f"Access key ID,Secret access key\r\n{canary.keys.access_key},{canary.keys.secret_key}\r\n")
    file.chmod(0o600)
    return file


def secrets(trusted_keyring: Path) -> dict[str, str]:
    """What is in the keyring."""
    if not trusted_keyring.exists():
        return {}
    entries: dict[str, dict[str, str]] = json.loads(trusted_keyring.read_text())
    return entries.get("stackpane", {})


def rows(result: Result) -> dict[str, dict[str, Any]]:
    return {row["Name"]: row for row in result.ok().json()}


# ── add ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_emulator_is_added_with_its_address_alone(invoke: Invoke, moto: Emulator, store: ConnectionStore) -> None:
    added = invoke("connection", "add", "emulator", "--endpoint-url", moto.url, "-o", "json").ok()
    assert added.json()["Result"]["Account"] == moto.account_id
    assert added.json()["Result"]["Arn"].startswith(f"arn:aws:sts::{moto.account_id}:")
    assert added.json()["Result"]["Source"] == "made-up keys (test)"
    saved = store.read().connections["emulator"]
    assert (saved.source, saved.endpoint_url, saved.kind) == (Source.DUMMY, moto.url, "local")
    assert "Saved the connection emulator: arn:aws:sts" in added.errors


def test_every_option_is_saved(invoke: Invoke, store: ConnectionStore, home: Path, tmp_path: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text("[profile corp]\nregion = eu-west-1\n")
    (tmp_path / "ca.pem").touch()
    options = """--profile corp --role-arn ROLE --external-id ext-1 --mfa-serial SERIAL --session-name alice
        --duration 900 --region eu-west-1,eu-west-2 --region us-east-1 --endpoint-url https://aws.example.com
        --endpoint s3=https://minio.example.com --endpoint sqs=https://sqs.example.com --ca-bundle ca.pem
        --proxy http://proxy.example:3128 --account-id 123456789012 --read-only --production --pin s3://photos/
        --pin arn:aws:logs:eu-west-1:123456789012:log-group:app --rate-limit 2.5 --services s3,logs --label one
        --label two,three --no-test"""
    words = [{"ROLE": ROLE, "SERIAL": SERIAL}.get(word, word) for word in options.split()]
    invoke("connection", "add", "full", *words).ok()
    saved = store.read().connections["full"]
    assert saved.role is not None
    assert (saved.role.arn, saved.role.external_id, saved.role.mfa_serial) == (ROLE, "ext-1", SERIAL)
    assert (saved.role.session_name, saved.role.duration_seconds) == ("alice", 900)
    assert saved.regions == ("eu-west-1", "eu-west-2", "us-east-1")
    assert saved.endpoint_url == "https://aws.example.com"
    assert dict(saved.endpoints) == {"s3": "https://minio.example.com", "sqs": "https://sqs.example.com"}
    assert saved.ca_bundle == str(tmp_path / "ca.pem")
    assert (saved.proxy, saved.account_id) == ("http://proxy.example:3128", "123456789012")
    assert (saved.read_only, saved.kind, saved.rate_limit) == (True, "production", 2.5)
    assert saved.pins == ("s3://photos/", "arn:aws:logs:eu-west-1:123456789012:log-group:app")
    assert (saved.services, saved.labels) == (("s3", "logs"), ("one", "two,three"))


def test_the_console_s_file_goes_to_the_keyring_and_nowhere_else(
    invoke: Invoke, wire: FaultProxy, csv: Path, canary: Canary, home: Path, trusted_keyring: Path
) -> None:
    added = invoke("connection", "add", "keys", "--csv", str(csv), "--endpoint-url", wire.url).ok()
    assert signer(wire.requests[0]) == canary.keys.access_key
    assert canary.keys.secret_key in json.loads(
        secrets(trusted_keyring)[next(k for k in secrets(trusted_keyring) if "." in k)]
    )
    assert f"{csv} still holds the secret key: delete it" in added.errors
    shown = [invoke("connection", *words) for words in (["ls"], ["show", "keys"], ["test", "keys"])]
    streams = {f"{number}": result.stdout + result.stderr for number, result in enumerate([added, *shown])}
    assert canary.scan(home, ignore=[trusted_keyring], **streams) == []
    assert canary.keys.access_key not in b"".join(streams.values()).decode()
    assert f"{canary.keys.access_key[:4]}…{canary.keys.access_key[-4:]}" in shown[1].text


def test_a_file_that_others_can_read_is_reported(
    invoke: Invoke, moto: Emulator, csv: Path, trusted_keyring: Path
) -> None:
    csv.chmod(0o644)
    added = invoke("connection", "add", "keys", "--csv", str(csv), "--endpoint-url", moto.url).ok()
    assert f"others on this machine can read {csv} (mode 0644)" in added.errors


def test_keys_may_come_from_stdin(
    invoke: Invoke, wire: FaultProxy, csv: Path, canary: Canary, trusted_keyring: Path
) -> None:
    invoke("connection", "add", "keys", "--csv", "-", "--endpoint-url", wire.url, input=csv.read_bytes()).ok()
    assert signer(wire.requests[0]) == canary.keys.access_key


def test_one_of_several_keys_is_chosen(invoke: Invoke, wire: FaultProxy, csv: Path, trusted_keyring: Path) -> None:
    secret = "s" * 40
    keys = f"alice,AKIAALICEALICEALI001,{secret}\nbob,AKIABOBBOBBOBBOBB002,{secret}\n"
    csv.write_text(f"User name,Access key ID,Secret access key\n{keys}")
    refused = invoke("connection", "add", "keys", "--csv", str(csv), "--endpoint-url", wire.url)
    assert refused.exit_code == 252
    assert "alice (AKIA…I001), bob (AKIA…B002)" in refused.errors
    invoke("connection", "add", "a", "--csv", str(csv), "--user", "bob", "--endpoint-url", wire.url).ok()
    invoke("connection", "add", "b", "--csv", str(csv), "--user", "I001", "--endpoint-url", wire.url).ok()
    signers = [signer(request) for request in wire.requests if request.operation == "GetCallerIdentity"]
    assert signers == ["AKIABOBBOBBOBBOBB002", "AKIAALICEALICEALI001"]


def _dead() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def test_what_does_not_work_is_not_saved(
    invoke: Invoke, csv: Path, store: ConnectionStore, trusted_keyring: Path
) -> None:
    result = invoke("connection", "add", "keys", "--csv", str(csv), "--endpoint-url", _dead())
    assert result.exit_code == 253
    assert "cannot be reached" in result.errors
    assert "Nothing was saved; --no-test saves it as it is." in result.errors
    assert store.read().connections == {}
    assert secrets(trusted_keyring) == {}
    assert "unsettled" not in store.path.read_text()
    invoke("connection", "add", "keys", "--csv", str(csv), "--endpoint-url", _dead(), "--no-test").ok()
    assert "keys" in store.read().connections


def test_credentials_of_another_account_are_not_saved(invoke: Invoke, moto: Emulator, store: ConnectionStore) -> None:
    result = invoke("connection", "add", "x", "--endpoint-url", moto.url, "--account-id", "999999999999")
    assert result.exit_code == 253
    assert "x is for account 999999999999, but its credentials are those of arn:aws:sts::123456789012" in result.errors
    assert store.read().connections == {}


def test_a_login_page_is_no_aws(invoke: Invoke, wire: FaultProxy, store: ConnectionStore) -> None:
    wire.fault(html200())
    assert invoke("connection", "add", "x", "--endpoint-url", wire.url).exit_code == 254
    assert store.read().connections == {}


def test_a_role_on_another_connection_is_added(invoke: Invoke, wire: FaultProxy, store: ConnectionStore) -> None:
    invoke("connection", "add", "base", "--endpoint-url", wire.url).ok()
    words = ["--source", "base", "--role-arn", ROLE, "--external-id", "shared-once", "--session-name", "me"]
    added = invoke("connection", "add", "audit", *words, "-o", "json").ok()
    assert added.json()["Result"]["Arn"] == "arn:aws:sts::123456789012:assumed-role/Audit/me"
    assert added.json()["Result"]["Source"] == "role Audit with connection base"
    assert form(wire.requests[1])["ExternalId"] == "shared-once"
    for shown in (invoke("connection", "show", "audit"), invoke("connection", "ls", "--no-test"), added):
        assert "shared-once" not in shown.text + shown.errors
    assert "shared-once" in invoke("connection", "show", "audit", "--reveal").text


def test_a_profile_s_own_endpoint_is_saved_with_it(
    invoke: Invoke, wire: FaultProxy, home: Path, store: ConnectionStore
) -> None:
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text(f"[profile minio]\nendpoint_url = {wire.url}\nregion = garage\n")
    (home / ".aws" / "credentials").write_text(
        "[minio]\naws_access_key_id = AKIAMINIOMINIOMINIO0\naws_secret_access_key = s\n"
    )
    unsaved = invoke("connection", "test", "minio")
    assert "made-up keys are used" in unsaved.errors
    added = invoke("connection", "add", "store", "--profile", "minio").ok()
    assert "the endpoint is taken from the profile" in added.errors
    asked = [signer(request) for request in wire.requests if request.operation == "GetCallerIdentity"]
    assert asked == ["test", "AKIAMINIOMINIOMINIO0"]
    assert store.read().connections["store"].kind == "local"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--profile", "gone"], 253, "no profile 'gone'"),
        (["--csv", "a.csv", "--profile", "b"], 252, "--csv and --profile both say"),
        (["--csv", "gone.csv"], 252, "gone.csv cannot be read"),
        (["--user", "me", "--endpoint-url", "http://localhost:1"], 252, "--user chooses a row"),
        (["--endpoint", "s3"], 252, "is not SERVICE=URL"),
        (["--endpoint-url", "http://evil.example"], 3, "it is not said where the credentials come from"),
        (["--endpoint-url", "http://localhost:1", "--external-id", "x-1"], 252, "--external-id is about a role"),
        (["--endpoint-url", "http://localhost:1", "--pin", "photos"], 252, "not a valid ARN or URI"),
        (["--endpoint-url", "http://localhost:1", "--ca-bundle", "gone.pem"], 252, "CA bundle gone.pem does not exist"),
        (["--endpoint-url", "http://localhost:1", "--rate-limit", "-1"], 252, "rate limit"),
        (["--source", "local"], 0, ""),
        ([], 3, "no terminal to ask on"),
        (["--role-arn", ROLE], 3, "no terminal to ask on"),
        (["--keys"], 3, "no terminal to ask on"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_once(
    invoke: Invoke, store: ConnectionStore, words: list[str], code: int, message: str
) -> None:
    result = invoke("connection", "add", "x", *words, "--no-test")
    assert (result.exit_code, message in result.errors) == (code, True), result.errors
    assert ("x" in store.read().connections) is (code == 0)


def test_a_name_that_is_taken_is_refused_before_anything_else(
    invoke: Invoke, wire: FaultProxy, store: ConnectionStore
) -> None:
    invoke("connection", "add", "x", "--endpoint-url", wire.url, "--no-test").ok()
    result = invoke("connection", "add", "x", "--keys")
    assert (result.exit_code, "exists already" in result.errors) == (252, True)
    assert wire.requests == []


def test_without_a_safe_keyring_keys_are_refused_and_the_way_out_named(
    invoke: Invoke, csv: Path, canary: Canary, home: Path, moto: Emulator
) -> None:
    """The variable names a backend that works, and must not be able to choose it."""
    result = invoke("connection", "add", "keys", "--csv", str(csv), "--endpoint-url", moto.url)
    assert result.exit_code == 253
    assert "PYTHON_KEYRING_BACKEND names the keyring backend" in result.errors
    assert "connection add NAME --profile" in result.errors
    assert canary.scan(home) == []


# ── on a terminal ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_missing_is_asked_for_and_the_secret_is_not_shown(
    terminal: Any, wire: FaultProxy, canary: Canary, store: ConnectionStore, trusted_keyring: Path
) -> None:
    screen = terminal("connection", "add", "--endpoint-url", wire.url, "--keys", columns=200)
    screen.wait_for("Name of the connection")
    screen.send("typed\r")
    screen.wait_for("Access key ID")
    screen.send(f"{canary.keys.access_key}\r")
    screen.wait_for("Secret access key")
    screen.send(f"{canary.keys.secret_key}\r")
    assert screen.wait() == 0, screen.text
    assert canary.scan(screen=screen.raw) == []
    assert signer(wire.requests[0]) == canary.keys.access_key
    assert store.read().connections["typed"].source is Source.KEYRING


def test_a_profile_can_be_chosen_when_asked(
    terminal: Any, wire: FaultProxy, home: Path, store: ConnectionStore
) -> None:
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text(f"[profile corp]\nendpoint_url = {wire.url}\nregion = eu-west-1\n")
    (home / ".aws" / "credentials").write_text(
        "[corp]\naws_access_key_id = AKIACORPCORPCORPCO00\naws_secret_access_key = s\n"
    )
    screen = terminal("connection", "add", "mine", columns=200)
    screen.wait_for("AWS profile to take the credentials from (corp), or - for an access key")
    screen.send("corp\r")
    assert screen.wait() == 0, screen.text
    assert signer(wire.requests[0]) == "AKIACORPCORPCORPCO00"
    assert store.read().connections["mine"].profile == "corp"


def test_the_mfa_code_is_asked_for_on_the_terminal(terminal: Any, wire: FaultProxy, store: ConnectionStore) -> None:
    words = ("add", "mfa", "--endpoint-url", wire.url, "--source", "local", "--role-arn", ROLE, "--mfa-serial", SERIAL)
    screen = terminal("connection", *words, columns=200)
    screen.wait_for(f"MFA code for {SERIAL}")
    screen.send("654321\r")
    assert screen.wait() == 0, screen.text
    assert b"654321" not in screen.raw
    assert form(wire.requests[0])["TokenCode"] == "654321"


# ── who it is ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _user(moto: Emulator, name: str) -> str:
    """A user with a key of its own; the ``.csv`` of it."""
    iam = moto.client("iam")
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return f"Access key ID,Secret access key\n{key['AccessKeyId']},{key['SecretAccessKey']}\n"


@pytest.mark.parametrize("through", ["user", "group", "neither"])
def test_a_caller_with_administrator_access_is_pointed_out(
    invoke: Invoke, moto: Emulator, trusted_keyring: Path, through: str
) -> None:
    moto.reset()
    iam = moto.client("iam")
    content = _user(moto, "alice")
    document = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    policy = iam.create_policy(PolicyName="AdministratorAccess", PolicyDocument=document)["Policy"]["Arn"]
    iam.create_group(GroupName="admins")
    iam.add_user_to_group(GroupName="admins", UserName="alice")
    if through == "user":
        iam.attach_user_policy(UserName="alice", PolicyArn=policy)
    elif through == "group":
        iam.attach_group_policy(GroupName="admins", PolicyArn=policy)
    added = invoke("connection", "add", "a", "--csv", "-", "--endpoint-url", moto.url, input=content.encode()).ok()
    assert ("has AdministratorAccess" in added.errors) is (through != "neither")
    tested = invoke("connection", "test", "a", "-o", "json").ok()
    assert tested.json()["Arn"].endswith(":user/alice")
    assert ("has AdministratorAccess" in tested.errors) is (through != "neither")
    assert (tested.json()["Privileges"] == "nothing unusual") is (through == "neither")


def test_a_role_with_administrator_access_is_pointed_out(invoke: Invoke, moto: Emulator, trusted_keyring: Path) -> None:
    moto.reset()
    iam = moto.client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
    policy = iam.create_policy(PolicyName="AdministratorAccess", PolicyDocument=document)["Policy"]["Arn"]
    iam.create_role(RoleName="Audit", AssumeRolePolicyDocument=document)
    iam.attach_role_policy(RoleName="Audit", PolicyArn=policy)
    words = ["--csv", "-", "--role-arn", ROLE, "--endpoint-url", moto.url]
    added = invoke("connection", "add", "r", *words, input=_user(moto, "alice").encode()).ok()
    assert "has AdministratorAccess" in added.errors


def test_the_root_user_is_pointed_out(invoke: Invoke, wire: FaultProxy, csv: Path, trusted_keyring: Path) -> None:
    body = (
        b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        b"<Arn>arn:aws:iam::123456789012:root</Arn><UserId>123456789012</UserId><Account>123456789012</Account>"
        b"</GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
    wire.fault(answer(200, body, {"x-amzn-requestid": "1", "Content-Type": "text/xml"}), "GetCallerIdentity")
    added = invoke("connection", "add", "root", "--csv", str(csv), "--endpoint-url", wire.url).ok()
    assert "This is the account's root user" in added.errors


def test_a_caller_whom_iam_does_not_tell_about_is_no_failure(
    invoke: Invoke, wire: FaultProxy, moto: Emulator, trusted_keyring: Path
) -> None:
    moto.reset()
    denied = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
    wire.fault(answer(403, denied, {"x-amzn-requestid": "1"}), "ListAttachedUserPolicies")
    words = ["--csv", "-", "--endpoint-url", wire.url]
    invoke("connection", "add", "a", *words, input=_user(moto, "alice").encode()).ok()
    assert invoke("connection", "test", "a", "-o", "json").ok().json()["Privileges"] == "not told by IAM"


def test_without_a_name_the_connection_in_use_is_tested(invoke: Invoke, moto: Emulator, store: ConnectionStore) -> None:
    invoke("connection", "add", "x", "--endpoint-url", moto.url).ok()
    invoke("connection", "use", "x").ok()
    assert invoke("connection", "test", "-o", "json").ok().json()["Endpoint"] == moto.url


# ── ls ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_connection_shows_how_it_is(
    invoke: Invoke, wire: FaultProxy, store: ConnectionStore, home: Path, tmp_path: Path, patient: None, csv: Path
) -> None:
    def add(name: str, *words: str) -> None:
        invoke("connection", "add", name, *words, "--no-test").ok()

    marker = tmp_path / "ran"
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text(
        f"[profile process]\ncredential_process = touch {marker}\n[profile on-process]\nrole_arn = {ROLE}\n"
        "source_profile = process\n[profile empty]\nregion = eu-west-1\n"
        "[profile sso]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\n"
        "[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.awsapps.com/start\n"
    )
    add("good", "--endpoint-url", wire.url, "--read-only", "--label", "mine")
    add("elsewhere", "--endpoint-url", wire.url, "--account-id", "999999999999")
    add("dead", "--endpoint-url", _dead())
    add("code", "--endpoint-url", wire.url, "--source", "good", "--role-arn", ROLE, "--mfa-serial", SERIAL)
    add("on-process-too", "--profile", "process", "--role-arn", ROLE, "--endpoint-url", wire.url)
    add("expired", "--csv", str(csv), "--endpoint-url", wire.url)
    store.path.write_text(store.path.read_text() + '[connections.bad]\nsource = "magic"\n')
    expired = b"<ErrorResponse><Error><Code>ExpiredToken</Code><Message>old</Message></Error></ErrorResponse>"
    wire.fault(answer(403, expired, {"x-amzn-requestid": "1"}), lambda request: signer(request) != "test")
    listed = rows(invoke("connection", "ls", "-o", "json"))
    states = {name: row["State"] for name, row in listed.items() if name != "local"}
    assert states == {
        "good": "ok",
        "elsewhere": "wrong account",
        "dead": "unreachable",
        "code": "needs a code",
        "on-process-too": "not tested",
        "expired": "expired",
        "bad": "broken",
        "process": "not tested",
        "on-process": "not tested",
        "empty": "no credentials",
        "sso": "login needed",
    }
    assert not marker.exists(), "a list runs no program of the user's"
    assert listed["good"]["Account"] == "123456789012"
    assert listed["good"]["Guard"] == "read-only"
    assert listed["bad"]["Detail"].startswith("source is 'magic'")
    assert [row["State"] for row in rows(invoke("connection", "ls", "--no-test", "-o", "json")).values()].count(
        "ok"
    ) == 0


def test_an_endpoint_that_hangs_keeps_nothing_waiting(
    invoke: Invoke, moto: Emulator, store: ConnectionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        for number in range(3):
            invoke("connection", "add", f"hanging{number}", "--endpoint-url", url, "--no-test").ok()
        monkeypatch.setattr(probe, "DEADLINE", 0.5)
        listed = rows(invoke("connection", "ls", "-o", "json"))
    assert [listed[f"hanging{number}"]["State"] for number in range(3)] == ["no answer"] * 3
    assert listed["hanging0"]["Detail"] == "no answer within 0.5 seconds"


def test_a_list_can_be_cut_and_gone_on_with(invoke: Invoke, store: ConnectionStore) -> None:
    for name in ("a", "b", "c"):
        invoke("connection", "add", name, "--endpoint-url", "http://localhost:1", "--no-test").ok()
    first = invoke("connection", "ls", "--no-test", "--limit", "2", "-o", "json").ok()
    assert [row["Name"] for row in first.json()] == ["a", "b"]
    cursor = re.search(r"--cursor[= ](\S+)", first.errors)
    assert cursor is not None
    rest = invoke("connection", "ls", "--no-test", "--cursor", cursor[1], "-o", "json").ok()
    assert [row["Name"] for row in rest.json()] == ["c", "local"]


def test_files_that_others_can_read_are_reported_with_the_list(
    invoke: Invoke, store: ConnectionStore, home: Path
) -> None:
    credentials = home / ".aws" / "credentials"
    credentials.parent.mkdir()
    credentials.write_text("[default]\n")
    credentials.chmod(0o640)
    store.path.chmod(0o644)
    told = invoke("connection", "ls", "--no-test").ok().errors
    assert "connections.toml (mode 0644): chmod 600" in told
    assert f"{credentials} (mode 0640): chmod 600" in told


# ── edit ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_given_changes_and_the_rest_stays(invoke: Invoke, moto: Emulator, store: ConnectionStore) -> None:
    words = ["--pin", "s3://a/", "--proxy", "http://proxy.example:1", "--endpoint", f"sqs={moto.url}", "--label", "one"]
    invoke("connection", "add", "x", "--endpoint-url", moto.url, "--region", "eu-west-1", *words).ok()
    edited = invoke(
        "connection", "edit", "x", "--read-only", "--proxy", "", "--endpoint", "sqs=", "--pin", "s3://b/"
    ).ok()
    saved = store.read().connections["x"]
    assert (saved.read_only, saved.proxy, dict(saved.endpoints), saved.pins) == (True, None, {}, ("s3://b/",))
    assert (saved.regions, saved.labels, saved.endpoint_url) == (("eu-west-1",), ("one",), moto.url)
    assert "Changed x: endpoints, proxy, read_only, pins." in edited.errors
    invoke("connection", "edit", "x", "--no-read-only", "--production").ok()
    assert (store.read().connections["x"].read_only, store.read().connections["x"].kind) == (False, "production")


def test_a_change_that_does_not_work_is_not_saved(invoke: Invoke, moto: Emulator, store: ConnectionStore) -> None:
    invoke("connection", "add", "x", "--endpoint-url", moto.url).ok()
    assert invoke("connection", "edit", "x", "--endpoint-url", _dead()).exit_code == 253
    assert store.read().connections["x"].endpoint_url == moto.url
    invoke("connection", "edit", "x", "--label", "mine").ok()


def test_new_keys_take_the_place_of_the_old_ones(
    invoke: Invoke, wire: FaultProxy, csv: Path, canary: Canary, trusted_keyring: Path, store: ConnectionStore
) -> None:
    invoke("connection", "add", "keys", "--csv", str(csv), "--endpoint-url", wire.url).ok()
    before = store.read().connections["keys"].secret
    other = f"Access key ID,Secret access key\nAKIAOTHEROTHEROTHE00,{'o' * 40}\n"
    edited = invoke("connection", "edit", "keys", "--csv", "-", input=other.encode()).ok()
    after = store.read().connections["keys"].secret
    assert before is not None
    assert after is not None
    assert before.id != after.id
    assert "Changed keys: keyring." in edited.errors
    assert canary.scan(trusted_keyring) == []
    assert signer(wire.requests[-1]) == "AKIAOTHEROTHEROTHE00"
    wire.fault(html200())
    assert invoke("connection", "edit", "keys", "--csv", str(csv)).exit_code == 254
    assert store.read().connections["keys"].secret == after
    assert canary.scan(trusted_keyring) == [], "what was not saved is not left behind"
    wire.clear()
    assert invoke("connection", "test", "keys").exit_code == 0


def test_another_source_takes_the_keys_away(
    invoke: Invoke, wire: FaultProxy, csv: Path, trusted_keyring: Path, store: ConnectionStore
) -> None:
    invoke("connection", "add", "x", "--csv", str(csv), "--endpoint-url", wire.url).ok()
    invoke("connection", "edit", "x", "--source", "local").ok()
    saved = store.read().connections["x"]
    assert (saved.source, saved.secret, saved.endpoint_url) == (Source.DUMMY, None, wire.url)
    assert secrets(trusted_keyring) == {}


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["x"], 252, "nothing is given to change"),
        (["gone", "--read-only"], 253, "no connection 'gone'"),
        (["local", "--read-only"], 252, "'local' is not a saved connection (built-in)"),
        (["corp", "--read-only"], 252, "stackpane connection add corp --profile corp"),
        (["x", "--mfa-serial", SERIAL], 252, "--mfa-serial is about a role"),
    ],
)
def test_what_cannot_be_edited_is_said(
    invoke: Invoke, store: ConnectionStore, home: Path, words: list[str], code: int, message: str
) -> None:
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text("[profile corp]\n")
    invoke("connection", "add", "x", "--endpoint-url", "http://localhost:1", "--no-test").ok()
    result = invoke("connection", "edit", *words)
    assert (result.exit_code, message in result.errors) == (code, True), result.errors


# ── rm and use ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_removed_connection_leaves_nothing_behind(
    invoke: Invoke, moto: Emulator, csv: Path, trusted_keyring: Path, store: ConnectionStore
) -> None:
    invoke("connection", "add", "keys", "--csv", str(csv), "--endpoint-url", moto.url).ok()
    invoke("connection", "add", "on-it", "--source", "keys", "--role-arn", ROLE, "--no-test").ok()
    refused = invoke("connection", "rm", "keys")
    assert refused.exit_code == 3
    assert "on-it will no longer work" in refused.errors
    assert "keys" in store.read().connections
    removed = invoke("connection", "rm", "keys", "--yes").ok()
    assert "Removed keys and its keys." in removed.errors
    assert secrets(trusted_keyring) == {}
    assert list(store.read().connections) == ["on-it"]
    assert "unsettled" not in store.path.read_text()
    assert invoke("connection", "rm", "keys", "--yes").exit_code == 252


def test_keys_that_could_not_be_removed_are_told_and_removed_later(
    invoke: Invoke, moto: Emulator, csv: Path, trusted_keyring: Path, store: ConnectionStore
) -> None:
    invoke("connection", "add", "keys", "--csv", str(csv), "--endpoint-url", moto.url).ok()
    content = trusted_keyring.read_text()
    trusted_keyring.write_text("{broken")
    failed = invoke("connection", "rm", "keys", "--yes")
    assert failed.exit_code == 1
    assert "Removed keys, but not all keys." in failed.errors
    trusted_keyring.write_text(content)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2)):
        invoke("connection", "add", "next", "--endpoint-url", moto.url, "--no-test").ok()
    assert secrets(trusted_keyring) == {}
    assert "unsettled" not in store.path.read_text()


def test_a_preset_connection_is_used_where_none_is_named(
    invoke: Invoke, moto: Emulator, store: ConnectionStore
) -> None:
    invoke("connection", "add", "x", "--endpoint-url", moto.url).ok()
    used = invoke("connection", "use", "x").ok()
    assert "Undo: stackpane connection use --none" in used.errors
    assert rows(invoke("connection", "ls", "--no-test", "-o", "json"))["x"]["Default"] is True
    assert invoke("connection", "use", "gone").exit_code == 253
    assert invoke("connection", "use").exit_code == 252
    invoke("connection", "use", "--none").ok()
    assert store.read().default is None


# ── what holds for all of them ────────────────────────────────────────────────────────────────────────────────────────


def test_no_option_takes_a_secret() -> None:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        options = {option.lstrip("-") for parameter in command.params for option in parameter.opts}
        assert not {option for option in options if re.search(r"secret|password|token|code|access-key", option)}


def test_names_complete_without_asking_aws(invoke: Invoke, store: ConnectionStore, sink: Any) -> None:
    invoke("connection", "add", "production", "--endpoint-url", sink.url, "--no-test").ok()
    environ = {"_STACKPANE_COMPLETE": "bash_complete", "COMP_WORDS": "stackpane connection show pro", "COMP_CWORD": "3"}
    assert "production" in invoke(env=environ).ok().text
    sink.assert_untouched()


def test_connections_toml_is_never_half_written_or_readable_by_others(invoke: Invoke, store: ConnectionStore) -> None:
    before = os.umask(0)
    try:
        invoke("connection", "add", "x", "--endpoint-url", "http://localhost:1", "--no-test").ok()
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in store.path.parent.iterdir()} == {0o600}
