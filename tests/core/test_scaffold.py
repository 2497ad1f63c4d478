"""A new plugin is the example plugin under another name, and passes its own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stackpane.errors import InvalidInput
from stackpane.scaffold import write

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "stackpane-hello"


def texts(folder: Path) -> dict[str, str]:
    wanted = (".py", ".toml", ".md")
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.suffix in wanted and "site-packages" not in path.parts
    }


def test_the_template_is_the_example(tmp_path: Path) -> None:
    assert texts(write("hello", tmp_path)) == texts(EXAMPLE)


def test_a_name_with_a_dash_gives_names_that_python_takes(tmp_path: Path) -> None:
    made = texts(write("step-functions", tmp_path))
    assert set(made) >= {"pyproject.toml", "src/stackpane_step_functions/__init__.py", "tests/test_step_functions.py"}
    assert 'step-functions = "stackpane_step_functions"' in made["pyproject.toml"]
    for name, text in made.items():
        assert "hello" not in text, name
        if name.endswith(".py"):
            compile(text, name, "exec")


@pytest.mark.parametrize("name", ["", "A", "a_b", "-a", "a-", "a--b", "../x", "a b", "1a", "é"])
def test_a_name_that_cannot_be_a_command_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot name a plugin"):
        write(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    write("new", tmp_path)
    with pytest.raises(InvalidInput, match="is there already"):
        write("new", tmp_path)


@pytest.mark.parametrize("name", ["news", "two-words"])
def test_a_new_plugin_passes_its_tests(name: str, tmp_path: Path) -> None:
    folder = write(name, tmp_path)
    # What `pip install -e` leaves behind, without asking a package index for the build tools.
    info = folder / "src" / "installed.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: stackpane-{name}\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text(f"[stackpane]\n{name} = stackpane_{name.replace('-', '_')}\n")
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout + tested.stderr
