"""Plugins are installed for real: distributions with entry points, in a folder on another process's path."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stackpane import paths

THIN = """
from stackpane import Link, Service, hookimpl

@hookimpl
def stackpane_service():
    hi = Link.to("{name} hi")
    return Service("{name}", "{name}", "Says hello.", "{module}_commands:group", home=hi, probe=hi)
"""
COMMANDS = '''
import stackpane
from stackpane import Column, Table

@stackpane.command("hi", needs="runner")
def hi(run):
    """Say hi."""
    return Table.of([Column("Said")], [("hi",)])

group = stackpane.group("{name}", "Says hello.", {{"hi": "{module}_commands:hi"}})
'''


class Site:
    """A folder of installed distributions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(
        self,
        name: str,
        module_text: str | None = None,
        *,
        distribution: str = "",
        requires: str = "",
        commands: str = "",
    ) -> None:
        distribution = distribution or f"stackpane-{name}"
        module = distribution.replace("-", "_")
        info = self.folder / f"{module}-1.0.dist-info"
        info.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n"
        (info / "METADATA").write_text(metadata + (f"Requires-Dist: {requires}\n" if requires else ""))
        (info / "entry_points.txt").write_text(f"[stackpane]\n{name} = {module}\n")
        text = THIN.format(name=name, module=module) if module_text is None else module_text
        (self.folder / f"{module}.py").write_text(text)
        (self.folder / f"{module}_commands.py").write_text(commands or COMMANDS.format(name=name, module=module))

    def run(self, *argv: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "stackpane", *argv],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(self.folder), **env},
        )

    def states(self, **env: str) -> dict[str, tuple[str, str]]:
        rows = json.loads(self.run("plugins", "-o", "json", **env).stdout)
        return {row["Name"]: (row["State"], row["Error"] or "") for row in rows}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    folder = tmp_path / "site"
    folder.mkdir()
    made = Site(folder)
    made.install("good")
    return made


def test_a_plugin_is_found_listed_and_run(site: Site) -> None:
    assert "good" in site.run("--help").stdout
    assert json.loads(site.run("good", "hi", "-o", "json").stdout) == [{"Said": "hi"}]
    (row,) = [row for row in json.loads(site.run("plugins", "-o", "json").stdout) if row["Name"] == "good"]
    assert (row["Version"], row["State"], row["Distribution"], row["Hooks"]) == (
        "1.0",
        "loaded",
        "stackpane-good",
        "service",
    )
    assert row["LoadTime"] > 0


BROKEN = {
    "raises": ("raise RuntimeError('no luck')", "RuntimeError: no luck"),
    "missing": ("import no_such_module_anywhere", "No module named"),
    "syntax": ("def broken(:", "SyntaxError"),
    "exits": ("raise SystemExit(7)", "SystemExit: 7"),
    "misspelt": (
        "from stackpane import hookimpl\n@hookimpl\ndef stackpane_servise():\n    return None",
        "unknown hook 'stackpane_servise'",
    ),
    "arguments": (
        "from stackpane import hookimpl\n@hookimpl\ndef stackpane_open(place):\n    return None",
        "place",
    ),
    "wrongtype": (
        "from stackpane import hookimpl\n@hookimpl\ndef stackpane_service():\n    return 'x'",
        "not a Service",
    ),
    "othername": (THIN.format(name="good", module="x"), "its service is named 'good'"),
    "hookraises": (
        "from stackpane import hookimpl\n@hookimpl\ndef stackpane_service():\n    return 1/0",
        "ZeroDivision",
    ),
    "takes": (
        (
            "from stackpane import hookimpl, CommandReference\n@hookimpl\ndef stackpane_commands():\n"
            "    return [CommandReference('doctor', 'x', 'x:y')]"
        ),
        "Stackpane's own",
    ),
    "notcommand": (
        "from stackpane import hookimpl\n@hookimpl\ndef stackpane_commands():\n    return ['x']",
        "not a CommandReference",
    ),
    "bytes": ("x = '\x00'", "null bytes"),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_plugin_costs_only_itself(site: Site, name: str) -> None:
    module_text, reason = BROKEN[name]
    site.install(name, module_text)
    ran = site.run("good", "hi", "-o", "json")
    assert (json.loads(ran.stdout), ran.stderr, ran.returncode) == ([{"Said": "hi"}], "", 0)
    helped = site.run("--help")
    assert helped.returncode == 0
    assert "good" in helped.stdout
    told = [line for line in helped.stderr.splitlines() if name in line]
    assert len(told) == 1
    assert reason in told[0]
    assert site.states()[name][0] == "quarantined"
    assert reason in site.states()[name][1]
    asked = site.run(name, "hi")
    assert asked.returncode == 252
    assert reason in asked.stderr


def test_a_command_that_cannot_be_imported_fails_alone_and_says_where(site: Site) -> None:
    site.install("late", commands="raise RuntimeError('too late')")
    failed = site.run("late", "hi")
    assert failed.returncode == 255
    assert "the command 'late' cannot be loaded: RuntimeError: too late" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert site.run("good", "hi").returncode == 0


def test_two_plugins_of_one_name_are_both_left_out(site: Site) -> None:
    site.install("twin")
    site.install("twin", distribution="other-twin")
    state, error = site.states()["twin"]
    assert state == "quarantined"
    assert "other-twin, stackpane-twin" in error


def test_a_plugin_cannot_take_a_core_commands_name(site: Site) -> None:
    site.install("policy")
    assert site.states()["policy"][0] == "quarantined"
    assert "Version" in site.run("policy").stdout


def test_a_plugin_for_another_version_of_stackpane_is_left_out(site: Site) -> None:
    site.install("future", requires="stackpane>=99")
    site.install("present", requires="stackpane>=0.1,<1")
    states = site.states()
    assert states["present"][0] == "loaded"
    assert states["future"][0] == "quarantined"
    assert "it needs stackpane>=99" in states["future"][1]


def test_an_environment_variable_says_which_plugins_are_loaded(site: Site) -> None:
    site.install("other")
    states = {name: state for name, (state, _) in site.states(STACKPANE_PLUGINS="good").items()}
    assert states.pop("good") == "loaded"
    assert {"other", "s3"} <= set(states)
    assert set(states.values()) == {"off"}
    none = site.run("--help", STACKPANE_PLUGINS="")
    assert none.returncode == 0
    assert "Services" not in none.stdout
    assert "good" not in none.stdout
    assert "'nothere', which is not installed" in site.run("--help", STACKPANE_PLUGINS="nothere").stderr


def test_what_is_installed_or_removed_is_seen_at_the_next_start(site: Site) -> None:
    assert "late" not in site.states()
    site.install("late")
    assert site.states()["late"][0] == "loaded"
    shutil.rmtree(site.folder / "stackpane_late-1.0.dist-info")
    assert "late" not in site.states()


def test_a_damaged_cache_of_plugins_is_made_anew(site: Site) -> None:
    site.states()
    files = (paths.cache_folder() / "plugins").iterdir()
    (kept,) = [path for path in files if str(site.folder) in path.read_text()]
    for damage in ("", "{", "[]", '{"key": 1}', kept.read_text().replace('"module"', '"modul"')):
        kept.write_text(damage)
        assert site.states()["good"][0] == "loaded"


def test_debug_makes_a_broken_plugin_fatal_for_its_author(site: Site) -> None:
    site.install("mine", "raise RuntimeError('no luck')")
    failed = site.run("--debug", "plugins")
    assert failed.returncode != 0
    assert "RuntimeError: no luck" in failed.stderr
