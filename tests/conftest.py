"""Fixtures of every test: isolation for all; emulators, faults, terminals for those that ask (``tests/harness``)."""

import pytest

pytest.register_assert_rewrite("tests.harness")

pytest_plugins = (
    "tests.harness.isolation",
    "tests.harness.fixtures",
    "tests.harness.cli",
    "tests.harness.terminal",
)
