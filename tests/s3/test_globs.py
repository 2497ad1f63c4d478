"""Globs: what they match, and that pruning by parts never loses a match."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane_s3.globs import Glob, is_glob, literal_prefix, part_matches


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("*.jpg", ["a.jpg", ".jpg", "a\nb.jpg"], ["a/b.jpg", "a.jpgx", "a.jpeg"]),
        ("2026/*/a?.jpg", ["2026/07/a1.jpg"], ["2026/a1.jpg", "2026/07/08/a1.jpg", "2026/07/a/.jpg", "2026/07/a.jpg"]),
        ("log-[0-9][!0-9]", ["log-1x"], ["log-11", "log-x1", "log-1/"]),
        ("[]x]", ["]", "x"], ["[]x]", "y"]),
        ("[!]]", ["x"], ["]", "/"]),
        ("**", ["a", "a/b", "a/"], []),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/xb", "a/b/c"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "b/a"]),
        ("a**/b", ["a/b", "ax/y/b", "a//b"], ["ab"]),
        ("**/*.jpg", ["x.jpg", "a/b/x.jpg"], ["x.jpeg"]),
        ("a[*]b", ["a*b"], ["axb"]),
        ("a[?][[]1]", ["a?[1]"], ["ax[1]"]),
        ("a[b", ["a[b"], ["ab"]),
        ("a[^b]", ["a^", "ab"], ["ac"]),
        (r"a[\d]", [r"a\ ".strip(), "ad"], ["a1"]),
        ("x[&&~~||a-c--]", ["x&", "x|", "xb", "x-"], ["xd"]),
        ("x[z-a]", [], ["xz", "xb", "x"]),
        ("a.b*", ["a.bc"], ["axbc"]),
    ],
)
def test_a_glob_matches_as_in_a_shell(pattern: str, matching: list[str], others: list[str]) -> None:
    glob = Glob(pattern)
    assert [key for key in [*matching, *others] if glob.matches(key)] == matching


@pytest.mark.parametrize(
    ("text", "globbed"),
    [
        ("a*", True),
        ("a?", True),
        ("a[b]", True),
        ("a[b", False),
        ("a]b", False),
        ("a[]", False),
        ("a[!]", False),
        ("a[!]]", True),
        ("a[/]", False),
        ("", False),
    ],
)
def test_only_characters_that_mean_one_make_a_glob(text: str, globbed: bool) -> None:
    assert is_glob(text) is globbed


def test_a_folder_is_matched_by_its_name() -> None:
    assert Glob("2026-*").matches("2026-07/")
    assert Glob("2026-*/").matches("2026-07/")
    assert not Glob("2026-*/").matches("2026-07")


def test_what_is_below_a_matched_folder_is_covered() -> None:
    glob = Glob("2026-*")
    assert glob.covers("2026-07/08/a.jpg")
    assert glob.covers("2026-07")
    assert not glob.covers("2025/2026-07")
    assert not Glob("2026-*/").covers("2026-07")
    assert Glob("2026-*/").covers("2026-07/")


ALPHABET = st.text("ab*?[]!/-.\n", max_size=8)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_text_without_globs_matches_itself_only(text: str) -> None:
    literal = "".join(f"[{c}]" if c in "*?[" else c for c in text)
    assert Glob(literal).matches(text)
    if not is_glob(text):
        assert Glob(text).prefix == text
        assert not Glob(text).matches(text + "x")


@given(ALPHABET, st.text("ab/-.\n", max_size=8))
def test_every_match_begins_with_the_prefix(pattern: str, key: str) -> None:
    glob = Glob(pattern)
    if glob.matches(key):
        assert key.startswith(glob.prefix)
        assert glob.covers(key)


@given(ALPHABET, st.text("ab/-.\n", max_size=8))
def test_matching_part_by_part_is_matching(pattern: str, key: str) -> None:
    glob = Glob(pattern)
    names = key.removesuffix("/").split("/")
    if "**" in pattern or len(names) != len(glob.parts) or key.endswith("/") != pattern.endswith("/"):
        return
    by_parts = all(part_matches(part, name) for part, name in zip(glob.parts, names, strict=True))
    assert by_parts == glob.matches(key)
    assert (
        all(name.startswith(literal_prefix(part)) for part, name in zip(glob.parts, names, strict=True)) or not by_parts
    )
