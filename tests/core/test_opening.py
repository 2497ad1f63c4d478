"""``stackpane open``: ARNs, URIs and console URLs lead to their pane, in the region they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackpane.links import Link
from stackpane.opening import place_of

if TYPE_CHECKING:
    from tests.harness.cli import Cli
    from tests.harness.emulators import Emulator


@pytest.fixture
def photos(moto: Emulator) -> Emulator:
    moto.reset()
    s3 = moto.client("s3")
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="2026/a b.txt", Body=b"hello")
    return moto


@pytest.mark.parametrize(
    "target",
    [
        "s3://photos/2026/",
        "arn:aws:s3:::photos/2026/",
        "https://us-east-1.console.aws.amazon.com/s3/buckets/photos?region=us-east-1&prefix=2026/&tab=objects",
        "https://s3.console.aws.amazon.com/s3/buckets/photos?region=us-east-1&prefix=2026/",
    ],
)
def test_a_folder_is_listed_however_it_is_named(cli: Cli, photos: Emulator, target: str) -> None:
    rows = cli("open", target, "-o", "json", at=photos).ok().json()
    assert [row["Key"] for row in rows] == ["2026/a b.txt"]


@pytest.mark.parametrize(
    "target",
    [
        "s3://photos/2026/a b.txt",
        "arn:aws:s3:::photos/2026/a b.txt",
        "https://us-east-1.console.aws.amazon.com/s3/object/photos?region=us-east-1&prefix=2026/a%20b.txt",
    ],
)
def test_an_object_is_shown_however_it_is_named(cli: Cli, photos: Emulator, target: str) -> None:
    assert cli("open", target, "-o", "json", at=photos).ok().json()["Key"] == "2026/a b.txt"


def test_the_consoles_page_is_printed(cli: Cli, photos: Emulator) -> None:
    url = cli("open", "--console", "s3://photos/2026/a b.txt", at=photos).ok().text
    assert url == "https://us-east-1.console.aws.amazon.com/s3/object/photos?region=us-east-1&prefix=2026%2Fa%20b.txt\n"


def test_the_consoles_page_of_a_folder_is_printed(cli: Cli, photos: Emulator) -> None:
    url = cli("open", "--console", "s3://photos/2026/", at=photos).ok().text
    assert url == "https://us-east-1.console.aws.amazon.com/s3/buckets/photos?region=us-east-1&prefix=2026%2F\n"


def test_the_consoles_page_of_a_bucket_is_printed(cli: Cli, photos: Emulator) -> None:
    url = cli("open", "--console", "arn:aws:s3:::photos", at=photos).ok().text
    assert url.startswith("https://us-east-1.console.aws.amazon.com/s3/buckets/photos?region=us-east-1")


@pytest.mark.parametrize(
    "target", ["arn:aws:glacier:us-east-1:123456789012:vaults/x", "nonsense", "https://example.com/"]
)
def test_what_nothing_opens_is_refused_with_what_is_installed(cli: Cli, target: str) -> None:
    ran = cli("open", target)
    assert ran.exit_code == 252
    assert "no installed plugin opens" in ran.errors
    assert "Services installed: " in ran.errors


@pytest.mark.parametrize(
    ("target", "region"),
    [
        ("arn:aws:sqs:eu-west-1:123456789012:q", "eu-west-1"),
        ("arn:aws:s3:::photos", None),
        ("https://eu-west-1.console.aws.amazon.com/s3/buckets/b?region=eu-central-1", "eu-central-1"),
        ("s3://photos", None),
    ],
)
def test_the_region_is_the_one_that_the_target_names(target: str, region: str | None) -> None:
    assert place_of(target, Link.to("x")).region == region
