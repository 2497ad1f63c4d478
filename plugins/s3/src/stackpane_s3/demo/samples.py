"""What lies in the demo's buckets: the objects of a small shipping office, the same in every demo."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.resources import files

from stackpane_s3.demo.pictures import landscape

__all__ = ["BUCKETS", "HISTORY", "Bucket", "Sample"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One object to put: its key, body and content type, and what else S3 keeps of it."""

    key: str
    body: bytes
    content_type: str = "application/octet-stream"
    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    storage_class: str = "STANDARD"


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket: what is in it, its tags, and its region (``None``: that of the demo)."""

    name: str
    samples: Callable[[], Iterator[Sample]]
    tags: Mapping[str, str] = field(default_factory=dict)
    region: str | None = None
    versioned: bool = False


_PLACES = ("Hamburg", "Aarhus", "Gdansk", "Turku", "Bergen", "Oostende")
_SHIPS = ("Annelise", "Skagen", "Nordlys", "Baltica", "Meander")
_DAY = datetime(2026, 11, 21, tzinfo=UTC)
_ALBUMS = (("2024/07", 4), ("2025/03", 3), ("2025/11", 5), ("2026/01", 3), ("2026/06", 8), ("2026/11", 6))


def _photos() -> Iterator[Sample]:
    number = 1000
    for (month, count), place in zip(_ALBUMS, _PLACES, strict=True):
        for _ in range(count):
            number += 1
            about = {"camera": "Z 5", "place": place, "taken": f"{month.replace('/', '-')}-{number % 28 + 1:02}"}
            tags = {"album": place, "rating": str(number % 5 + 1)}
            yield Sample(f"{month}/IMG_{number}.png", landscape(number), "image/png", about, tags)
    for name in ("harbour", "lighthouse"):
        picture = files(__package__).joinpath(f"{name}.jpg").read_bytes()
        yield Sample(f"covers/{name}.jpg", picture, "image/jpeg", {"title": name.title()}, {"album": "Covers"})
    yield Sample("README.md", b"# Photos\n\nYear, month, picture. The covers are for the calendar.\n", "text/markdown")


def _documents() -> Iterator[Sample]:
    for number in range(10001, 10019):
        day, order = _order(number)
        yield Sample(
            f"orders/{day:%Y/%m}/order-{number}.json", _json(order), "application/json", tags={"team": "sales"}
        )
    yield Sample("customers.csv", _customers(), "text/csv; charset=utf-8", {"exported-by": "crm 4.2"})
    page = b"<!doctype html>\n<title>Timetable</title>\n<h1>Timetable</h1>\n<p>Daily at 07:40, from quay 3.</p>\n"
    yield Sample("timetable.html", page, "text/html; charset=utf-8")
    # Names that people really give, and that programs really get wrong.
    for name in (
        "Grüße aus Köln 🌊.txt",
        'it\'s 100% "final" (v2) & signed.txt',
        "-rf *.txt",
        "../outside.txt",
        "=SUM(A1;A2).csv",
        "not \x1b[31mred\x1b[0m.txt",
    ):
        yield Sample(f"inbox/{name}", f"This object's name is {name!r}.\n".encode(), "text/plain; charset=utf-8")


def _order(number: int) -> tuple[datetime, dict[str, object]]:
    day = _DAY - timedelta(days=number * 7 % 50)
    item = {"sku": f"CRATE-{number * 3 % 90:02}", "quantity": number % 9 + 1, "weight_kg": number * 37 % 900}
    return day, {
        "order": number,
        "ordered": f"{day:%Y-%m-%d}",
        "ship": _SHIPS[number % len(_SHIPS)],
        "from": _PLACES[number % len(_PLACES)],
        "to": _PLACES[(number + 2) % len(_PLACES)],
        "items": [item],
        "paid": number % 3 != 0,
    }


def _customers() -> bytes:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(("id", "name", "city", "since", "balance_eur"))
    for number in range(1, 201):
        since = _DAY - timedelta(days=number * 11)
        name = f"{_SHIPS[number % len(_SHIPS)]} & Sons {number:03}"
        rows.writerow(
            (number, name, _PLACES[number % len(_PLACES)], f"{since:%Y-%m-%d}", f"{number * 137.5 % 9000:.2f}")
        )
    return text.getvalue().encode()


def _logs() -> Iterator[Sample]:
    for hour in range(48):
        start = _DAY - timedelta(hours=48 - hour)
        lines = "".join(_log_line(start + timedelta(minutes=3 * turn), hour * 20 + turn) for turn in range(20)).encode()
        if hour < 24:  # the day before is packed already
            packed = gzip.compress(lines, mtime=0)
            yield Sample(f"web/{start:%Y-%m-%d/%H}.log.gz", packed, "application/gzip", storage_class="STANDARD_IA")
        else:
            yield Sample(f"web/{start:%Y-%m-%d/%H}.log", lines, "text/plain; charset=utf-8")


def _log_line(moment: datetime, number: int) -> str:
    status = 500 if number % 97 == 0 else 404 if number % 31 == 0 else 200
    request = f"GET /orders/{10001 + number % 18}"
    return f'{moment:%Y-%m-%dT%H:%M:%SZ} 10.0.3.{number % 250} "{request}" {status} {number % 80}ms\n'


def _sensors() -> Iterator[Sample]:
    for minute in range(1200):
        moment = _DAY + timedelta(minutes=minute)
        reading = {"quay": minute % 4 + 1, "time": f"{moment:%Y-%m-%dT%H:%M:%SZ}", "celsius": 40 + minute * 7 % 90 / 10}
        yield Sample(f"readings/{moment:%Y-%m-%dT%H%M}.json", _json(reading), "application/json")


def _backups() -> Iterator[Sample]:
    for age, size in enumerate((3 << 20, 2 << 20, 1 << 20)):
        tags = {"retention": "90d"}
        name = f"nightly/{_DAY - timedelta(days=age):%Y-%m-%d}.tar"
        yield Sample(name, bytes(size), "application/x-tar", tags=tags, storage_class="GLACIER_IR")


def _json(value: object) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"


BUCKETS = (
    Bucket("photos", _photos, {"team": "marketing"}),
    Bucket("documents", _documents, {"team": "sales", "confidential": "no"}),
    Bucket("logs", _logs),
    Bucket("sensors", _sensors),
    Bucket("backups", _backups, region="eu-central-1"),
    Bucket("contracts", lambda: iter(()), {"team": "legal"}, versioned=True),
)

HISTORY: tuple[tuple[str, bytes | None], ...] = (
    ("lease.md", b"# Lease\n\nQuay 3, from 2024. Rent: 900.\n"),
    ("lease.md", b"# Lease\n\nQuay 3, from 2024. Rent: 950 from 2025.\n"),
    ("terms.md", b"# Terms\n\nGoods are delivered to the quay.\n"),
    ("lease.md", b"# Lease\n\nQuays 3 and 4, from 2026. Rent: 1,800.\n"),
    ("terms.md", None),
    ("prices/2026.csv", b"crate,eur\nsmall,40\nlarge,95\n"),
    ("prices/2026.csv", None),
    ("prices/2026.csv", b"crate,eur\nsmall,42\nlarge,99\n"),
)
"""What happened in the versioned bucket, oldest first: a body put at a key, or (``None``) the key deleted."""
