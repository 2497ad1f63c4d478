"""A link is the same thing as a value, as argv and as an address."""

import os
import shlex
import subprocess

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stackpane.links import Link, quote, spelled_out, split
from stackpane.text import is_plain
from tests.harness import hostile

WORDS = st.text(st.characters(blacklist_categories=["Cs"]))
NAMES = WORDS.filter(lambda word: not word.startswith("-"))


def links() -> st.SearchStrategy[Link]:
    """Links as commands make them: the command's name first, then any words."""
    argv = st.builds(lambda first, rest: (first, *rest), st.sampled_from(["s3", "open", "logs"]), st.lists(WORDS))
    place = st.none() | NAMES
    return st.builds(Link, argv, connection=place, region=place)


@given(links())
@example(Link(("s3", "ls", "s3://b/$'x'")))
@example(Link(("s3", "ls", "a\\'b\x1b]0;x\x07")))
@example(Link(("s3", "ls", "")))
@example(Link(("s3",), connection=""))
def test_a_link_survives_argv_and_address(link: Link) -> None:
    assert Link.from_argv(link.to_argv()) == link
    assert Link.from_address(link.address) == link
    assert Link.from_address(link.command_line) == link


@given(links())
def test_an_address_is_one_printable_line(link: Link) -> None:
    assert is_plain(link.address)


@given(st.lists(WORDS.filter(lambda word: "\x00" not in word), min_size=1, max_size=4))
def test_split_reads_what_quote_wrote(words: list[str]) -> None:
    assert split(" ".join(map(quote, words))) == words


@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_bash_reads_an_address_as_we_do_in_every_locale(locale: str) -> None:
    words = [*hostile.KEYS.values(), "", "no UTF-8: \udcff\udc80a1", "$'x'"]
    words.remove(hostile.KEYS["NUL"])
    assert _read_by_bash(words, locale) == words


def test_a_nul_passes_through_a_shell_that_cannot_hold_one() -> None:
    words = ["a\0b", "it's \0 $HOME", "\0", "--name=\0\x1b", "\0 $'\0'"]
    assert spelled_out(_read_by_bash(words)) == words
    assert split(" ".join(map(quote, words))) == words


def test_a_word_that_looks_like_one_with_a_nul_stays_itself() -> None:
    words = [r"$'a\x00b'", quote("a\0b"), r"$'a\x00", r"a$'\x00'", "$'plain'"]
    assert spelled_out(_read_by_bash(words)) == words
    assert split(" ".join(map(quote, words))) == words


def _read_by_bash(words: list[str], locale: str = "C.UTF-8") -> list[str]:
    script = f"printf '%s\\0' {' '.join(map(quote, words))}"
    read = subprocess.run(["bash", "-c", script], capture_output=True, check=True, env={"LC_ALL": locale}).stdout
    return os.fsdecode(read).split("\0")[:-1]


@given(st.text(st.characters(whitelist_categories=["L", "N", "P", "Zs"])))
def test_split_agrees_with_shlex_where_nothing_is_ansi_quoted(line: str) -> None:
    try:
        expected = shlex.split(line)
    except ValueError:
        with pytest.raises(ValueError, match=r"quotation|escaped"):
            split(line)
    else:
        assert split(line) == expected


def test_options_are_written_so_that_no_value_can_be_read_as_an_option() -> None:
    link = Link.to("s3 ls", "-odd", "s3://b", limit=5, recursive=True, since=None, all=False, tag=["a=1", "b=2"])
    assert link.argv == ("s3", "ls", "--limit=5", "--recursive", "--tag=a=1", "--tag=b=2", "--", "-odd", "s3://b")


def test_a_region_or_connection_after_the_command_is_the_commands_own() -> None:
    link = Link.from_argv(["-c", "prod", "--region=eu-west-1", "s3", "ls", "-c", "x"])
    assert (link.connection, link.region, link.argv) == ("prod", "eu-west-1", ("s3", "ls", "-c", "x"))
