"""The browser as a whole, with a service that needs no AWS: places and the way between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackpane_tui.dialogs.details import Details
from stackpane_tui.dialogs.help import Help
from stackpane_tui.dialogs.picker import Picker
from tests.tui import toy

if TYPE_CHECKING:
    from tests.tui.conftest import Browse


async def test_home_lists_the_services_and_leads_into_them(browse: Browse) -> None:
    async with browse() as driven:
        await driven.until("Toy Service")
        await driven.press("enter")
        await driven.until("toy-001")
        assert driven.address == "--endpoint-url http://127.0.0.1:1 toy ls"
        assert "Services › Toys" in driven.lines[0]


async def test_the_way_back_leads_to_the_same_row_and_scroll(browse: Browse) -> None:
    async with browse("toy ls") as driven:
        await driven.until("toy-001")
        await driven.press("G")
        await driven.until("toy-059")
        await driven.press("k", "k", "enter")
        await driven.until("toy show toy-057")
        assert "toy-020" not in driven.text
        await driven.press("escape")
        await driven.until("toy-059")
        await driven.press("enter")
        await driven.until("toy show toy-057")
        await driven.press("escape", "right_square_bracket")
        await driven.until("toy show toy-057")


async def test_refreshing_keeps_the_row(browse: Browse) -> None:
    async with browse("toy ls") as driven:
        await driven.until("toy-001")
        await driven.press("j", "j", "j")
        before = driven.browser.place
        await driven.browser.run_action("reload")
        await driven.until(lambda: driven.browser.place is not before)
        await driven.until("toy-001")
        await driven.press("enter")
        await driven.until("toy show toy-003")


async def test_the_address_and_the_arn_are_copied(browse: Browse) -> None:
    async with browse("toy show 'a b'") as driven:
        await driven.until("us-east-1")
        await driven.press("y")
        await driven.press("Y")
        assert driven.copied == [
            "stackpane --endpoint-url http://127.0.0.1:1 toy show 'a b'",
            "arn:aws:toy:us-east-1:123456789012:a b",
        ]


async def test_a_hung_command_leaves_the_browser_usable_and_its_late_answer_is_dropped(browse: Browse) -> None:
    async with browse("toy ls") as driven:
        await driven.until("toy-001")
        driven.browser.go("toy hang")
        await driven.until("Esc cancels")
        await driven.press("j")
        await driven.press("escape")
        assert driven.notice == "Cancelled."
        toy.release.set()
        await driven.go("toy show later", "toy show later")
        assert "Came late" not in driven.text
        assert [place.link.argv[1] for place in driven.browser.tab.places] == ["ls", "show"]


async def test_a_command_asks_in_a_dialog_and_a_secret_is_not_shown(browse: Browse) -> None:
    async with browse("toy ls") as driven:
        driven.browser.go("toy ask --secret")
        await driven.until("What is it?")
        await driven.type("hunter2")
        assert "hunter2" not in driven.text
        await driven.press("enter")
        await driven.until("7 letters")


async def test_a_question_that_is_not_answered_stops_the_command(browse: Browse) -> None:
    async with browse("toy ls") as driven:
        driven.browser.go("toy ask")
        await driven.until("What is it?")
        await driven.press("escape")
        await driven.until("no answer was given")
        assert driven.browser.screen_stack[1:] == []


async def test_a_question_goes_with_the_command_that_is_cancelled(browse: Browse) -> None:
    async with browse("toy ls") as driven:
        driven.browser.go("toy ask")
        await driven.until("What is it?")
        driven.browser.cancel()
        await driven.until(lambda: len(driven.browser.screen_stack) == 1)


async def test_an_error_is_one_line_with_its_remedy_and_its_details(browse: Browse) -> None:
    async with browse("toy ls") as driven:
        await driven.go("toy fail 'it is broken'", "it is broken")
        assert driven.notice == "it is broken it is broken"
        await driven.press("exclamation_mark")
        await driven.until(lambda: isinstance(driven.browser.screen, Details))
        await driven.until("stackpane --endpoint-url http://127.0.0.1:1 toy fail")
        await driven.press("escape", "escape")
        await driven.until(lambda: driven.notice != "it is broken it is broken")


async def test_a_fault_is_told_without_the_values_of_variables(browse: Browse) -> None:
    async with browse("toy ls") as driven:
        await driven.go("toy fail --fault oops", "RuntimeError")
        await driven.press("exclamation_mark")
        await driven.until(lambda: isinstance(driven.browser.screen, Details))
        told = driven.browser.screen.text  # type: ignore[attr-defined]
        assert "raise RuntimeError(message, len(password))" in told
        assert "canary-oops" not in told


async def test_a_usage_error_says_where_help_is(browse: Browse) -> None:
    async with browse("toy ls") as driven:
        await driven.go("toy lss", "Did you mean ls")
        await driven.go("toy ls --help", "List toys.")


async def test_the_first_place_that_fails_leaves_home(browse: Browse) -> None:
    async with browse("toy fail nothing") as driven:
        await driven.until("Toy Service")
        assert "nothing" in driven.notice


async def test_tabs_are_opened_turned_to_and_closed(browse: Browse) -> None:
    async with browse("toy ls") as driven:
        await driven.until("toy-001")
        await driven.press("ctrl+t")
        await driven.until("Toy Service")
        assert "1 Toys" in driven.lines[1]
        assert "2 Services" in driven.lines[1]
        await driven.press("left_curly_bracket")
        await driven.until("toy-001")
        await driven.press("right_curly_bracket", "ctrl+w")
        await driven.until("toy-001")
        assert len(driven.browser.tabs) == 1
        await driven.press("ctrl+w")
        assert len(driven.browser.tabs) == 1


async def test_a_bookmark_is_kept_and_listed_at_home(browse: Browse) -> None:
    async with browse("toy show red") as driven:
        await driven.until("us-east-1")
        await driven.press("b")
        await driven.until("Bookmarked")
    async with browse() as driven:
        await driven.until("bookmark")
        await driven.press("G", "enter")
        await driven.until("toy show red")
        await driven.press("b")
        await driven.until("The bookmark is gone")


async def test_what_changes_something_is_no_bookmark_and_is_not_repeated_unasked(browse: Browse) -> None:
    async with browse("toy put red") as driven:
        await driven.until("Put red.")
        await driven.press("b")
        await driven.until("Only a place that shows something")
        await driven.press("r")
        await driven.until("Run it again?")
        await driven.press("n")
        assert toy.sent == ["put red"]
        await driven.press("r")
        await driven.until("Run it again?")
        await driven.press("y")
        await driven.until(lambda: toy.sent == ["put red", "put red"])


async def test_the_keys_of_the_pane_are_listed_with_their_names(browse: Browse) -> None:
    async with browse("toy ls") as driven:
        await driven.until("toy-001")
        await driven.press("question_mark")
        await driven.until(lambda: isinstance(driven.browser.screen, Help))
        shown = "\n".join(driven.browser.screen.lines)  # type: ignore[attr-defined]
        assert "table.filter" in shown
        assert "Copy the address" in shown


async def test_the_palette_finds_commands_places_and_what_is_pasted(browse: Browse) -> None:
    async with browse("toy ls") as driven:
        await driven.press("ctrl+p")
        await driven.until("Follow toys.")
        await driven.type("arn:aws:toy:eu-west-1:123456789012:blue")
        await driven.until("open it")
        await driven.press("enter")
        await driven.until("toy show blue")
        assert "--region eu-west-1" in driven.address
        await driven.press("ctrl+r")
        await driven.until(lambda: isinstance(driven.browser.screen, Picker))
        await driven.type("toys")
        await driven.press("enter")
        await driven.until("toy-001")


async def test_the_command_line_completes_and_remembers(browse: Browse) -> None:
    async with browse("toy ls") as driven:
        await driven.until("toy-001")
        await driven.press("colon")
        await driven.type("toy sh")
        await driven.until(lambda: " show" in driven.lines)
        await driven.press("tab")
        await driven.type("green")
        await driven.press("enter")
        await driven.until("toy show green")
        await driven.press("colon", "up")
        await driven.until(lambda: "toy show green" in driven.lines[-2])
        await driven.press("escape")
        await driven.press("j")
        assert "j" not in driven.address


async def test_no_key_acts_while_text_is_edited(browse: Browse) -> None:
    async with browse("toy ls") as driven:
        await driven.until("toy-001")
        await driven.press("slash")
        await driven.type("qabr:?")
        await driven.pilot.pause()
        assert driven.browser.screen_stack[1:] == []
        assert driven.browser.is_running
        assert "qabr:?" in driven.text


async def test_an_action_is_picked_by_its_key_which_does_nothing_else(browse: Browse) -> None:
    async with browse("toy ls") as driven:
        await driven.until("toy-001")
        await driven.press("a")
        await driven.until("What is to be done?")
        await driven.press("r")
        await driven.until("toy cat toy-000")
        assert [place.link.argv[1] for place in driven.browser.tab.places] == ["ls", "cat"]


async def test_a_plan_is_confirmed_with_its_phrase_and_its_job_comes_to_an_outcome(browse: Browse) -> None:
    async with browse("toy ls") as driven:
        await driven.until("toy-001")
        await driven.press("ctrl+d")
        await driven.until("Type toy-000")
        await driven.type("toy-001")
        await driven.press("enter")
        await driven.pilot.pause()
        assert toy.sent == []
        await driven.press("ctrl+u")
        await driven.type("toy-000")
        await driven.press("enter")
        await driven.until("Deleted toy-000.")
        assert toy.sent == ["rm toy-000"]


async def test_what_is_done_to_marked_rows_is_one_plan_or_one_job(browse: Browse) -> None:
    async with browse("toy ls") as driven:
        await driven.until("toy-001")
        await driven.press("space", "space", "space", "a")
        await driven.until("Delete (3 marked)")
        await driven.press("d")
        await driven.until("3 toys")
        await driven.type("3")
        await driven.press("enter")
        await driven.until("Deleted toy-002.")
        assert toy.sent == ["rm toy-000", "rm toy-001", "rm toy-002"]
        await driven.press("escape", "escape", "a")
        await driven.until("Put (3 marked)")
        await driven.press("p")
        await driven.until("Put toy-002.")
        assert toy.sent[3:] == ["put toy-000", "put toy-001", "put toy-002"]


async def test_jobs_run_on_in_the_background_and_leaving_asks(browse: Browse) -> None:
    async with browse("toy work") as driven:
        await driven.until(lambda: driven.browser.jobs())
        await driven.press("tilde")
        await driven.until("Toy Service")
        await driven.press("q")
        await driven.until("Jobs are still running. Leave?")
        await driven.press("n")
        await driven.press("J")
        await driven.until("Running jobs")
        await driven.press("enter")
        await driven.until(lambda: driven.address.endswith("toy work"))
        toy.release.set()
        await driven.until("Worked.")
        assert driven.browser.jobs() == []


async def test_a_missing_argument_is_asked_for_in_a_form(browse: Browse) -> None:
    async with browse("toy ls") as driven:
        await driven.go("toy show", "Show a toy.")
        await driven.type("pink")
        await driven.press("enter")
        await driven.until(lambda: driven.address.endswith("toy show pink"))
