"""A model of ``ListObjectsV2`` over keys in memory, for property tests that need thousands of buckets a second.

It follows https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html; where that leaves open whether a
folder is listed again after its own name or a name inside it (``StartAfter``), it can be told to do either. The tests
of the commands make sure of the rest on real servers.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

TIME = "2026-11-22T09:30:00.000Z"


@dataclass
class KeySpace:
    """The keys of a bucket; ``list_objects_v2`` gives raw rows, ``page`` entries at a time."""

    keys: Iterable[str]
    page: int = 1000
    repeats_folders: bool = True
    requests: list[dict[str, Any]] = field(default_factory=list)
    at_once: int = 0
    """The most requests that were under way at the same moment."""

    def __post_init__(self) -> None:
        self.keys = sorted(set(self.keys))
        self._lock = threading.Lock()
        self._running = 0

    def list_objects_v2(self, **request: str) -> dict[str, Any]:
        with self._lock:
            self.requests.append(request)
            self._running += 1
            self.at_once = max(self.at_once, self._running)
        try:
            names = ("Prefix", "Delimiter", "StartAfter", "ContinuationToken")
            return self._answer(*(request.get(name, "") for name in names))
        finally:
            with self._lock:
                self._running -= 1

    def _answer(self, prefix: str, delimiter: str, start_after: str, token: str) -> dict[str, Any]:
        entries: list[tuple[str, bool]] = []
        last = token[1:]
        for key in self.keys:
            if not key.startswith(prefix) or (not token and key <= start_after):
                continue
            cut = key.find(delimiter, len(prefix)) if delimiter else -1
            name, is_folder = (key[: cut + 1], True) if cut >= 0 else (key, False)
            if token and name <= last:
                continue
            if is_folder and not token and not self.repeats_folders and name <= start_after:
                continue
            if entries and entries[-1][0] == name:
                continue
            if len(entries) == self.page:
                return self._reply(entries, "t" + entries[-1][0])
            entries.append((name, is_folder))
        return self._reply(entries, None)

    def _reply(self, entries: list[tuple[str, bool]], token: str | None) -> dict[str, Any]:
        reply: dict[str, Any] = {
            "Contents": [(name, len(name), TIME, '"etag"', "STANDARD") for name, is_folder in entries if not is_folder],
            "CommonPrefixes": [{"Prefix": name} for name, is_folder in entries if is_folder],
            "IsTruncated": token is not None,
        }
        return reply | ({"NextContinuationToken": token} if token else {})
