"""Every kind of pane and dialog, with given values in every field: run in a terminal, ends by itself.

``python -m tests.tui.parade FILE`` shows the values of a JSON file, one or several at a time.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackpane import Link
from stackpane.app import App as Core
from stackpane.discovery import Candidate
from stackpane.plugins import Registry
from stackpane_tui.app import Browser
from stackpane_tui.speech import Speech
from tests.tui import toy

if TYPE_CHECKING:
    from collections.abc import Callable

FEW = 16
"""Values that are shown together where there is room for a line of them."""


class Parade(Browser):
    """A browser that walks by itself."""

    look_at_connections = False
    values: list[str]

    def on_ready(self) -> None:
        """Begin."""
        self.run_worker(self.walk(self.values))

    async def walk(self, values: list[str]) -> None:
        """Show the values everywhere."""
        await self.until(lambda: self.place is not None)
        await self.visit("toy ls")
        for _ in range(len(values) // 20 + 1):
            await self.press("pagedown")
        await self.visit("toy tail")
        await self.visit("toy cat", "\n".join(values))
        for start in range(0, len(values), FEW):
            text = " ".join(values[start : start + FEW])
            await self.visit("toy show", text)
            await self.dialog("a")
            await self.press("Y", lambda: "ARN" in str(self.query_one("#notice").render()))
            await self.visit("toy rm", text)
            await self.visit("toy put", text)
            await self.visit("toy fail", text, arrives=False)
            await self.dialog("exclamation_mark")
            self.follow(Link.to("toy question", text))
            await self.until(lambda: len(self.screen_stack) > 1)
            await self.close()
            await self.until(lambda: self.opening is None)
            await self.drawn()
        await self.dialog("M")
        await self.dialog("ctrl+r")
        await self.dialog("ctrl+p")
        await self.dialog("question_mark")
        await self.visit("tui")
        self.exit()

    async def visit(self, command: str, *arguments: str, arrives: bool = True) -> None:
        """Go there, and let it be drawn."""
        before, said = self.place, len(self.speech.said)
        self.follow(Link.to(command, *arguments, label=" ".join(arguments)))
        await self.until(lambda: self.place is not before if arrives else len(self.speech.said) > said + 1)
        await self.drawn()

    async def dialog(self, key: str) -> None:
        """Open the dialog that the key opens, let it be drawn, close it."""
        self.simulate_key(key)
        await self.until(lambda: len(self.screen_stack) > 1)
        await self.close()

    async def close(self) -> None:
        """Close the dialog that is open."""
        await self.drawn()
        self.simulate_key("escape")
        await self.until(lambda: len(self.screen_stack) == 1)

    async def press(self, key: str, until: Callable[[], Any] = lambda: True) -> None:
        """Press a key, and wait for what it does."""
        self.simulate_key(key)
        await self.until(until)
        await self.drawn()

    async def drawn(self) -> None:
        """Wait until what there is has been drawn."""
        await asyncio.sleep(0.03)

    async def until(self, true: Callable[[], Any]) -> None:
        """Wait until it is so."""
        while not true():
            await asyncio.sleep(0.005)


def main(values: list[str]) -> None:
    """Run the parade in this terminal."""
    toy.names[:] = values
    plugins = Registry([Candidate("toy", "tests.tui.toy")])
    browser = Parade(given={"endpoint_url": "http://127.0.0.1:1"}, core=Core(Speech(), plugins))
    browser.values = values
    browser.run()
    if browser.crash is not None:
        raise browser.crash


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text("utf-8")))
