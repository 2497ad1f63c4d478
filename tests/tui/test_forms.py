"""Forms: fields as click describes them, problems beside them, and the command line that they make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from hypothesis import example, given, settings
from hypothesis import strategies as st
from textual.app import App
from textual.widgets import Checkbox, Collapsible, Input, Select, Static

from stackpane import Link, command
from stackpane.app import App as Core
from stackpane.app import Run
from stackpane.forms import Form, Values, form_of
from stackpane.times import MOMENT
from stackpane_tui.dialogs.form import FormDialog
from stackpane_tui.widgets.formfields import FieldBox
from tests.tui.host import screen, until

HOSTILE = "a\x1b[31m[red]b[/]\u202ez"


def names(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in ("photos", "phones", f"pho{HOSTILE}") if name.startswith(incomplete)]


@command("try")
@click.argument("uri", shell_complete=names)
@click.argument("rest", nargs=-1)
@click.option("--count", type=click.IntRange(1, 10), default=3, help=f"How many {HOSTILE}.")
@click.option("--color", "colour", type=click.Choice(["red", "green"]), default="red")
@click.option("--force", is_flag=True)
@click.option("--lock/--no-lock", default=None)
@click.option("--tag", multiple=True)
@click.option("--since", type=MOMENT)
@click.option("--file", type=click.Path())
@click.option("--password", hide_input=True)
def trial(_session: Any, **_params: Any) -> None:
    """Try everything [bold]at once[/bold]."""


class Host(App[None]):
    """Shows the form of ``trial``, or of another one."""

    def __init__(self, values: Values | None = None, form: Form | None = None) -> None:
        super().__init__()
        self.dialog = FormDialog(form or Form(trial, ("try",)), values)
        self.made: list[Link | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.made.append)

    def box(self, key: str) -> FieldBox:
        return next(box for box in self.dialog.query(FieldBox) if box.field.key == key)

    def write(self, key: str, *texts: str) -> None:
        for each, text in zip(self.box(key).query(Input), texts, strict=False):
            each.value = text


async def test_a_form_is_filled_in_and_becomes_a_link() -> None:
    app = Host()
    async with app.run_test(size=(100, 60)) as pilot:
        await pilot.pause()
        shown = screen(app)
        assert "Try everything [bold]at once[/bold]." in shown
        assert "How many a␛[31m[red]b[/]<U+202E>z." in shown
        assert "URI *" in shown
        assert "3 unless given" in shown
        assert app.focused is app.box("uri").query_one(Input)
        await pilot.press(*"s3://x", "enter")
        await pilot.pause()
        assert [link.argv for link in app.made if link] == [("try", "s3://x")]


async def test_every_kind_of_field_is_written_on_the_command_line() -> None:
    app = Host()
    async with app.run_test(size=(100, 60)) as pilot:
        await pilot.pause()
        app.write("uri", "-x")
        app.write("rest", "one two")
        app.write("--count", "7")
        app.box("--color").query_one(Select).value = "green"
        app.box("--force").query_one(Checkbox).value = True
        app.box("--lock").query_one(Select).value = False
        app.write("--tag", "a=1")
        app.write("--since", "3d")
        app.write("--password", "hunter2hunter2")
        await pilot.pause()
        app.write("--tag", "a=1", "b=2")  # another one is asked for as soon as one is there
        await pilot.pause()
        line = str(app.dialog.query_one(".line", Static).content)
        assert "stackpane try --count=7 --color=green --force --no-lock --tag=a=1 --tag=b=2 --since=3d" in line
        assert line.endswith("-- -x 'one two'")
        assert "hunter2" not in screen(app)
        await pilot.press("ctrl+s")
        await pilot.pause()
        (link,) = app.made
        assert link is not None
        params = trial.make_context("try", list(link.argv[1:])).params
        assert (params["uri"], params["rest"], params["count"], params["colour"]) == ("-x", ("one two",), 7, "green")
        assert (params["force"], params["lock"], params["tag"]) == (True, False, ("a=1", "b=2"))
        assert params["password"] == "hunter2hunter2"


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_run() -> None:
    app = Host({"--count": "11", "--since": "soon"})
    async with app.run_test(size=(100, 60)) as pilot:
        await pilot.pause()
        await pilot.press("ctrl+s")
        await pilot.pause()
        shown = screen(app).splitlines()
        for label, message in (("URI *", "Needed."), ("count", "11 is not in the range"), ("since", "is not a time")):
            at = next(number for number, line in enumerate(shown) if line.strip(" │").startswith(label))
            assert any(message in line for line in shown[at : at + 5])
        assert app.made == []
        assert app.focused is app.box("uri").query_one(Input)
        app.write("uri", "x")
        app.write("--count", "10")
        app.write("--since", "2d")
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert [link.address for link in app.made if link] == ["try --count=10 --since=2d x"]


async def test_a_link_keeps_what_it_has_and_escape_leaves_it() -> None:
    app = Host({"uri": "", "--tag": ("x",), "--region": "eu-west-1"})
    async with app.run_test(size=(100, 60)) as pilot:
        await pilot.pause()
        assert not app.dialog.query_one(Collapsible).collapsed
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert [link.argv for link in app.made if link] == [("try", "--tag=x", "--region=eu-west-1", "")]
    app = Host({"uri": "x"})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        group = app.dialog.query_one(Collapsible)
        assert group.collapsed
        assert "❯ stackpane try x" in screen(app)  # in sight on a small terminal as well
        group.collapsed = False
        await until(pilot, lambda: "--region" in [box.field.key for box in app.dialog.query(FieldBox)])
        assert "--output" not in [box.field.key for box in app.dialog.query(FieldBox)]
        await pilot.press("escape")
        await pilot.pause()
        assert app.made == [None]


async def test_names_and_paths_are_proposed_and_none_that_cannot_be_seen(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    app = Host()
    async with app.run_test(size=(100, 60)) as pilot:
        await pilot.pause()
        field = app.box("uri").query_one(Input)
        await pilot.press(*"pho")
        await until(pilot, lambda: field._suggestion != "")
        await pilot.press("right")
        assert field.value == "photos"
        field.value = "phoa"
        path = app.box("--file").query_one(Input)
        path.focus()
        path.value = f"{tmp_path}/fo"
        path.cursor_position = len(path.value)
        await until(pilot, lambda: path._suggestion != "")
        await pilot.press("right")
        assert path.value == f"{tmp_path}/folder/"
        assert field._suggestion == ""


@settings(max_examples=3)
@given(st.text(max_size=12), st.lists(st.text(min_size=1, max_size=8), max_size=3))
@example(HOSTILE, ["--", "-x", "=", "\n"])
async def test_whatever_a_link_has_comes_out_of_its_form(uri: str, rest: list[str]) -> None:
    values: dict[str, Any] = {"uri": uri, **({"rest": tuple(rest)} if rest else {})}
    app = Host(values)
    async with app.run_test(size=(80, 30)) as pilot:
        await pilot.pause()
        shown = app.dialog.values
        # A line holds no line end: what has one is left as it was given, or cannot be typed.
        if all(text == text.replace("\n", "").replace("\r", "") for text in (uri, *rest)):
            assert shown == values
        await pilot.press("escape")


async def test_a_real_command_has_its_form() -> None:
    core = Core()
    found = form_of(core.root, Link.from_address("s3 presign s3://photos/a.png"), lambda: Run(core))
    assert found is not None
    app = Host(found[1], found[0])
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.pause()
        assert "s3://photos/a.png" in screen(app)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert [link.address for link in app.made if link] == ["s3 presign s3://photos/a.png"]
