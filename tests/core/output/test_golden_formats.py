"""What each view looks like in each format is a contract, kept as bytes in ``golden/``."""

from __future__ import annotations

from typing import Any

import pytest

from stackpane.views import View
from tests.core.output.golden import FOLDER, cases, content


@pytest.mark.parametrize(("name", "view", "options"), [pytest.param(*case, id=case[0]) for case in cases()])
def test_output_is_what_the_golden_file_says(name: str, view: View, options: dict[str, Any]) -> None:
    assert content(view, options) == (FOLDER / name).read_bytes()


def test_every_golden_file_is_somebodys() -> None:
    assert {path.name for path in FOLDER.iterdir()} - {".gitattributes"} == {name for name, _, _ in cases()}
