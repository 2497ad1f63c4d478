"""Amazon S3: listings, transfers and their memory."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.comparing import GIB, MEMORY, Bench, Figure, Result, emptied, make_file
from bench.measure import Command, server


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
    clean = partial(emptied, target)
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
    size = bench.memory_bytes
    with server(20) as at:
        make = bench.commands(at)
        uri = f"s3://keys-{bench.keys}/"
        yield from bench.alone(
            "memory", f"list {bench.keys:,} keys", make.stackpane("s3", "ls", "-r", uri, "--all"), MEMORY
        )
    with server() as at:
        make = bench.commands(at)
        target, source = bench.folder / "target" / "huge", bench.folder / "huge"
        ours = replace(
            make.stackpane("s3", "get", f"s3://size-{size}/huge", str(target)), before=partial(emptied, target.parent)
        )
        yield from bench.alone("memory", f"{size / GIB:g} GiB down", ours, MEMORY)
        emptied(target.parent)
        make_file(source, size)
        yield from bench.alone(
            "memory", f"{size / GIB:g} GiB up", make.stackpane("s3", "put", str(source), "s3://up/huge"), MEMORY
        )
        source.unlink()


CASES = {"list": listing, "transfer": transfer, "memory": memory}
