"""Loaded by every Python process that a test starts (the folder is on its ``PYTHONPATH``): keeps it on loopback."""

from tests.harness.netguard import install

install()
