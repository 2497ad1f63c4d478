"""What is imported when: start-up is a feature, so it is looked at in clean interpreters."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = {"boto3", "botocore", "rich", "textual", "keyring", "asyncio", "tomlkit", "yaml", "urllib3"}
SCRIPT = """
import sys
from stackpane.cli import main
try:
    code = main(sys.argv[1:])
finally:
    sys.stderr.write("MODULES " + " ".join(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def modules_of(*argv: str, **env: str) -> set[str]:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, *argv], capture_output=True, text=True, check=True, env={**os.environ, **env}
    )
    return set(ran.stderr.rpartition("MODULES ")[2].split())


@pytest.mark.parametrize(
    "argv",
    [
        ["--help"],
        ["plugins"],
        ["s3", "--help"],
        ["s3", "ls", "--help"],
        ["connection", "--help"],
        ["completion", "bash"],
        ["policy"],
        ["demo", "--help"],
        ["doctor", "--help"],
    ],
    ids=" ".join,
)
def test_what_makes_no_call_imports_nothing_heavy(argv: list[str]) -> None:
    assert modules_of(*argv) & HEAVY == set()


def test_the_version_is_printed_without_importing_click() -> None:
    assert modules_of("--version") & {*HEAVY, "click", "pluggy", "importlib"} <= {"importlib"}


@pytest.mark.parametrize("words", ["stackpane ", "stackpane s3 ", "stackpane s3 ls --", "stackpane -c "])
def test_completion_imports_nothing_heavy(words: str) -> None:
    count = str(len(words.split(" ")) - 1)
    found = modules_of(COMP_WORDS=words, COMP_CWORD=count, _STACKPANE_COMPLETE="bash_complete")
    assert found & HEAVY == set()
