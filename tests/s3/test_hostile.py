"""Hostile names through every command and every output: harmless on a terminal, exact in a pipe, reachable by a shell.

One bucket holds every hostile key, another a few keys that each hold all tricks of one kind. Command lines that have to
run on a terminal do so many to a process.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import yaml
from pyte.screens import wcwidth

from stackpane.links import spelled_out
from stackpane.options import FORMATS
from stackpane.text import safe
from tests.harness import hostile
from tests.harness.cli import DEADLINE, Invoke, at_endpoint
from tests.harness.faultproxy import FaultProxy
from tests.harness.faults import rewrite
from tests.harness.manylines import assert_harmless, on_terminal
from tests.harness.terminal import TerminalFactory, hostile_bytes
from tests.s3.writing import bodies, fill, keys, version_on

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator

KEYS = sorted(set(hostile.KEYS.values()), key=str.encode)


def _together(*groups: dict[str, str]) -> str:
    """All tricks of a kind in one key."""
    return "".join(text for group in groups for text in group.values()).encode()[:1024].decode(errors="ignore")


TRICKS = {
    "escapes": _together(hostile.ESCAPES),
    "unicode": _together(hostile.UNICODE),
    "names": _together(hostile.NAMES),
    "formulas and HTML": _together(hostile.FORMULAS, hostile.HTML),
    "ways out": _together(hostile.TRAVERSAL),
    "1,024 bytes": hostile.KEYS["shape: 1,024 bytes of wide characters"],
    "NUL": hostile.KEYS["NUL"],
    "option": "--yes",
}
BODY = "".join(hostile.ESCAPES.values()).encode()


@pytest.fixture(scope="module")
def store(ministack: Emulator) -> Emulator:
    """An S3 with the hostile keys in ``names`` and ``tricks``, and ``empty`` to copy into."""
    ministack.reset()
    for name in ("names", "tricks", "empty"):
        ministack.client("s3").create_bucket(Bucket=name)
    fill(ministack, "names", KEYS)
    fill(ministack, "tricks", dict.fromkeys(TRICKS.values(), BODY), Metadata={"text": "[red]a[/] <b> =1+1"})
    return ministack


def _csv(text: str) -> list[dict[str, str]]:
    """The rows, without the ``'`` that stands before what a spreadsheet would run, and has to."""
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert not any(re.match(r"[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]", cell) for row in rows for cell in row)
    formula = re.compile(r"'('*[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n\0])")
    return [
        {name: cell[1:] if formula.match(cell) else cell for name, cell in zip(header, row, strict=True)}
        for row in rows
    ]


def _tsv(text: str) -> list[dict[str, str]]:
    header, *rows = (line.split("\t") for line in text.removesuffix("\n").split("\n"))
    escapes = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}
    return [
        {
            name: re.sub(r"\\(.)", lambda match: escapes.get(match[1], ""), cell)
            for name, cell in zip(header, row, strict=True)
        }
        for row in rows
    ]


READERS: dict[str, Callable[[str], Any]] = {
    "json": json.loads,
    "jsonl": lambda text: [json.loads(line) for line in text.removesuffix("\n").split("\n")],
    "csv": _csv,
    "tsv": _tsv,
    "yaml": yaml.safe_load,
}
"""Read what a format for programs says, with a parser that is not ours where there is one."""


# ── in a pipe ─────────────────────────────────────────────────────────────────────────────────────────────────────────

LISTS = {
    "ls": (["ls"], "Key", ""),
    "ls -r": (["ls", "-r"], "Key", ""),
    "rm": (["rm", "-r", "--dry-run"], "Target", "s3://names/"),
    "cp": (["cp", "-r", "--dry-run"], "Target", "s3://names/"),
    "mv": (["mv", "-r", "--dry-run"], "Target", "s3://names/"),
    "get": (["get", "--dry-run"], "Key", ""),
}


@pytest.mark.parametrize("form", FORMATS)
def test_lists_in_a_pipe_are_exact_in_every_format(invoke: Invoke, store: Emulator, form: str) -> None:
    for line, (words, column, before) in LISTS.items():
        to = {"cp": ["s3://empty/"], "mv": ["s3://empty/"], "get": ["out"]}.get(words[0], [])
        result = invoke("s3", *words, "s3://names/", *to, "--all", "-o", form, at=store).ok()
        folded = sorted({key[: key.find("/") + 1] or key for key in KEYS}, key=str.encode)
        expected = [before + key for key in (folded if line == "ls" else KEYS)]
        if form == "table":
            shown = {safe(name) for name in expected}
            assert len(result.lines) == len(expected) + 1
            assert all(any(_begins(row, name) for name in shown) for row in result.lines[1:]), line
            assert not hostile_bytes(result.stdout.replace("\ufffd".encode(), b"?"), own=False)
        else:
            names = [row[column].split(" → ")[0] for row in READERS[form](result.text)]
            assert sorted(names, key=str.encode) == expected, line
        assert not hostile_bytes(result.stderr, own=False)


def _begins(row: str, name: str) -> bool:
    """Whether the row's cell is the name: after it come spaces, an arrow, or nothing."""
    return row.rstrip() == name.rstrip() or row.startswith((f"{name}  ", f"{name.rstrip()}  ", f"{name} → "))


def test_a_record_in_a_pipe_is_exact_in_every_format(invoke: Invoke, store: Emulator) -> None:
    for key in TRICKS.values():
        for form, read in READERS.items():
            text = invoke("s3", "show", f"s3://tricks/{key}", "-o", form, at=store).ok().text
            found: Any = read(text)
            row = found if form in ("json", "yaml") else found[0]
            metadata = row["Metadata"] if isinstance(row["Metadata"], dict) else json.loads(row["Metadata"])
            assert (row["Key"], row["Arn"]) == (key, f"arn:aws:s3:::tricks/{key}")
            assert metadata == {"text": "[red]a[/] <b> =1+1"}
        assert invoke("s3", "cat", f"s3://tricks/{key}", at=store).ok().stdout == BODY


# ── on a terminal ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _on_one(uri: str, other: str) -> list[tuple[list[str], int]]:
    """Command lines about one object and its copy, each with the exit code that it has to have."""
    return [
        *((["ls", uri, "--no-glob", "-o", form], 0) for form in FORMATS),
        *((["show", uri, "-o", form], 0) for form in FORMATS),
        (["cat", uri], 0),
        (["get", uri, "-", "--no-glob"], 0),
        (["presign", uri], 0),
        (["edit", uri, "--metadata=a=b", "--tag=a=\u202eb", "--dry-run"], 0),
        (["edit", uri, "--metadata=a=b", "--tag=a=\u202eb"], 0),
        (["cp", uri, other, "--no-glob"], 0),
        (["cp", uri, other, "--no-glob"], 3),
        (["mv", other, f"{other}.moved", "--no-glob", "--dry-run"], 0),
        (["mv", other, f"{other}.moved", "--no-glob", "--yes", "-o", "yaml"], 0),
        (["rm", f"{other}.moved", "--no-glob", "--dry-run", "-o", "csv"], 0),
        (["rm", f"{other}.moved", "--no-glob", "--yes"], 0),
        (["rm", f"{other}.moved", "--no-glob", "--yes"], 254),
        (["show", other], 254),
        (["cat", other], 254),
        (["cp", other, uri, "--no-glob"], 254),
    ]


@pytest.mark.parametrize("key", TRICKS.values(), ids=TRICKS.keys())
def test_no_command_about_one_object_sends_a_terminal_more_than_text(
    terminal: TerminalFactory, store: Emulator, key: str
) -> None:
    lines = _on_one(f"s3://tricks/{key}", f"s3://empty/{key[:900]}")
    shown, codes = on_terminal(terminal, store, [["s3", *words] for words, _ in lines], columns=200)
    assert [(line[0][0], code) for line, code in zip(lines, codes, strict=True)] == [(w[0], code) for w, code in lines]
    assert_harmless(shown)
    assert safe(key)[:20] in shown.raw.decode()


PLANS = [
    ["ls", "s3://tricks"],
    ["ls", "-r", "s3://tricks"],
    ["ls", "s3://tricks/*"],
    ["du", "s3://tricks"],
    ["get", "-r", "s3://tricks/", "out", "--dry-run"],
    ["cp", "-r", "s3://tricks/", "s3://empty/", "--dry-run"],
    ["mv", "-r", "s3://tricks/", "s3://empty/", "--dry-run"],
    ["rm", "-r", "s3://tricks/", "--dry-run"],
    ["put", "out", "s3://empty/", "--dry-run"],
]
TRANSFERS = [
    ["get", "-r", "s3://tricks/", "out"],
    ["get", "-r", "s3://names/", "all"],
    ["put", "out", "s3://empty/back/"],
    ["put", "out", "s3://empty/back/", "-o", "csv"],
    ["cp", "-r", "s3://tricks/", "s3://empty/there/", "-o", "tsv"],
    ["mv", "-r", "s3://empty/there/", "s3://empty/moved/", "--yes"],
    ["rm", "-r", "s3://empty/moved/", "--yes", "-o", "json"],
]


def test_no_list_plan_or_transfer_sends_a_terminal_more_than_text(
    terminal: TerminalFactory, invoke: Invoke, store: Emulator
) -> None:
    before = bodies(store, "names")
    lines = [["s3", *words] for words in TRANSFERS]
    lines[1:1] = [["s3", *words, "-o", form] for words in PLANS for form in FORMATS]
    shown, codes = on_terminal(terminal, store, lines)
    assert codes == [0] * len(lines)
    assert_harmless(shown)
    assert {key.removeprefix("back/") for key in keys(store, "empty")} == set(TRICKS.values())
    invoke("s3", "rm", "-r", "s3://empty/", "--yes", at=store).ok()
    assert bodies(store, "names") == before
    assert len([path for path in Path("all").rglob("*") if path.is_file()]) == len(KEYS)
    assert {path.name for path in Path().iterdir()} == {"lines.json", "codes.json", "out", "all"}


@pytest.mark.parametrize("words", [["ls", "-r"], ["rm", "-r", "--dry-run"]], ids=["table", "plan"])
def test_every_name_has_a_line_of_its_own_on_the_screen(
    terminal: TerminalFactory, store: Emulator, words: list[str]
) -> None:
    shown, _ = on_terminal(terminal, store, [["s3", *words, "s3://names/", "--all"]], rows=len(KEYS) + 9, columns=1400)
    before = "" if words[0] == "ls" else "s3://names/"
    lines = [line for line in shown.screen if line]
    rows = lines[next(at for at, line in enumerate(lines) if line.split()[0] in ("Key", "Target")) + 1 :]
    for key, row in zip(KEYS, rows, strict=True):
        # The emulator of the terminal drops what follows a character that it does not know.
        if all(wcwidth(character) > 0 for character in safe(key)):
            assert row.startswith(f"{before}{safe(key)}".rstrip())


@pytest.mark.parametrize("answer", ["y", "no"])
def test_a_question_about_a_hostile_name_is_text_and_is_answered(
    terminal: TerminalFactory, store: Emulator, answer: str
) -> None:
    key = TRICKS["escapes"]
    fill(store, "empty", {key: BODY})
    asking = terminal("s3", "rm", f"s3://empty/{key}", "--no-glob", at=store, rows=40)
    asking.wait_for("Type y to go on")
    asking.send(f"{answer}\r")
    assert asking.wait() == (0 if answer == "y" else 3)
    assert_harmless(asking)
    assert keys(store, "empty") == ([] if answer == "y" else [key])


def test_versions_with_hostile_names_are_shown_and_restored_as_text(
    terminal: TerminalFactory, invoke: Invoke, ministack: Emulator, store: Emulator
) -> None:
    # The emulator cannot list versions of such names: others stand in for them, and a proxy puts them in.
    store.client("s3").create_bucket(Bucket="kept")
    version_on(store, "kept")
    fill(store, "kept", [f"stand-in-{number}." for number in range(len(TRICKS))])
    for number in range(len(TRICKS)):
        store.client("s3").delete_object(Bucket="kept", Key=f"stand-in-{number}.")
    with FaultProxy(store.url) as proxy:
        proxy.fault(rewrite(_put_in), "ListObjectVersions")
        names = _csv(invoke("s3", "versions", "s3://kept/", "--deleted", "-o", "csv", at=proxy).ok().text)
        assert {row["Key"] for row in names} == set(TRICKS.values())
        lines = [
            *(["s3", "versions", "s3://kept/", *more, "-o", form] for form in FORMATS for more in ([], ["--deleted"])),
            *(["s3", "restore", "s3://kept/", "--deleted", "--dry-run", "-o", form] for form in FORMATS),
            ["s3", "rm", "-r", "--all-versions", "s3://kept/", "--dry-run"],
            ["s3", "du", "--versions", "s3://kept/"],
        ]
        shown, codes = on_terminal(terminal, proxy, lines)
    assert codes == [0] * len(lines)
    assert_harmless(shown)


def _put_in(body: bytes) -> bytes:
    tricks = list(TRICKS.values())
    named = re.sub(rb"stand-in-(\d+)\.", lambda found: quote(tricks[int(found[1])]).encode(), body)
    coded = b"<EncodingType>url</EncodingType>"
    return named if coded in named else named.replace(b"<Name>", coded + b"<Name>")


# ── by a shell ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_links_of_a_hostile_object_reach_it_through_a_shell(invoke: Invoke, store: Emulator) -> None:
    for key in TRICKS.values():
        uri = f"s3://tricks/{key}"
        links = invoke("s3", "show", uri, "-o", "json", at=store).ok().json()["Links"]
        script = "stackpane() { printf '%s\\0' \"$@\" --end--; }\n" + "\n".join(link["Command"] for link in links)
        said = subprocess.run(["bash", "-c", script], capture_output=True, check=True).stdout.decode()
        calls = [spelled_out(call.split("\0")[:-1]) for call in said.split("--end--\0")[:-1]]
        assert len(calls) == len(links) > 3
        places = {word for words in calls for word in words if word.startswith("s3://")}
        assert {uri} <= places <= {uri, uri[: uri.rindex("/") + 1], "s3://tricks/"}
        [cat] = [words for words in calls if words[:2] == ["s3", "cat"]]
        assert invoke(*cat, at=store).ok().stdout == BODY


def test_what_is_said_to_undo_a_change_undoes_it_when_pasted(invoke: Invoke, store: Emulator) -> None:
    undo = []
    for key in TRICKS.values():
        said = invoke("s3", "edit", f"s3://tricks/{key}", "--metadata=new=1", at=store).ok().errors
        undo += re.findall(r"^Undo: (stackpane .*)$", said, re.MULTILINE)
    assert _with_new_metadata(store) == set(TRICKS.values())
    env = os.environ | at_endpoint(store) | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    pasted = "\n".join(["set -e", *undo])
    subprocess.run(["bash", "-c", pasted], env=env, check=True, capture_output=True, timeout=DEADLINE)
    assert _with_new_metadata(store) == set()


def _with_new_metadata(store: Emulator) -> set[str]:
    client = store.client("s3")
    return {key for key in TRICKS.values() if "new" in client.head_object(Bucket="tricks", Key=key)["Metadata"]}
