"""``python -m bench [CASE …]``: run the benchmarks and print their table as Markdown."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.cases import CASES
from bench.comparing import GIB, Bench, Result
from bench.peers import Programs, install


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("cases", nargs="*", choices=[*CASES, []], help="which cases; all unless given")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each command (the median is shown)")
    parser.add_argument("--quick", action="store_true", help="one run, a tenth of the sizes: to see that it works")
    parser.add_argument("--folder", type=Path, help="where to put files; a temporary folder unless given")
    options = parser.parse_args()
    programs = install()
    with tempfile.TemporaryDirectory(prefix="stackpane-bench-", dir=options.folder) as folder:
        bench = Bench(programs, Path(folder), options.runs)
        if options.quick:
            bench = Bench(programs, Path(folder), 1, keys=100_000, memory_bytes=GIB)
        (bench.folder / "home").mkdir()
        results = [result for name in options.cases or CASES for result in CASES[name](bench)]
    print(table(results, programs, bench.runs))


def table(results: list[Result], programs: Programs, runs: int) -> str:
    """The results as a Markdown table, with what they were measured with."""
    rows = ["| case | peer | figure | ours | peer's | ratio | wanted | |", "|---|---|---|--:|--:|--:|--:|---|"]
    rows += [_row(result) for result in results]
    versions = ", ".join(f"{name} {version or 'missing'}" for name, version in programs.versions.items())
    about = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}, {versions}"
    return "\n".join([*rows, "", f"Medians of {runs}, each program in turn, whole processes: {about}."])


def _row(result: Result) -> str:
    met = "met" if result.ratio <= result.wanted else "**missed**"
    figure = {"cpu": "CPU", "wall": "wall", "memory": "peak memory"}[result.figure]
    ours = _shown(result, result.ours)
    if result.theirs is None:
        cells = [result.case, "–", figure, ours, "–", "–", f"≤ {_shown(result, result.wanted)}", met]
    else:
        theirs = _shown(result, result.theirs)
        cells = [result.case, result.peer, figure, ours, theirs, f"{result.ratio:.2f}", f"≤ {result.wanted:.2f}", met]
    return f"| {' | '.join(cells)} |"


def _shown(result: Result, value: float) -> str:
    if result.figure == "memory":
        return f"{value / 1e6:.0f} MB"
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


if __name__ == "__main__":
    main()
