import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import keyring
import pytest

from stackpane.connections.secrets import Keys, Secrets
from stackpane.connections.store import ConnectionStore
from tests.harness.isolation import NetworkAttempts
from tests.harness.keyring_backend import FILE, FileKeyring
from tests.harness.netguard import BeyondLoopbackError


def test_the_environment_holds_nothing_of_the_developer(home: Path, tmp_path: Path) -> None:
    assert Path.home() == home
    assert list(home.iterdir()) == []
    assert Path.cwd() == tmp_path
    aws = {name for name in os.environ if name.startswith(("AWS_", "STACKPANE_"))}
    assert aws == {"AWS_EC2_METADATA_DISABLED"}
    assert not [name for name in os.environ if name.lower().endswith("_proxy")]


def test_a_connection_beyond_loopback_is_refused(network_attempts: NetworkAttempts) -> None:
    with socket.socket() as connection, pytest.raises(BeyondLoopbackError):
        connection.connect(("192.0.2.1", 443))
    with pytest.raises(BeyondLoopbackError):
        socket.getaddrinfo("s3.amazonaws.com", 443)
    with socket.socket() as listener, pytest.raises(BeyondLoopbackError):
        listener.bind(("0.0.0.0", 0))
    assert [line.split()[0] for line in network_attempts.take()] == [
        "socket.connect",
        "socket.getaddrinfo",
        "socket.bind",
    ]


def test_a_connection_beyond_loopback_by_a_child_process_is_refused_and_known(
    network_attempts: NetworkAttempts,
) -> None:
    code = "import socket; socket.create_connection(('192.0.2.1', 443))"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert child.returncode == 1
    assert "BeyondLoopbackError" in child.stderr
    assert network_attempts.take() == ["socket.getaddrinfo '192.0.2.1' port 443"]


def test_an_attempt_fails_the_test_even_where_its_error_is_swallowed(tmp_path: Path) -> None:
    file = tmp_path / "test_swallowed.py"
    file.write_text(
        "import contextlib, socket\n"
        "def test_swallowed():\n"
        "    with contextlib.suppress(Exception):\n"
        "        socket.create_connection(('192.0.2.1', 443))\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "tests.harness.isolation", "-p", "no:cacheprovider", str(file)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "the test went beyond loopback" in run.stdout


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        socket.create_connection(listener.getsockname()).close()
        socket.create_connection(("localhost", listener.getsockname()[1])).close()


def test_the_keyring_keeps_secrets_in_a_private_file_of_the_home_folder(home: Path) -> None:
    assert isinstance(keyring.get_keyring(), FileKeyring)
    keyring.set_password("service", "name", "secret")
    file = home / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    code = "import keyring; print(keyring.get_password('service', 'name'))"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stdout == "secret\n"
    keyring.delete_password("service", "name")
    assert keyring.get_password("service", "name") is None


def test_stackpane_keeps_secrets_in_the_trusted_keyring(trusted_keyring: Path) -> None:
    ref = Secrets(ConnectionStore()).save(Keys("AKIAIOSFODNN7EXAMPLE", "secret"))
    assert trusted_keyring.exists()
    assert Secrets(ConnectionStore()).get(ref).secret_access_key == "secret"


def test_the_keyring_is_empty_in_the_next_test() -> None:
    assert keyring.get_password("service", "name") is None
