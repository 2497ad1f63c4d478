"""What proves that bytes are an object's: the checksum S3 keeps of it, or its ETag where that is an MD5.

S3 keeps a checksum of the whole object, or one made of its parts' checksums ("composite", with ``-N`` behind it):
https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
An ETag is the MD5 of the whole, or of the parts' MD5s (``-N``), unless the object is encrypted with a KMS key:
https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html

CRCs of pieces can be combined into that of the whole, so pieces may come in any order and be read once.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

__all__ = ["ALGORITHMS", "Expected", "Pieces", "combined", "composite", "expected", "is_available", "is_crc", "new"]


class Digest(Protocol):
    """What ``hashlib`` gives, as far as it is used here."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes."""

    def digest(self) -> bytes:
        """The checksum of all bytes so far."""


@dataclass(frozen=True)
class _Crc:
    """A reflected CRC with all ones before and after, as all of S3's are."""

    bits: int
    polynomial: int
    load: Callable[[], Callable[[bytes, int], int]]


def _awscrt(name: str) -> Callable[[], Callable[[bytes, int], int]]:
    def load() -> Callable[[bytes, int], int]:
        from awscrt import checksums  # type: ignore[import-not-found,unused-ignore]

        function: Callable[[bytes, int], int] = getattr(checksums, name)
        return function

    return load


# https://reveng.sourceforge.io/crc-catalogue/ (CRC-32/ISO-HDLC, CRC-32/ISCSI, CRC-64/NVME), polynomials reflected.
_CRCS = {
    "CRC32": _Crc(32, 0xEDB88320, lambda: zlib.crc32),
    "CRC64NVME": _Crc(64, 0x9A6C9329AC4BC9B5, _awscrt("crc64nvme")),
    "CRC32C": _Crc(32, 0x82F63B78, _awscrt("crc32c")),
}
_HASHES = {"SHA1": "sha1", "SHA256": "sha256", "SHA512": "sha512", "MD5": "md5"}
ALGORITHMS = (*_CRCS, *_HASHES)
"""By what they cost, the cheapest first. ``CRC64NVME`` and ``CRC32C`` need the package awscrt, as in botocore."""


class _CrcDigest:
    def __init__(self, crc: _Crc) -> None:
        self._bytes = crc.bits // 8
        self._add = crc.load()
        self._value = 0

    def update(self, data: bytes) -> None:
        self._value = self._add(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(self._bytes, "big")


def new(algorithm: str) -> Digest:
    """A digest of one of ``ALGORITHMS``. Raises ``ImportError`` where it needs awscrt and that is not installed."""
    if (crc := _CRCS.get(algorithm)) is not None:
        return _CrcDigest(crc)
    return hashlib.new(_HASHES[algorithm], usedforsecurity=False)


@lru_cache
def is_available(algorithm: str) -> bool:
    """Whether ``new`` can make one here."""
    try:
        new(algorithm)
    except ImportError:
        return False
    return True


def is_crc(algorithm: str) -> bool:
    """Whether checksums of pieces can be combined."""
    return algorithm in _CRCS


@dataclass(frozen=True)
class Expected:
    """The checksum that an object must have; ``parts`` is their number where it is made of the parts' checksums."""

    algorithm: str
    value: bytes
    parts: int | None = None


def expected(reply: Mapping[str, Any]) -> Expected | None:
    """What an answer of ``HeadObject`` or ``GetObject`` says of the whole object, as far as it can be checked here."""
    found = [one for algorithm in ALGORITHMS if (one := _given(reply, algorithm)) and is_available(algorithm)]
    whole = [one for one in found if one.parts is None]
    return next(iter(whole or found), None)


_ETAG = re.compile(r'"?(?P<md5>[0-9a-f]{32})(?:-(?P<parts>[0-9]+))?"?')
_OTHER_ETAGS = ("aws:kms", "aws:kms:dsse")


def _given(reply: Mapping[str, Any], algorithm: str) -> Expected | None:
    etag = _ETAG.fullmatch(reply.get("ETag", ""))
    if algorithm == "MD5" and "ChecksumMD5" not in reply:
        if etag is None or reply.get("ServerSideEncryption") in _OTHER_ETAGS or reply.get("SSECustomerAlgorithm"):
            return None
        return Expected("MD5", bytes.fromhex(etag["md5"]), _number(etag["parts"]))
    text, _, parts = reply.get(f"Checksum{algorithm}", "").partition("-")
    # Without a type or a number it may be either kind, if the object has parts: some servers leave both out.
    unclear = not parts and reply.get("ChecksumType") != "FULL_OBJECT" and (etag is None or etag["parts"])
    return Expected(algorithm, base64.b64decode(text), _number(parts)) if text and not unclear else None


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def composite(algorithm: str, digests: Iterable[bytes]) -> bytes:
    """The checksum made of the parts' checksums."""
    whole = new(algorithm)
    for digest in digests:
        whole.update(digest)
    return whole.digest()


def combined(algorithm: str, pieces: Iterable[tuple[bytes, int]]) -> bytes:
    """The CRC of the whole, from that of each piece and its length in bytes, in order."""
    crc = _CRCS[algorithm]
    value = 0
    for digest, length in pieces:
        value = _times(_shift(crc.bits, crc.polynomial, length), value) ^ int.from_bytes(digest, "big")
    return value.to_bytes(crc.bits // 8, "big")


# A CRC followed by n bytes of zeros is a linear map of its bits: a matrix over GF(2), kept as a tuple of columns. It is
# made of that of one bit by squaring (Mark Adler's way, as in zlib's crc32_combine).
_Matrix = tuple[int, ...]


def _times(matrix: _Matrix, vector: int) -> int:
    result = 0
    for column in matrix:
        if vector & 1:
            result ^= column
        vector >>= 1
    return result


@lru_cache(maxsize=64)
def _shift(bits: int, polynomial: int, length: int) -> _Matrix:
    one_bit = (polynomial, *(1 << bit for bit in range(bits - 1)))
    result: _Matrix = tuple(1 << bit for bit in range(bits))
    power, left = one_bit, 8 * length
    while left:
        if left & 1:
            result = tuple(_times(power, column) for column in result)
        power = tuple(_times(power, column) for column in power)
        left >>= 1
    return result


class Pieces:
    """The digests of consecutive pieces of ``size`` bytes, from bytes as they come; the last one may be shorter."""

    def __init__(self, algorithm: str, size: int) -> None:
        self._algorithm = algorithm
        self._size = size
        self._left = size
        self._current = new(algorithm)
        self._done: list[bytes] = []

    def update(self, data: bytes) -> None:
        """Take more bytes."""
        view = memoryview(data)
        while len(view) >= self._left:
            self._current.update(view[: self._left])  # type: ignore[arg-type]
            view = view[self._left :]
            self._done.append(self._current.digest())
            self._current, self._left = new(self._algorithm), self._size
        if view:
            self._current.update(view)  # type: ignore[arg-type]
            self._left -= len(view)

    def digests(self) -> list[bytes]:
        """One for each piece, at the end."""
        return self._done if self._left == self._size and self._done else [*self._done, self._current.digest()]


def lengths(total: int, size: int) -> Iterator[int]:
    """The bytes of each piece of ``size`` in ``total``."""
    for start in range(0, total, size):
        yield min(size, total - start)


def fits(parts: int, total: int, size: int) -> bool:
    """Whether an object of ``total`` bytes can have ``parts`` parts of ``size`` bytes, the last one shorter."""
    return size > 0 and math.ceil(total / size) == parts
