"""One view of each kind, with every kind of value; hostile ones among them."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from stackpane.links import Link
from stackpane.views import (
    Column,
    Document,
    Failure,
    Field,
    Job,
    Outcome,
    Page,
    PageRequest,
    Plan,
    Progress,
    Record,
    Row,
    Section,
    Stream,
    Table,
)

TEN = datetime(2026, 11, 22, 10, tzinfo=UTC)
ESCAPE = "evil\x1b]0;title\x07\u202egnp.exe"

KINDS = (
    Column("Key", "uri"),
    Column("Size", "size"),
    Column("LastModified", "time"),
    Column("State", "state"),
    Column("Age", "duration"),
    Column("Price", "number"),
    Column("Latest", "bool"),
    Column("Owner", "json", wide=True),
    Column("Digest", "binary", wide=True),
)
ROWS: tuple[Row, ...] = (
    ("a/photo.jpg", 5662310, "2026-11-22T10:00:00.000Z", "ACTIVE", timedelta(hours=3), 7, True, {"ID": "x"}, b"\0\xff"),
    ('b, "quoted"', 0, TEN, "CREATING", 0.5, Decimal("1.10"), False, [1, None], b""),
    ("日本語.txt", 1023, TEN + timedelta(milliseconds=5), "CREATE_FAILED", timedelta(0), -3, None, None, None),
    (ESCAPE, None, None, None, None, None, None, {"k": ESCAPE}, None),
    ("=1+1", 1024, TEN, "", 86400, 1.5, True, "text", b"ab"),
    ("'=1\tx\\\n2", 1, TEN, "-", 1, 0, True, True, b"ab"),
)


def table(rows: Sequence[Row] = ROWS, columns: Sequence[Column] = KINDS) -> Table:
    return Table.of(columns, rows)


ITEMS: tuple[dict[str, Any], ...] = (
    {"id": Decimal("1"), "note": None, "price": Decimal("12345678901234567890.123456789012345678"), "name": "plain"},
    {
        "id": Decimal("2E+3"),
        "price": Decimal("1.10"),
        "name": ESCAPE,
        "tags": {"$SS": ["a"]},
        ESCAPE: Decimal("-1E-130"),
    },
    {"id": Decimal(3), "price": None, "name": "=1+1", "deep": [Decimal("0.10"), {"b": None}], "yes": True},
)
"""Rows with names of their own: ``None`` is a value, and is not the same as none."""


def sample(rows: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    """A column for every name, in the order in which they come."""
    return tuple(Column(name) for name in dict.fromkeys(name for row in rows for name in row))


def items(rows: Sequence[Mapping[str, Any]] = ITEMS, size: int = 2) -> Table:
    """A table without columns of its own, with so many rows a page."""

    def fetch(request: PageRequest) -> Iterator[Page]:
        at = int(request.cursor or 0)
        while True:
            page: Any = rows[at : at + size]
            at += size
            yield Page(page, str(at) if at < len(rows) else None)
            if at >= len(rows):
                return

    return Table((), fetch, sample=sample)


NUMBERED = (Column("Key", "uri"), Column("Size", "size"))


def numbered(count: int) -> list[Row]:
    return [(f"key-{number:04d}", number) for number in range(count)]


def paged(rows: Sequence[Row], sizes: Sequence[int], fetched: list[PageRequest | int] | None = None) -> Table:
    """A table whose page cursors are row numbers, and whose pages have these sizes, over and over.

    ``fetched`` notes the request and then the first row of each page as it is made.
    """

    def fetch(request: PageRequest) -> Iterator[Page]:
        note = fetched if fetched is not None else []
        note.append(request)
        at = int(request.cursor or 0)
        for turn in range(10**6):
            note.append(at)
            end = min(len(rows), at + sizes[turn % len(sizes)])
            yield Page(rows[at:end], str(end) if end < len(rows) else None)
            if end == len(rows):
                return
            at = end

    return Table(NUMBERED, fetch)


RECORD = Record(
    "photo.jpg",
    (
        Section(
            "",
            (
                Field("Key", "a/photo.jpg", "uri"),
                Field("ContentLength", 5662310, "size"),
                Field("LastModified", TEN, "time"),
                Field("VersionId", None),
                Field("State", "CREATE_FAILED", "state"),
                Field("Metadata", {"camera": ESCAPE}, "json"),
                Field("Versions", 3, "number", link=Link.to("s3 versions", "s3://b/a/photo.jpg")),
            ),
        ),
        Section("Encryption", (Field("Key", "arn:aws:kms:…", "arn"), Field("Secret", "hunter2", secret=True))),
        Section(
            "Policy", (Field("Policy", {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}] * 3}, "json"),)
        ),
    ),
    arn="arn:aws:s3:::b/a/photo.jpg",
    console_url="https://us-east-1.console.aws.amazon.com/s3/object/b",
    tags={"env": "prod", "über": ESCAPE},
    links=(Link.to("s3 get", "s3://b/a/photo.jpg", label="Download"), Link.to("s3 rm", "s3://b/it's")),
)

DOCUMENT = Document(b"caf\xc3\xa9\r\n\x1b[31mred\n", "text/plain", size=16)

OUTCOME = Outcome(
    "Deleted 2 of 4 objects.",
    done=2,
    failed=(Failure("s3://b/" + ESCAPE, "AccessDenied"), Failure("s3://b/c", "no answer came", unknown=True)),
    skipped=(Failure("s3://b/d", "it has changed"),),
    result={"VersionId": "v1", "Until": TEN},
    undo=Link.to("s3 restore", "s3://b/a"),
    resume=Link.to("s3 rm", "s3://b/", recursive=True),
)


def stream() -> Stream:
    columns = (Column("timestamp", "time"), Column("message"))
    return Stream(columns, lambda: iter([(TEN, "started"), (TEN + timedelta(seconds=1), ESCAPE)]))


def job(outcome: Outcome = OUTCOME) -> Job:
    def run() -> Generator[Progress, None, Outcome]:
        yield Progress(0, 4, "objects")
        yield Progress(2, 4, "objects", current=ESCAPE)
        return outcome

    return Job("Deleting", run, resume=outcome.resume)


def plan(count: int = 12, outcome: Outcome = OUTCOME) -> Plan:
    targets = [f"s3://b/key-{number:02d}" for number in range(count - 1)] + ["s3://b/" + ESCAPE] * (count > 0)
    return Plan(
        "Delete from s3://b/",
        count,
        lambda: iter(targets),
        "b",
        lambda: job(outcome),
        bytes=5662310,
        reversible="It cannot be undone: the bucket keeps no versions.",
        notes=("One object is under a legal hold.",),
    )
