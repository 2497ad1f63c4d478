"""One walk through the demo in a real terminal, as a person takes it: everything at the keyboard."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.harness.cli import Cli
    from tests.harness.terminal import Terminal, TerminalFactory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the demo is watched by /proc")

ITEM = ("dynamodb", "get", "shop", "CUSTOMER#1001", "ORDER#5200")


def go(shown: Terminal, line: str, there: str) -> None:
    """Type a line into the command line, and wait for what it leads to."""
    shown.send(":")
    shown.wait_for("Complete")
    shown.send(line)
    shown.wait_for(line)
    shown.send("\r")
    shown.wait_for(there)


def test_a_walk_through_the_demo(terminal: TerminalFactory, cli: Cli) -> None:
    shown = terminal("demo", rows=36, columns=110)
    shown.wait_for("Amazon S3")
    shown.wait_for("❯ -c demo tui")
    open_a_bucket(shown)
    preview_an_image(shown)
    edit_an_item(shown, cli)
    tail_a_log(shown)
    invoke_a_function(shown)
    disable_a_user(shown, cli)
    shown.send("q")
    assert shown.wait() == 0


def open_a_bucket(shown: Terminal) -> None:
    go(shown, "s3 ls", "contracts")
    shown.send("/")
    shown.wait_for("Filter what is")
    shown.send("photos\r")
    shown.wait_for(lambda it: "contracts" not in it.text)
    shown.send("\r")
    shown.wait_for("❯ -c demo s3 ls s3://photos/")
    shown.wait_for("covers/")
    shown.send("\x1b")
    shown.wait_for(lambda it: it.text.rstrip().splitlines()[-2].strip() == "❯ -c demo s3 ls")
    assert "contracts" not in shown.text  # the filter is as it was


def preview_an_image(shown: Terminal) -> None:
    go(shown, "s3 ls s3://photos/2026/11/", "IMG_1024.png")
    shown.wait_for("▀▀▀▀▀▀▀▀")


def edit_an_item(shown: Terminal, cli: Cli) -> None:
    go(shown, "dynamodb edit shop CUSTOMER#1001 ORDER#5200", '"status": "open"')
    shown.send("\x1b[B\x1b[B\x1b[B\x1b[F\x1b[D\x1b[D")  # to behind the word
    shown.send("\x7f" * 4)
    shown.wait_for('"status": ""')
    shown.send("sent")
    shown.wait_for('"status": "sent"')
    shown.send("\x13")
    shown.wait_for(lambda it: "^s Save" not in it.text)
    shown.wait_for("❯ -c demo dynamodb edit shop")
    assert cli("-c", "demo", *ITEM).ok().json()["status"] == "sent"


def tail_a_log(shown: Terminal) -> None:
    go(shown, "logs tail /shop/web --follow --since 3h", "❯ -c demo logs tail /shop/web")
    shown.wait_for('"GET /cart HTTP/1.1" 200')
    shown.wait_for("Live tail")
    shown.send("\x1b")  # takes the note away
    shown.wait_for("events, following")
    shown.send("\x1b")
    shown.wait_for("❯ -c demo dynamodb edit shop")


def invoke_a_function(shown: Terminal) -> None:
    go(shown, "lambda invoke order-total", "❯ -c demo lambda invoke order-total")
    shown.wait_for("order-total version $LATEST")
    shown.wait_for('"order": 5003')


def disable_a_user(shown: Terminal, cli: Cli) -> None:
    go(shown, "cognito disable customers ada.adler", "❯ -c demo cognito disable")
    shown.wait_for(lambda it: "Running" not in it.text)
    if "Type " in shown.text:
        shown.send(shown.text.partition("Type ")[2].split()[0] + "\r")
    shown.wait_for("Disabled ada.adler.")
    user = cli("-c", "demo", "cognito", "user", "customers", "ada.adler", "-o", "json").ok().text
    assert '"Enabled": false' in user
