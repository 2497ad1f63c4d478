"""The kit for plugin authors: run commands, look at their views, and prove that the plugin keeps the contract.

In a plugin's ``conftest.py``::

    pytest_plugins = ["stackpane.testing.fixtures"]

gives the fixtures ``kit`` (a ``Kit`` on a fresh emulator) and ``aws_endpoint`` (its URL); in a test module::

    from stackpane.testing import PluginContract

    class TestContract(PluginContract):
        plugin = "hello"
        runs = ("hello ls", "hello show a")

adds the tests of the contract. It needs ``pip install 'stackpane[testing]'``.
"""

import pytest

# so that a failure of the contract shows the values compared, as one of the author's own tests does
pytest.register_assert_rewrite("stackpane.testing.contract")

from stackpane.testing.contract import PluginContract  # noqa: E402
from stackpane.testing.kit import HOSTILE_TEXTS, Kit, Ran, unsafe_characters  # noqa: E402

__all__ = ["HOSTILE_TEXTS", "Kit", "PluginContract", "Ran", "unsafe_characters"]
