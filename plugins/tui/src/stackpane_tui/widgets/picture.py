"""Images: decoded within bounds, drawn as well as the terminal can."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image as Pillow
from PIL import UnidentifiedImageError
from textual.containers import Center, Middle

# Asks the terminal at its import what it can draw, so it has to be imported before the browser takes the terminal.
from textual_image.renderable import Image as Best
from textual_image.renderable import unicode
from textual_image.widget import HalfcellImage
from textual_image.widget import Image as BestImage

if TYPE_CHECKING:
    from PIL.Image import Image as Decoded
    from textual.app import ComposeResult

__all__ = ["Picture", "decode"]

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
"""What is decoded: Pillow has many more decoders, and some of them run programs or are little used."""

MOST_PIXELS = 25_000_000
"""An image of more pixels is not decoded: a few bytes can claim any number of them."""

# Where nobody can be asked, half blocks in colour say more than shaded letters.
Image = HalfcellImage if Best is unicode.Image else BestImage

_SHOWN = 1600
"""Pixels of the longer side that are kept; no terminal shows more."""


def decode(data: bytes) -> Decoded:
    """The image, made small enough to draw. Raises ``ValueError`` with the reason where it cannot be shown."""
    try:
        with Pillow.open(io.BytesIO(data), formats=FORMATS) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise ValueError(f"{width:,} × {height:,} pixels are too many to decode")
            opened.draft("RGB", (_SHOWN, _SHOWN))
            opened.thumbnail((_SHOWN, _SHOWN))
            return opened.convert("RGBA" if "A" in opened.getbands() or "transparency" in opened.info else "RGB")
    except UnidentifiedImageError:
        raise ValueError("it is damaged, or no image after all") from None
    except (OSError, SyntaxError, EOFError, Pillow.DecompressionBombError, MemoryError, OverflowError) as error:
        raise ValueError(f"it cannot be decoded: {error}") from error


class Picture(Middle):
    """An image in the middle of the room there is."""

    DEFAULT_CSS = """
    Picture { height: 1fr; background: $surface; }
    Picture Center { height: auto; }
    Picture .picture { width: auto; height: auto; max-width: 100%; max-height: 100%; }
    """

    def __init__(self, image: Decoded) -> None:
        super().__init__()
        self.image = image

    def compose(self) -> ComposeResult:
        """The image."""
        with Center():
            yield Image(self.image, classes="picture")
