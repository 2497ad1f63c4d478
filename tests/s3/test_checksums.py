from __future__ import annotations

import base64
import hashlib
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane_s3.transfer import checksums
from stackpane_s3.transfer.checksums import Expected, Pieces, combined, composite, expected, fits, lengths, new

PARAMETERS = {"CRC32": (32, 0xEDB88320), "CRC32C": (32, 0x82F63B78), "CRC64NVME": (64, 0x9A6C9329AC4BC9B5)}
# "Check" of https://reveng.sourceforge.io/crc-catalogue/all.htm: the CRC of b"123456789".
CHECKS = {"CRC32": 0xCBF43926, "CRC32C": 0xE3069283, "CRC64NVME": 0xAE8B14860A799888}


def slow_crc(algorithm: str, data: bytes) -> bytes:
    """Bit by bit, as the catalogue defines it."""
    bits, polynomial = PARAMETERS[algorithm]
    value = ones = (1 << bits) - 1
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (polynomial if value & 1 else 0)
    return (value ^ ones).to_bytes(bits // 8, "big")


@pytest.mark.parametrize("algorithm", PARAMETERS)
def test_the_slow_crcs_are_those_of_the_catalogue(algorithm: str) -> None:
    assert int.from_bytes(slow_crc(algorithm, b"123456789"), "big") == CHECKS[algorithm]


@pytest.mark.parametrize("algorithm", PARAMETERS)
@given(pieces=st.lists(st.binary(max_size=40), max_size=6))
def test_the_crc_of_a_whole_is_made_of_its_pieces(algorithm: str, pieces: list[bytes]) -> None:
    parts = [(slow_crc(algorithm, piece), len(piece)) for piece in pieces]
    assert combined(algorithm, parts) == slow_crc(algorithm, b"".join(pieces))


def test_large_pieces_are_combined_as_well() -> None:
    one, other = bytes(70_000_001), b"\xff" * 5
    parts = [(zlib.crc32(piece).to_bytes(4, "big"), len(piece)) for piece in (one, other)]
    assert combined("CRC32", parts) == zlib.crc32(one + other).to_bytes(4, "big")


@pytest.mark.parametrize("algorithm", checksums.ALGORITHMS)
@given(data=st.binary(max_size=200), cuts=st.lists(st.integers(0, 200)))
def test_a_digest_does_not_depend_on_how_the_bytes_come(algorithm: str, data: bytes, cuts: list[int]) -> None:
    if not checksums.is_available(algorithm):
        pytest.skip("needs awscrt")
    digest, position = new(algorithm), 0
    for cut in [*sorted(cuts), len(data)]:
        digest.update(data[position:cut])
        position = max(position, cut)
    if algorithm in PARAMETERS:
        assert digest.digest() == slow_crc(algorithm, data)
    else:
        assert digest.digest() == hashlib.new(algorithm, data, usedforsecurity=False).digest()


@given(data=st.binary(max_size=300), size=st.integers(1, 50), chunk=st.integers(1, 70))
def test_each_piece_has_its_digest(data: bytes, size: int, chunk: int) -> None:
    pieces = Pieces("CRC32", size)
    for start in range(0, len(data), chunk):
        pieces.update(data[start : start + chunk])
    wanted = [data[start : start + size] for start in range(0, len(data), size)] or [b""]
    assert pieces.digests() == [zlib.crc32(piece).to_bytes(4, "big") for piece in wanted]
    if data:
        sized = zip(pieces.digests(), lengths(len(data), size), strict=True)
        assert combined("CRC32", sized) == zlib.crc32(data).to_bytes(4, "big")


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


CRC, SHA, MD5 = b"\x01\x02\x03\x04", bytes(range(32)), bytes(range(16))


@pytest.mark.parametrize(
    ("reply", "wanted"),
    [
        ({}, None),
        ({"ETag": '"not an MD5"'}, None),
        ({"ETag": f'"{MD5.hex()}"'}, Expected("MD5", MD5)),
        ({"ETag": f'"{MD5.hex()}-12"'}, Expected("MD5", MD5, 12)),
        ({"ETag": f'"{MD5.hex()}"', "ServerSideEncryption": "AES256"}, Expected("MD5", MD5)),
        ({"ETag": f'"{MD5.hex()}"', "ServerSideEncryption": "aws:kms"}, None),
        ({"ETag": f'"{MD5.hex()}"', "ServerSideEncryption": "aws:kms:dsse"}, None),
        ({"ETag": f'"{MD5.hex()}"', "SSECustomerAlgorithm": "AES256"}, None),
        ({"ETag": f'"{MD5.hex()}"', "ChecksumCRC32": b64(CRC)}, Expected("CRC32", CRC)),
        ({"ChecksumCRC32": b64(CRC), "ChecksumType": "FULL_OBJECT"}, Expected("CRC32", CRC)),
        ({"ChecksumSHA256": f"{b64(SHA)}-3", "ChecksumType": "COMPOSITE"}, Expected("SHA256", SHA, 3)),
        # a checksum of the whole is worth more than one of parts, whose size has to be known
        ({"ETag": f'"{MD5.hex()}"', "ChecksumSHA256": f"{b64(SHA)}-1"}, Expected("MD5", MD5)),
        # servers that do not say of which kind it is
        ({"ETag": f'"{MD5.hex()}-2"', "ChecksumCRC32": b64(CRC)}, Expected("MD5", MD5, 2)),
    ],
)
def test_the_best_checksum_that_can_be_checked_is_taken(reply: dict[str, Any], wanted: Expected | None) -> None:
    assert expected(reply) == wanted


def test_an_algorithm_that_is_not_installed_is_not_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checksums, "is_available", lambda algorithm: not algorithm.startswith("CRC64"))
    reply = {"ChecksumCRC64NVME": b64(bytes(8)), "ChecksumType": "FULL_OBJECT", "ETag": f'"{MD5.hex()}-2"'}
    assert expected(reply) == Expected("MD5", MD5, 2)


def test_a_composite_checksum_is_that_of_the_parts_checksums() -> None:
    parts = [hashlib.md5(part, usedforsecurity=False).digest() for part in (b"a", b"b")]
    assert composite("MD5", parts) == hashlib.md5(b"".join(parts), usedforsecurity=False).digest()


@given(size=st.integers(1, 10**6), part=st.integers(1, 10**5))
def test_parts_fit_an_object_only_in_their_true_number(size: int, part: int) -> None:
    number = len(list(lengths(size, part)))
    assert fits(number, size, part)
    assert not fits(number + 1, size, part)
    assert not fits(number, size, 0)
