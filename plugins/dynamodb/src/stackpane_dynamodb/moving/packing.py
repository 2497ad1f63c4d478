"""Packing and unpacking files with gzip and zstd, in pieces that stand for themselves.

Both formats allow several streams one after the other, which read as one. So a file can be cut behind any of them and
go on from there.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any, cast

from stackpane import InvalidInput

if TYPE_CHECKING:
    from stackpane_dynamodb.moving.forms import Packing

__all__ = ["Packer", "packer", "unpacked"]

_GZIP = 16 + zlib.MAX_WBITS


class Packer:
    """Packs what it is given; ``end`` gives what is left, so that all until then can be read by itself."""

    def __init__(self, make: Callable[[], Any] | None = None) -> None:
        self._make = make
        self._stream: Any = None
        self.pending = 0
        """Bytes that were given since the last end."""

    def pack(self, data: bytes) -> bytes:
        """What there is to write so far."""
        if self._make is None or not data:
            return data
        if self._stream is None:
            self._stream = self._make()
        self.pending += len(data)
        packed: bytes = self._stream.compress(data)
        return packed

    def end(self) -> bytes:
        """What is left to write."""
        if self._stream is None:
            return b""
        rest: bytes = self._stream.flush()
        self._stream, self.pending = None, 0
        return rest


def packer(packing: Packing) -> Packer:
    """What packs that way; without packing, what gives all back as it is."""
    if packing == "gzip":
        return Packer(lambda: zlib.compressobj(6, wbits=_GZIP))
    if packing == "zstd":
        zstandard = _zstandard()
        return Packer(lambda: zstandard.ZstdCompressor(write_checksum=True).compressobj())
    return Packer()


def unpacked(file: IO[bytes], packing: Packing) -> IO[bytes]:
    """The file as what was packed into it. Reading raises ``EOFError`` where its end is missing."""
    if packing == "gzip":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
    if packing == "zstd":
        return io.BufferedReader(_Zstd(file, _zstandard().ZstdDecompressor), 1 << 20)
    return file


class _Zstd(io.RawIOBase):
    """Frames one after the other; the library's own reader takes a cut one for the end."""

    def __init__(self, file: IO[bytes], make: Callable[[], Any]) -> None:
        self._file, self._make = file, make
        self._frame: Any = None
        self._packed = b""
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read at most as much as fits; 0 at the end."""
        while not self._ready:
            self._packed = self._packed or self._file.read(1 << 17)
            if not self._packed:
                if self._frame is not None:
                    raise EOFError("the file ends within a zstd frame")
                return 0
            if self._frame is None:
                self._frame = self._make().decompressobj()
            self._ready = memoryview(self._frame.decompress(self._packed))
            ended = self._frame.eof
            self._packed = self._frame.unused_data if ended else b""
            self._frame = None if ended else self._frame
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size


def _zstandard() -> Any:
    try:
        import zstandard
    except ImportError:
        raise InvalidInput(
            "zstd needs a library that is not installed", "Install it: pip install 'stackpane-dynamodb[zstd]'"
        ) from None
    return zstandard
