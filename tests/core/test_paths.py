"""The folders are those of platformdirs, however they are arrived at."""

import platformdirs
import pytest

from stackpane import paths


@pytest.mark.parametrize("kind", ["config", "data", "state", "cache"])
@pytest.mark.parametrize("given", [None, "", "/elsewhere", "/elsewhere/", "relative", " "])
def test_the_folders_are_those_of_platformdirs(kind: str, given: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"XDG_{kind.upper()}_HOME"
    if given is None:
        monkeypatch.delenv(name, raising=False)
    else:
        monkeypatch.setenv(name, given)
    expected = getattr(platformdirs, f"user_{kind}_path")("stackpane", appauthor=False)
    assert getattr(paths, f"{kind}_folder")() == expected
