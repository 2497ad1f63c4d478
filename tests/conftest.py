"""Fixtures of every test: isolation for all; emulators, faults, terminals for those that ask (``tests/harness``)."""

import pytest
from hypothesis import settings

pytest.register_assert_rewrite("tests.harness")

pytest_plugins = (
    "tests.harness.isolation",
    "tests.harness.fixtures",
    "tests.harness.cli",
    "tests.harness.terminal",
    "tests.harness.canary",
    "tests.harness.disk",
    "tests.harness.patience",
)

# the same examples in every run and on every machine, and no clock decides
settings.register_profile("stackpane", derandomize=True, deadline=None, database=None)
settings.load_profile("stackpane")
