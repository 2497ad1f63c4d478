import ntpath
import posixpath
import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stackpane_s3.localnames import ASIDE, POSIX, WINDOWS, Rules, decode, encode, is_leftover, leftover
from tests.s3.hostile_keys import KEYS, keys

both_rules = pytest.mark.parametrize("rules", [POSIX, WINDOWS], ids=["posix", "windows"])


@both_rules
@given(key=keys)
@example(key="a/")
@example(key="~+/~-/~")
def test_every_key_comes_back_from_its_local_name(rules: Rules, key: str) -> None:
    assert decode(encode(key, rules)) == key


@both_rules
@given(key=keys)
def test_a_local_name_is_one_plain_name_per_level(rules: Rules, key: str) -> None:
    for name in encode(key, rules):
        assert name not in ("", ".", "..", ASIDE)
        assert len(name.encode()) <= 255
        assert not set(name) & set("/\x00")
        assert re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", name) is None
        assert not is_leftover(name)


@given(key=keys)
def test_windows_takes_every_local_name_as_it_is_written(key: str) -> None:
    names = encode(key, WINDOWS)
    assert not any(set(name) & set('<>:"|?*\\') or name[-1] in ". " for name in names)
    joined = ntpath.join("C:\\target", *names)
    assert ntpath.normpath(joined) == joined
    assert ntpath.splitdrive(joined)[0] == "C:"
    assert ntpath.relpath(joined, "C:\\target").split("\\") == list(names)


@given(key=keys)
def test_posix_resolves_every_local_name_below_the_target(key: str) -> None:
    names = encode(key, POSIX)
    assert posixpath.relpath(posixpath.join("/target", *names), "/target").split("/") == list(names)


@both_rules
def test_no_two_keys_of_the_hostile_corpus_share_a_name(rules: Rules) -> None:
    assert len(KEYS) > 300
    assert len({encode(key, rules) for key in KEYS}) == len(KEYS)


@given(one=keys, other=keys)
def test_two_keys_never_share_a_name_whichever_system_wrote_it(one: str, other: str) -> None:
    if one != other:
        assert not {encode(one, POSIX), encode(one, WINDOWS)} & {encode(other, POSIX), encode(other, WINDOWS)}


def _folded(*names: str) -> tuple[str, ...]:
    return tuple(unicodedata.normalize("NFD", name).casefold() for name in names)


@both_rules
def test_names_are_twins_only_where_the_keys_themselves_are(rules: Rules) -> None:
    """What escapes add never makes two names one on a file system that folds case or Unicode forms."""
    keys_of_name: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for key in KEYS:
        keys_of_name.setdefault(_folded(*encode(key, rules)), set()).add(_folded(key))
    assert all(len(twins) == 1 for twins in keys_of_name.values())


@both_rules
@given(key=keys, data=st.data())
def test_folders_for_taken_names_stand_for_nothing(rules: Rules, key: str, data: st.DataObject) -> None:
    names = list(encode(key, rules))
    for _ in range(data.draw(st.integers(0, 3))):
        names.insert(data.draw(st.integers(0, len(names) - 1)), ASIDE)
    assert decode(names) == key


@pytest.mark.parametrize(
    "name",
    [
        "notes~",
        "~user",
        "~$report.docx",
        "a~b",
        "file~1",
        "a%20b.txt",
        "http%3A%2F%2Fx",
        "~41",
        "a~2Fb",
        "~7Efoo",
        "~20x",
        "~E9",
        "~-",
    ],
)
def test_an_ordinary_local_name_is_its_own_key(name: str) -> None:
    assert decode([name]) == name


@pytest.mark.parametrize(
    ("key", "posix", "windows"),
    [
        ("2026/11/photo 1.jpg", "2026/11/photo 1.jpg", "2026/11/photo 1.jpg"),
        ("logs/2026-11-22T10:00:00Z.gz", "logs/2026-11-22T10:00:00Z.gz", "logs/2026-11-22T10~3A00~3A00Z.gz"),
        ("../../etc/passwd", "~2E./~2E./etc/passwd", ".~2E/.~2E/etc/passwd"),
        ("/etc/passwd", "~/etc/passwd", "~/etc/passwd"),
        ("folder/", "folder/~", "folder/~"),
        ("a//b", "a/~/b", "a/~/b"),
        ("a/~/b", "a/~7E/b", "a/~7E/b"),
        ("con.txt", "con.txt", "~63on.txt"),
        ("end.", "end.", "end~2E"),
        ("nul\x00", "nul~00", "nul~00"),
        ("100~25", "100~7E25", "100~7E25"),
        ("year=2026/a%2Fb", "year=2026/a%2Fb", "year=2026/a%2Fb"),
    ],
)
def test_names_stay_readable(key: str, posix: str, windows: str) -> None:
    assert "/".join(encode(key, POSIX)) == posix
    assert "/".join(encode(key, WINDOWS)) == windows


def test_a_long_part_goes_on_in_a_folder() -> None:
    assert encode("x" * 600, POSIX) == ("x" * 240 + "~+", "x" * 240 + "~+", "x" * 120)


@given(name=st.text(max_size=300), mark=st.text("0123456789abcdef", max_size=16))
def test_leftovers_have_names_that_no_key_has(name: str, mark: str) -> None:
    made = leftover(name.replace("/", ""), mark, "part")
    assert is_leftover(made)
    assert len(made.encode()) <= 255
    assert encode(made, POSIX)[0] != made
