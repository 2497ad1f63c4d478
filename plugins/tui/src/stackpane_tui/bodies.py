"""A document's body, read as far as it is wanted, and what it looks like."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Literal

from stackpane import Document, StackpaneError
from stackpane_tui.widgets.hexlines import HexLines
from stackpane_tui.widgets.jsonlines import json_lines
from stackpane_tui.widgets.lines import Lines, TextLines

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from PIL.Image import Image

__all__ = ["Body", "Look", "Shown", "looks_of", "shown_as", "text_of"]

Look = Literal["json", "text", "image", "hex"]

_IMAGES: tuple[tuple[bytes, int, bytes], ...] = (
    (b"\x89PNG\r\n\x1a\n", 0, b""),
    (b"\xff\xd8\xff", 0, b""),
    (b"GIF8", 0, b""),
    (b"BM", 14, b""),
    (b"RIFF", 8, b"WEBP"),
)
"""How images begin that are shown: bytes at the start, and at an offset (for BMP, of any value).
https://mimesniff.spec.whatwg.org/#image-type-pattern-matching-algorithm"""

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Shown:
    """What has been made of a body: how it can look, how it looks, and the lines or the image that show it so.

    ``note`` says why it does not look better.
    """

    looks: tuple[Look, ...]
    look: Look
    made: Lines | Image
    note: str = ""


class Body:
    """What has been read of a body so far. ``read`` is for one thread at a time; the rest may be looked at from any."""

    def __init__(self, document: Document) -> None:
        self.document = document
        body = document.body
        self._chunks: Iterator[bytes] | None = None if isinstance(body, bytes) else iter(body)
        self._parts: list[bytes] = []
        self._over = body if isinstance(body, bytes) else b""
        self.size = 0
        """Bytes that have been read."""
        self.ended = False
        """Whether all that there is has been read."""
        self.handed_on = False
        """Whether ``rest`` has been asked for: nothing more is kept then."""

    def read(self, most: int, is_cancelled: Callable[[], bool] = lambda: False) -> bytes:
        """Read on until ``most`` bytes have been read in all, and return those that there are, no more than ``most``.

        What the body raises is raised; what was read until then is kept. Raises ``StackpaneError`` where the body is
        shorter than the document says.
        """
        while self.size < most and not self.ended and not self.handed_on and not is_cancelled():
            if not self._over:
                self._over = next(self._chunks, b"") if self._chunks is not None else b""
                if not self._over:
                    self.ended = True
                    break
            wanted = most - self.size
            self._keep(self._over[:wanted])
            self._over = self._over[wanted:]
        if self._chunks is None and not self._over and not self.handed_on:
            self.ended = True
        if self.ended:
            self._check(self.size)
        return self.data

    def rest(self) -> Generator[bytes, None, None]:
        """All that has not been read, read as it is asked for; it is not kept. Raises as ``read`` does."""
        self.handed_on = True
        size = self.size
        for chunk in chain([self._over], self._chunks or ()):
            size += len(chunk)
            yield chunk
        self._over, self._chunks = b"", None
        self._check(size)

    @property
    def data(self) -> bytes:
        """What has been read."""
        if len(self._parts) > 1:
            self._parts = [b"".join(self._parts)]
        return self._parts[0] if self._parts else b""

    def close(self) -> None:
        """End the transfer. Called by who reads, in the same thread."""
        close = getattr(self._chunks, "close", None)
        if close is not None:
            close()

    def _keep(self, part: bytes) -> None:
        self._parts.append(part)
        self.size += len(part)

    def _check(self, read: int) -> None:
        size = self.document.size
        if not self.document.partial and size is not None and read != size:
            raise StackpaneError(f"the body ended after {read:,} of {size:,} bytes", "Open it again.")


def looks_of(data: bytes, *, complete: bool) -> tuple[Look, ...]:
    """How a body can be shown, the best first. The media type does not decide: most objects have none that fits."""
    if _is_image(data):
        return ("image", "hex")
    text = text_of(data)
    if text is None:
        return ("hex",)
    if complete and text.lstrip()[:1] in ("{", "["):
        return ("json", "text", "hex")
    return ("text", "hex")


def text_of(data: bytes) -> str | None:
    """The text that the bytes are; ``None`` where they are none. A few bytes that are no UTF-8 stay as ``\\xff``."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "backslashreplace")
    if b"\0" in data:
        return None
    text = data.decode("utf-8", "backslashreplace")
    # Each such byte became four characters; a text has none, or a slip here and there.
    strange = (len(text) - len(data.decode("utf-8", "ignore"))) // 4
    return None if strange > max(4, len(data) // 10) else text


def _is_image(data: bytes) -> bool:
    return any(data.startswith(start) and len(data) > at and data.startswith(more, at) for start, at, more in _IMAGES)


def shown_as(data: bytes, wanted: Look | None, *, whole: bool) -> Shown:
    """What is shown of ``data``: as ``wanted``, where it can be shown so, else as well as it can. For a thread."""
    looks, note = looks_of(data, complete=whole), ""
    for look in dict.fromkeys([*([wanted] if wanted in looks else []), *looks]):
        if look == "json":
            lines = json_lines(text_of(data) or "")
            if lines is not None:
                return Shown(looks, look, lines, note)
            looks = tuple(each for each in looks if each != "json")
        elif look == "image":
            try:
                if not whole:
                    raise ValueError("only a part of it was read")
                # Pillow and its decoders are imported where there is an image.
                from stackpane_tui.widgets.picture import decode

                return Shown(looks, look, decode(data))
            except ValueError as error:
                note = f"the image is not shown: {error}"
                looks = tuple(each for each in looks if each != "image")
        elif look == "text":
            return Shown(looks, look, TextLines(text_of(data) or ""), note)
        else:
            break
    return Shown(looks, "hex", HexLines(data), note)
