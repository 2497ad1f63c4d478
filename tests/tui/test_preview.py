"""The preview beside a table: what the row under the cursor leads to, as the table says, and nothing else."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from stackpane import Column, Document, Link, Record, StackpaneError, Table
from stackpane.app import App as Core
from stackpane_tui.app import Browser
from stackpane_tui.config import read_config
from stackpane_tui.panes.document import DocumentPane
from stackpane_tui.speech import Speech
from stackpane_tui.widgets.preview import Preview
from tests.tui.conftest import Driven
from tests.tui.host import Host, screen, until
from tests.tui.test_document import png

if TYPE_CHECKING:
    from stackpane import View
    from tests.harness.emulators import Emulator

pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata:DeprecationWarning")


def link(name: str) -> Link:
    return Link.to("x cat", name)


async def test_a_preview_shows_the_last_row_that_was_looked_at() -> None:
    asked: list[str] = []
    slow, hung = threading.Event(), threading.Event()

    def load(wanted: Link) -> View:
        name = wanted.argv[-1]
        asked.append(name)
        if name == "slow":
            hung.set()
            slow.wait(30)
        if name == "broken":
            raise StackpaneError("the object \x1b[31m is gone")
        return Record(name, ()) if name == "record" else Document(f"body of {name}".encode())

    preview = Preview()
    preview.add_class("open")
    app = Host(preview)
    async with app.run_test(size=(80, 20)) as pilot:
        preview.show(link("one"), load)
        await until(pilot, lambda: "body of one" in screen(app))
        preview.show(link("one"), load)
        assert asked == ["one"]
        preview.show(link("slow"), load)
        await until(pilot, lambda: hung.is_set() and "Reading" in screen(app))
        preview.show(link("two"), load)
        await until(pilot, lambda: "body of two" in screen(app))
        slow.set()
        preview.show(link("broken"), load)
        await until(pilot, lambda: "the object ␛[31m is gone" in screen(app))
        preview.show(link("record"), load)
        await until(pilot, lambda: "Nothing to show" in screen(app))
        preview.show(None, load)
        await until(pilot, lambda: preview.link is None)
        preview.clear()
        await until(pilot, lambda: not preview.children)
        assert asked == ["one", "slow", "two", "broken", "record"]
        assert app.asked == []


async def test_what_a_previewed_body_lacks_is_said_in_the_preview() -> None:
    preview = Preview()
    preview.add_class("open")
    app = Host(preview)
    async with app.run_test(size=(80, 20)) as pilot:
        preview.show(link("x"), lambda _link: Document(iter([b"half"]), size=9))
        await until(pilot, lambda: "half" in screen(app) and "ended after 4 of 9" in screen(app))
        assert app.asked == []


async def test_objects_are_previewed_beside_their_listing(moto: Emulator) -> None:
    moto.reset()
    s3: Any = moto.client("s3")
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="a.json", Body=b'{"first": 1.50}')
    s3.put_object(Bucket="photos", Key="b.png", Body=png(32, 32))
    s3.put_object(Bucket="photos", Key="c.txt", Body=b"0123456789" * 300_000)
    s3.put_object(Bucket="photos", Key="d/e", Body=b"x")
    browser = Browser(Link.to("s3 ls", "s3://photos/"), {"endpoint_url": moto.url}, Core(Speech()), read_config())
    browser.look_at_connections = False
    async with browser.run_test(size=(120, 30)) as pilot:
        driven = Driven(browser, pilot)
        await driven.until("d/")
        await driven.press("home")
        await driven.until("Nothing to show of this one.")  # the folder
        await driven.press("down")
        await driven.until('"first": 1.50')
        await driven.press("down")
        await driven.until("▀▀▀▀▀▀")
        await driven.press("down")
        await driven.until("a part only: 64.0 KiB")
        preview = browser.query_one(Preview)
        assert not preview.has_focus_within  # the keys are for the table
        await driven.press("p")
        await driven.until(lambda: not preview.has_class("open"))
        assert not preview.query(DocumentPane)
        await driven.press("p")
        await driven.until("a part only: 64.0 KiB")
        await driven.press("up", "enter")
        await driven.until("ContentType")
        assert not preview.has_class("open")
        await driven.press("escape")
        await driven.until("▀▀▀▀▀▀")
        await pilot.resize_terminal(80, 24)
        await driven.until(lambda: preview.has_class("open"))  # it was asked for


async def test_there_is_no_preview_where_there_is_no_room_or_nothing_to_show(moto: Emulator) -> None:
    moto.reset()
    s3: Any = moto.client("s3")
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="a.txt", Body=b"the body")
    browser = Browser(Link.to("s3 ls"), {"endpoint_url": moto.url}, Core(Speech()), read_config())
    browser.look_at_connections = False
    async with browser.run_test(size=(80, 24)) as pilot:
        driven = Driven(browser, pilot)
        await driven.until("photos")
        await driven.press("p")
        await driven.until("There is nothing to preview here.")
        await driven.press("enter")
        await driven.until("a.txt")
        assert "the body" not in driven.text
        await driven.press("p")
        await driven.until("the body")


def test_a_table_without_a_preview_has_none() -> None:
    assert Table.of((Column("Name"),), [("a",)]).preview is None
