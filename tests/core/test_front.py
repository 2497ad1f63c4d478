"""The front command: a face that a plugin brings is what opens where the program is called alone on a terminal."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stackpane.app import App
from stackpane.discovery import Candidate
from stackpane.plugins import Registry

if TYPE_CHECKING:
    from tests.harness.cli import Cli
    from tests.harness.terminal import TerminalFactory

FACE = """
import click
import stackpane
from stackpane import CommandReference, Document, hookimpl

@stackpane.command("face", needs="runner")
@click.argument("address", nargs=-1)
def face(run, address):
    given = {name: value for name, value in run.given.items() if value}
    return Document(f"The face at {given} {address}\\n".encode(), "text/plain")

@hookimpl
def stackpane_commands():
    return [CommandReference("face", "A face.", "a_face:face", front=True)]
"""


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """The environment in which the face is the one plugin that is installed."""
    folder = tmp_path / "site"
    info = folder / "a_face-1.dist-info"
    info.mkdir(parents=True)
    (folder / "a_face.py").write_text(FACE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: a-face\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[stackpane]\na_face = a_face\n")
    path = os.pathsep.join([str(folder), os.environ["PYTHONPATH"]])
    return {"PYTHONPATH": path, "STACKPANE_PLUGINS": "a_face"}


def test_alone_on_a_terminal_it_opens(terminal: TerminalFactory, env: dict[str, str]) -> None:
    shown = terminal(env=env)
    assert shown.wait() == 0
    assert shown.text == "The face at {} ()"


def test_global_options_say_where(terminal: TerminalFactory, env: dict[str, str]) -> None:
    shown = terminal("-c", "lab", "--read-only", env=env)
    assert shown.wait() == 0
    assert shown.text == "The face at {'connections': ('lab',), 'read_only': True} ()"


@pytest.mark.parametrize("argv", [["--help"], ["-c", "lab", "--help"], ["--no-such-option"], ["plugins"]])
def test_any_other_command_line_means_what_it_says(
    terminal: TerminalFactory, env: dict[str, str], argv: list[str]
) -> None:
    shown = terminal(*argv, env=env)
    shown.wait()
    assert "The face" not in shown.text


def test_without_a_terminal_and_without_a_face_there_is_help(
    terminal: TerminalFactory, cli: Cli, env: dict[str, str]
) -> None:
    assert "Usage: stackpane" in cli(env=env).errors + cli(env=env).text
    shown = terminal(env={"STACKPANE_PLUGINS": ""}, rows=60)
    shown.wait()
    assert "Usage: stackpane" in shown.text


def test_a_program_without_a_face_has_no_front() -> None:
    assert App(plugins=Registry([Candidate("s3", "stackpane_s3")])).front() is None
    assert App(plugins=Registry([Candidate("tui", "stackpane_tui")])).front() == "tui"
