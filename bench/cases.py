"""The cases: what is compared with what, and the ratio that is wanted."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from bench.measure import Command, Failed, Run, medians, server
from bench.peers import Commands, Programs

Figure = Literal["cpu", "wall", "memory"]
GIB = 1 << 30


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
        """Ours against each peer, all in turn; a peer that cannot run is left out and said so."""
        usable = [peer for peer in peers if peer[0].argv and self.programs.versions.get(peer[0].name)]
        for command, _, _ in [peer for peer in peers if peer not in usable]:
            print(f"{case}: {command.name} is not installed")
        try:
            found = medians([ours, *(command for command, _, _ in usable)], self.runs)
        except Failed as failure:
            print(f"{case}: {failure}")
            return
        for (command, figure, wanted), theirs in zip(usable, found[1:], strict=True):
            yield Result(group, case, command.name, figure, getattr(found[0], figure), getattr(theirs, figure), wanted)

    def alone(self, group: str, case: str, ours: Command, wanted: float) -> Iterator[Result]:
        """The peak memory of ours, once: it does not vary as time does."""
        try:
            (found,) = medians_of_one(ours)
        except Failed as failure:
            print(f"{case}: {failure}")
            return
        yield Result(group, case, "", "memory", found.memory, None, wanted)


def medians_of_one(command: Command) -> list[Run]:
    """One run, without one ahead of it."""
    from bench.measure import run

    return [run(command)]


def startup(bench: Bench) -> Iterator[Result]:
    """What answers without AWS."""
    make = bench.commands()
    aws = make.aws("--version")
    words = {"COMP_WORDS": "stackpane s3 ", "COMP_CWORD": "2", "_STACKPANE_COMPLETE": "bash_complete"}
    complete = make.stackpane()
    complete = replace(complete, env={**complete.env, **words})
    for case, ours in (
        ("--version", make.stackpane("--version")),
        ("--help", make.stackpane("--help")),
        ("completion", complete),
    ):
        yield from bench.compare("startup", case, ours, [(replace(aws), "cpu", 0.25)])
    with server() as at:
        make = bench.commands(at)
        ours = make.stackpane("s3", "ls", "s3://keys-1000/folder-00/2026/11/22/")
        theirs = make.aws("s3", "ls", "s3://keys-1000/folder-00/2026/11/22/")
        yield from bench.compare("startup", "first AWS answer (s3 ls, one page)", ours, [(theirs, "cpu", 0.5)])


PLUGINS = 50
_PLUGIN = """from stackpane import Link, Service, hookimpl


@hookimpl
def stackpane_service():
    link = Link.to("light{number} ls")
    return Service("light{number}", "Light {number}", "Light {number}.", "light{number}.commands:group", link, link)
"""


def plugins(bench: Bench) -> Iterator[Result]:
    """What many light plugins add to the start of a command that imports them all."""
    folder = bench.folder / "plugins"
    for number in range(PLUGINS):
        about = folder / f"light{number}-1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: light{number}\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[stackpane]\nlight{number} = light{number}\n")
        (folder / f"light{number}.py").write_text(_PLUGIN.format(number=number))
    few = bench.commands().stackpane("--help")
    many = replace(few, env={**few.env, "PYTHONPATH": str(folder)})
    shown = subprocess.run(many.argv, env=many.env, capture_output=True, text=True, check=True).stdout
    assert shown.count("Light ") == PLUGINS, shown
    try:
        without, with_all = medians([few, many], bench.runs)
    except Failed as failure:
        print(f"plugins: {failure}")
        return
    yield Result(
        "plugins", f"{PLUGINS} light plugins, added to --help", "", "cpu", with_all.cpu - without.cpu, None, 0.025
    )


def listing(bench: Bench) -> Iterator[Result]:
    """Recursive listings, formatted."""
    for latency, wanted in ((0, 1 / 5), (20, 1 / 8), (100, 1 / 10)):
        with server(latency) as at:
            make = bench.commands(at)
            uri = f"s3://keys-{bench.keys}/"
            peers: list[tuple[Command, Figure, float]] = [(make.s5cmd("ls", f"{uri}*"), "wall", wanted)]
            case = f"list {bench.keys:,} keys, {latency} ms of latency"
            yield from bench.compare("list", case, make.stackpane("s3", "ls", "-r", uri, "--all"), peers)
    with server() as at:
        make = bench.commands(at)
        uri = "s3://keys-100000/"
        theirs = make.aws("s3", "ls", "--recursive", uri)
        yield from bench.compare(
            "list", "list 100,000 keys", make.stackpane("s3", "ls", "-r", uri, "--all"), [(theirs, "cpu", 1 / 6)]
        )


def transfer(bench: Bench) -> Iterator[Result]:
    """One big file over https, a thousand small ones over http."""
    target = bench.folder / "target"
    source = bench.folder / "big"
    make_file(source, GIB)
    clean = partial(_emptied, target)
    with server(tls=True) as at:
        make = bench.commands(at)
        uri, file = f"s3://size-{GIB}/big", str(target / "big")
        ours = replace(make.stackpane("s3", "get", uri, file), before=clean)
        theirs = replace(make.s5cmd("cp", uri, file), before=clean)
        yield from bench.compare("transfer", "1 GiB down, https", ours, [(theirs, "wall", 1.1)])
        ours = replace(make.stackpane("s3", "put", str(source), "s3://up/big", "--restart"), before=clean)
        theirs = make.s5cmd("cp", str(source), "s3://up/big")
        yield from bench.compare("transfer", "1 GiB up, https", ours, [(theirs, "wall", 1.1)])
    source.unlink()
    yield from _small_files(bench, target, clean)


def _small_files(bench: Bench, target: Path, clean: Callable[[], None]) -> Iterator[Result]:
    small = bench.folder / "small"
    for number in range(1000):
        make_file(small / f"file-{number:04}", 16 * 1024)
    with server() as at:
        make = bench.commands(at)
        uri = "s3://files-16384/files/"
        ours = replace(make.stackpane("s3", "get", uri, str(target)), before=clean)
        aws = replace(make.aws("s3", "cp", "--recursive", "--quiet", uri, str(target)), before=clean)
        s5cmd = replace(make.s5cmd("cp", f"{uri}*", f"{target}/"), before=clean)
        peers: list[tuple[Command, Figure, float]] = [(aws, "wall", 1 / 3), (s5cmd, "wall", 2.0)]
        yield from bench.compare("transfer", "1,000 files of 16 KiB down", ours, peers)
        ours = make.stackpane("s3", "put", str(small), "s3://up/files/")
        peers = [
            (make.aws("s3", "cp", "--recursive", "--quiet", str(small), "s3://up/files/"), "wall", 1 / 3),
            (make.s5cmd("cp", f"{small}/*", "s3://up/files/"), "wall", 2.0),
        ]
        yield from bench.compare("transfer", "1,000 files of 16 KiB up", ours, peers)
    shutil.rmtree(small)


def memory(bench: Bench) -> Iterator[Result]:
    """Peak memory: it must not grow with what is listed or transferred."""
    limit = 150_000_000
    size = bench.memory_bytes
    with server(20) as at:
        make = bench.commands(at)
        uri = f"s3://keys-{bench.keys}/"
        yield from bench.alone(
            "memory", f"list {bench.keys:,} keys", make.stackpane("s3", "ls", "-r", uri, "--all"), limit
        )
    with server() as at:
        make = bench.commands(at)
        target, source = bench.folder / "target" / "huge", bench.folder / "huge"
        ours = replace(
            make.stackpane("s3", "get", f"s3://size-{size}/huge", str(target)), before=partial(_emptied, target.parent)
        )
        yield from bench.alone("memory", f"{size / GIB:g} GiB down", ours, limit)
        _emptied(target.parent)
        make_file(source, size)
        yield from bench.alone(
            "memory", f"{size / GIB:g} GiB up", make.stackpane("s3", "put", str(source), "s3://up/huge"), limit
        )
        source.unlink()


def make_file(path: Path, size: int) -> None:
    """A file of ``size`` bytes, sparse where the file system can."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)


def _emptied(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


CASES: dict[str, Callable[[Bench], Iterator[Result]]] = {
    "startup": startup,
    "plugins": plugins,
    "list": listing,
    "transfer": transfer,
    "memory": memory,
}
