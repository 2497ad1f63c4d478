"""The distributions fit each other: versions, bounds, extras, entry points, and what their wheels hold."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import stackpane

ROOT = Path(__file__).parents[2]


def _read(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))


CORE = _read(ROOT / "core")["project"]
PLUGINS = {folder.parent.name: _read(folder.parent) for folder in sorted(ROOT.glob("plugins/*/pyproject.toml"))}
MEMBERS = [ROOT / "core", *(ROOT / "plugins" / name for name in PLUGINS)]
each_plugin = pytest.mark.parametrize("folder", PLUGINS)
each_member = pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)


def test_there_are_plugins_to_look_at() -> None:
    assert "s3" in PLUGINS


def test_the_core_says_the_version_it_is_packaged_as() -> None:
    assert stackpane.__version__ == CORE["version"]


@each_plugin
def test_a_plugin_moves_in_step_with_the_core_and_asks_for_its_minor_version(folder: str) -> None:
    project = PLUGINS[folder]["project"]
    assert project["version"] == CORE["version"]
    wanted = next(each for each in map(Requirement, project["dependencies"]) if each.name == "stackpane")
    version = Version(CORE["version"])
    assert version in wanted.specifier
    assert f"{version.major}.{version.minor + 1}" not in wanted.specifier
    assert project["requires-python"] == CORE["requires-python"]


@each_plugin
def test_a_plugin_is_named_alike_everywhere(folder: str) -> None:
    project = PLUGINS[folder]["project"]
    name = folder.rstrip("_")  # lambda_: a Python keyword cannot name a folder that holds a package
    assert project["name"] == f"stackpane-{name}"
    assert project["entry-points"] == {"stackpane": {name: f"stackpane_{name}"}}
    assert (ROOT / "plugins" / folder / "src" / f"stackpane_{name}" / "__init__.py").is_file()
    assert CORE["optional-dependencies"][name] == [f"stackpane-{name}"]


def test_all_means_every_plugin() -> None:
    (everything,) = map(Requirement, CORE["optional-dependencies"]["all"])
    assert everything.name == "stackpane"
    assert {folder.rstrip("_") for folder in PLUGINS} <= everything.extras


@each_member
def test_a_distribution_has_a_readme_and_the_licence(member: Path) -> None:
    project = _read(member)["project"]
    assert len((member / project["readme"]).read_text(encoding="utf-8").split()) > 30
    assert project["license"] == "MIT"
    assert (member / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


@each_member
def test_a_wheel_is_typed_licensed_and_whole(member: Path, tmp_path: Path) -> None:
    names, metadata = _wheel(member, tmp_path)
    (package,) = (folder.name for folder in (member / "src").iterdir() if (folder / "__init__.py").is_file())
    assert f"{package}/py.typed" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    sources = {file.relative_to(member / "src").as_posix() for file in (member / "src" / package).rglob("*.*")}
    assert {name for name in sources if "__pycache__" not in name} <= names
    assert metadata["License-Expression"] == "MIT"
    assert str(metadata.get_payload()).strip()


def _wheel(member: Path, folder: Path) -> tuple[set[str], Message]:
    """The names in the member's wheel, and its metadata."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=member, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (about,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        return names, Parser().parsestr(archive.read(about).decode())


def _constraints() -> dict[str, Version]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9A-Za-z.+!]+", line) for line in pins), "only names and versions"
    return {canonicalize_name(name): Version(version) for name, _, version in (pin.partition("==") for pin in pins)}


def test_every_dependency_is_pinned_at_a_version_its_range_admits() -> None:
    pins = _constraints()
    groups = [CORE["dependencies"], *CORE["optional-dependencies"].values(), _read(ROOT)["dependency-groups"]["dev"]]
    groups += [plugin["project"]["dependencies"] for plugin in PLUGINS.values()]
    wanted = [each for group in groups for each in map(Requirement, group) if not each.name.startswith("stackpane")]
    assert wanted
    for each in wanted:
        pin = pins.get(canonicalize_name(each.name))
        assert pin is not None, f"{each.name} has no pin"
        assert each.specifier.contains(pin), f"{each} and {pin}"
    assert "uv" in pins
