"""Keys go to a keyring that keeps them safe and can be trusted to give them back, or they go nowhere."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import keyring.backends
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend

from stackpane.connections import ConnectionStore
from stackpane.connections.backends import TRUSTED
from stackpane.connections.model import Connection, SecretRef, Source
from stackpane.connections.secrets import Keys, Secrets
from stackpane.errors import ConnectionProblem
from tests.core.connections import backends

if TYPE_CHECKING:
    from tests.harness.canary import Canary

HERE = backends.__name__
KEYS = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


@pytest.fixture(autouse=True)
def _no_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    for name in ("Memory", "Better", "Truncating", "Windows", "Sticky"):
        getattr(backends, name).entries.clear()


@pytest.fixture
def store(tmp_path: Path) -> ConnectionStore:
    return ConnectionStore(tmp_path / "config" / "connections.toml")


def secrets(store: ConnectionStore, *names: str, deadline: float = 5) -> Secrets:
    return Secrets(store, trusted=[f"{HERE}.{name}" for name in names], deadline=deadline)


def configure(store: ConnectionStore, backend: str) -> None:
    store.path.parent.mkdir(mode=0o700, exist_ok=True)
    store.path.touch(mode=0o600)
    store.path.write_text(f'format = 1\n[keyring]\nbackend = "{backend}"\n')


@given(
    keys=st.builds(
        Keys,
        st.text(min_size=1),
        st.text(min_size=1),
        st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=5000),
    )
)
def test_keys_come_back_as_they_were_saved(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> None:
    kept = secrets(ConnectionStore(tmp_path_factory.mktemp("keys") / "connections.toml"), "Windows")
    assert kept.get(kept.save(keys)) == keys


def test_ids_are_random_and_say_nothing(store: ConnectionStore) -> None:
    kept = secrets(store, "Memory")
    first, second = kept.save(KEYS), kept.save(KEYS)
    assert first.id != second.id
    assert len(first.id) == 32
    assert first.hint == "AKIA…MPLE"
    kept.delete(first)
    assert kept.get(second) == KEYS


def test_the_best_of_the_trusted_backends_is_used(store: ConnectionStore) -> None:
    assert secrets(store, "Memory", "Better", "Unviable").backend() == f"{HERE}.Better"


@pytest.mark.parametrize("name", ["Forgetful", "Truncating"])
def test_a_backend_that_does_not_keep_what_it_takes_is_found_out(store: ConnectionStore, name: str) -> None:
    with pytest.raises(ConnectionProblem, match=r"did not keep|damaged"):
        secrets(store, name).save(KEYS)
    assert getattr(backends, name).entries == {}, "what it took is taken back"
    assert "unsettled" not in store.path.read_text()


def test_a_long_session_token_is_split_for_windows(store: ConnectionStore) -> None:
    keys = Keys("ASIAIOSFODNN7EXAMPLE", "s" * 40, "t" * 4096)
    kept = secrets(store, "Windows")
    ref = kept.save(keys)
    assert len(backends.Windows.entries) > 3
    assert kept.get(ref) == keys
    kept.delete(ref)
    assert backends.Windows.entries == {}


def test_a_damaged_secret_is_not_used(store: ConnectionStore) -> None:
    kept = secrets(store, "Memory")
    ref = kept.save(KEYS)
    part = ("stackpane", f"{ref.id}.0")
    backends.Memory.entries[part] = backends.Memory.entries[part].replace("wJal", "WJal")
    with pytest.raises(ConnectionProblem, match="damaged"):
        kept.get(ref)
    del backends.Memory.entries[part]
    with pytest.raises(ConnectionProblem, match="damaged"):
        kept.get(ref)


def test_a_secret_that_is_gone_says_how_to_give_it_again(store: ConnectionStore) -> None:
    with pytest.raises(ConnectionProblem, match=r"AKIA…MPLE are not in the keyring") as gone:
        secrets(store, "Memory").get(SecretRef("0" * 32, f"{HERE}.Memory", "AKIA…MPLE"))
    assert "connection edit" in gone.value.hint


def test_deleting_is_verified(store: ConnectionStore) -> None:
    kept = secrets(store, "Sticky")
    ref = kept.save(KEYS)
    with pytest.raises(ConnectionProblem, match="did not delete"):
        kept.delete(ref)


def test_deleting_what_is_gone_is_no_error(store: ConnectionStore) -> None:
    secrets(store, "Memory").delete(SecretRef("0" * 32, f"{HERE}.Memory"))


def test_what_an_interrupted_command_left_is_swept_up(store: ConnectionStore) -> None:
    kept = secrets(store, "Memory")
    orphan, saved = kept.save(KEYS), kept.save(KEYS)
    store.save(Connection(name="prod", source=Source.KEYRING, secret=saved), replace=False)
    store.note_secret(saved)  # an `rm` that got no further
    assert kept.sweep() == 0, "both may still be at work"
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2)):
        assert kept.sweep() == 1
        assert "unsettled" not in store.path.read_text()
    assert kept.get(saved) == KEYS
    with pytest.raises(ConnectionProblem, match="not in the keyring"):
        kept.get(orphan)


def test_a_locked_keyring_is_an_error_with_a_way_out(store: ConnectionStore) -> None:
    with pytest.raises(ConnectionProblem, match="KeyringLocked: Failed to unlock") as locked:
        secrets(store, "Locked").get(SecretRef("0" * 32, f"{HERE}.Locked"))
    assert "--profile" in locked.value.hint


def test_a_keyring_that_never_answers_is_left_behind(store: ConnectionStore) -> None:
    try:
        with pytest.raises(ConnectionProblem, match=r"did not answer within 0\.2 seconds") as late:
            secrets(store, "Hanging", deadline=0.2).get(SecretRef("0" * 32, f"{HERE}.Hanging"))
        assert "unlock it" in late.value.hint
        left = [thread for thread in threading.enumerate() if thread.name == "stackpane-keyring"]
        assert all(thread.daemon for thread in left), "it must not keep the process from ending"
    finally:
        backends.Hanging.release.set()
        for thread in left:
            thread.join()
        backends.Hanging.release.clear()


def test_what_could_not_be_saved_in_time_is_remembered_for_later(store: ConnectionStore) -> None:
    """The write may still happen after we stopped waiting for it."""
    with pytest.raises(ConnectionProblem, match="did not answer"):
        secrets(store, "Hanging", deadline=0.2).save(KEYS)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2)):
        assert [ref.backend for ref in store.read().unsettled] == [f"{HERE}.Hanging"]
    backends.Hanging.release.set()
    for thread in threading.enumerate():
        if thread.name == "stackpane-keyring":
            thread.join()
    backends.Hanging.release.clear()


def test_a_person_is_told_what_is_waited_for(store: ConnectionStore) -> None:
    told: list[str] = []

    def answer(message: str) -> None:
        told.append(message)
        backends.Hanging.release.set()

    kept = Secrets(store, trusted=[f"{HERE}.Hanging"], deadline=60, note=answer)
    with pytest.raises(ConnectionProblem, match="not in the keyring"):
        kept.get(SecretRef("0" * 32, f"{HERE}.Hanging"))
    backends.Hanging.release.clear()
    assert told == ["waiting for the keyring; it may be asking for its password in a window of its own"]


def test_without_a_backend_that_works_the_way_out_is_named(store: ConnectionStore) -> None:
    with pytest.raises(ConnectionProblem, match="no keyring that keeps secrets safe") as refused:
        secrets(store, "Unviable").save(KEYS)
    assert "connection add NAME --profile" in refused.value.hint
    assert not store.path.exists()


def _all_backends() -> Iterator[str]:
    for package in (keyring.backends, importlib.import_module("keyrings.alt")):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            try:
                members = vars(importlib.import_module(module.name)).values()
            except (ImportError, AttributeError, OSError):  # for another system
                continue
            for member in members:
                if isinstance(member, type) and issubclass(member, KeyringBackend) and member.__module__ == module.name:
                    yield f"{member.__module__}.{member.__qualname__}"


BACKENDS = sorted(set(_all_backends()))
_UNUSABLE = ("keyring.backends.fail", "keyring.backends.null", "keyring.backends.chainer", "keyrings.alt")


def test_the_weak_backends_are_among_those_tried() -> None:
    assert {"keyring.backends.null.Keyring", "keyring.backends.chainer.ChainerBackend"} < set(BACKENDS)
    assert {"keyrings.alt.file.PlaintextKeyring", "keyring.backends.fail.Keyring"} < set(BACKENDS)


@pytest.mark.parametrize("how", ["variable", "keyringrc.cfg", "connections.toml"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_no_backend_loses_or_exposes_keys_however_it_is_named(
    store: ConnectionStore, monkeypatch: pytest.MonkeyPatch, home: Path, canary: Canary, backend: str, how: str
) -> None:
    if how == "variable":
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    elif how == "keyringrc.cfg":
        folder = home / ".config" / "python_keyring"
        folder.mkdir(parents=True)
        (folder / "keyringrc.cfg").write_text(f"[backend]\ndefault-keyring={backend}\n")
    else:
        configure(store, backend)
    kept = Secrets(store)
    keys = Keys(canary.keys.access_key, canary.keys.secret_key)
    if backend.startswith(_UNUSABLE):
        with pytest.raises(ConnectionProblem) as refused:
            kept.save(keys)
        assert "--profile" in refused.value.hint, "the way out is named"
    else:
        with suppress(ConnectionProblem):  # it does not work on this system
            assert kept.get(kept.save(keys)) == keys
    assert canary.scan(home, store.path.parent) == []


def test_with_plaintext_backends_installed_the_default_is_still_none_of_them(store: ConnectionStore) -> None:
    assert keyring.get_keyring().__class__.__name__ in ("ChainerBackend", "PlaintextKeyring"), "what keyring would take"
    with pytest.raises(ConnectionProblem, match="no keyring that keeps secrets safe"):
        Secrets(store).save(KEYS)


@pytest.mark.parametrize("how", ["variable", "keyringrc.cfg", "recorded"])
def test_an_unknown_backend_is_not_even_imported(
    store: ConnectionStore, monkeypatch: pytest.MonkeyPatch, home: Path, tmp_path: Path, how: str
) -> None:
    marker = tmp_path / "ran"
    (tmp_path / "evil_keyring.py").write_text(f"open({str(marker)!r}, 'w').close()\nclass Keyring: pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    kept = Secrets(store)
    if how == "recorded":
        with pytest.raises(ConnectionProblem, match=r"evil_keyring\.Keyring is not one that Stackpane trusts"):
            kept.get(SecretRef("0" * 32, "evil_keyring.Keyring"))
    else:
        folder = home / ".config" / "python_keyring"
        folder.mkdir(parents=True)
        (folder / "keyringrc.cfg").write_text(
            f"[backend]\ndefault-keyring=evil_keyring.Keyring\nkeyring-path={tmp_path}\n"
        )
        if how == "variable":
            monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "evil_keyring.Keyring")
        with pytest.raises(
            ConnectionProblem, match=r"evil_keyring\.Keyring, which Stackpane does not trust"
        ) as refused:
            kept.save(KEYS)
        assert '[keyring] backend = "evil_keyring.Keyring"' in refused.value.hint
    assert not marker.exists()


def test_a_backend_named_in_our_own_file_is_trusted_and_chosen(
    store: ConnectionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    configure(store, f"{HERE}.Memory")
    kept = Secrets(store)
    assert kept.backend() == f"{HERE}.Memory"
    assert kept.get(kept.save(KEYS)) == KEYS
    assert f'backend = "{HERE}.Memory"' in store.path.read_text()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize("writable", ["file", "folder"])
def test_a_backend_named_where_others_can_write_is_not_loaded(store: ConnectionStore, writable: str) -> None:
    configure(store, f"{HERE}.Memory")
    (store.path if writable == "file" else store.path.parent).chmod(0o777)
    with pytest.raises(ConnectionProblem, match="others on this machine can change"):
        Secrets(store).backend()


def test_the_trusted_backends_are_classes_that_keyring_has() -> None:
    known = {"macOS": "keyring.backends.macOS", "Windows": "keyring.backends.Windows"}
    for name in TRUSTED:
        module, _, attribute = name.rpartition(".")
        if sys.platform != "darwin" and module == known["macOS"]:
            assert importlib.util.find_spec(module)  # its library is that of another system
            continue
        assert issubclass(getattr(importlib.import_module(module), attribute), KeyringBackend)


def test_keys_do_not_show_in_their_representation() -> None:
    shown = repr(Keys("AKIAIOSFODNN7EXAMPLE", "s3cr3t", "t0k3n"))
    assert shown == "Keys(AKIA…MPLE)"
    assert not any(secret in shown for secret in ("s3cr3t", "t0k3n", "IOSFODNN"))


_SILENT_SERVICE = """
import sys
from jeepney import DBusAddress, message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

connection = open_dbus_connection(sys.argv[1])
Proxy(message_bus, connection).RequestName("org.freedesktop.secrets")
print("ready", flush=True)
while True:
    connection.receive()
"""


_SAVE = """
import sys
from pathlib import Path
from stackpane.connections import ConnectionStore
from stackpane.connections.secrets import Keys, Secrets
from stackpane.errors import ConnectionProblem

kept = Secrets(ConnectionStore(Path(sys.argv[1])), trusted=["keyring.backends.SecretService.Keyring"], deadline=2)
try:
    kept.save(Keys("AKIAIOSFODNN7EXAMPLE", "secret"))
except ConnectionProblem as problem:
    print(problem.message)
"""


@pytest.mark.skipif(not shutil.which("dbus-daemon"), reason="there is no D-Bus here")
def test_a_secret_service_that_never_answers_does_not_keep_the_process(
    store: ConnectionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        _running("dbus-daemon", "--session", "--nofork", "--print-address") as address,
        _running(sys.executable, "-c", _SILENT_SERVICE, address),
    ):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        argv = [sys.executable, "-c", _SAVE, str(store.path)]
        ended = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout == "the keyring did not answer within 2 seconds\n"
    assert ended.stderr == ""


@contextmanager
def _running(*argv: str) -> Iterator[str]:
    """A process that serves, and the first line it prints."""
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def test_what_lies_in_the_keyring_is_plain_json_in_parts(store: ConnectionStore) -> None:
    """The form is a contract with later versions, which must read what this one saved."""
    ref = secrets(store, "Memory").save(KEYS)
    assert json.loads(backends.Memory.entries["stackpane", f"{ref.id}.0"]) == [
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        None,
    ]
    assert backends.Memory.entries["stackpane", ref.id].startswith("1 ")
