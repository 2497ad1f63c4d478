"""Browsers for tests: with the toy plugin, which needs no AWS, or at an emulator."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from stackpane import Link
from stackpane.app import App as Core
from stackpane.discovery import Candidate
from stackpane.plugins import Registry
from stackpane_tui.app import Browser
from stackpane_tui.config import read_config
from stackpane_tui.places import HOME
from stackpane_tui.speech import Speech
from tests.tui import toy

if TYPE_CHECKING:
    from textual.pilot import Pilot

PATIENCE = 30.0
"""Seconds after which what was waited for is not coming; no test waits so long for what it expects."""


class Driven:
    """A browser and the pilot that presses its keys."""

    def __init__(self, browser: Browser, pilot: Pilot[None]) -> None:
        self.browser, self.pilot = browser, pilot
        self.copied: list[str] = []

    @property
    def lines(self) -> list[str]:
        """The lines of the screen."""
        return [strip.text.rstrip() for strip in self.browser.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        """The screen."""
        return "\n".join(self.lines)

    @property
    def address(self) -> str:
        """The address that is shown."""
        return str(self.browser.query_one("#address").render()).removeprefix("❯ ")

    @property
    def notice(self) -> str:
        """The line below the pane."""
        return str(self.browser.query_one("#notice").render())

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.pilot.press(*({" ": "space"}.get(letter, letter) for letter in text))

    async def until(self, condition: str | Callable[[], object]) -> None:
        """Return once the text is on the screen, or the condition true."""
        true = (lambda: condition in self.text) if isinstance(condition, str) else condition
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end, f"{condition} did not come:\n{self.text}"
            assert self.browser.crash is None
            await asyncio.sleep(0.01)
        await self.pilot.pause()

    async def go(self, line: str, until: str | Callable[[], object]) -> None:
        """Type a line into the command line."""
        self.browser.go(line)
        await self.until(until)


class Browse(Protocol):
    """``async with browse("toy ls") as driven``: a browser at that address, run without a terminal."""

    def __call__(
        self, address: str = "", *, given: Mapping[str, Any] | None = None, size: tuple[int, int] = (100, 30)
    ) -> AbstractAsyncContextManager[Driven]: ...


@pytest.fixture
def browse() -> Iterator[Browse]:
    """Browsers with the toy plugin alone, at an endpoint where nobody answers."""
    toy.reset()

    @asynccontextmanager
    async def make(
        address: str = "", *, given: Mapping[str, Any] | None = None, size: tuple[int, int] = (100, 30)
    ) -> AsyncIterator[Driven]:
        plugins = Registry([Candidate("toy", "tests.tui.toy")])
        link = Link.from_address(address)
        options = {"endpoint_url": "http://127.0.0.1:1"} if given is None else given
        browser = Browser(link if link.argv else HOME, options, Core(Speech(), plugins), read_config())
        browser.look_at_connections = False
        async with browser.run_test(size=size) as pilot:
            driven = Driven(browser, pilot)
            browser.copy_to_clipboard = driven.copied.append  # type: ignore[method-assign,assignment]
            await driven.until(lambda: browser.place is not None)
            await pilot.pause()
            yield driven
            toy.release.set()

    yield make
    toy.release.set()
