import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.harness.canary import Canary


def test_nothing_is_found_where_nothing_is(canary: Canary, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(canary.keys.access_key)  # not a secret
    assert canary.scan(tmp_path, tmp_path / "absent", stdout=b"\x00\xff", stderr="text") == []


@pytest.mark.parametrize(
    "encode",
    [
        str.encode,
        lambda secret: quote(secret, safe="").encode(),
        lambda secret: json.dumps({"secret": secret}).encode(),
        lambda secret: json.dumps(secret).replace("/", "\\/").encode(),
        lambda secret: secret.encode().hex().encode(),
        lambda secret: secret.encode("utf-16-le"),
        lambda secret: base64.b64encode(f"k:{secret}:z".encode()),
        lambda secret: base64.b64encode(f"ke:{secret}".encode()),
        lambda secret: base64.b64encode(f"key:{secret}".encode()),
        lambda secret: b"cut: " + secret[:24].encode() + b"...",
    ],
)  # fmt: skip
def test_secrets_are_found_in_every_encoding(canary: Canary, encode: object) -> None:
    assert callable(encode)
    token = canary.temporary.session_token
    assert token is not None
    for name, secret in {"secret access key": canary.keys.secret_key, "session token": token}.items():
        found = canary.scan(stdout=b"before " + encode(secret) + b" after")
        assert {finding.name for finding in found} == {name}


def test_secrets_are_found_in_files_and_their_names_but_not_where_they_belong(canary: Canary, tmp_path: Path) -> None:
    code = canary.add("MFA code")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/log").write_bytes(b"\xff" + canary.keys.secret_key.encode())
    (tmp_path / f"{code}.txt").touch()
    assert {finding.name for finding in canary.scan(tmp_path)} == {"secret access key", "MFA code"}
    assert {finding.name for finding in canary.scan(tmp_path, ignore=[tmp_path / "deep/log"])} == {"MFA code"}


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
def test_secrets_are_found_in_the_arguments_of_grandchildren(canary: Canary) -> None:
    wait = "import sys; print('ready', flush=True); sys.stdin.read()"
    spawn = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1], sys.stdin.readline().strip()])"
    with subprocess.Popen(
        [sys.executable, "-c", spawn, wait], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(canary.keys.secret_key + "\n")
        child.stdin.flush()
        child.stdout.readline()
        found = canary.scan_processes(os.getpid())
        child.stdin.close()
    assert {finding.name for finding in found} == {"secret access key"}
    assert canary.scan_processes() == []
