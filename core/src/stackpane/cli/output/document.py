"""A document: its body byte for byte, or as safe text where stdout is a terminal."""

from __future__ import annotations

import codecs
import io as streams
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from stackpane.errors import ExitCode, StackpaneError
from stackpane.text import human_size, safe_block

if TYPE_CHECKING:
    from stackpane.cli.output.console import Console
    from stackpane.links import Link
    from stackpane.views import Document

__all__ = ["show_document"]


def show_document(document: Document, here: Link, io: Console) -> ExitCode:
    """Write the body; the exit code tells whether what it is the answer to has failed.

    Raises ``StackpaneError`` for a binary one on a terminal and for one that ends early.
    """
    for note in document.notes:
        io.note(note)
    chunks: Iterable[bytes] = [document.body] if isinstance(document.body, bytes) else document.body
    try:
        written = _to_terminal(document, chunks, here, io) if io.stdout_is_terminal else _exactly(chunks, io)
    finally:
        # Whoever stops reading early ends the transfer as well.
        if hasattr(chunks, "close"):
            chunks.close()
    if document.partial:
        whole = f" of {human_size(document.size)}" if document.size is not None else ""
        io.note(f"A part only: {human_size(written)}{whole}.")
    elif document.size is not None and written != document.size:
        raise StackpaneError(f"The body ended after {written:,} of {document.size:,} bytes.", "Run the command again.")
    if not document.failed:
        return ExitCode.DONE
    from stackpane.cli.output.outcome import list_failures

    list_failures(document.failed, io)
    return ExitCode.SOME_FAILED


def _exactly(chunks: Iterable[bytes], io: Console) -> int:
    written = 0
    for chunk in chunks:
        io.write_bytes(chunk)
        written += len(chunk)
    return written


def _to_terminal(document: Document, chunks: Iterable[bytes], here: Link, io: Console) -> int:
    # Bytes that are no UTF-8 are shown as \xff; CR LF stays together, since only a CR by itself moves the cursor back.
    decoder = streams.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder("utf-8")("backslashreplace"), translate=False
    )
    written = symbols = 0
    for chunk in _text_only(document, chunks, here):
        written += len(chunk)
        symbols |= _show(decoder.decode(chunk), io)
    symbols |= _show(decoder.decode(b"", final=True), io)
    if symbols:
        io.note("Control characters are shown as symbols; a file or a pipe gets the exact bytes.")
    return written


def _show(text: str, io: Console) -> bool:
    """Write text for eyes only, and say whether a character had to be replaced."""
    lines = text.replace("\r\n", "\n")
    shown = safe_block(lines)
    io.write(shown)
    return shown != lines


def _text_only(document: Document, chunks: Iterable[bytes], here: Link) -> Iterator[bytes]:
    """The chunks. Raises ``StackpaneError`` where the first one with anything in it holds a NUL, as no text does.

    The media type does not decide: most objects in S3 are ``binary/octet-stream``, whatever they are.
    """
    begun = False
    for chunk in chunks:
        if not begun and b"\0" in chunk:
            size = f", {human_size(document.size)}" if document.size is not None else ""
            raise StackpaneError(
                f"The body is binary ({document.media_type}{size}) and would garble the terminal.",
                f"Write it to a file: {here.command_line} > FILE",
            )
        begun = begun or bool(chunk)
        yield chunk
