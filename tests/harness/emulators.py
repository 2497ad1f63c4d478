"""moto's server and ministack as real HTTP servers on loopback: one process each per test process, lazily started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import ProxyHandler, Request, build_opener

if TYPE_CHECKING:
    import botocore.session

ROOT = Path(__file__).parents[2]
REGION = "us-east-1"
ACCOUNTS = {"moto": "123456789012", "ministack": "000000000000"}
START_DEADLINE = 90.0
"""Seconds: on a busy machine the imports of an emulator alone take many."""

_http = build_opener(ProxyHandler({}))


@dataclass(frozen=True)
class Keys:
    """An access key as AWS hands it out."""

    access_key: str = "test"
    secret_key: str = "test"
    session_token: str | None = None

    @property
    def env(self) -> dict[str, str]:
        """The three as environment variables; a token only where there is one."""
        env = {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}
        return env | ({"AWS_SESSION_TOKEN": self.session_token} if self.session_token else {})


@dataclass
class Emulator:
    """A running emulator: ``url`` without a trailing slash, ``name`` ``moto`` or ``ministack``."""

    name: str
    url: str
    log: Path
    account_id: str
    keys: Keys = Keys()
    _process: subprocess.Popen[bytes] | None = None
    _clients: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def pid(self) -> int:
        """The process, for tests of the harness itself."""
        assert self._process is not None
        return self._process.pid

    def reset(self) -> None:
        """Forget everything that was created."""
        path = {"moto": "/moto-api/reset", "ministack": "/_ministack/reset"}[self.name]
        with _http.open(Request(self.url + path, method="POST"), timeout=60) as reply:
            assert reply.status == 200, f"{self.name} did not reset: {reply.status}"

    def client(self, service: str, *, url: str = "", keys: Keys | None = None, **options: Any) -> Any:
        """A plain botocore client for setting things up (path style, SigV4); the same one for equal arguments.

        ``url`` sends it elsewhere, such as through a fault proxy; ``options`` are those of ``create_client``.
        """
        target, keys = url or self.url, keys or self.keys
        cache_key = (service, target, keys, *sorted((name, repr(value)) for name, value in options.items()))
        with self._lock:
            if cache_key not in self._clients:
                self._clients[cache_key] = plain_client(service, target, keys, **options)
            return self._clients[cache_key]

    def fill(self, bucket: str, keys: Iterable[str], body: bytes = b"") -> None:
        """Put an object under each key, several at a time."""
        s3 = self.client("s3")
        with ThreadPoolExecutor(8) as pool:
            for _ in pool.map(lambda key: s3.put_object(Bucket=bucket, Key=key, Body=body), keys):
                pass

    def user(self, name: str, *statements: Mapping[str, Any]) -> Keys:
        """The keys of a new IAM user who may do what ``statements`` say. Only ``ministack_auth`` enforces them."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        if statements:
            document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
            iam.put_user_policy(UserName=name, PolicyName="test", PolicyDocument=document)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Keys(key["AccessKeyId"], key["SecretAccessKey"])

    def stop(self) -> None:
        """End the process and close the clients' connections."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        if self._process is not None:
            self._process.communicate(timeout=30)  # closes its standard input, which ends it, and waits


def plain_client(service: str, url: str, keys: Keys = Keys(), *, region: str = REGION, **options: Any) -> Any:
    """A botocore client that reads neither environment nor configuration files."""
    from botocore.config import Config

    given = options.pop("config", None)
    config = Config(
        s3={"addressing_style": "path"},
        signature_version="s3v4" if service == "s3" else None,
        retries={"mode": "standard", "total_max_attempts": 2},
        proxies={},
        max_pool_connections=32,
    )
    return _session().create_client(
        service,
        region_name=region,
        endpoint_url=url,
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.session_token,
        config=config.merge(given) if given else config,
        **options,
    )


_shared: list[botocore.session.Session] = []


def _session() -> botocore.session.Session:
    # one for all: each new session would read the service models again, 100 ms a client
    if not _shared:
        import botocore.session
        from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES, ConfigValueStore, ConstantProvider

        defaults = {name: default for name, (_, _, default, _) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()}
        defaults |= {"config_file": os.devnull, "credentials_file": os.devnull}
        session = botocore.session.Session()
        session.register_component(
            "config_store", ConfigValueStore({name: ConstantProvider(value) for name, value in defaults.items()})
        )
        _shared.append(session)
    return _shared[0]


def start(name: str, folder: Path, *, enforce_iam: bool = False) -> Emulator:
    """Start an emulator with its files and its log in ``folder``; it answers when this returns.

    Raises ``RuntimeError`` with the end of the log where it does not come up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "log.txt"
    with log.open("wb") as log_file:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.harness.emulator_process", name],
            cwd=ROOT,
            env=_environment(folder, enforce_iam=enforce_iam),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log_file,
        )
    assert process.stdout is not None
    url = process.stdout.readline().decode().strip()
    emulator = Emulator(name, url, log, ACCOUNTS[name], _process=process)
    try:
        _probe(emulator)
    except (OSError, ValueError) as failure:
        emulator.stop()
        raise RuntimeError(f"{name} did not start: {failure}\n{log.read_text(errors='replace')[-4000:]}") from failure
    return emulator


def _probe(emulator: Emulator) -> None:
    # connections queue from the first moment, so one request with a deadline is all the polling there is
    path = {"moto": "/moto-api/data.json", "ministack": "/_ministack/ready"}[emulator.name]
    with _http.open(emulator.url + path, timeout=START_DEADLINE) as reply:
        reply.read()


def _environment(folder: Path, *, enforce_iam: bool) -> dict[str, str]:
    """What an emulator sees: nothing of the developer's, nothing of the test's, and no listener but the one."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT") if name in os.environ}
    home = str(folder)
    return kept | {
        "HOME": home,
        "TMPDIR": home,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        # ministack
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "localhost",
        "LOG_LEVEL": "WARNING",
        "S3_DATA_DIR": f"{home}/s3",
        "STATE_DIR": f"{home}/state",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "AUTH": "true" if enforce_iam else "false",
    }
