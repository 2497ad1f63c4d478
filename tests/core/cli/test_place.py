"""Links on the command line say where they are, so that copying them leads to the same place."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from stackpane.cli.place import placed
from stackpane.links import Link
from stackpane.options import Settings
from stackpane.testing.kit import finish
from stackpane.views import Field, Job, Outcome, Plan, Progress, Record, Section

if TYPE_CHECKING:
    from tests.harness.cli import Cli
    from tests.harness.emulators import Emulator

PLACE = Settings(connections=("prod",), regions=("eu-west-1",)).place


def test_a_records_links_get_the_place_and_keep_their_own() -> None:
    own = Link.to("x", "1").at("other", None)
    record = Record("r", (Section("", (Field("F", 1, link=Link.to("y")),)),), links=(Link.to("x", "1"), own))
    view = placed(record, PLACE)
    assert isinstance(view, Record)
    assert [link.address for link in view.links] == ["-c prod --region eu-west-1 x 1", "-c other x 1"]
    (field,) = view.sections[0].fields
    assert field.link is not None
    assert field.link.address == "-c prod --region eu-west-1 y"


def test_what_a_plan_comes_to_can_be_undone_in_the_same_place() -> None:
    def run() -> Generator[Progress, None, Outcome]:
        yield Progress(0)
        return Outcome("Done.", undo=Link.to("undo"), resume=Link.to("again"))

    plan = Plan("p", 1, lambda: iter(("t",)), "y", lambda: Job("j", run, resume=Link.to("again")))
    view = placed(plan, PLACE)
    assert isinstance(view, Plan)
    job = view.apply()
    assert job.resume is not None
    outcome = finish(job)
    assert outcome.undo is not None
    assert outcome.resume is not None
    assert {job.resume.address, outcome.resume.address} == {"-c prod --region eu-west-1 again"}
    assert outcome.undo.address == "-c prod --region eu-west-1 undo"


def test_without_a_place_nothing_changes() -> None:
    view = Outcome("Done.", undo=Link.to("undo"))
    assert placed(view, Settings().place) is view


def test_a_link_that_was_printed_works_as_it_is(cli: Cli, moto: Emulator) -> None:
    moto.reset()
    moto.client("s3").create_bucket(Bucket="photos")
    moto.client("s3").put_object(Bucket="photos", Key="a b", Body=b"hello")
    record = cli("s3", "show", "s3://photos/a b", "--endpoint-url", moto.url, "-o", "json").ok().json()
    (line,) = [link["Command"] for link in record["Links"] if " s3 cat " in link["Command"]]
    assert cli(*Link.from_address(line).to_argv()).ok().stdout == b"hello"
