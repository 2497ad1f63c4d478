"""A bucket's worth of keys that costs no memory: 25 folders with the same names in each, made into pages on demand."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote_plus
from xml.sax.saxutils import escape

FOLDERS = 25
PAGE = 1000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'


class Keyspace:
    """``total`` keys, ``folder-07/2026/11/22/event-0000123.json``, in the order of their names."""

    def __init__(self, total: int) -> None:
        self.per_folder = total // FOLDERS
        self.total = self.per_folder * FOLDERS

    @property
    def folders(self) -> list[str]:
        """The names of the folders, with their slash."""
        return [f"folder-{number:02}/" for number in range(FOLDERS)]

    def page(self, query: dict[str, str]) -> bytes:
        """The reply to a ``ListObjectsV2`` request."""
        prefix = query.get("prefix", "")
        size = min(int(query.get("max-keys", PAGE)), PAGE)
        encode = quote_plus if query.get("encoding-type") == "url" else escape
        common = f"<Name>keys</Name><Prefix>{encode(prefix)}</Prefix><MaxKeys>{size}</MaxKeys>"
        common += "<EncodingType>url</EncodingType>" if query.get("encoding-type") == "url" else ""
        if query.get("delimiter") == "/" and "/" not in prefix:
            folders = [name for name in self.folders if name.startswith(prefix)]
            found = "".join(f"<CommonPrefixes><Prefix>{encode(name)}</Prefix></CommonPrefixes>" for name in folders)
            body = f"{_HEAD}{common}<KeyCount>{len(folders)}</KeyCount><IsTruncated>false</IsTruncated>{found}"
            return f"{body}</ListBucketResult>".encode()
        start, end = self._range(prefix)
        position = self._position(query, start)
        stop = min(position + size, end)
        token = f"<NextContinuationToken>{stop}</NextContinuationToken>" if stop < end else ""
        truncated = "true" if stop < end else "false"
        head = f"{_HEAD}{common}<KeyCount>{stop - position}</KeyCount><IsTruncated>{truncated}</IsTruncated>{token}"
        return head.encode() + self._contents(position, stop) + b"</ListBucketResult>"

    def _range(self, prefix: str) -> tuple[int, int]:
        """First and last position below a prefix, which is empty or begins with a folder's name."""
        if "/" not in prefix:
            return 0, self.total
        folder = int(prefix[len("folder-") :].split("/")[0])
        return folder * self.per_folder, (folder + 1) * self.per_folder

    def _position(self, query: dict[str, str], start: int) -> int:
        if token := query.get("continuation-token"):
            return int(token)
        if after := query.get("start-after"):
            folder, _, name = after.partition("/")
            number = int(name.rpartition("-")[2].partition(".")[0] or -1) if name else -1
            return max(start, int(folder[len("folder-") :]) * self.per_folder + number + 1)
        return start

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
    """Some entries of a folder that is yet to be named."""
    return b"".join(
        b"<Contents><Key>folder-@@/2026/11/22/event-%07d.json</Key><LastModified>2026-11-%02dT09:30:%02d.000Z"
        b"</LastModified><ETag>&quot;%032x&quot;</ETag><Size>%d</Size><StorageClass>STANDARD</StorageClass></Contents>"
        % (number, 1 + number % 22, number % 60, number * 0x9E3779B97F4A7C15 % (1 << 128), number * 37 % 1_000_000)
        for number in range(start, stop)
    )
