"""The harness's fixtures for emulators, faults and TLS: what a test asks for by name."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.harness import emulators
from tests.harness.faultproxy import FaultProxy
from tests.harness.sink import Sink

if TYPE_CHECKING:
    import trustme

    from tests.harness.emulators import Emulator

_bucket_numbers = count(1)


def _session_emulator(tmp_path_factory: pytest.TempPathFactory, name: str, **options: Any) -> Iterator[Emulator]:
    emulator = emulators.start(name, tmp_path_factory.mktemp(name), **options)
    yield emulator
    emulator.stop()


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """moto's server, one per test process. Not reset between tests: use ``aws``, or reset it."""
    yield from _session_emulator(tmp_path_factory, "moto")


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """ministack, one per test process. Not reset between tests: use ``aws``, or reset it."""
    yield from _session_emulator(tmp_path_factory, "ministack")


@pytest.fixture(scope="session")
def _ministack_with_iam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    yield from _session_emulator(tmp_path_factory, "ministack", enforce_iam=True)


@pytest.fixture
def ministack_auth(_ministack_with_iam: Emulator) -> Emulator:
    """ministack that checks signatures and enforces IAM policies, emptied; ``user`` makes keys that may do little."""
    _ministack_with_iam.reset()
    return _ministack_with_iam


@pytest.fixture(params=["moto", "ministack"])
def aws(request: pytest.FixtureRequest) -> Emulator:
    """Each of the two emulators in turn, emptied."""
    emulator: Emulator = request.getfixturevalue(request.param)
    emulator.reset()
    return emulator


@pytest.fixture
def bucket(aws: Emulator) -> str:
    """The name of a new, empty bucket in ``us-east-1`` of ``aws``."""
    name = f"bucket-{next(_bucket_numbers)}"
    aws.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def faults(aws: Emulator) -> Iterator[FaultProxy]:
    """A fault proxy before ``aws``: give its ``url`` instead of the emulator's."""
    with FaultProxy(aws.url) as proxy:
        yield proxy


@dataclass(frozen=True)
class Down:
    """An address where nobody listens, and nobody else can as long as the test runs."""

    url: str


@pytest.fixture
def down() -> Iterator[Down]:
    """An endpoint that is down: connections are refused."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # but not listening
        yield Down(f"http://127.0.0.1:{bound.getsockname()[1]}")


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A second listener where nothing should arrive."""
    with Sink() as listener:
        yield listener


@pytest.fixture(scope="session")
def certificate_authority() -> trustme.CA:
    """An authority nobody trusts unless told to."""
    import trustme

    return trustme.CA()


@pytest.fixture
def ca_bundle(certificate_authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The authority's certificate in a file, as ``--ca-bundle`` takes it."""
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    certificate_authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def tls_faults(aws: Emulator, certificate_authority: trustme.CA) -> Iterator[FaultProxy]:
    """A fault proxy that speaks https as ``127.0.0.1`` and ``localhost``; clients need ``ca_bundle``."""
    with FaultProxy(aws.url, tls=_context(certificate_authority, "127.0.0.1", "localhost")) as proxy:
        yield proxy


@pytest.fixture
def wrong_host_faults(aws: Emulator, certificate_authority: trustme.CA) -> Iterator[FaultProxy]:
    """A fault proxy whose certificate, of the same authority, is for another host."""
    with FaultProxy(aws.url, tls=_context(certificate_authority, "elsewhere.example")) as proxy:
        yield proxy


def _context(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context
