"""Bookmarks: places to come back to, in ``bookmarks.json`` of the configuration folder.

Another browser may have added one meanwhile: the file is read again before it is changed, and replaced at once.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from stackpane import Link, StackpaneError
from stackpane.paths import config_folder
from stackpane.wholefile import locked, write_whole

__all__ = ["Bookmarks"]


class Bookmarks:
    """The bookmarks as they are in the file; none, where there is no file."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or config_folder() / "bookmarks.json"

    @property
    def links(self) -> list[Link]:
        """All bookmarks, in the order they were made. Raises ``StackpaneError`` where the file is none of ours."""
        try:
            document: Any = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise self._broken(str(error)) from error
        try:
            return [_link(str(each["address"]), str(each.get("label", ""))) for each in document["bookmarks"]]
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise self._broken("it is no list of addresses") from error

    def has(self, address: str) -> bool:
        """Whether the place of that address is one."""
        return any(link.address == address for link in self.links)

    def toggle(self, address: str, label: str) -> bool:
        """Make a bookmark of the address, or take it away where it is one. Returns whether it is one now."""
        with locked(self.path):
            before = self.links
            links = [link for link in before if link.address != address]
            if len(links) == len(before):
                links.append(_link(address, label))
            entries = [{"address": link.address, "label": link.label} for link in links]
            write_whole(self.path, json.dumps({"bookmarks": entries}, indent=2, ensure_ascii=False) + "\n")
        return len(links) > len(before)

    def _broken(self, why: str) -> StackpaneError:
        return StackpaneError(f"the bookmarks in {self.path} cannot be read: {why}", "Correct the file, or remove it.")


def _link(address: str, label: str) -> Link:
    return replace(Link.from_address(address), label=label)
