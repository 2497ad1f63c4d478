"""Pages from an API that hands out tokens, guarded against endpoints that never come to an end.

botocore's own paginators stop at a token that is repeated at once, and run for ever on a cycle of two.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence

from stackpane.errors import AwsError
from stackpane.views import Page, PageRequest, Row

__all__ = ["ReadPage", "Tokens", "paged"]

ReadPage = Callable[[str | None, int | None], tuple[Sequence[Row], str | None]]
"""Reads one page: given the token it starts at and how many rows would be enough, it returns the rows and the token of
the next page (``None`` or empty: there is none)."""

_EMPTY_PAGES = 1000
"""Pages without an entry that may follow one another. AWS may send some; a listing that only sends those has no end."""
_ENDLESS = "It was stopped, and what came before is all that can be had. This is a fault of the endpoint."


class Tokens:
    """The page tokens of one listing: none of them may come twice, and they must lead to entries now and then."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._empty = 0

    def check(self, token: Hashable, *, empty: bool) -> None:
        """Note the token of the next page, and whether the page it came with was empty. Raises ``AwsError``."""
        if not token:
            raise AwsError("the listing says that it goes on, but not where", _ENDLESS, "MissingToken")
        # Only hashes are kept: ten thousand pages are a small set, however long their tokens are.
        mark = hash(token)
        if mark in self._seen:
            raise AwsError("the listing repeats itself: a page token came twice", _ENDLESS, "RepeatedToken")
        self._seen.add(mark)
        self._empty = self._empty + 1 if empty else 0
        if self._empty >= _EMPTY_PAGES:
            message = f"the listing goes on, but its last {_EMPTY_PAGES:,} pages were empty"
            raise AwsError(message, _ENDLESS, "EmptyPages")


def paged(read: ReadPage) -> Callable[[PageRequest], Iterator[Page]]:
    """A table's ``fetch`` made of a function that reads one page; nothing is read before it is asked for."""

    def fetch(request: PageRequest) -> Iterator[Page]:
        token, tokens = request.cursor, Tokens()
        while True:
            rows, following = read(token, request.size)
            token = following or None
            if token is not None:
                tokens.check(token, empty=not rows)
            yield Page(rows, token)
            if token is None:
                return

    return fetch
