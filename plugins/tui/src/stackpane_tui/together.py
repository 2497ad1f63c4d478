"""One view for what is to be done to several rows: their plans in one plan, their outcomes in one outcome."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from stackpane import Failure, InvalidInput, Job, Outcome, Plan, Progress
from stackpane.redaction import redact

if TYPE_CHECKING:
    from stackpane import Link, View

__all__ = ["all_of", "one_by_one"]


def all_of(label: str, links: Sequence[Link], run: Callable[[Link], View]) -> View:
    """What the links, which do the same to one row each, come to together. ``run`` gives the view of one.

    Plans are made first, and nothing is sent before they are confirmed as one. Anything else is a job that runs one
    after the other. Raises what making a plan raises, and ``InvalidInput`` where a link only shows something.
    """
    first = run(links[0])
    if not isinstance(first, Plan):
        return one_by_one(label, links, run, first)
    plans = [first]
    for link in links[1:]:
        view = run(link)
        if not isinstance(view, Plan):
            raise InvalidInput(f"{label} is a plan for some of the rows and none for others")
        plans.append(view)
    return _one_plan(label, plans)


def _one_plan(label: str, plans: Sequence[Plan]) -> Plan:
    sizes = [plan.bytes for plan in plans]
    units = {plan.unit for plan in plans}
    count = sum(plan.count for plan in plans)
    phrases = {plan.phrase for plan in plans}

    def apply() -> Job:
        return Job(label, lambda: _in_turn([plan.apply for plan in plans], [plan.title for plan in plans]))

    return Plan(
        f"{label}: {len(plans)} at once",
        count,
        lambda: chain.from_iterable(plan.targets() for plan in plans),
        phrases.pop() if len(phrases) == 1 else str(count),
        apply,
        bytes=sum(size for size in sizes if size is not None) if None not in sizes else None,
        unit=units.pop() if len(units) == 1 else "target",
        reversible=" ".join(dict.fromkeys(plan.reversible for plan in plans if plan.reversible)),
        notes=tuple(dict.fromkeys(note for plan in plans for note in plan.notes)),
    )


def one_by_one(label: str, links: Sequence[Link], run: Callable[[Link], View], first: View | None = None) -> Job:
    """A job that follows the links one after the other; ``first`` is the view of the first, where it is there already.

    One that fails is an entry of the outcome, and the others are done all the same.
    """

    def each(link: Link, ready: View | None) -> Callable[[], Job]:
        def made() -> Job:
            view = ready if ready is not None else run(link)
            if isinstance(view, Job):
                return view
            if isinstance(view, Outcome):
                return Job(link.label, lambda: _just(view))
            raise InvalidInput(f"{label} shows something: it is for one row at a time")

        return made

    if first is not None and not isinstance(first, (Job, Outcome)):
        raise InvalidInput(f"{label} shows something: it is for one row at a time")
    makers = [each(link, first if index == 0 else None) for index, link in enumerate(links)]
    return Job(f"{label}: {len(links)} rows", lambda: _in_turn(makers, [link.address for link in links]))


def _just(outcome: Outcome) -> Generator[Progress, None, Outcome]:
    return outcome
    yield


def _in_turn(makers: Sequence[Callable[[], Job]], names: Sequence[str]) -> Generator[Progress, None, Outcome]:
    outcomes: list[Outcome] = []
    failed: list[Failure] = []
    for index, (make, name) in enumerate(zip(makers, names, strict=True)):
        yield Progress(index, len(makers), "rows", name)
        try:
            job = make()
            outcomes.append((yield from _within(job, index, len(makers))))
        except Exception as error:  # the others are done all the same, and this is told
            failed.append(Failure(name, redact(str(error) or type(error).__name__)))
    yield Progress(len(makers), len(makers), "rows")
    return _sum(outcomes, failed)


def _within(job: Job, index: int, total: int) -> Generator[Progress, None, Outcome]:
    """The job's outcome; its progress becomes that of the row it is about."""
    running = job.run()
    try:
        while True:
            try:
                progress = next(running)
            except StopIteration as end:
                outcome: Outcome = end.value
                return outcome
            yield Progress(index, total, "rows", progress.current)
    finally:
        running.close()


def _sum(outcomes: Sequence[Outcome], failed: Sequence[Failure]) -> Outcome:
    def gathered(of: Callable[[Outcome], Sequence[Failure]]) -> Iterator[Failure]:
        return chain.from_iterable(map(of, outcomes))

    messages = list(dict.fromkeys(outcome.message for outcome in outcomes))
    more = f" (and {len(messages) - 3:,} more like it)" if len(messages) > 3 else ""
    return Outcome(
        " ".join(messages[:3]) + more if messages else "Nothing was done.",
        done=sum(outcome.done for outcome in outcomes),
        failed=(*failed, *gathered(lambda outcome: outcome.failed)),
        skipped=tuple(gathered(lambda outcome: outcome.skipped)),
        links=tuple(undo for outcome in outcomes if (undo := outcome.undo) is not None),
    )
