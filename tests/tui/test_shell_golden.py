"""What the main panes look like: dark, light, without colours, on a small and on a wide screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackpane.paths import config_folder
from tests.tui import toy
from tests.tui.golden import assert_golden, snapshot

if TYPE_CHECKING:
    import pytest

    from tests.tui.conftest import Browse

SMALL, WIDE = (80, 24), (140, 40)


async def test_the_main_panes_on_a_small_screen(browse: Browse) -> None:
    async with browse(size=SMALL) as driven:
        await driven.until("1 row")
        await assert_golden(driven.browser, "home")
        for name, line, shown in (
            ("table", "toy ls", "60 rows"),
            ("record", "toy show red", "1 masked"),
            ("document", "toy cat red", "4 B"),
            ("outcome", "toy put red", "Put red."),
            ("plan", "toy rm red", "Type red"),
            ("error", "toy fail 'it is broken'", "it is broken"),
        ):
            await driven.go(line, shown)
            await driven.until(lambda line=line: name == "error" or driven.address.endswith(line))  # type: ignore[misc]  # noqa: B023
            await assert_golden(driven.browser, name)


async def test_the_dialogs_on_a_small_screen(browse: Browse) -> None:
    async with browse("toy ls", size=SMALL) as driven:
        await driven.until("60 rows")
        await driven.press("a")
        await driven.until("What is to be done?")
        await assert_golden(driven.browser, "actions")
        await driven.press("escape")
        driven.browser.go("toy show")
        await driven.until("Show a toy.")
        await assert_golden(driven.browser, "form")


async def test_light_and_on_a_wide_screen(browse: Browse) -> None:
    path = config_folder() / "browser.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('theme = "light"\n')
    async with browse("toy ls", size=WIDE) as driven:
        await driven.until("60 rows")
        await assert_golden(driven.browser, "table-light-wide")
        await driven.go("toy show red", "1 masked")
        await assert_golden(driven.browser, "record-light-wide")


async def test_without_colours_there_are_greys_only(browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with browse("toy ls", size=SMALL) as driven:
        await driven.until("60 rows")
        colours = snapshot(driven.browser).partition("----\n")[2].replace(" on ", "\n").split()
        greys = {colour for colour in colours if colour.startswith("#") and colour[1:3] == colour[3:5] == colour[5:7]}
        assert greys
        assert set(colours) - {"None"} == greys


async def test_a_click_follows_a_row_and_turns_to_a_tab(browse: Browse) -> None:
    async with browse("toy ls", size=SMALL) as driven:
        await driven.until("toy-001")
        await driven.pilot.click(offset=(4, 4), times=2)
        await driven.until("toy show toy-002")
        await driven.press("ctrl+t")
        await driven.until("Toy Service")
        await driven.pilot.click("#tabs", offset=(2, 0))
        await driven.until("toy show toy-002")
        assert len(toy.sent) == 0
