"""Forms of click commands: fields for every kind of parameter, and command lines that mean what was filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane import Link, command
from stackpane.app import App, Run
from stackpane.forms import Form, Problem, form_of
from stackpane.times import MOMENT


@command("try")
@click.argument("first")
@click.argument("rest", nargs=-1, metavar="[KEY [SORT-KEY]]")
@click.option("-w", "--weird", help="Anything.")
@click.option("--many", multiple=True)
@click.option("--pair", nargs=2, multiple=True)
@click.option("--one-pair", nargs=2)
@click.option("-f", "--flag", is_flag=True)
@click.option("--switch/--no-switch", default=None)
@click.option("-v", "--verbose", count=True)
@click.option("--upper", "form", flag_value="upper")
@click.option("--lower", "form", flag_value="lower")
@click.option("--size", type=click.IntRange(1, 10), default=3)
@click.option("--share", type=click.FloatRange(0, 1))
@click.option("--choice", type=click.Choice(["red", "green"]))
@click.option("--since", type=MOMENT)
@click.option("--folder", type=click.Path(file_okay=False))
@click.option("--short", "-s", default=lambda: "made")
@click.option("--hidden", hidden=True)
@click.option("--word", hide_input=True)
@click.option("-x")
def trial(_session: Any, **_params: Any) -> None:
    """Try everything.

    At length.
    \f
    Not shown.
    """


FORM = Form(trial, ("try",))
TEXT = st.text() | st.sampled_from(["-a", "--", "--weird", "-", "=", "", "a b", "'", "--switch=no", "\x1b[2J", "\0"])
GIVEN = st.sampled_from([True])
VALUES = st.fixed_dictionaries(
    {"first": TEXT},
    optional={
        "rest": st.lists(TEXT, min_size=1, max_size=3).map(tuple),
        "--weird": TEXT,
        "--many": st.lists(TEXT, min_size=1, max_size=3).map(tuple),
        "--pair": st.lists(TEXT, min_size=2, max_size=2).map(tuple) | st.lists(TEXT, min_size=4, max_size=4).map(tuple),
        "--one-pair": st.lists(TEXT, min_size=2, max_size=2).map(tuple),
        "--flag": GIVEN,
        "--switch": st.booleans(),
        "--verbose": st.integers(1, 3),
        "--upper": GIVEN,
        "--short": TEXT,
        "--word": TEXT,
        "-x": TEXT.filter(bool),
    },
)


@given(VALUES)
def test_whatever_is_filled_in_comes_out_of_the_command_line(values: dict[str, Any]) -> None:
    link = FORM.link(values)
    assert FORM.values(link.argv[1:]) == values
    assert FORM.link(FORM.values(link.argv[1:])) == link
    assert FORM.problems(values) == []
    params = trial.make_context("try", list(link.argv[1:])).params
    assert params["first"] == values["first"]
    assert params["rest"] == values.get("rest", ())
    assert params["weird"] == values.get("--weird")
    assert params["many"] == values.get("--many", ())
    assert sum(params["pair"], ()) == values.get("--pair", ())
    assert params["one_pair"] == values.get("--one-pair")
    assert params["flag"] is values.get("--flag", False)
    assert params["switch"] is values.get("--switch")
    assert params["verbose"] == values.get("--verbose", 0)
    assert params["form"] == ("upper" if "--upper" in values else None)
    assert params["x"] == values.get("-x")


def test_fields_say_what_click_knows() -> None:
    by_key = {field.key: field for field in FORM.fields}
    own = [field.key for field in FORM.fields if not field.shared]
    assert own[:3] == ["first", "rest", "--weird"]
    assert "--hidden" not in by_key
    assert not any("help" in key for key in by_key)
    assert by_key["first"].required
    assert (by_key["rest"].label, by_key["rest"].many) == ("KEY [SORT-KEY]", True)
    assert by_key["--weird"].help == "Anything."
    assert (by_key["--pair"].width, by_key["--pair"].many) == (2, True)
    assert (by_key["--switch"].kind, by_key["--switch"].negative) == ("switch", "--no-switch")
    assert by_key["--verbose"].kind == "count"
    size = by_key["--size"]
    assert (size.kind, size.minimum, size.maximum, size.default) == ("integer", 1, 10, "3")
    assert by_key["--choice"].choices == ("red", "green")
    assert by_key["--since"].kind == "time"
    assert (by_key["--folder"].kind, by_key["--folder"].folder) == ("path", True)
    assert by_key["--short"].default == "made"
    assert by_key["--word"].secret
    assert by_key["--weird"].default == ""
    assert by_key["--flag"].default == ""
    assert by_key["--region"].shared
    assert not by_key["--since"].shared
    assert FORM.help == "Try everything.\n\nAt length."


def test_everything_wrong_is_said_beside_its_field() -> None:
    problems = FORM.problems({"--size": "11", "--choice": "blue", "--share": "x", "--flag": True})
    assert [problem.key for problem in problems] == ["first", "--size", "--share", "--choice"]
    assert problems[0] == Problem("first", "Needed.")
    assert "11 is not in the range 1<=x<=10" in problems[1].message
    assert [field.key for field in FORM.missing({"--size": "11"})] == ["first"]


def test_an_argument_left_out_before_another_one_is_a_problem() -> None:
    @command("gap")
    @click.argument("a", required=False)
    @click.argument("b", required=False)
    def gap(_session: Any, **_params: Any) -> None: ...

    assert Form(gap, ("gap",)).problems({"b": "x"}) == [Problem("a", "Needed before B.")]
    assert Form(gap, ("gap",)).problems({"a": "x"}) == []


def test_what_is_missing_is_said_of_the_argument_that_is_missing() -> None:
    @command("copy")
    @click.argument("sources", nargs=-1, required=True)
    @click.argument("destination")
    def copy(_session: Any, **_params: Any) -> None: ...

    assert Form(copy, ("copy",)).problems({"sources": ("x",)}) == [Problem("destination", "Needed.")]
    assert Form(copy, ("copy",)).problems({"destination": "x"}) == [Problem("sources", "Needed.")]
    assert Form(copy, ("copy",)).values(["a"]) == {"sources": ("a",)}
    assert Form(copy, ("copy",)).values(["a", "b"]) == {"sources": ("a",), "destination": "b"}


def test_paths_are_completed_from_the_disk(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").write_text("")
    (tmp_path / ".of").mkdir()
    assert FORM.proposals("--folder", f"{tmp_path}/o", {}) == [f"{tmp_path}/one/"]
    assert FORM.proposals("--folder", f"{tmp_path}/nowhere/o", {}) == []
    assert FORM.proposals("--choice", "r", {}) == ["red"]


@pytest.mark.parametrize(
    ("address", "title", "values"),
    [
        ("s3 ls s3://a --since=3d --recursive", "s3 ls", {"uri": "s3://a", "--since": "3d", "--recursive": True}),
        ("-c prod s3 cp", "s3 cp", {}),
        ("s3 cp s3://a/b", "s3 cp", {"sources": ("s3://a/b",)}),
        ("plugins", "plugins ls", {}),
        ("dynamodb edit t --set a=1 -- -k", "dynamodb edit", {"table": "t", "key": ("-k",), "--set": ("a=1",)}),
    ],
)
def test_a_link_fills_in_what_it_has(address: str, title: str, values: dict[str, Any]) -> None:
    app = App()
    link = Link.from_address(address)
    found = form_of(app.root, link, lambda: Run(app))
    assert found is not None
    form, given_values = found
    assert (form.title, given_values) == (title, values)
    assert form.link(given_values, link).connection == link.connection


def test_what_leads_nowhere_has_no_form() -> None:
    app = App()
    for words in (("s3",), ("s3", "no"), ("no",), ()):
        assert form_of(app.root, Link(words)) is None
    with pytest.raises(click.UsageError):
        form_of(app.root, Link(("s3", "ls", "--no-such")))


def test_looking_at_a_form_leaves_no_global_option_behind() -> None:
    app = App()
    run = Run(app)
    found = form_of(app.root, Link(("s3", "ls", "--read-only")), lambda: Run(app))
    assert found is not None
    assert found[0].problems(found[1]) == []
    assert run.given == {}
