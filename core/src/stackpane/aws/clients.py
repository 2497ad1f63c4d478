"""Opened connections: the one place that makes AWS clients."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from stackpane.aws.endpoints import is_emulator, partition_of, proxies, refusal
from stackpane.aws.explain import Asker
from stackpane.aws.guard import Guard
from stackpane.aws.underway import UnderWay
from stackpane.aws.waiting import Waiting, timeouts
from stackpane.calls import GET_CALLER_IDENTITY, Call
from stackpane.errors import ConnectionProblem

if TYPE_CHECKING:
    from datetime import datetime

    from botocore.session import Session as BotocoreSession

    from stackpane.aws.lane import Lane
    from stackpane.connections.model import Connection

__all__ = ["Identity", "Opened", "Pace"]

_ATTEMPTS = 4
_POOL = 64
"""HTTP connections a client keeps; at least as many as workers ever share one."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the credentials are."""

    account: str
    arn: str


class Pace:
    """At most ``rate`` calls a second, over all clients of a connection; ``None`` is no limit."""

    def __init__(
        self,
        rate: float | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._step = 1 / rate if rate else 0.0
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> None:
        """Wait until the next call may be sent."""
        if not self._step:
            return
        with self._lock:
            now = self._clock()
            due = max(self._next, now)
            self._next = due + self._step
        if due > now:
            self._sleep(due - now)


class Opened:
    """A connection with its credentials: makes guarded clients and keeps them. Safe to share between threads.

    ``botocore_session`` is called once, when the first client is wanted; ``record`` is told of every call that is about
    to be made, ``note`` what the user should know meanwhile.
    """

    def __init__(
        self,
        connection: Connection,
        botocore_session: Callable[[], BotocoreSession],
        record: Callable[[Call, Mapping[str, str]], None] = lambda _call, _names: None,
        note: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.connection = connection
        self._make_session = botocore_session
        self._record = record
        self._session: BotocoreSession | None = None
        self._clients: dict[tuple[object, ...], Any] = {}
        self._lock = threading.RLock()
        self._pace = Pace(connection.rate_limit)
        self._identity: Identity | None = None
        self._account_checked = connection.account_id is None
        self._waiting = Waiting(note)
        self.under_way = UnderWay()

    @property
    def session(self) -> BotocoreSession:
        """botocore's session, with this connection's credentials and nothing ambient."""
        with self._lock:
            if self._session is None:
                from stackpane.aws import lean, loader

                session = self._make_session()
                loader.install(session)
                lean.install(session)
                self._session = session
            return self._session

    @property
    def is_emulator(self) -> bool:
        """Whether requests go to something that is not AWS."""
        return is_emulator(self.connection)

    def partition(self, region: str) -> str:
        """AWS's partition of a region."""
        return partition_of(region).name

    def asker(self, region: str) -> Asker:
        """What an error message names."""
        return Asker(
            connection=self.connection.name,
            region=region,
            partition=self.partition(region),
            endpoint=self.connection.endpoint_url,
            login=self._login_command(),
            timeout=timeouts(self.connection)[1],
        )

    def client(
        self,
        service: str,
        *,
        region: str,
        calls: tuple[Call, ...] | None,
        raw: bool = False,
        read_timeout: float | None = None,
        dry_run: bool = False,
    ) -> Any:
        """The guarded client for these declared calls, made on first use."""
        names = None if calls is None else frozenset(call.name for call in calls if call.service == service)
        key = (service, region, names, raw, read_timeout, dry_run)
        with self._lock:
            if key not in self._clients:
                client = self._make(service, region, calls, raw, read_timeout)
                self._guard(service, region, calls, dry_run=dry_run).attach(client)
                self._clients[key] = client
            return self._clients[key]

    def lane(self, service: str, *, region: str, calls: tuple[Call, ...] | None, dry_run: bool = False) -> Lane | None:
        """A lane for many small requests (``stackpane.aws.lane``); ``None`` where a proxy is on the way."""
        from botocore.utils import get_environ_proxies

        from stackpane.aws.lane import Lane

        client = self._make(service, region, calls, raw=False, read_timeout=None)
        guard = self._guard(service, region, calls, dry_run=dry_run)
        guard.attach(client)
        url, config = client.meta.endpoint_url, client.meta.config
        if get_environ_proxies(url) if config.proxies is None else config.proxies:
            return None
        return Lane(client, guard, self.connection.ca_bundle, timeouts(self.connection)[1])

    def identity(self, region: str) -> Identity:
        """Who the credentials are, asked of AWS once."""
        with self._lock:
            if self._identity is None:
                client = self.client("sts", region=region, calls=(GET_CALLER_IDENTITY,))
                answer = client.get_caller_identity()
                self._identity = Identity(answer["Account"], answer["Arn"])
            return self._identity

    def credentials_end(self) -> datetime | None:
        """When the credentials that requests are signed with now end; ``None``: never, or nobody says when."""
        credentials: Any = self.session.get_credentials()
        credentials.get_frozen_credentials()  # renews what is about to end, and fetches what was not needed yet
        # botocore tells no more in public than whether they end within so many seconds.
        end: datetime | None = getattr(credentials, "_expiry_time", None)
        return end

    def _make(
        self, service: str, region: str, calls: tuple[Call, ...] | None, raw: bool, read_timeout: float | None
    ) -> Any:
        from botocore.config import Config

        from stackpane.aws import lean

        self._check_service(service)
        connection = self.connection
        endpoint = connection.endpoint_for(service)
        mine = [call for call in calls or () if call.service == service]
        connect_timeout, answer_timeout = timeouts(connection, read_timeout)
        config = Config(
            region_name=region,
            connect_timeout=connect_timeout,
            read_timeout=answer_timeout,
            retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
            max_pool_connections=_POOL,
            tcp_keepalive=True,
            # An endpoint of the connection's own is one host: no bucket or prefix may change its name.
            inject_host_prefix=False if endpoint else None,
            s3={"addressing_style": "path"} if endpoint else None,
            signature_version=self._signature(service),
            ignore_configured_endpoint_urls=True,  # type: ignore[call-arg]  # missing in the stubs
            proxies=proxies(connection, service),
            user_agent_extra=_user_agent(),
        )
        client = self.session.create_client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            verify=connection.ca_bundle or None,
            config=config,
        )
        lean.attach(client, mine, raw=raw)
        self._waiting.attach(client, _ATTEMPTS)
        return client

    def _guard(self, service: str, region: str, calls: tuple[Call, ...] | None, *, dry_run: bool) -> Guard:
        connection = self.connection
        return Guard(
            service=service,
            connection=connection.name,
            read_only=connection.read_only,
            dry_run=dry_run,
            calls=None if calls is None else {call.operation: call for call in calls if call.service == service},
            refuse_url=lambda url: refusal(url, connection, service, self.partition(region)),
            # Asking who one is must be possible before it is known, and counts as no call of a command.
            before_call=self._pace.wait if service == GET_CALLER_IDENTITY.service else partial(self._check, region),
            record=self._record,
            under_way=self.under_way,
        )

    def _login_command(self) -> str:
        from stackpane.aws.credentials import login_command

        return login_command(self.connection)

    def _signature(self, service: str) -> str | None:
        """Signature version 4 where botocore would still fall back to version 2 (presigned URLs on own endpoints)."""
        metadata = self.session.get_service_model(service).metadata
        return f"{service}v4" if metadata.get("signatureVersion") == service else None

    def _check_service(self, service: str) -> None:
        allowed = self.connection.services
        if allowed and service not in allowed and service != GET_CALLER_IDENTITY.service:
            raise ConnectionProblem(
                f"the connection {self.connection.name!r} is for {', '.join(allowed)} only, not for {service}",
                f"Allow it with: stackpane connection edit {self.connection.name} --services …",
            )

    def _check(self, region: str) -> None:
        self._pace.wait()
        if self._account_checked:
            return
        wanted, found = self.connection.account_id, self.identity(region)
        if found.account != wanted:
            raise ConnectionProblem(
                f"{self.connection.name} is for account {wanted}, but its credentials are those of {found.arn}",
                "Nothing was sent. Use the right credentials, or correct `stackpane connection edit --account-id`.",
            )
        self._account_checked = True


def _user_agent() -> str:
    from stackpane import __version__

    return f"stackpane/{__version__}"
