"""The environment of a function: its variables, most of which are secrets, and changes to them.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stackpane import Field, InvalidInput, Link, Record, Refused, Section
from stackpane.inputs import given_text
from stackpane.text import human_count
from stackpane_lambda.configuring import Change
from stackpane_lambda.places import console_url

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_lambda.names import FunctionName

__all__ = ["environment_change", "environment_record", "given_variables"]

_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")
_MOST = 4096
"""Bytes of all names and values together."""

Reply = Mapping[str, Any]


def given_variables(session: Session, given: Sequence[str], asked: Sequence[str]) -> dict[str, str]:
    """The variables of ``NAME=VALUE`` (``NAME=@file``, ``NAME=-``), and those whose values the user is asked for.

    A line break at the end of a file or of stdin is not meant. Raises ``InvalidInput``.
    """
    found: dict[str, str] = {}
    for word in given:
        name, equals, value = word.partition("=")
        if not equals:
            raise InvalidInput(f"{_checked(word)}: its value is missing", "Write NAME=VALUE, NAME=@file or NAME=-.")
        read = value == "-" or value.startswith(("@", "file://"))
        found[_checked(name)] = given_text(value).removesuffix("\n").removesuffix("\r") if read else value
    for name in asked:
        found[_checked(name)] = session.ask(f"Value of {name}", secret=True)
    return found


def _checked(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise InvalidInput(
            f"{name!r} is no name of a variable", "A name begins with a letter and has two or more letters, digits, _."
        )
    return name


def _variables(config: Reply) -> dict[str, str]:
    """The variables. Raises ``Refused`` where AWS could not decrypt them: a change would lose them all."""
    found = config.get("Environment", {})
    if error := found.get("Error"):
        raise Refused(
            f"the environment cannot be read ({error.get('ErrorCode', 'error')}: {error.get('Message', '')}), "
            "so it is not changed either: what there is would be lost",
            "It needs kms:Decrypt on the function's key.",
        )
    return dict(found.get("Variables", {}))


def environment_record(session: Session, function: FunctionName, config: Reply, qualifier: str | None) -> Record:
    """The variables as masked fields."""
    variables = _variables(config)
    fields = tuple(Field(name, value, secret=True) for name, value in sorted(variables.items()))
    links = (
        Link.to("lambda env", function.target, label="Change the environment"),
        Link.to("lambda show", function.target, label="Function", qualifier=qualifier),
    )
    return Record(
        title=f"Environment of {function}",
        sections=(Section("", fields),) if fields else (),
        console_url=console_url(session, function, qualifier),
        links=links,
    )


def environment_change(
    function: FunctionName, config: Reply, given: Mapping[str, str], removed: Sequence[str]
) -> Change:
    """What to send so that variables have new values, or are no more. Raises ``InvalidInput``."""
    now = _variables(config)
    if both := [name for name in removed if name in given]:
        raise InvalidInput(f"{both[0]} cannot be set and removed at once")
    if missing := [name for name in removed if name not in now]:
        raise InvalidInput(f"{function} has no variable {missing[0]}", f"It has {', '.join(sorted(now)) or 'none'}.")
    wanted = {name: value for name, value in {**now, **given}.items() if name not in removed}
    size = sum(len(name.encode()) + len(value.encode()) for name, value in wanted.items())
    if size > _MOST:
        raise InvalidInput(f"the environment would have {human_count(size, 'byte')}, and AWS takes {_MOST:,}")
    added = [name for name in given if name not in now]
    changed = [name for name in given if name in now and now[name] != given[name]]
    verbs = {"add": added, "change": changed, "remove": removed}
    steps = [f"{verb} {name}" for verb, names in verbs.items() for name in names]
    lost = bool(changed or removed)
    return Change(
        request={"Environment": {"Variables": wanted}},
        steps=steps,
        fits=lambda found: _variables(found) == wanted,
        differs=lambda before, after: _differing(_variables(before), _variables(after)),
        undo=None if lost or not added else Link.to("lambda env", function.target, label="Undo", remove=added),
        lasting="the values that there were would be seen on the command line" if lost else "",
        loses=bool(removed),
    )


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The names of the variables that are not the same; their values are nobody's business."""
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
