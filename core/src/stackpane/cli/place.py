"""Links as this command line would have to say them: with the connection, region and endpoint that it was given.

A view's links mean "in the same place". A terminal browser stays in its place; the next command line starts anew.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from stackpane.views import Field, Job, Outcome, Plan, Progress, Record, Section, View

if TYPE_CHECKING:
    from stackpane.links import Link
    from stackpane.options import Settings

__all__ = ["place_of", "placed"]

L = TypeVar("L", "Link", "Link | None")


def place_of(settings: Settings) -> tuple[str, ...]:
    """The global options that say where a command runs, and how long it waits there, as words."""
    return settings.place()


def placed(view: View, place: tuple[str, ...]) -> View:
    """The view with its links in ``place``; those that name a place of their own keep it."""
    if not place:
        return view
    match view:
        case Record():
            return _record(view, place)
        case Outcome():
            return _outcome(view, place)
        case Job():
            return _job(view, place)
        case Plan():
            return replace(view, apply=lambda: _job(view.apply(), place))
    return view


def _in(link: L, place: tuple[str, ...]) -> L:
    if link is None or link.place:
        return link
    return replace(link, argv=(*place, *link.argv))


def _record(record: Record, place: tuple[str, ...]) -> Record:
    def field(each: Field) -> Field:
        return replace(each, link=_in(each.link, place))

    sections = tuple(Section(section.title, tuple(map(field, section.fields))) for section in record.sections)
    return replace(record, sections=sections, links=tuple(_in(link, place) for link in record.links))


def _outcome(outcome: Outcome, place: tuple[str, ...]) -> Outcome:
    return replace(
        outcome,
        undo=_in(outcome.undo, place),
        resume=_in(outcome.resume, place),
        links=tuple(_in(link, place) for link in outcome.links),
    )


def _job(job: Job, place: tuple[str, ...]) -> Job:
    def run() -> Generator[Progress, None, Outcome]:
        return _outcome((yield from job.run()), place)

    return replace(job, run=run, resume=_in(job.resume, place))
