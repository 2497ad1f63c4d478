"""Stackpane: an AWS browser whose services are plugins. What stands here is what a plugin may use.

The names are resolved on first use, so that importing ``stackpane`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "stackpane.aws.lane": ("Lane",),
    "stackpane.aws.lost": ("LostAnswer", "is_lost"),
    "stackpane.calls": ("Call", "Effect"),
    "stackpane.commands": ("Command", "Group", "command", "group"),
    "stackpane.errors": (
        "AwsError",
        "ConnectionProblem",
        "InvalidInput",
        "Refused",
        "StackpaneError",
        "UnprovenResponse",
    ),
    "stackpane.hookspecs": ("CommandReference", "Service", "hookimpl"),
    "stackpane.links": ("Link",),
    "stackpane.paging": ("Tokens", "paged"),
    "stackpane.session": ("Session",),
    "stackpane.views": (
        "Column",
        "Document",
        "Failure",
        "Field",
        "Job",
        "Outcome",
        "Page",
        "PageRequest",
        "Plan",
        "Progress",
        "Record",
        "Row",
        "Section",
        "Stream",
        "Table",
        "View",
    ),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = ["__version__", *_HOME]

if TYPE_CHECKING:
    from stackpane.aws.lane import Lane as Lane
    from stackpane.aws.lost import LostAnswer as LostAnswer
    from stackpane.aws.lost import is_lost as is_lost
    from stackpane.calls import Call as Call
    from stackpane.calls import Effect as Effect
    from stackpane.commands import Command as Command
    from stackpane.commands import Group as Group
    from stackpane.commands import command as command
    from stackpane.commands import group as group
    from stackpane.errors import AwsError as AwsError
    from stackpane.errors import ConnectionProblem as ConnectionProblem
    from stackpane.errors import InvalidInput as InvalidInput
    from stackpane.errors import Refused as Refused
    from stackpane.errors import StackpaneError as StackpaneError
    from stackpane.errors import UnprovenResponse as UnprovenResponse
    from stackpane.hookspecs import CommandReference as CommandReference
    from stackpane.hookspecs import Service as Service
    from stackpane.hookspecs import hookimpl as hookimpl
    from stackpane.links import Link as Link
    from stackpane.paging import Tokens as Tokens
    from stackpane.paging import paged as paged
    from stackpane.session import Session as Session
    from stackpane.views import Column as Column
    from stackpane.views import Document as Document
    from stackpane.views import Failure as Failure
    from stackpane.views import Field as Field
    from stackpane.views import Job as Job
    from stackpane.views import Outcome as Outcome
    from stackpane.views import Page as Page
    from stackpane.views import PageRequest as PageRequest
    from stackpane.views import Plan as Plan
    from stackpane.views import Progress as Progress
    from stackpane.views import Record as Record
    from stackpane.views import Row as Row
    from stackpane.views import Section as Section
    from stackpane.views import Stream as Stream
    from stackpane.views import Table as Table
    from stackpane.views import View as View


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'stackpane' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value
