"""Views: what a command returns, and what every face shows.

A view says what there is to see and where one can go from there. It holds raw Python values (``int`` bytes, aware
``datetime``, ``Decimal``, ``bytes``, ARNs as ``str``); the *kind* of a column or field tells a face how to show them.
Nothing here imports boto3, a terminal or a web library, and nothing here prints.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from stackpane.links import Link

__all__ = [
    "Column",
    "Document",
    "Failure",
    "Field",
    "Job",
    "Kind",
    "Link",
    "Outcome",
    "Page",
    "PageRequest",
    "Plan",
    "Progress",
    "Record",
    "Row",
    "Sample",
    "Section",
    "Stream",
    "Table",
    "View",
]

Kind = Literal["text", "number", "size", "time", "moment", "duration", "state", "bool", "arn", "uri", "json", "binary"]
"""How a value is shown: ``size`` is bytes as ``int``, ``time`` an aware ``datetime`` or the UTC text that AWS sends
(``2026-11-22T01:00:00.000Z``, shown without being parsed), ``moment`` the same shown to the millisecond, ``duration`` a
``timedelta`` or seconds, ``json`` any JSON value, ``arn`` and ``uri`` are links wherever an installed plugin can open
them."""

Row = tuple[Any, ...]
"""One row's raw values, in the order of the table's columns; ``None`` where there is no value.

In a table without columns of its own (``Table.sample``) a row is a mapping instead: of names to raw values, and without
the names that it has no value for."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``name`` is AWS's own name of the value (``LastModified``) and the key in JSON output.

    A ``wide`` column is left out of the narrow table of a terminal; machine formats always have it.
    """

    name: str
    kind: Kind = "text"
    wide: bool = False


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What a face asks a table for: where to start (``None``: at the beginning), and how many rows would be enough.

    ``size`` is a hint that saves AWS and the wire work; pages may be shorter or longer. ``None`` means "all there are".
    """

    cursor: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the cursor that the *next* page starts at (``None``: this is the last one).

    A face that stops in the middle of a page goes on at the cursor the page itself started at, and leaves out the rows
    it had. Where that page may not come again as the next one, ``at`` gives the cursor behind the first so many rows.
    """

    rows: Sequence[Row]
    next: str | None = None
    at: Callable[[int], str] | None = None


Sample = Callable[[Sequence[Mapping[str, Any]]], tuple[Column, ...]]
"""Makes the columns to show from the first rows of a table without columns of its own."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that are produced page by page, only as far as a face asks.

    ``fetch`` yields pages from the request's cursor on. It must do nothing before it is first advanced and must not
    fetch a page before it is asked for it. ``link`` gives the place that a row leads to, ``actions`` what else can be
    done with it. ``links`` belong to the table as a whole, as the AWS console's page ``console_url`` does. ``preview``
    gives the document to show beside the table while the user looks at a row, ``None`` where there is none that is
    cheap: no more of it than a glance needs, and of what reading changes or costs more than a request, nothing.

    Where every row has names of its own, as items of a database do, ``columns`` is empty, rows are mappings, and
    ``sample`` makes the columns to show from the first rows. Formats of objects have every row as it is.
    """

    columns: tuple[Column, ...]
    fetch: Callable[[PageRequest], Iterator[Page]]
    title: str = ""
    link: Callable[[Row], Link | None] | None = None
    actions: Callable[[Row], Sequence[Link]] | None = None
    links: tuple[Link, ...] = ()
    console_url: str | None = None
    sample: Sample | None = None
    preview: Callable[[Row], Link | None] | None = None

    @classmethod
    def of(cls, columns: Sequence[Column], rows: Iterable[Row], **more: Any) -> Table:
        """A table of rows that are already there (or an iterable, read once, when the first page is asked for)."""

        def fetch(_request: PageRequest) -> Iterator[Page]:
            yield Page(tuple(rows))

        return cls(tuple(columns), fetch, **more)


@dataclass(frozen=True, slots=True)
class Field:
    """One named value of a record. A ``secret`` one is masked until the user asks to see it."""

    name: str
    value: Any
    kind: Kind = "text"
    secret: bool = False
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of fields; the first one of a record usually has no title."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One resource: its fields in sections, its tags, and links to what belongs to it and what can be done with it."""

    title: str
    sections: tuple[Section, ...]
    arn: str | None = None
    console_url: str | None = None
    tags: Mapping[str, str] | None = None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A body with a media type. ``body`` is the bytes, or chunks of them produced as they are read (once).

    ``size`` is the whole length in bytes where it is known. ``partial`` says that the body is only a part of it, by the
    user's own wish (a range, a head); a body that ends early by a fault raises instead.

    Where the body is the answer to something that was done, ``notes`` are lines about that, to be read before it, and
    ``failed`` says what of it did not work: the body is shown all the same.
    """

    body: bytes | Iterable[bytes]
    media_type: str = "application/octet-stream"
    name: str = ""
    size: int | None = None
    partial: bool = False
    links: tuple[Link, ...] = ()
    notes: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Stream:
    """Events without an end. ``events`` gives rows as they come, until its iterator is closed."""

    columns: tuple[Column, ...]
    events: Callable[[], Iterator[Row]]
    title: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that was not done. ``unknown`` says that nobody can tell whether it was (the answer never came)."""

    target: str
    reason: str
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, what failed and why.

    ``message`` is one sentence in the past tense ("Deleted 3 objects."). ``done`` counts what AWS confirmed, ``failed``
    has one entry per target that it did not, ``skipped`` one per target left alone on purpose, with the reason.
    ``result`` is data for machine output (the new version id, the presigned URL). ``undo`` is the link that takes it
    back, where one exists. ``resume`` is the link that goes on with what is missing. ``view`` is what it was done for
    (the rows of a query): it is shown in place of ``result``, with the rest told beside it, and the first of ``links``
    leads there once more.
    """

    message: str
    done: int = 1
    failed: tuple[Failure, ...] = ()
    skipped: tuple[Failure, ...] = ()
    result: Mapping[str, Any] = field(default_factory=dict)
    undo: Link | None = None
    resume: Link | None = None
    links: tuple[Link, ...] = ()
    view: Table | Record | Document | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: ``done`` of ``total`` (``None``: not known yet) in ``unit`` (``"bytes"``, ``"objects"``).

    ``files`` and ``files_total`` count whole entries where ``unit`` is bytes. ``current`` names what is worked on.
    """

    done: int
    total: int | None = None
    unit: str = "bytes"
    current: str = ""
    files: int | None = None
    files_total: int | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """Long work. ``run`` starts it: a generator that yields ``Progress`` and returns the ``Outcome``.

    It yields at least every quarter of a second, also when nothing moves, so that a face can show the time going by
    and cancel it: closing the generator cancels the work, leaves no thread behind and keeps what a later run can
    resume. ``resume`` is the link that goes on after a cancel.
    """

    title: str
    run: Callable[[], Generator[Progress, None, Outcome]]
    resume: Link | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a destructive or bulk command *would* do. Nothing is sent before ``apply().run()``.

    ``targets`` gives every target as text, exactly as frozen when the plan was made; ``count`` and ``bytes`` sum them
    up. ``phrase`` is what the user types to go on. ``reversible`` says in one sentence, before it is done, whether and
    how it can be undone. ``notes`` are further facts to weigh.
    """

    title: str
    count: int
    targets: Callable[[], Iterator[str]]
    phrase: str
    apply: Callable[[], Job]
    bytes: int | None = None
    unit: str = "object"
    reversible: str = ""
    notes: tuple[str, ...] = ()


View = Table | Record | Document | Stream | Plan | Job | Outcome
