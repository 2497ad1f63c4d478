"""Live names complete in a real shell, in a terminal; where there is no answer nothing happens."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stackpane import completion
from tests.harness import faults as modes
from tests.harness.cli import at_endpoint
from tests.s3.writing import fill

if TYPE_CHECKING:
    from tests.harness.cli import Endpoint, Invoke, Result
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy, Mode
    from tests.harness.fixtures import Down
    from tests.harness.terminal import Terminal, TerminalFactory

KEYS = (
    "2026/a.jpg",
    "2026/b.jpg",
    "2026/two words.txt",
    "note: it's $(touch ran) & `touch ran` #1.txt",
    "tab\there",
    "up=down@x,y.txt",
    "ä/ö.txt",
)


@pytest.fixture
def aws(moto: Emulator) -> Emulator:
    """One is enough here: what is listed is tested elsewhere."""
    moto.reset()
    client = moto.client("s3")
    for name in ("photos", "photo-archive", "other"):
        client.create_bucket(Bucket=name)
    fill(moto, "photos", KEYS)
    return moto


class Bash:
    """A bash with completion set up, in a terminal."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._numbers = itertools.count(1)
        terminal.send("PS1='> '; eval \"$(stackpane completion bash)\"; echo re''ady\r")
        terminal.wait_for("ready")

    def words(self, keys: str) -> list[str]:
        """The words of the line that is there after ``keys`` were typed, as bash reads them; without the command."""
        begin, end = f"[{next(self._numbers)}][stackpane][", "][end]"
        number = begin[1 : begin.index("]")]
        self.terminal.send(f"stackpane {keys}\x01printf '[%s]' {number} \x05; echo '[end']\r")

        def answers() -> list[str]:
            return [line for line in self.terminal.screen if line.startswith(begin) and line.endswith(end)]

        self.terminal.wait_for(lambda _: bool(answers()))
        return answers()[0].removeprefix(begin).removesuffix(end).split("][")


@pytest.fixture
def bash(terminal: TerminalFactory) -> Callable[[Endpoint], Bash]:
    """``bash(at)``: an interactive bash whose environment leads to an endpoint."""

    def start(at: Endpoint) -> Bash:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        env = at_endpoint(at) | {"PATH": path, "LC_ALL": "C.UTF-8"}
        return Bash(terminal.run("bash", "--norc", "--noprofile", env=env, columns=200))

    return start


COMPLETED = {
    "s3 ls s3://oth\tX": ["s3", "ls", "s3://other/X"],  # one goes on within a bucket or a folder
    "s3 ls s3://photos/20\tX": ["s3", "ls", "s3://photos/2026/X"],
    "s3 cat s3://photos/2026/a\tX": ["s3", "cat", "s3://photos/2026/a.jpg", "X"],
    "s3 cat s3://photos/2026/tw\tX": ["s3", "cat", "s3://photos/2026/two words.txt", "X"],
    "s3 cat s3://photos/2026/two\\ w\tX": ["s3", "cat", "s3://photos/2026/two words.txt", "X"],
    "s3 cat 's3://photos/2026/tw\tX": ["s3", "cat", "s3://photos/2026/two words.txt", "X"],
    's3 cat "s3://photos/no\tX': ["s3", "cat", f"s3://photos/{KEYS[3]}", "X"],
    "s3 cat s3://photos/no\tX": ["s3", "cat", f"s3://photos/{KEYS[3]}", "X"],
    "s3 cat s3://photos/note:\\ i\tX": ["s3", "cat", f"s3://photos/{KEYS[3]}", "X"],
    "s3 cat s3://photos/up=do\tX": ["s3", "cat", "s3://photos/up=down@x,y.txt", "X"],
    "s3 ls s3://photos/ä\tX": ["s3", "ls", "s3://photos/ä/X"],
    "s3 cat s3://photos/tab\tX": ["s3", "cat", "s3://photos/tabX"],  # a control character is never proposed
    "s3 rb s3://ot\tX": ["s3", "rb", "s3://other", "X"],
    "s3 rb s3://other/\tX": ["s3", "rb", "s3://other/X"],
    "s3 du s\tX": ["s3", "du", "s3://X"],
    "s3 cp s3://photos/2026/a.jpg s3://ot\tX": ["s3", "cp", "s3://photos/2026/a.jpg", "s3://other/X"],
    "s3 get s3://photos/2026/a.jpg loc\tX": ["s3", "get", "s3://photos/2026/a.jpg", "local file", "X"],
    "s3 put loc\ts3://ot\tX": ["s3", "put", "local file", "s3://other/X"],
    "--endpoint-url http://127.0.0.1:1 s3 ls s3://ot\tX": [
        "--endpoint-url",
        "http://127.0.0.1:1",
        "s3",
        "ls",
        "s3://otX",
    ],
    "s3 ls --region=eu-north-\tX": ["s3", "ls", "--region=eu-north-1", "X"],
}
"""What is typed, and the words that bash reads then. What is typed behind a proposal shows whether a space came."""


def test_a_place_in_s3_completes_in_bash(bash: Callable[[Endpoint], Bash], aws: Emulator) -> None:
    Path("local file").touch()
    shell = bash(aws)
    assert {keys: shell.words(keys) for keys in COMPLETED} == COMPLETED
    assert not Path("ran").exists()


def test_where_several_names_fit_bash_lists_them(bash: Callable[[Endpoint], Bash], aws: Emulator) -> None:
    shell = bash(aws)
    shell.terminal.send("stackpane s3 ls s3://ph\t\t\t")
    shell.terminal.wait_for("//photo-archive/")
    shell.terminal.wait_for("//photos/")
    assert "//other" not in shell.terminal.text


def asked(words: str) -> dict[str, str]:
    """The environment in which bash's script asks for proposals."""
    return {"_STACKPANE_COMPLETE": "bash_complete", "COMP_WORDS": f"stackpane {words}", "COMP_WORDBREAKS": "=:"}


def proposed(result: Result) -> list[str]:
    """What was proposed, and nothing was said beside it."""
    assert (result.exit_code, result.errors) == (0, "")
    return [line.removeprefix("plain,") for line in result.text.splitlines()]


@pytest.mark.parametrize(
    "mode",
    [
        modes.access_denied("s3:ListBucket"),
        modes.expired_token(),
        modes.html200(),
        modes.empty200(),
        modes.cut(10),
        modes.status(500),
        modes.reset_before(),
    ],
)
@pytest.mark.parametrize("typed", ["s3://", "s3://photos/"])
def test_an_endpoint_that_fails_completes_nothing_and_says_nothing(
    invoke: Invoke, no_pauses: list[float], faults: FaultProxy, mode: Mode, typed: str
) -> None:
    faults.fault(mode)
    assert proposed(invoke(env=asked(f"s3 ls {typed}"), at=faults)) == []


def test_an_endpoint_that_hangs_is_not_waited_for(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, faults: FaultProxy
) -> None:
    monkeypatch.setattr(completion, "_PATIENCE", 0.1)
    hung = faults.fault(modes.hang_before())
    assert proposed(invoke(env=asked("s3 ls s3://photos/"), at=faults)) == []
    hung.release()


@pytest.mark.parametrize(
    "words", ["s3 ls s3://ph", "-c nowhere s3 ls s3://ph", "--profile nobody s3 ls s3://ph", "s3 cat arn:x"]
)
def test_no_network_and_no_such_connection_complete_nothing_and_say_nothing(
    invoke: Invoke, no_pauses: list[float], down: Down, words: str
) -> None:
    assert proposed(invoke(env=asked(words), at=down)) == []


def test_as_many_names_are_proposed_as_anybody_reads(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, aws: Emulator
) -> None:
    monkeypatch.setattr(completion, "_MOST", 2)
    assert len(proposed(invoke(env=asked("s3 ls s3://"), at=aws))) == 2


def test_names_of_several_connections_are_those_of_each(invoke: Invoke, aws: Emulator) -> None:
    words = "--region us-east-1,eu-west-1 s3 ls s3://photos/20"
    assert set(proposed(invoke(env=asked(words), at=aws))) == {"//photos/2026/"}


def test_a_key_press_is_not_recorded_as_use(invoke: Invoke, aws: Emulator) -> None:
    assert proposed(invoke(env=asked("s3 ls s3://oth"), at=aws)) == ["//other/"]
    result = invoke("policy", "--from-use")
    assert "s3:List" not in result.text
