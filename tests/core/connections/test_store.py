"""``connections.toml``: what is saved comes back, what others wrote stays, and no accident leaves half a file."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stackpane.connections import ConnectionStore
from stackpane.connections.model import Connection, Role, SecretRef, Source
from stackpane.errors import ConnectionProblem, InvalidInput


@pytest.fixture
def store(tmp_path: Path) -> ConnectionStore:
    return ConnectionStore(tmp_path / "config" / "connections.toml")


def connection(name: str = "prod", **values: Any) -> Connection:
    return Connection(**{"name": name, "source": Source.PROFILE, "profile": "corp", **values})


FULL = connection(
    "full",
    role=Role("arn:aws:iam::123456789012:role/Audit", "ext-1", "arn:aws:iam::123456789012:mfa/me", "alice", 3600),
    regions=("eu-west-1", "us-east-1"),
    endpoint_url="https://minio.example.com",
    endpoints={"s3": "https://localhost:9000"},
    ca_bundle="/etc/ca.pem",
    proxy="http://proxy.example:3128",
    account_id="123456789012",
    read_only=True,
    kind="production",
    pins=("s3://photos/2026/", "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"),
    rate_limit=2.5,
    services=("s3", "sts"),
    labels=("Team A", "„Umlaut“ #1"),
)

_word = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)
_secret = st.builds(SecretRef, st.uuids().map(str), st.just("keyring.backends.SecretService.Keyring"), _word)
_role = st.builds(
    Role,
    st.from_regex(r"arn:aws:iam::[0-9]{12}:role/[a-zA-Z0-9+=,.@-]{1,20}", fullmatch=True),
    external_id=st.none() | st.from_regex(r"[a-zA-Z0-9_+=,.@:/-]{2,30}", fullmatch=True),
    session_name=st.none() | st.from_regex(r"[a-zA-Z0-9_+=,.@-]{2,30}", fullmatch=True),
    duration_seconds=st.none() | st.integers(900, 43200),
)
_common: dict[str, Any] = {
    "name": st.from_regex(r"[a-zA-Z0-9_äß][a-zA-Z0-9_.@+/-]{0,30}", fullmatch=True),
    "regions": st.lists(st.sampled_from(("eu-west-1", "cn-north-1", "garage")), unique=True).map(tuple),
    "endpoints": st.dictionaries(st.sampled_from(("s3", "cognito-idp")), st.just("http://localhost:4566")),
    "ca_bundle": st.none() | _word.filter(bool),
    "account_id": st.none() | st.from_regex(r"[0-9]{12}", fullmatch=True),
    "read_only": st.booleans(),
    "kind": st.sampled_from(("production", "development", "local")),
    "pins": st.lists(st.from_regex(r"s3://[a-z]{3}/[!-~]{0,9}", fullmatch=True)).map(tuple),
    "rate_limit": st.none() | st.integers(1, 100) | st.floats(0.1, 100),
    "services": st.lists(st.sampled_from(("s3", "lambda")), unique=True).map(tuple),
    "labels": st.lists(_word).map(tuple),
}
_connections = st.one_of(
    st.builds(
        Connection, source=st.just(Source.PROFILE), profile=_word.filter(bool), role=st.none() | _role, **_common
    ),
    st.builds(Connection, source=st.just(Source.KEYRING), secret=_secret, role=st.none() | _role, **_common),
    st.builds(Connection, source=st.just(Source.CONNECTION), base=st.just("base"), role=_role, **_common),
    st.builds(
        Connection,
        source=st.just(Source.DUMMY),
        access_key=st.sampled_from(("test", "000000000001")),
        endpoint_url=st.just("http://localhost:4566"),
        **_common,
    ),
)


@given(saved=st.lists(_connections, max_size=4, unique_by=lambda each: each.name), default=st.none() | st.just("prod"))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_saved_comes_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, saved: list[Connection], default: str | None
) -> None:
    store = ConnectionStore(tmp_path_factory.mktemp("round-trip") / "connections.toml")
    for each in saved:
        store.save(each, replace=False)
    store.set_default(default)
    found = store.read()
    assert found.connections == {each.name: each for each in saved}
    assert found.default == default
    assert found.broken == {}


def test_every_fact_of_a_connection_is_saved(store: ConnectionStore) -> None:
    store.save(FULL, replace=False)
    assert store.read().connections["full"] == FULL
    unset = [field for field in Connection.__dataclass_fields__ if getattr(FULL, field) in (None, (), {}, False)]
    assert set(unset) == {"base", "secret", "ad_hoc", "timeout"}, "a new field needs a place in this test"


def test_a_fact_taken_back_leaves_the_file(store: ConnectionStore) -> None:
    store.save(FULL, replace=False)
    store.save(connection("full"), replace=True)
    assert tomllib.loads(store.path.read_text())["connections"]["full"] == {"source": "profile", "profile": "corp"}


def test_comments_order_and_unknown_keys_stay(store: ConnectionStore) -> None:
    store.path.parent.mkdir(mode=0o700)
    store.path.write_text(
        """\
# mine
format = 1
future = "kept"   # why

[tui]
theme = "dark"

[connections.prod]
regions = ["eu-west-1"]  # Dublin
source = "profile"
profile = "corp"
colour = "red"  # of a later version
"""
    )
    store.save(connection(regions=("eu-west-1",), read_only=True), replace=True)
    store.save(connection("other"), replace=False)
    store.set_default("prod")
    text = store.path.read_text()
    for kept in (
        "# mine",
        'future = "kept"   # why',
        'theme = "dark"',
        "# Dublin",
        'colour = "red"  # of a later version',
    ):
        assert kept in text
    assert text.index("[tui]") < text.index("[connections.prod]") < text.index("[connections.other]")
    saved = store.read()
    assert saved.connections["prod"].read_only
    assert saved.default == "prod"


@pytest.mark.parametrize("newer", ["format = 2\n", 'format = "2"\n', "format = 1.5\n"])
def test_a_newer_format_is_refused_and_left_alone(store: ConnectionStore, newer: str) -> None:
    store.path.parent.mkdir(mode=0o700)
    store.path.write_text(newer)
    for action in (store.read, lambda: store.save(connection(), replace=True), lambda: store.set_default("prod")):
        with pytest.raises(ConnectionProblem, match="newer"):
            action()
    assert store.path.read_text() == newer


def test_a_file_that_is_no_toml_is_named_and_left_alone(store: ConnectionStore) -> None:
    store.path.parent.mkdir(mode=0o700)
    store.path.write_text("[connections\n")
    with pytest.raises(ConnectionProblem, match=r"not valid TOML.*line 1"):
        store.save(connection(), replace=True)
    assert store.path.read_text() == "[connections\n"


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ('source = "magic"', "not one of profile"),
        ("regions = []", "source is None"),
        ('source = "profile"', "names none"),
        ('source = "profile"\nprofile = 1', "not of the type"),
        ('source = "profile"\nprofile = "p"\nregions = "eu-west-1"', "not of the type"),
        ('source = "profile"\nprofile = "p"\nregions = [1]', "list of strings"),
        ('source = "profile"\nprofile = "p"\nrate_limit = true', "not of the type"),
        ('source = "profile"\nprofile = "p"\nread_only = "yes"', "not of the type"),
        ('source = "profile"\nprofile = "p"\nendpoint_url = "http://evil.example"', "plain http"),
        ('source = "profile"\nprofile = "p"\nendpoints = { s3 = 1 }', "must be a string"),
        ('source = "keyring"\nkeyring = "id"', "not of the type"),
    ],
)
def test_one_broken_table_costs_only_itself(store: ConnectionStore, table: str, reason: str) -> None:
    store.save(connection("good"), replace=False)
    store.path.write_text(store.path.read_text() + f"\n[connections.bad]\n{table}\n")
    saved = store.read()
    assert list(saved.connections) == ["good"]
    assert reason in saved.broken["bad"]
    store.remove("bad")
    assert store.read().broken == {}


def test_an_existing_name_is_only_replaced_on_purpose(store: ConnectionStore) -> None:
    store.save(connection(), replace=False)
    with pytest.raises(InvalidInput, match="exists already"):
        store.save(connection(read_only=True), replace=False)
    assert not store.read().connections["prod"].read_only


def test_removing_the_default_leaves_none(store: ConnectionStore) -> None:
    store.save(connection(), replace=False)
    store.set_default("prod")
    store.remove("prod")
    assert store.read().default is None
    with pytest.raises(InvalidInput, match="no connection 'prod'"):
        store.remove("prod")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_file_and_folder_are_private_even_with_umask_000(store: ConnectionStore) -> None:
    before = os.umask(0)
    try:
        store.save(connection(), replace=False)
        store.save(connection(read_only=True), replace=True)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (store.path.parent, *store.path.parent.iterdir())}
    assert modes.pop("config") == 0o700
    assert set(modes.values()) == {0o600}
    assert store.notices() == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize(("mode", "words"), [(0o644, "can read "), (0o666, "can read and change ")])
def test_a_file_that_others_can_see_is_reported(store: ConnectionStore, mode: int, words: str) -> None:
    store.save(connection(), replace=False)
    store.path.chmod(mode)
    (notice,) = store.notices()
    assert words in notice
    assert f"chmod 600 {store.path}" in notice


def test_a_link_to_the_file_stays_a_link(store: ConnectionStore, tmp_path: Path) -> None:
    store.path.parent.mkdir(mode=0o700)
    target = tmp_path / "dotfiles.toml"
    store.path.symlink_to(target)
    store.save(connection(), replace=False)
    assert store.path.is_symlink()
    assert ConnectionStore(target).read().connections["prod"] == connection()


def test_a_secret_on_its_way_is_remembered_until_it_is_settled(store: ConnectionStore) -> None:
    ref = SecretRef("0123", "keyring.backends.SecretService.Keyring", "AKIA…MPLE")
    store.note_secret(ref)
    assert store.read().unsettled == (), "another process may be at work on it"
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2)):
        assert store.read().unsettled == (replace(ref, hint=""),)
        store.save(connection(source=Source.KEYRING, profile=None, secret=ref), replace=False)
        assert store.read().unsettled == ()
    assert "unsettled" not in store.path.read_text()


_WRITER = """
import sys
from pathlib import Path
from stackpane.connections import Connection, ConnectionStore
from stackpane.connections.model import Source

path, number, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store = ConnectionStore(path)
print("ready", flush=True)
for turn in range(rounds):
    labels = (f"{number}-{turn}",)
    store.save(Connection(name=f"c{number}", source=Source.PROFILE, profile="p" * 200, labels=labels), replace=True)
"""


def _writer(store: ConnectionStore, number: int, rounds: int) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-c", _WRITER, str(store.path), str(number), str(rounds)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE)


def test_eight_writers_at_once_lose_nothing(store: ConnectionStore) -> None:
    writers = [_writer(store, number, 25) for number in range(8)]
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    found = store.read().connections
    assert {name: each.labels for name, each in found.items()} == {f"c{n}": (f"{n}-24",) for n in range(8)}


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_a_writer_killed_at_any_moment_leaves_a_whole_file(store: ConnectionStore) -> None:
    store.save(connection("before"), replace=False)
    for number in range(6):
        writer = _writer(store, number, 100_000)
        assert writer.stdout is not None
        writer.stdout.readline()
        # Until it has written at least once more it is somewhere in the middle of its work: no moment is chosen.
        seen = store.path.stat().st_mtime_ns
        while store.path.stat().st_mtime_ns == seen:
            assert writer.poll() is None
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        saved = store.read()
        assert saved.broken == {}
        assert {"before", *(f"c{n}" for n in range(number))} <= set(saved.connections)
    store.save(connection("after"), replace=False)
    assert not list(store.path.parent.glob("*.tmp")), "what a killed writer left is cleared away"


@pytest.mark.skipif(os.name == "nt", reason="there are no resource limits on Windows")
def test_a_write_that_fails_half_way_keeps_the_old_file(store: ConnectionStore) -> None:
    import resource

    store.save(connection(), replace=False)
    before = store.path.read_text()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
    try:
        with pytest.raises(ConnectionProblem, match=r"cannot be written.*File too large"):
            store.save(connection(read_only=True), replace=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert store.path.read_text() == before
    assert not list(store.path.parent.glob("*.tmp"))
