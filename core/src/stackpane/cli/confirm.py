"""A plan: shown before anything is sent, carried out only by someone who has read it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from stackpane.cli.output.lists import rows_of
from stackpane.cli.output.outcome import show_outcome
from stackpane.cli.progress import Interrupted, run_job
from stackpane.errors import ExitCode, Refused
from stackpane.formats.scripts import mixes_scripts
from stackpane.text import human_count, human_size, is_plain
from stackpane.views import Column, Outcome

if TYPE_CHECKING:
    from stackpane.cli.output.console import Console
    from stackpane.cli.output.options import OutputOptions
    from stackpane.cli.output.query import Query
    from stackpane.views import Plan

__all__ = ["confirm", "show_plan", "tell_plan"]

_SAMPLE = 10


def show_plan(plan: Plan, query: Query | None, options: OutputOptions, io: Console) -> ExitCode:
    """Show the plan, ask, and carry it out. Raises ``Refused`` where it is not confirmed."""
    if options.dry_run:
        tell_plan(plan, io, sample=0)
        _list_targets(plan, query, options, io)
        return ExitCode.DONE
    tell_plan(plan, io)
    if plan.count == 0:
        return show_outcome(Outcome("There is nothing to do.", done=0), query, options, io)
    confirm(plan, options, io)
    return show_outcome(run_job(plan.apply(), io), query, options, io)


def _list_targets(plan: Plan, query: Query | None, options: OutputOptions, io: Console) -> None:
    """Write every target of the plan: a dry run that is cut would be none."""
    writer = rows_of((Column("Target", "uri"),), query, options, io)
    targets = plan.targets()
    while batch := [(target,) for target in islice(targets, 1000)]:
        writer.write(batch)
    writer.close()


def tell_plan(plan: Plan, io: Console, sample: int = _SAMPLE) -> None:
    """Say on stderr what the plan would do: how much, some of its targets, and whether it can be undone."""
    size = f", {human_size(plan.bytes)}" if plan.bytes is not None else ""
    io.note(f"{plan.title}: {human_count(plan.count, plan.unit)}{size}")
    named = list(islice(plan.targets(), sample))
    for target in named:
        io.note(f"  {target}")
    if named and plan.count > len(named):
        io.note(f"  … and {plan.count - len(named):,} more")
    if any(map(mixes_scripts, [plan.title, plan.phrase, *named])):
        io.warn("a name mixes letters of several scripts that may look alike: make sure that it is the one you mean")
    for line in (*plan.notes, plan.reversible):
        if line:
            io.note(line)


def confirm(plan: Plan, options: OutputOptions, io: Console) -> None:
    """Return where the plan may be carried out. Raises ``Refused`` where it may not; nothing has been sent then."""
    if options.yes:
        return
    if not io.can_ask:
        raise Refused(
            "Nothing was sent: the plan has to be confirmed, and there is no terminal to ask on.",
            "Look at it with --dry-run, carry it out with --yes.",
        )
    if not is_plain(plan.phrase):
        raise Refused(
            "Nothing was sent: the name to confirm with has characters that cannot be seen or typed.",
            "Look at the plan with --dry-run, carry it out with --yes.",
        )
    try:
        answer = io.ask(f"Type {plan.phrase} to go on, anything else stops:")
    except KeyboardInterrupt:
        io.note("")
        io.note("Nothing was sent.")
        raise Interrupted from None
    # Compared code point by code point: a look-alike is another name.
    if answer != plan.phrase:
        raise Refused("Nothing was sent: the plan was not confirmed.")
