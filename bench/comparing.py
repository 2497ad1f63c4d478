"""What a case is made with: ours against its peers, and the ratio that is wanted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bench.measure import Command, Failed, Run, medians, run
from bench.peers import Commands, Programs

Figure = Literal["cpu", "wall", "memory"]
GIB = 1 << 30
SCRIPTS = Path(__file__).parent / "scripts"
"""What one would write oneself, to be compared with."""
MEMORY = 150_000_000
"""Bytes that any listing, scan, export, tail or transfer may take at its peak."""


@dataclass(frozen=True)
class Result:
    """One row of the table: ours and the peer's figure, the ratio of the two and the one that is wanted (at most)."""

    group: str
    case: str
    peer: str
    figure: Figure
    ours: float
    theirs: float | None
    wanted: float

    @property
    def ratio(self) -> float:
        """Ours in parts of the peer's; without a peer, the figure itself."""
        return self.ours if self.theirs is None else self.ours / self.theirs


@dataclass(frozen=True)
class Bench:
    """What a case needs: the programs, a folder for files, how many runs count, and how big the biggest sizes are."""

    programs: Programs
    folder: Path
    runs: int
    keys: int = 1_000_000
    memory_bytes: int = 10 * GIB

    def commands(self, at: object = None) -> Commands:
        """Command lines against a server."""
        return Commands(self.programs, self.folder / "home", at)  # type: ignore[arg-type]

    def compare(
        self, group: str, case: str, ours: Command, peers: Sequence[tuple[Command, Figure, float]]
    ) -> Iterator[Result]:
        """Ours against each peer, all in turn; a peer that cannot run is left out and said so.

        A peer may stand there several times, for several figures: it runs as often as the others.
        """
        usable = [peer for peer in peers if peer[0].argv and self.programs.versions.get(peer[0].name)]
        for command, _, _ in [peer for peer in peers if peer not in usable]:
            print(f"{case}: {command.name} is not installed")
        commands = [command for number, (command, _, _) in enumerate(usable) if command not in _before(usable, number)]
        try:
            found = medians([ours, *commands], self.runs)
        except Failed as failure:
            print(f"{case}: {failure}")
            return
        for command, figure, wanted in usable:
            theirs = found[1 + commands.index(command)]
            yield Result(group, case, command.name, figure, getattr(found[0], figure), getattr(theirs, figure), wanted)

    def alone(self, group: str, case: str, ours: Command, wanted: float) -> Iterator[Result]:
        """The peak memory of ours, once: it does not vary as time does."""
        try:
            (found,) = medians_of_one(ours)
        except Failed as failure:
            print(f"{case}: {failure}")
            return
        yield Result(group, case, "", "memory", found.memory, None, wanted)


def _before(peers: Sequence[tuple[Command, Figure, float]], number: int) -> list[Command]:
    return [command for command, _, _ in peers[:number]]


def medians_of_one(command: Command) -> list[Run]:
    """One run, without one ahead of it."""
    return [run(command)]


def make_file(path: Path, size: int) -> None:
    """A file of ``size`` bytes, sparse where the file system can."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)


def emptied(folder: Path) -> None:
    """Make the folder anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
