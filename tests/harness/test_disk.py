import errno
import os
from pathlib import Path

import pytest

from tests.harness.disk import SIZE


def test_a_small_disk_is_full_after_its_size(small_disk: Path) -> None:
    (small_disk / "fits").write_bytes(os.urandom(SIZE // 2))
    with pytest.raises(OSError, match="No space left") as full:
        (small_disk / "does not").write_bytes(os.urandom(SIZE))
    assert full.value.errno == errno.ENOSPC
    assert (small_disk / "fits").stat().st_size == SIZE // 2
