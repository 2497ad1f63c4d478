"""Names that were seen, and who is in which group: on the disk, so that memory does not grow with the pool."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

__all__ = ["Members", "Names"]


class Names:
    """Names with the number of the entry that each was first seen in."""

    def __init__(self) -> None:
        # A database without a name lies in a temporary file that goes away with it, once it has outgrown its cache.
        self._base = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._base.execute("create table names (name text primary key, number integer) without rowid")
        self._base.execute("begin")

    def first(self, name: str, number: int) -> int | None:
        """Note a name; gives the number it was seen with before, ``None`` where it is new."""
        seen: tuple[int] | None = self._base.execute("select number from names where name = ?", (name,)).fetchone()
        if seen is None:
            self._base.execute("insert into names values (?, ?)", (name, number))
        return None if seen is None else seen[0]

    def __contains__(self, name: str) -> bool:
        return self._base.execute("select 1 from names where name = ?", (name,)).fetchone() is not None

    def add(self, names: Iterable[str]) -> None:
        """Note names, whatever was seen before."""
        self._base.executemany("insert or ignore into names values (?, 0)", ((name,) for name in names))

    def close(self) -> None:
        """Forget them."""
        self._base.close()


class Members:
    """Users and their groups."""

    def __init__(self) -> None:
        self._base = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._base.execute("create table members (user text, name text, primary key (user, name)) without rowid")
        self._base.execute("begin")

    def add(self, group: str, users: Iterable[str]) -> None:
        """These users are in the group."""
        self._base.executemany("insert or ignore into members values (?, ?)", ((user, group) for user in users))

    def of(self, user: str) -> list[str]:
        """The names of a user's groups, in order."""
        found = self._base.execute("select name from members where user = ? order by name", (user,))
        return [name for (name,) in found]

    def close(self) -> None:
        """Forget them."""
        self._base.close()
