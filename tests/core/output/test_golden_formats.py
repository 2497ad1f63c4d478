"""What each view looks like in each format is a contract, kept as bytes in ``golden/``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.core.output.golden import FOLDER, cases, content

if TYPE_CHECKING:
    from stackpane.views import View


@pytest.mark.parametrize(("name", "view", "options"), [pytest.param(*case, id=case[0]) for case in cases()])
def test_output_is_what_the_golden_file_says(name: str, view: View, options: dict[str, Any]) -> None:
    assert content(view, options) == (FOLDER / name).read_bytes()


def test_every_golden_file_is_somebodys() -> None:
    assert {path.name for path in FOLDER.iterdir()} - {".gitattributes"} == {name for name, _, _ in cases()}
