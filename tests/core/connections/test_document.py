"""The page about connections says what the code does: every option, setting, source and keyring."""

from __future__ import annotations

import tomllib
from pathlib import Path

import click
import pytest

from stackpane.connections.backends import TRUSTED, in_words
from stackpane.connections.catalogue import BUILT_IN, LOCALSTACK
from stackpane.connections.commands import connection as group
from stackpane.connections.model import Source
from stackpane.connections.resolve import FALLBACK_REGION
from stackpane.connections.tables import from_table, to_table
from tests.core.connections.test_store import FULL

PAGE = (Path(__file__).parents[3] / "docs" / "connections.md").read_text()


def test_every_option_of_add_is_there() -> None:
    add = group.get_command(click.Context(group), "add")
    assert add is not None
    options = {option for parameter in add.params if isinstance(parameter, click.Option) for option in parameter.opts}
    assert {option for option in options if f"`{option}" not in PAGE} == set()


def test_the_example_of_the_file_is_valid_and_has_every_key() -> None:
    blocks = PAGE.split("```toml\n")[1:]
    example = tomllib.loads(blocks[0].partition("```")[0])
    table = {**example["connections"]["prod"], "external_id": "ext-1"}
    assert from_table("prod", table).name == "prod"
    elsewhere = {"connection", "keyring", "access_key"}
    assert set(table) == set(to_table(FULL)) - elsewhere
    assert all(f"`{key}" in PAGE for key in elsewhere)


@pytest.mark.parametrize(
    "word", [*BUILT_IN, *Source, LOCALSTACK, FALLBACK_REGION, *sorted({in_words(name) for name in TRUSTED})]
)
def test_every_name_is_there(word: str) -> None:
    assert word.removesuffix(" through libsecret") in PAGE
