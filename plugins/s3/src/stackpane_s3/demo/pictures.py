"""Small pictures without an imaging library: a landscape by the sea, different for every number, always the same.

The format is the plainest that PNG allows: 8 bits each of red, green and blue, rows without filters, stored instead of
compressed, since a compressor's output differs from one version to the next.
https://www.w3.org/TR/png-3/ and, for the stored blocks, https://www.rfc-editor.org/rfc/rfc1950 and rfc1951
"""

from __future__ import annotations

import math
import struct
import zlib

__all__ = ["landscape"]

Colour = tuple[int, int, int]
# Sky above, sky at the horizon, hills, water.
_MOODS: tuple[tuple[Colour, Colour, Colour, Colour], ...] = (
    ((58, 96, 160), (236, 178, 120), (46, 60, 52), (70, 96, 130)),
    ((120, 176, 226), (224, 236, 240), (70, 104, 64), (84, 136, 160)),
    ((34, 38, 72), (206, 110, 96), (24, 28, 38), (52, 48, 84)),
    ((150, 160, 172), (206, 208, 206), (88, 96, 92), (120, 132, 140)),
)
_SUN: Colour = (250, 226, 160)


def landscape(number: int, width: int = 96, height: int = 64) -> bytes:
    """The PNG file of landscape ``number``, ``width`` by ``height`` pixels."""
    above, low, hill, water = _MOODS[number % len(_MOODS)]
    horizon = height * 2 // 3
    ridge = [_ridge(number, x / width, horizon) for x in range(width)]
    sun_x, sun_y = width * (17 + number * 29 % 67) / 100, horizon * (35 + number * 13 % 30) / 100
    rows = bytearray()
    for y in range(height):
        rows.append(0)  # the row's filter: none
        sky = _mix(above, low, y / horizon) if y < horizon else _mix(water, low, (y - horizon) % 3 / 8)
        for x in range(width):
            if y < horizon and y >= ridge[x]:
                rows += bytes(hill)
            elif y < horizon and math.hypot(x - sun_x, y - sun_y) < height / 11:
                rows += bytes(_SUN)
            else:
                rows += bytes(sky)
    return _png(width, height, bytes(rows))


def _ridge(number: int, x: float, horizon: int) -> float:
    """The row at which the hills begin, at ``x`` from 0 to 1."""
    wave = math.sin(x * (5 + number % 3) + number) + 0.5 * math.sin(x * 13 + number * 2)
    return horizon * (0.78 - 0.14 * wave)


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _png(width: int, height: int, rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits a channel, colour type 2: RGB
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", _stored(rows)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _stored(data: bytes) -> bytes:
    """``data`` as a zlib stream of stored blocks, each of at most 65,535 bytes."""
    stream = bytearray(b"\x78\x01")
    for start in range(0, len(data), 0xFFFF):
        block = data[start : start + 0xFFFF]
        last = start + 0xFFFF >= len(data)
        stream += struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF) + block
    return bytes(stream) + struct.pack(">I", zlib.adler32(data))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
