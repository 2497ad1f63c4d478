"""The harness's fixtures for emulators: what a test asks for by name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from tests.harness import emulators

if TYPE_CHECKING:
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
