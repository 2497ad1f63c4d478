"""Calls: the AWS API operations a command may make, declared beforehand.

The declaration is what the guard allows, what ``stackpane policy`` prints, what an error message names when AWS denies
the call, and what the tests compare with the calls that were really made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

__all__ = ["GET_CALLER_IDENTITY", "PLACE", "Call", "Effect", "fill", "placeholders"]

PLACE = frozenset({"partition", "region", "account"})
"""The placeholders that name a place, which the core fills in; all others name a resource."""

_PLACEHOLDER = re.compile(r"\{([\w-]+)\}")


class Effect(StrEnum):
    """What a call does to the account, and so whether it may be sent on a read-only connection and sent again."""

    READ = "read"
    """Changes nothing and hands out no credentials."""
    WRITE = "write"
    """Changes something; sending it twice ends in the same state as sending it once."""
    ONCE = "once"
    """Changes something, and a repeat would do it twice: sent at most one time (Lambda ``Invoke``, counters)."""


@dataclass(frozen=True, slots=True)
class Call:
    """One API operation with what it needs.

    ``name`` is botocore's service name and the operation: ``"s3:ListObjectsV2"``. ``actions`` are the IAM actions it
    needs, all of them on every one of ``arns``; the templates' placeholders (``{bucket}``, ``{table}``) are the names
    that ``stackpane policy --scope NAME=PATTERN`` takes, besides ``{partition}``, ``{region}`` and ``{account}``, which
    the core fills in. ``"*"`` is for actions that IAM knows for all resources only (``s3:ListAllMyBuckets``); ``note``
    then says what granting or withholding it costs. Elsewhere it says what granting it for all resources does, where
    that is more than one would think (``writes into buckets``).

    ``optional`` are further actions that only some uses of the call need (another version than the current one, tags
    that travel along): a policy grants them too, and the call works without them for everybody else.

    ``lean`` names a parser for the reply (``"package.module:function"``): see ``stackpane.aws.lean``.

    Some operations read or change by what they are told (DynamoDB's ``ExecuteStatement``). ``reading`` is then the call
    as it is for a request that only reads, and ``only_reads`` names the function that proves it of the request's
    parameters; whatever it has no proof of is the call itself.

    Source of the actions: the Service Authorization Reference,
    https://docs.aws.amazon.com/service-authorization/latest/reference/
    """

    name: str
    actions: tuple[str, ...]
    arns: tuple[str, ...] = ("*",)
    effect: Effect = Effect.READ
    note: str = ""
    lean: str = ""
    optional: tuple[str, ...] = ()
    reading: Call | None = None
    only_reads: str = ""

    def __post_init__(self) -> None:
        if self.name.count(":") != 1 or not self.actions or not self.arns:
            raise ValueError(
                f"Call({self.name!r}): wants 'service:Operation', at least one action and one ARN template"
            )
        if self.reading is None:
            return
        if not self.only_reads or self.reading.name != self.name or self.reading.effect is not Effect.READ:
            raise ValueError(f"Call({self.name!r}): its reading form is a read of the same name, with a proof of it")

    @property
    def service(self) -> str:
        """botocore's name of the service: ``s3``, ``cognito-idp``."""
        return self.name.partition(":")[0]

    @property
    def operation(self) -> str:
        """The API operation: ``ListObjectsV2``."""
        return self.name.partition(":")[2]

    @property
    def granted(self) -> tuple[str, ...]:
        """Every IAM action that a policy for this call grants: the needed ones, then the optional ones."""
        return self.actions + self.optional

    @property
    def forms(self) -> tuple[Call, ...]:
        """The call as it may be sent: itself, and before it the form that only reads, where it has one."""
        return (self,) if self.reading is None else (self.reading, self)

    def of(self, params: Mapping[str, Any]) -> Call:
        """The form that a request with these parameters has."""
        if self.reading is None:
            return self
        from pkgutil import resolve_name

        proof: Callable[[Mapping[str, Any]], bool] = resolve_name(self.only_reads)
        return self.reading if proof(params) else self

    @staticmethod
    def by_name(calls: Iterable[Call]) -> dict[str, Call]:
        """The calls keyed by ``name``. Raises ``ValueError`` where two declarations of one name differ."""
        found: dict[str, Call] = {}
        for call in calls:
            if found.setdefault(call.name, call) != call:
                raise ValueError(f"{call.name} is declared twice, differently")
        return found


GET_CALLER_IDENTITY = Call("sts:GetCallerIdentity", actions=("sts:GetCallerIdentity",))
"""Needs no permission: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""


def placeholders(template: str) -> list[str]:
    """The names in braces of an ARN template, in its order."""
    return _PLACEHOLDER.findall(template)


def fill(template: str, names: Mapping[str, str]) -> str:
    """An ARN template with its placeholders filled in; ``*`` where a value is not known."""
    return _PLACEHOLDER.sub(lambda match: names.get(match[1], "*"), template)
