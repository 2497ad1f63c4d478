"""A bucket's worth of keys that costs no memory: 25 folders with the same names in each, made into pages on demand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import overload
from urllib.parse import quote_plus
from xml.sax.saxutils import escape

FOLDERS = 25
PAGE = 1000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
_LAST = "\U0010ffff"


class Keys(Sequence[str]):
    """The keys, ``folder-07/2026/11/22/event-0000123.json``, in the order of their names."""

    def __init__(self, total: int) -> None:
        self.per_folder = total // FOLDERS

    def __len__(self) -> int:
        return self.per_folder * FOLDERS

    @overload
    def __getitem__(self, position: int) -> str: ...
    @overload
    def __getitem__(self, position: slice) -> list[str]: ...
    def __getitem__(self, position: int | slice) -> str | list[str]:
        if isinstance(position, slice):
            return [self[each] for each in range(*position.indices(len(self)))]
        folder, number = divmod(position, self.per_folder)
        return f"folder-{folder:02}/2026/11/22/event-{number:07}.json"

    def page(self, query: dict[str, str]) -> bytes:
        """The reply to a ``ListObjectsV2`` request."""
        prefix = query.get("prefix", "")
        size = min(int(query.get("max-keys", PAGE)), PAGE)
        end = bisect_right(self, prefix + _LAST)
        start = bisect_left(self, prefix)
        if after := query.get("start-after"):
            start = max(start, bisect_right(self, after))
        start = int(query.get("continuation-token", start))
        if query.get("delimiter") == "/":
            folders, keys, stop = self._grouped(prefix, start, end, size)
        else:
            stop = min(start + size, end)
            folders, keys = [], self._contents(start, stop)
        encode = quote_plus if query.get("encoding-type") == "url" else escape
        common = f"<Name>keys</Name><Prefix>{encode(prefix)}</Prefix><MaxKeys>{size}</MaxKeys>"
        common += "<EncodingType>url</EncodingType>" if query.get("encoding-type") == "url" else ""
        token = f"<NextContinuationToken>{stop}</NextContinuationToken>" if stop < end else ""
        truncated = "true" if stop < end else "false"
        found = "".join(f"<CommonPrefixes><Prefix>{encode(name)}</Prefix></CommonPrefixes>" for name in folders)
        head = f"{_HEAD}{common}<KeyCount>{size}</KeyCount><IsTruncated>{truncated}</IsTruncated>{token}"
        return head.encode() + keys + f"{found}</ListBucketResult>".encode()

    def _grouped(self, prefix: str, start: int, end: int, size: int) -> tuple[list[str], bytes, int]:
        """Folders and keys directly below a prefix, and where the next page begins."""
        folders: list[str] = []
        keys: list[bytes] = []
        while start < end and len(folders) + len(keys) < size:
            below = self[start][len(prefix) :]
            if "/" in below:
                folders.append(prefix + below.partition("/")[0] + "/")
                start = bisect_right(self, folders[-1] + _LAST)
            else:
                keys.append(self._contents(start, start + 1))
                start += 1
        return folders, b"".join(keys), start

    def _contents(self, start: int, stop: int) -> bytes:
        parts = []
        while start < stop:
            folder, number = divmod(start, self.per_folder)
            count = min(stop - start, self.per_folder - number)
            parts.append(_entries(number, number + count).replace(b"folder-@@", b"folder-%02d" % folder))
            start += count
        return b"".join(parts)


@lru_cache(maxsize=128)
def _entries(start: int, stop: int) -> bytes:
    """Some entries of a folder that is yet to be named, with the checksum that S3 has of whatever is uploaded today."""
    return b"".join(
        b"<Contents><Key>folder-@@/2026/11/22/event-%07d.json</Key><LastModified>2026-10-%02dT09:30:%02d.000Z"
        b"</LastModified><ETag>&quot;%032x&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>"
        b"<ChecksumType>FULL_OBJECT</ChecksumType><Size>%d</Size><StorageClass>STANDARD</StorageClass></Contents>"
        % (number, 1 + number % 22, number % 60, number * 0x9E3779B97F4A7C15 % (1 << 128), number * 37 % 1_000_000)
        for number in range(start, stop)
    )
