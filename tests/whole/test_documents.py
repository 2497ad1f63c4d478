"""What the documents show is what happens: the README's tour word for word, other command lines as far as they go."""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from stackpane import Command, Outcome, View
from stackpane.app import App, Run

if TYPE_CHECKING:
    from tests.harness.cli import Cli

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/*.md")), ROOT / "core/README.md"]
DOCUMENTS += sorted(ROOT.glob("plugins/*/README.md"))

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ")
_VERSION_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _tour() -> list[tuple[str, str]]:
    """The command lines of the README's console blocks, each with the output shown there."""
    blocks = re.findall(r"^```console\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    return [tuple(step.split("\n", 1)) for block in blocks for step in re.split(r"^\$ ", block, flags=re.M) if step]


def _settled(output: str) -> list[str]:
    """The lines, without what differs from run to run."""
    text = _VERSION_ID.sub("VERSION", _MOMENT.sub("MOMENT", output))
    return [line.rstrip() for line in text.rstrip().splitlines()]


def test_the_tour_of_the_readme_is_what_happens_on_the_demo(cli: Cli) -> None:
    steps = _tour()
    assert len(steps) >= 5
    demo = cli.start("demo", "--no-tour")
    assert demo.stdout is not None
    assert any(b"Ctrl-C ends it." in line for line in demo.stdout)
    for line, shown in steps:
        program, *words = shlex.split(line)
        assert program == "stackpane"
        result = cli(*words)
        assert _settled(result.text + result.errors) == _settled(shown), line
    cli.interrupt(demo)


def test_every_link_to_a_file_leads_to_one() -> None:
    links = [
        (document.relative_to(ROOT), target)
        for document in DOCUMENTS
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    ]
    assert links
    assert [link for link in links if not (ROOT / link[0].parent / link[1]).exists()] == []


def _command_lines() -> Iterator[tuple[str, str]]:
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for found in re.finditer(r"^(?: {4}|\$ )(stackpane .*?)(?:  .*)?$|`(stackpane [^`…]+)`", text, re.M):
            yield str(document.relative_to(ROOT)), (found[1] or found[2]).strip()


class OnlyParsed(Run):
    """A run that goes no further than the command line."""

    def run(self, command: Command, params: Mapping[str, Any]) -> View:
        return Outcome("understood")


@pytest.mark.parametrize(("document", "line"), list(_command_lines()))
def test_a_command_line_in_a_document_is_understood(document: str, line: str) -> None:
    app = App()
    # A placeholder (FILE, URL) may be no good value, which is as far as it can be understood.
    with contextlib.suppress(click.BadParameter, click.BadOptionUsage, click.exceptions.Exit):
        assert app.run_in(OnlyParsed(app), shlex.split(line)[1:]) == Outcome("understood")
