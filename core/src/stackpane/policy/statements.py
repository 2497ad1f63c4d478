"""IAM statements from declared calls. The core knows no service: ARNs come from the calls' templates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import click

from stackpane.calls import PLACE, Call, Effect, fill, placeholders
from stackpane.commands import Command

__all__ = ["MANAGED_POLICY_LIMIT", "Need", "declared_calls", "document", "policy_size", "scope_names"]

MANAGED_POLICY_LIMIT = 6144
"""Characters without white space in a managed policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""


@dataclass(frozen=True, slots=True)
class Need:
    """Calls of one service, with the names that fill in their ARN templates."""

    title: str
    calls: tuple[Call, ...]
    names: Mapping[str, str] = field(default_factory=dict)


def declared_calls(command: click.Command) -> Iterator[Call]:
    """Every call that a command, or any command of a group, declares."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if (child := command.get_command(context, name)) is not None:
                yield from declared_calls(child)
    elif isinstance(command, Command):
        yield from command.calls


def scope_names(calls: Iterable[Call]) -> list[str]:
    """The names that the calls' ARN templates leave to be scoped: ``bucket``, ``key``, ``table`` …."""
    found = {name for call in calls for form in call.forms for template in form.arns for name in placeholders(template)}
    return sorted(found - PLACE)


def document(needs: Iterable[Need], *, read_only: bool = False) -> dict[str, Any]:
    """The policy: per service one statement for what can be scoped and one for what IAM only knows for ``*``."""
    statements: dict[str, dict[str, set[str]]] = {}
    for need in needs:
        for call in (form for each in need.calls for form in each.forms if not read_only or _only_reads(form, each)):
            sid = _sid(need.title) + ("All" if "*" in call.arns else "")
            statement = statements.setdefault(sid, {"Action": set(), "Resource": set()})
            statement["Action"] |= set(call.granted)
            statement["Resource"] |= {_fill(template, need.names) for template in call.arns}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": sid, "Effect": "Allow", "Action": sorted(each["Action"]), "Resource": sorted(each["Resource"])}
            for sid, each in statements.items()
        ],
    }


def _only_reads(form: Call, call: Call) -> bool:
    """Whether what this form of a call needs lets nobody change anything.

    Where the form that reads needs the same action as the one that changes, IAM cannot tell them apart.
    """
    return form.effect is Effect.READ and (form is call or not set(form.granted) & set(call.granted))


def policy_size(policy: Mapping[str, Any]) -> int:
    """The policy's size as IAM counts it: characters without white space."""
    return len(re.sub(r"\s", "", json.dumps(policy)))


def _sid(title: str) -> str:
    """A statement id takes letters and digits only."""
    return re.sub(r"[^A-Za-z0-9]", "", title.title() if title.islower() else title)


def _fill(template: str, names: Mapping[str, str]) -> str:
    # Two stars in a row say no more than one, and IAM's own editor flags them.
    return re.sub(r"\*{2,}", "*", fill(template, names))
