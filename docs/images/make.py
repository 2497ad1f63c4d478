"""Make the pictures of the browser in this folder: the real program on the demo, as SVG.

    .venv/bin/python docs/images/make.py

Each picture is a walk: command lines, keys or text that is typed, and what to wait for. Only the
fonts are taken out of what Textual exports, as they would be loaded from elsewhere.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from stackpane_tui.app import Browser

HERE = Path(__file__).parent
SIZE = (108, 30)
PATIENCE = 60.0
"""Seconds for one step; a machine that is busy with something else may need many."""


@dataclass(frozen=True)
class Picture:
    """A file's name, and the walk to what it shows: ``(line to run or keys, text to wait for)``."""

    name: str
    steps: Sequence[tuple[str, str]]


PICTURES = (
    Picture("home", ()),
    Picture("table", [("dynamodb scan shop", "CUSTOMER#1002")]),
    Picture("preview", [("s3 ls s3://photos/2026/11/", "▀▀▀▀"), ("keys down down", "IMG_1026")]),
    Picture("form", [("s3 presign", "URI *"), ("type s3://photos/covers/2026.png", "covers/2026.png")]),
)


def main() -> None:
    """Start a demo, and take every picture of it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        os.environ |= {"HOME": home, **{f"XDG_{kind}_HOME": f"{home}/{kind}" for kind in ("CONFIG", "STATE", "CACHE")}}
        command = [sys.executable, "-m", "stackpane", "demo", "--no-tour"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:  # noqa: S603 - our own program
            assert demo.stdout is not None  # noqa: S101 - it is a pipe
            while "Ctrl-C" not in demo.stdout.readline():
                pass
            try:
                for picture in PICTURES:
                    asyncio.run(take(picture))
            finally:
                demo.terminate()


async def take(picture: Picture) -> None:
    """Walk there, and write the picture."""
    from stackpane_tui.app import Browser

    browser = Browser(given={"connections": ("demo",)})
    async with browser.run_test(size=SIZE) as pilot:
        await until(pilot, "ok")
        for what, wanted in picture.steps:
            if what.startswith("keys "):
                await pilot.press(*what.split()[1:])
            elif what.startswith("type "):
                await pilot.press(*what[5:])
            else:
                browser.go(what)
            await until(pilot, wanted)
        await pilot.pause(1)
        svg = re.sub(r"@font-face \{.*?\}", "", browser.export_screenshot(title="stackpane"), flags=re.DOTALL)
        (HERE / f"browser-{picture.name}.svg").write_text(svg, "utf-8")
        browser.exit()


async def until(pilot: Pilot[None], text: str) -> None:
    """Wait until the text is on the screen."""
    async with asyncio.timeout(PATIENCE):
        while text not in screen(pilot.app):
            await pilot.pause(0.05)


def screen(browser: Browser | object) -> str:
    """What is on the screen, as text."""
    return "\n".join(strip.text for strip in browser.screen._compositor.render_strips())  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
