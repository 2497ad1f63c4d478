"""How the browser begins: quickly, and only where it is asked for."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.harness.cli import DEADLINE

if TYPE_CHECKING:
    from tests.harness.cli import Cli
    from tests.harness.terminal import TerminalFactory

FIRST_PAINT = """
import asyncio, sys
from stackpane_tui.app import Browser

class Watched(Browser):
    def on_mount(self):
        super().on_mount()
        self.call_after_refresh(self.painted)

    def painted(self):
        print("botocore" in sys.modules, "boto3" in sys.modules)
        self.exit()

async def main():
    async with Watched(given={"endpoint_url": "http://127.0.0.1:1"}).run_test() as pilot:
        await pilot.pause()

asyncio.run(main())
"""


def test_the_first_paint_comes_before_botocore_is_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_PAINT], capture_output=True, text=True, timeout=DEADLINE, check=True
    )
    assert done.stdout.splitlines()[:1] == ["False False"]


def test_no_command_of_the_command_line_imports_textual(cli: Cli) -> None:
    program = (
        "import sys; from stackpane.cli import main; main({!r}); "
        "sys.exit(any(name.startswith('textual') for name in sys.modules))"
    )
    for argv in (["--help"], ["tui", "--help"], ["plugins"], ["s3", "ls", "--help"], ["connection", "ls"]):
        command = [sys.executable, "-c", program.format(argv)]
        done = subprocess.run(command, capture_output=True, timeout=DEADLINE, check=False)
        assert done.returncode == 0, argv


def test_without_a_terminal_it_says_so(cli: Cli) -> None:
    refused = cli("tui")
    assert refused.exit_code == 3
    assert "needs a terminal" in refused.errors


def test_alone_on_a_terminal_the_program_is_the_browser(terminal: TerminalFactory) -> None:
    shown = terminal("--endpoint-url", "http://127.0.0.1:1", columns=100)
    shown.wait_for("Amazon S3")
    shown.wait_for("--endpoint-url http://127.0.0.1:1 tui")
    shown.send("q")
    assert shown.wait() == 0
    assert b"\x1b[?1049l" in shown.raw[-400:]  # the terminal is as it was


def test_it_opens_at_a_place_and_is_not_opened_within_itself(terminal: TerminalFactory) -> None:
    shown = terminal("tui", "--endpoint-url", "http://127.0.0.1:1", "plugins", "ls", columns=100)
    shown.wait_for("stackpane-tui")
    shown.wait_for("❯ --endpoint-url http://127.0.0.1:1 plugins ls")
    shown.send("q")
    assert shown.wait() == 0
