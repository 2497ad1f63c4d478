"""``python -m bench.grid``: the browser's table against Textual's own at so many rows, in processes of their own.

Ready: from rows that are there until they are on the screen. Memory: what the process grew by meanwhile. CPU: of one
key press, with all that it draws. The screen is the headless driver's, 120 x 40.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.widgets import DataTable

from stackpane import Column, Page, Table
from stackpane_tui.panes.table import TablePane

COLUMNS = (Column("Key"), Column("Size", "size"), Column("LastModified", "time"), Column("StorageClass"))
KEYS = {"down": 50, "pagedown": 30}
SIZE = (120, 40)


def rows_of(count: int) -> list[tuple[str, int, str, str]]:
    """Rows as a listing of S3 has them."""
    return [
        (f"folder-{number % 97:02}/{number:08}.jpg", number * 7919 % 99_999_999, "2026-11-22T09:30:00.000Z", "STANDARD")
        for number in range(count)
    ]


class Ours(App[None]):
    """A table's pane, as the browser shows it."""

    def __init__(self, rows: Sequence[Any]) -> None:
        super().__init__()
        self.pane = TablePane(Table(COLUMNS, lambda _request: iter([Page(rows)])))

    async def fill(self) -> None:
        await self.mount(self.pane)
        self.pane.grid.focus()

    @property
    def ready(self) -> bool:
        return len(self.pane.shown) > 0


class Theirs(App[None]):
    """Textual's DataTable, filled in one go."""

    def __init__(self, rows: Sequence[Any]) -> None:
        super().__init__()
        self.rows = rows
        self.filled = False
        self.table: DataTable[Any] = DataTable(cursor_type="row")

    def compose(self) -> ComposeResult:
        yield self.table

    async def fill(self) -> None:
        self.table.add_columns(*(column.name for column in COLUMNS))
        self.table.add_rows(self.rows)
        self.table.focus()
        self.filled = True

    @property
    def ready(self) -> bool:
        return self.filled


def resident() -> int:
    """Bytes of memory that this process has."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * 4096


async def measure(app: Ours | Theirs) -> dict[str, float]:
    """Fill it, press keys, and say what that took."""
    found: dict[str, float] = {}
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        memory, began = resident(), time.perf_counter()
        await app.fill()
        while not app.ready:
            await asyncio.sleep(0.001)
        await pilot.pause()
        found["ready"] = time.perf_counter() - began
        await pilot.pause(1)
        found["memory"] = resident() - memory
        for key, times in KEYS.items():
            each = []
            for _ in range(times):
                cpu = time.thread_time()
                await pilot.press(key)
                await pilot.pause()
                each.append(time.thread_time() - cpu)
            found[key] = statistics.median(each)
    return found


def one(which: str, rows: int) -> None:
    """Measure in this process, and print the figures as JSON."""
    data = rows_of(rows)
    gc.collect()  # the first look of the collector at so many rows is theirs, not the table's
    app = Ours(data) if which == "ours" else Theirs(data)
    print(json.dumps(asyncio.run(measure(app))))


def run(which: str, rows: int) -> dict[str, float]:
    """Measure in a new process."""
    argv = [sys.executable, "-m", "bench.grid", "--one", which, "--rows", str(rows)]
    found: dict[str, float] = json.loads(subprocess.run(argv, capture_output=True, check=True).stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.grid", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--one", choices=["ours", "theirs"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one, options.rows)
        return
    figures: dict[str, list[dict[str, float]]] = {"ours": [], "theirs": []}
    for _ in range(options.runs):
        for which, taken in figures.items():
            taken.append(run(which, options.rows))
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(f"| table of {options.rows:,} rows | ours | DataTable | ratio |\n|---|--:|--:|--:|")
    for figure in ("ready", "memory", *KEYS):
        ours, theirs = (statistics.median(each[figure] for each in figures[which]) for which in ("ours", "theirs"))
        print(f"| {figure} | {_shown(figure, ours)} | {_shown(figure, theirs)} | {ours / theirs:.4f} |")


def _shown(figure: str, value: float) -> str:
    if figure == "memory":
        return f"{value / 2**20:.1f} MiB"
    return f"{value:.2f} s" if figure == "ready" else f"{value * 1000:.1f} ms"


if __name__ == "__main__":
    main()
