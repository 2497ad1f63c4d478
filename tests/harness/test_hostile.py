from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.harness import hostile
from tests.harness.emulators import Emulator
from tests.harness.terminal import hostile_bytes


def test_every_hostile_key_is_one_that_s3_allows() -> None:
    assert len(hostile.KEYS) > 200
    assert len(set(hostile.KEYS.values())) == len(hostile.KEYS)
    assert [name for name, key in hostile.KEYS.items() if not 1 <= len(key.encode()) <= 1024] == []


def test_the_emulators_store_and_list_every_hostile_key(aws: Emulator, bucket: str) -> None:
    s3 = aws.client("s3")
    keys = {key for key in hostile.KEYS.values() if hostile.storable(key, aws.name)}
    aws.fill(bucket, keys, b"body")
    listed: set[str] = set()
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        listed |= {entry["Key"] for entry in page["Contents"]}
    assert listed == keys
    assert all(s3.get_object(Bucket=bucket, Key=key)["Body"].read() == b"body" for key in keys)


def test_a_terminal_would_take_every_escape_for_more_than_text() -> None:
    for own in (True, False):
        found = {name: hostile_bytes(f"| {text} |\r\n".encode(), own=own) for name, text in hostile.ESCAPES.items()}
        assert [name for name, findings in found.items() if not findings] == []


def test_xml_cannot_say_every_key() -> None:
    assert hostile.in_xml("a\tb\nü𝔘")
    assert not hostile.in_xml(hostile.KEYS["escape: colour"])
    assert not hostile.in_xml(hostile.KEYS["NUL"])


@given(hostile.keys())
def test_keys_made_by_chance_are_legal(key: str) -> None:
    assert 1 <= len(key.encode()) <= 1024


@given(hostile.metadata(), st.data())
def test_metadata_made_by_chance_fits_in_headers(metadata: dict[str, str], data: Any) -> None:
    assert all(value.isascii() and value == value.strip() for value in metadata.values())
    assert sum(len(name) + len(value) for name, value in metadata.items()) <= 2048
