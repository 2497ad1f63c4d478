"""The plugin tutorial says what the code says: its snippets are the example's, its hooks are all hooks."""

from __future__ import annotations

import dataclasses
import inspect
import re
from pathlib import Path

import pytest

import stackpane
from stackpane import hookspecs, views
from stackpane.calls import Call

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "plugins.md").read_text()
EXAMPLE = ROOT / "examples" / "stackpane-hello"
SOURCES = [path.read_text() for path in EXAMPLE.rglob("*") if path.suffix in (".py", ".toml")]
SNIPPETS = re.findall(r"```(?:python|toml)\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: snippet.splitlines()[0])
def test_a_snippet_of_the_page_is_part_of_the_example(snippet: str) -> None:
    parts = [part for part in snippet.split("\n\n[") if part.strip()]
    for number, part in enumerate(parts):
        text = part if number == 0 else f"[{part}"
        assert any(text.strip() in source for source in SOURCES), text


def test_every_hook_stands_on_the_page_with_its_signature() -> None:
    hooks = {
        name: f"{name}{inspect.signature(function)}".replace("'", "")
        for name, function in vars(hookspecs.Hooks).items()
        if name.startswith("stackpane_")
    }
    documented = {
        line.partition("(")[0]: line.replace("\\|", "|") for line in re.findall(r"^\| `(stackpane_.*?)`", PAGE, re.M)
    }
    assert documented == hooks


def test_every_view_and_every_field_of_a_call_stands_on_the_page() -> None:
    for view in views.View.__args__:
        assert f"| `{view.__name__}` |" in PAGE
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.M)[: len(dataclasses.fields(Call))] == [
        "name",
        "actions",
        "arns",
        "effect",
        "note",
        "optional",
        "lean",
        "reading",
        "only_reads",
    ]
    assert {field.name for field in dataclasses.fields(Call)} == {
        "name", "actions", "arns", "effect", "note", "optional", "lean", "reading", "only_reads"
    }  # fmt: skip


def test_the_example_is_as_short_as_the_page_says() -> None:
    (said,) = re.findall(r"in (\d+) lines", PAGE)
    assert len((EXAMPLE / "src/stackpane_hello/__init__.py").read_text().splitlines()) <= int(said)


def test_everything_that_stackpane_offers_can_be_imported() -> None:
    for name in stackpane.__all__:
        assert getattr(stackpane, name) is not None
    with pytest.raises(AttributeError):
        stackpane.no_such_name  # noqa: B018
