"""A file system that fills up for real."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

SIZE = 2 << 20
"""Bytes that fit on ``small_disk``, file names and all."""


@pytest.fixture
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty folder on a file system of its own with room for 2 MiB; skips the test where none may be mounted."""
    folder = tmp_path_factory.mktemp("small-disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0777", "small-disk", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as failure:
        pytest.skip(f"needs the right to mount a file system: {failure}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)
