"""All connections there are: the saved ones, and those that need no saving.

Every profile of the AWS config files is a connection by its name; ``env`` is what the environment holds, ``local`` is
LocalStack, ``demo`` the running demo, ``instance`` the role of the EC2 instance. A saved one comes before a profile of
the same name, and a profile before a built-in one.
"""

from __future__ import annotations

import difflib
import json
import os
import socket
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackpane.aws.endpoints import is_loopback, origin
from stackpane.connections.model import DUMMY_KEY, Connection, Origin, Source
from stackpane.connections.profiles import AwsConfig, aws_files, loose_mode, profile_names, read_aws_config
from stackpane.errors import ConnectionProblem
from stackpane.text import safe

if TYPE_CHECKING:
    from stackpane.connections.store import ConnectionStore, Saved

__all__ = ["BUILT_IN", "LOCALSTACK", "Catalogue", "demo_path", "has_environment"]

LOCALSTACK = "http://localhost:4566"
"""LocalStack's one port for every service: https://docs.localstack.cloud/aws/capabilities/config/configuration/"""

BUILT_IN = ("env", "local", "demo", "instance")
"""The names that always mean something, unless a saved connection or a profile has one of them."""

_ENVIRONMENT = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


def has_environment(environ: Mapping[str, str]) -> bool:
    """Whether the environment holds credentials: keys, a web identity, or the container's.

    Source: https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
    """
    return any(environ.get(name) for name in _ENVIRONMENT)


def demo_path() -> Path:
    """Where a running demo says how to reach it: a JSON object with ``url`` and ``pid``."""
    from stackpane.paths import state_folder

    return state_folder() / "demo.json"


class Catalogue:
    """The connections as they are now; the files are read once, when they are first needed."""

    def __init__(self, store: ConnectionStore, environ: Mapping[str, str] | None = None) -> None:
        self.store = store
        self.environ = os.environ if environ is None else environ

    @cached_property
    def saved(self) -> Saved:
        """What ``connections.toml`` holds."""
        return self.store.read()

    @cached_property
    def aws(self) -> AwsConfig:
        """What the AWS config files hold."""
        return read_aws_config(self.environ)

    def all(self) -> Iterator[Connection]:
        """Every connection that can be named, each name once; broken saved ones are left out."""
        seen = set(self.saved.broken)
        for connection in (*self.saved.connections.values(), *map(self.profile, self.aws.profiles), *self._built_in()):
            if connection.name not in seen:
                seen.add(connection.name)
                yield connection

    def names(self) -> list[str]:
        """The names of all connections, as a command line may give them; read without botocore."""
        saved = (*self.saved.connections, *self.saved.broken)
        return list(dict.fromkeys((*saved, *profile_names(self.environ), *(each.name for each in self._built_in()))))

    def notices(self) -> list[str]:
        """What is wrong with the permissions of the files that secrets or connections are in, a sentence each."""
        _config, credentials = aws_files(self.environ)
        loose = loose_mode(credentials)
        return [*self.store.notices(), *([loose] if loose else [])]

    def find(self, name: str) -> Connection:
        """The connection of that name. Raises ``ConnectionProblem`` with the names that come close."""
        if (broken := self.saved.broken.get(name)) is not None:
            hint = f"Correct it in {self.store.path}, or: stackpane connection rm {name}"
            raise ConnectionProblem(f"the saved connection {name!r} is not valid: {broken}", hint)
        if (connection := self.saved.connections.get(name)) is not None:
            return connection
        if name in self.aws.profiles:
            return self.profile(name)
        if name in BUILT_IN:
            return self._find_built_in(name)
        raise ConnectionProblem(f"there is no connection {safe(name)!r}", self._close_names(name, self.names()))

    def profile(self, name: str) -> Connection:
        """The connection that a profile of the AWS config files is. Raises ``ConnectionProblem`` if there is none."""
        settings = self.aws.profiles.get(name)
        if settings is None:
            raise ConnectionProblem(
                f"there is no profile {safe(name)!r} in the AWS config files",
                self._close_names(name, list(self.aws.profiles)) or "Make it with `aws configure --profile`.",
            )
        region = settings.get("region")
        return Connection(
            name=name,
            source=Source.PROFILE,
            origin=Origin.PROFILE,
            profile=name,
            regions=(region,) if region else (),
        )

    def shadowed(self, connection: Connection) -> str | None:
        """A sentence where a saved connection hides a profile that it does not stand for itself."""
        name = connection.name
        if connection.origin is not Origin.SAVED or name not in self.aws.profiles or connection.profile == name:
            return None
        return f"{name!r} is the saved connection; the AWS profile of that name is --profile {name}"

    def _close_names(self, name: str, names: list[str]) -> str:
        close = difflib.get_close_matches(name, names, n=3)
        if close:
            return f"Did you mean {' or '.join(close)}?"
        return "`stackpane connection ls` lists them all." if names else ""

    def _built_in(self) -> Iterator[Connection]:
        if has_environment(self.environ):
            yield self._environment()
        yield _local()
        if (demo := self._demo()) is not None:
            yield demo

    def _find_built_in(self, name: str) -> Connection:
        if name == "env":
            if not has_environment(self.environ):
                raise ConnectionProblem(
                    "the environment holds no credentials",
                    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), or use a profile.",
                )
            return self._environment()
        if name == "local":
            return _local()
        if name == "instance":
            return Connection(name="instance", source=Source.INSTANCE, origin=Origin.BUILT_IN)
        demo = self._demo()
        if demo is None:
            raise ConnectionProblem("no demo is running", "Start one with `stackpane demo` in another terminal.")
        return demo

    def _environment(self) -> Connection:
        return Connection(name="env", source=Source.ENVIRONMENT, origin=Origin.ENVIRONMENT)

    def _demo(self) -> Connection | None:
        try:
            state: Any = json.loads(demo_path().read_text(encoding="utf-8"))
            url, pid = str(state["url"]), int(state["pid"])
        except (OSError, ValueError, KeyError, TypeError):
            return None  # no demo, or one that is just writing the file
        if not _is_alive(pid) or not _answers(url):
            return None
        return Connection(
            name="demo",
            source=Source.DUMMY,
            origin=Origin.DEMO,
            regions=("us-east-1",),
            endpoint_url=url,
            kind="local",
        )


def _local() -> Connection:
    return Connection(
        name="local",
        source=Source.DUMMY,
        origin=Origin.BUILT_IN,
        access_key=DUMMY_KEY,
        regions=("us-east-1",),
        endpoint_url=LOCALSTACK,
        kind="local",
    )


def _is_alive(pid: int) -> bool:
    """Whether the process runs. Windows has no signal 0 (it would be Ctrl-C): there only the port can tell."""
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it runs, and belongs to somebody else: not the demo we started
        return False
    return True


def _answers(url: str) -> bool:
    """Whether something on this machine listens at the URL; half a second is far more than loopback needs."""
    try:
        _scheme, host, port = origin(url)
        if not is_loopback(host):
            return False
        with socket.create_connection((host, port), timeout=0.5):
            return True
    except (OSError, ValueError):
        return False
