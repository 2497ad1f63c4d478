"""The sample data that the demo shows: there, well formed, and the same every time."""

from __future__ import annotations

import csv
import io
import json
import struct
import zlib
from typing import TYPE_CHECKING

import pytest

from stackpane import Link, Session
from stackpane.app import App
from stackpane.demo.inside import connection_to
from stackpane_s3.demo import TOUR, seed
from stackpane_s3.demo.pictures import landscape
from stackpane_s3.demo.samples import BUCKETS

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator

SAMPLES = {bucket.name: {sample.key: sample for sample in bucket.samples()} for bucket in BUCKETS}


@pytest.fixture
def seeded(ministack: Emulator) -> Emulator:
    """An emulator with the sample data."""
    ministack.reset()
    assert seed(Session(App().open(connection_to(ministack.url)), "us-east-1", None)) == TOUR
    return ministack


def test_everything_arrives_in_its_bucket_with_all_that_belongs_to_it(seeded: Emulator) -> None:
    client = seeded.client("s3")
    assert {bucket["Name"] for bucket in client.list_buckets()["Buckets"]} == set(SAMPLES)
    for bucket, samples in SAMPLES.items():
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        sizes = {item["Key"]: item["Size"] for page in pages for item in page.get("Contents", ())}
        if bucket != "contracts":
            assert sizes == {key: len(sample.body) for key, sample in samples.items()}
    assert client.head_bucket(Bucket="backups")["BucketRegion"] == "eu-central-1"
    picture = client.get_object(Bucket="photos", Key="covers/harbour.jpg")
    assert picture["ContentType"] == "image/jpeg"
    assert picture["Metadata"] == {"title": "Harbour"}
    assert client.get_object_tagging(Bucket="photos", Key="covers/harbour.jpg")["TagSet"] == [
        {"Key": "album", "Value": "Covers"}
    ]


def test_the_versioned_bucket_has_versions_and_what_was_deleted(seeded: Emulator) -> None:
    found = seeded.client("s3").list_object_versions(Bucket="contracts")
    assert [item["Key"] for item in found["Versions"]].count("lease.md") == 3
    markers = {item["Key"]: item["IsLatest"] for item in found["DeleteMarkers"]}
    assert markers == {"terms.md": True, "prices/2026.csv": False}


def test_one_prefix_has_1200_objects() -> None:
    assert sum(key.startswith("readings/") for key in SAMPLES["sensors"]) == 1200


def test_the_objects_are_what_their_content_type_says() -> None:
    for sample in (sample for samples in SAMPLES.values() for sample in samples.values()):
        match sample.content_type.partition(";")[0]:
            case "application/json":
                assert isinstance(json.loads(sample.body), dict)
            case "text/csv":
                rows = list(csv.DictReader(io.StringIO(sample.body.decode())))
                assert len(rows) == 200
                assert all(None not in row for row in rows)
            case "image/jpeg":
                assert sample.body[:3] == b"\xff\xd8\xff"
                assert sample.body[-2:] == b"\xff\xd9"
            case "image/png":
                assert sample.body[:8] == b"\x89PNG\r\n\x1a\n"
            case "application/gzip":
                assert zlib.decompress(sample.body, wbits=31).count(b"\n") == 20


@pytest.mark.parametrize(("width", "height"), [(30, 20), (240, 160)])
def test_a_landscape_is_a_png_of_its_size_that_differs_with_its_number(width: int, height: int) -> None:
    picture = landscape(7, width, height)
    assert struct.unpack(">II", picture[16:24]) == (width, height)
    length = struct.unpack(">I", picture[33:37])[0]
    assert picture[37:41] == b"IDAT"
    assert len(zlib.decompress(picture[41 : 41 + length])) == height * (1 + 3 * width)
    assert struct.unpack(">I", picture[41 + length : 45 + length])[0] == zlib.crc32(picture[37 : 41 + length])
    assert landscape(7, width, height) == picture
    assert landscape(8, width, height) != picture


def test_odd_names_are_among_them() -> None:
    names = "".join(key for key in SAMPLES["documents"] if key.startswith("inbox/"))
    assert [odd for odd in ("\x1b[31m", "../", "ü", "🌊", '"', "'", " ", "=", "-rf") if odd not in names] == []


@pytest.mark.parametrize("link", TOUR, ids=lambda link: link.address)
def test_the_tour_says_what_it_shows(link: Link) -> None:
    assert link.label
    assert link.argv[0] == "s3"
