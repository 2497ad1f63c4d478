"""The browser and connections: production, read-only, several at once, logging in again, adding one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stackpane.connections import ConnectionStore
from tests.tui import toy

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator
    from tests.tui.conftest import Browse

HEAD = "format = 1\n"
ONE = """
[connections.{name}]
source = "dummy"
endpoint_url = "http://127.0.0.1:1"
regions = ["us-east-1", "eu-west-1"]
{more}
"""


@pytest.fixture
def connections() -> Path:
    """Three connections: ``prod`` is production, ``looks`` reads only, ``lab`` is neither and pins a toy."""
    path = ConnectionStore().path
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    facts = {
        "prod": 'kind = "production"',
        "looks": "read_only = true",
        "lab": 'pins = ["arn:aws:toy:us-east-1:123456789012:pinned-toy"]',
    }
    path.write_text(HEAD + "".join(ONE.format(name=name, more=more) for name, more in facts.items()))
    path.chmod(0o600)
    return path


def at(name: str) -> dict[str, object]:
    return {"connections": tuple(name.split(","))}


async def test_a_production_connection_has_a_frame_and_a_change_needs_its_name(
    browse: Browse, connections: Path
) -> None:
    async with browse("toy show red", given=at("prod")) as driven:
        await driven.until("production")
        assert driven.browser.query_one("#panes").has_class("production")
        driven.browser.go("toy put red")
        await driven.until("type prod")
        await driven.type("prd")
        await driven.press("enter")
        await driven.until("the connection's name was not typed")
        assert toy.sent == []
        driven.browser.go("toy put red")
        await driven.until("type prod")
        await driven.type("prod")
        await driven.press("enter")
        await driven.until("Put red.")
        assert toy.sent == ["put red"]


async def test_a_read_only_connection_says_so_and_offers_only_what_reads(browse: Browse, connections: Path) -> None:
    async with browse("toy ls", given=at("looks")) as driven:
        await driven.until("toy-001")
        assert "read-only" in driven.lines[0]
        await driven.press("a")
        await driven.until("Read  toy cat")
        assert "Delete" not in driven.text
        await driven.press("escape", "ctrl+d")
        await driven.until("There is nothing to rm here")


async def test_several_connections_merge_into_one_table_whose_rows_lead_into_each(
    browse: Browse, connections: Path
) -> None:
    async with browse("toy ls toy-00", given=at("prod,lab")) as driven:
        await driven.until("toy-001")
        assert "Connection" in driven.text
        assert driven.address == "-c prod,lab toy ls toy-00"
        await driven.press("G", "enter")
        await driven.until(lambda: "toy show toy-009" in driven.address)
        name = driven.address.split()[1]
        assert name in ("prod", "lab")
        assert driven.address == f"-c {name} --region us-east-1 toy show toy-009"
        driven.browser.go("toy ls toy-01")
        await driven.until(lambda: driven.address == f"-c {name} --region us-east-1 toy ls toy-01")
        await driven.press("escape", "escape")
        await driven.until(lambda: driven.address == "-c prod,lab toy ls toy-00")


async def test_the_connection_and_the_region_are_switched(browse: Browse, connections: Path) -> None:
    async with browse("toy ls", given=at("prod")) as driven:
        await driven.until("toy-001")
        await driven.press("ctrl+o")
        await driven.until("Add a connection")
        await driven.press("slash")
        await driven.type("looks")
        await driven.press("enter")
        await driven.until(lambda: driven.address == "-c looks toy ls")
        await driven.press("ctrl+o")
        await driven.until("Another region")
        await driven.press("r")
        await driven.until("All regions")
        await driven.press("down", "space", "space", "enter")
        await driven.until(lambda: driven.address == "-c looks --region us-east-1,eu-west-1 toy ls")
        await driven.until("Connection")


async def test_home_lists_what_the_connection_pins(browse: Browse, connections: Path) -> None:
    async with browse(given=at("lab")) as driven:
        await driven.until("pinned")
        await driven.press("G", "enter")
        await driven.until(lambda: driven.address == "-c lab toy show pinned-toy")


async def test_expired_credentials_offer_the_login_and_it_goes_on_afterwards(
    browse: Browse, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / ".aws").mkdir(exist_ok=True)
    (home / ".aws" / "config").write_text("[profile corp]\nregion = eu-west-1\nsso_session = s\n[sso-session s]\n")
    async with browse("toy ls", given={"profile": "corp"}) as driven:
        await driven.until("toy-001")
        driven.browser.go("toy expire")
        await driven.until("Run aws sso login --profile corp")
        await driven.press("c")
        assert driven.copied == ["aws sso login --profile corp"]
        driven.browser.go("toy expire")
        await driven.until("Run aws sso login --profile corp")
        toy.release.set()
        await driven.press("r")
        await driven.until("Welcome back.")
        assert driven.address == "--profile corp toy expire"


async def test_where_no_connection_is_set_up_home_says_what_to_do(browse: Browse) -> None:
    async with browse(given={}) as driven:
        await driven.until("no connection is set up")
        assert "Toy Service" in driven.text


async def test_a_connection_is_added_once_it_works(browse: Browse, moto: Emulator) -> None:
    async with browse(given={}) as driven:
        await driven.until("no connection is set up")
        await driven.press("escape", "ctrl+o")
        await driven.until("Add a connection")
        await driven.press("n")
        await driven.until("Save a connection, once it works")
        await driven.press("escape")
        driven.browser.go("connection add lab --endpoint-url http://127.0.0.1:1 --region eu-west-1")
        await driven.until("Nothing was saved")
        driven.browser.go(f"connection add lab --endpoint-url {moto.url} --region eu-west-1")
        await driven.until("Saved the connection lab")
        assert "lab" in ConnectionStore().read().connections
