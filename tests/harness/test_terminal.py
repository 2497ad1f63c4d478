import sys

import pytest

from tests.harness.terminal import TerminalFactory, hostile_bytes


def test_a_program_in_a_terminal_is_talked_with(terminal: TerminalFactory) -> None:
    code = "import sys; print(sys.stdin.isatty() and sys.stdout.isatty()); print('hello', input('name? '))"
    screen = terminal.run(sys.executable, "-c", code)
    screen.wait_for("name?")
    screen.send("world\r")
    assert screen.wait() == 0
    assert screen.screen[:3] == ["True", "name? world", "hello world"]


def test_ctrl_c_in_a_terminal_is_an_interrupt(terminal: TerminalFactory) -> None:
    screen = terminal.run(sys.executable, "-c", "import time; print('ready'); time.sleep(100)")
    screen.wait_for("ready")
    screen.send("\x03")
    assert screen.wait() != 0
    assert b"KeyboardInterrupt" in screen.raw


def test_the_size_of_a_terminal_is_what_was_asked_for(terminal: TerminalFactory) -> None:
    code = "import os; print(*os.get_terminal_size())"
    screen = terminal.run(sys.executable, "-c", code, rows=10, columns=123)
    assert screen.wait() == 0
    assert screen.screen[0] == "123 10"


def test_stackpane_itself_runs_in_a_terminal(terminal: TerminalFactory) -> None:
    screen = terminal("--version")
    assert screen.wait() == 0
    assert screen.text.startswith("stackpane ")


@pytest.mark.parametrize(
    "hostile",
    [
        "\x1b]0;title\x07", "\x1b]52;c;aGk=\x1b\\", "\x1b]8;;http://x\x1b\\link", "\x1b[2;2r", "\x1b[?1049h", "\x1bc",
        "\x1bP+q\x1b\\", "\x9b31m", "\x9d0;t\x9c", "\x07", "\x00", "\x08", "\x7f", "\x0e", "\u202e", "\u2066", "\ufeff",
        "\u2028", "\x1b[58;5;199m", "\x1b[6n", "\x0b", "\x1b", "\r", "\x1b[2J", "\x1b[1A",
    ],
)  # fmt: skip
def test_hostile_bytes_are_found_between_our_own(hostile: str) -> None:
    before, after = "\x1b[1mName\x1b[0m\r\n\r50 %\x1b[K", "after\t✓ größe 日本\n\r\x1b[K"
    assert hostile_bytes(f"{before}{hostile}{after}".encode())
    assert not hostile_bytes(f"{before}{after}".encode())


def test_colour_is_foreign_where_only_text_should_be() -> None:
    assert hostile_bytes(b"\x1b[1mName\x1b[0m\n") == []
    assert len(hostile_bytes(b"\x1b[1mName\x1b[0m\n", own=False)) == 2
    assert len(hostile_bytes(b"\xff\n", own=False)) == 1
