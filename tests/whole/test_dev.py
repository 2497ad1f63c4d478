"""``./dev``: what it does before there is an environment in which anything could be tested."""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
DEV = ROOT / "dev"


@pytest.fixture
def dev() -> ModuleType:
    """The script, imported."""
    loader = importlib.machinery.SourceFileLoader("dev", str(DEV))
    spec = importlib.util.spec_from_loader("dev", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def run(*words: str, program: str = "") -> subprocess.CompletedProcess[str]:
    """Run the script, or ``program`` with the script's words."""
    command = [sys.executable, "-c", program, *words] if program else [sys.executable, str(DEV), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PATH": ""})


def test_an_old_python_can_read_it_and_is_told_which_one_is_needed() -> None:
    source = DEV.read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))
    old = "import sys; sys.version_info = (3, 8, 18, 'final', 0); exec(compile(open({!r}).read(), 'dev', 'exec'))"
    result = run("test", program=old.format(str(DEV)))
    assert result.returncode == 1
    assert "needs Python 3.11 or newer, and this is Python 3.8" in result.stderr
    assert "Traceback" not in result.stderr


def test_without_words_it_says_what_it_can_do() -> None:
    result = run()
    assert result.returncode == 0
    assert "./dev test" in result.stdout


def test_an_unknown_command_sets_nothing_up() -> None:
    result = run("tset")
    assert result.returncode == 2
    assert "no such command: tset" in result.stderr


def test_every_distribution_of_the_checkout_is_installed(dev: ModuleType) -> None:
    files = [file.relative_to(ROOT) for file in ROOT.rglob("pyproject.toml")]
    found = {ROOT / file.parent for file in files if not {".venv", "src"} & set(file.parts)} - {ROOT}
    assert set(dev.members()) == found
    assert {str(member) for member in found} <= set(dev.requirements())


def test_what_is_installed_is_stale_once_a_pin_or_a_place_changes(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, made_from = dev.state()
    assert dev.state() == (place, made_from)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    before = dev.state()[1]
    with (tmp_path / "constraints.txt").open("a") as file:
        file.write("another==1.0\n")
    assert dev.state()[1] != before
    monkeypatch.setattr(dev, "VENV", tmp_path / ".venv")
    assert dev.state()[0] != place


def test_a_python_without_ensurepip_is_told_what_to_install(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        dev.make_venv()


def test_an_environment_it_did_not_make_is_left_alone(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "VENV", tmp_path)
    monkeypatch.setattr(dev, "STAMP", tmp_path / "made-by-dev")
    with pytest.raises(SystemExit, match="was not made by this script"):
        dev.make_venv()
