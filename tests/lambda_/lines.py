"""A command line for every command of Lambda, and the function that they work on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.lambda_.stage import make_function

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator

__all__ = ["FAILING", "READING", "WRITING", "set_up"]

READING = (
    "lambda ls --long",
    "lambda show resize",
    "lambda versions resize",
    "lambda aliases resize",
    "lambda env resize",
    "lambda layer arn:aws:lambda:us-east-1:123456789012:layer:vat:1",
    "lambda history resize",
    "lambda invoke resize --dry-run",
    "lambda event templates sqs",
    "lambda event ls",
)
WRITING = (
    "lambda event save resize one {}",
    "lambda event show resize one",
    "lambda invoke resize --event one",
    "lambda invoke resize --async",
    "lambda event rm resize one --yes",
    "lambda env resize --set NEW=1",
    "lambda config resize --memory 256",
    "lambda code resize",
)
FAILING = ("lambda event import resize",)
"""What the emulator that runs functions lacks."""


def set_up(emulator: Emulator) -> None:
    """Make the function ``resize``, in an emulator that has none."""
    make_function(emulator)
