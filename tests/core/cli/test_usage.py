"""A command line that is not finished shows its help, line by line; one that is wrong says so in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.harness.cli import Invoke


@pytest.mark.parametrize("words", [[], ["s3"], ["lambda", "event"]], ids=lambda words: " ".join(words) or "none")
def test_without_a_command_the_help_is_shown(invoke: Invoke, words: list[str]) -> None:
    ran = invoke(*words)
    assert (ran.exit_code, ran.stdout) == (252, b"")
    assert ran.errors == invoke(*words, "--help").ok().text


def test_a_wrong_command_is_one_line_and_the_way_to_the_help(invoke: Invoke) -> None:
    ran = invoke("s3", "lst")
    assert (ran.exit_code, ran.stdout) == (252, b"")
    assert ran.errors.splitlines() == [
        "error: No such command 'lst'. Did you mean ls?",
        "See: stackpane s3 --help",
    ]
