"""A plan is shown, and carried out only by someone who typed its phrase, or said --yes beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackpane.errors import ExitCode, Refused
from stackpane.formats.scripts import mixes_scripts
from stackpane.views import Job, Outcome, Plan
from tests.core.output.samples import ESCAPE, plan
from tests.core.output.showing import on_terminal, shown
from tests.core.output.test_console import PROGRAM

if TYPE_CHECKING:
    from tests.harness.terminal import TerminalFactory

DONE = Outcome("Deleted 12 objects.", done=12)


def counted(phrase: str = "b", targets: tuple[str, ...] = ("s3://b/a",)) -> tuple[Plan, list[str]]:
    """A plan, and what is written down when it is carried out."""
    applied: list[str] = []

    def apply() -> Job:
        applied.append("applied")
        return plan(outcome=DONE).apply()

    return Plan("Delete", len(targets), lambda: iter(targets), phrase, apply), applied


def test_a_plan_shows_count_size_sample_and_whether_it_can_be_undone(terminal: TerminalFactory) -> None:
    window = terminal.run(*PROGRAM, "plan", rows=40)
    window.wait_for("Type b to go on")
    assert window.text.splitlines() == [
        "Delete from s3://b/: 12 objects, 5.4 MiB",
        *(f"  s3://b/key-{number:02d}" for number in range(10)),
        "  … and 2 more",
        "One object is under a legal hold.",
        "It cannot be undone: the bucket keeps no versions.",
        "Type b to go on, anything else stops:",
    ]
    window.send("b\r")
    assert window.wait() == ExitCode.SOME_FAILED
    assert "anything else stops: b\nVersionId  v1\n" in window.text
    assert "Deleted 2 of 4 objects." in window.text


def test_the_phrase_typed_exactly_carries_it_out() -> None:
    view, applied = counted("prod-bucket")
    assert on_terminal(view, keys=b"prod-bucket\n").code == ExitCode.DONE
    assert applied == ["applied"]


@pytest.mark.parametrize(
    "keys", ["\n", "y\n", "yes\n", "prod\n", "Prod\n", " prod-bucket\n", "prod-bucket \n", "prod-buckeт\n", "\x04"]
)
def test_anything_else_sends_nothing(keys: str) -> None:
    view, applied = counted("prod-bucket")
    result = on_terminal(view, keys=keys.encode(), fails=Refused)
    assert isinstance(result.error, Refused)
    assert result.error.exit_code == ExitCode.REFUSED
    assert result.error.message == "Nothing was sent: the plan was not confirmed."
    assert applied == []


def test_without_a_terminal_nothing_is_sent_even_if_the_phrase_comes_in() -> None:
    view, applied = counted()
    result = shown(view, answer=b"b\n", fails=Refused)
    assert isinstance(result.error, Refused)
    assert result.error.hint == "Look at it with --dry-run, carry it out with --yes."
    assert (applied, result.stdout) == ([], b"")


def test_yes_carries_it_out_without_asking() -> None:
    view, applied = counted()
    assert shown(view, yes=True).code == ExitCode.DONE
    assert applied == ["applied"]


def test_a_dry_run_lists_every_target_and_sends_nothing_even_with_yes() -> None:
    targets = tuple(f"s3://b/{number}" for number in range(2500))
    view, applied = counted(targets=targets)
    result = shown(view, dry_run=True, yes=True, format="tsv", limit=100)
    assert tuple(result.text.splitlines()[1:]) == targets
    assert (result.code, applied) == (ExitCode.DONE, [])


def test_a_plan_without_targets_asks_nothing_and_sends_nothing() -> None:
    view, applied = counted(targets=())
    result = shown(view, format="json")
    assert (result.code, applied) == (ExitCode.DONE, [])
    assert '"Done": 0' in result.text


def test_a_phrase_that_cannot_be_typed_is_not_asked_for() -> None:
    view, applied = counted(ESCAPE)
    result = on_terminal(view, keys=ESCAPE.encode() + b"\n", fails=Refused)
    assert "cannot be seen or typed" in str(result.error)
    assert applied == []


def test_ctrl_c_at_the_question_sends_nothing(terminal: TerminalFactory) -> None:
    window = terminal.run(*PROGRAM, "plan")
    window.wait_for("Type b to go on")
    window.send("\x03")
    assert window.wait() == ExitCode.INTERRUPTED
    assert window.screen[-1:] == [""]
    assert window.text.endswith("Nothing was sent.")


@pytest.mark.parametrize("text", ["s3://аpple/", "pаypal.txt", "dir/Αbc", "key ΑB", "Ωmega"])
def test_look_alikes_of_other_scripts_are_pointed_out(text: str) -> None:
    assert mixes_scripts(text)
    assert "letters of several scripts" in shown(counted(targets=(text,))[0], yes=True).said


@pytest.mark.parametrize("text", ["s3://b/key-1", "日本語ファイルabc", "Zürich/straße", "отчёт/2026-report", "ｱbc"])
def test_names_of_one_script_a_word_are_left_alone(text: str) -> None:
    assert not mixes_scripts(text)
