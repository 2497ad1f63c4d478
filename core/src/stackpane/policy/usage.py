"""The local record of the calls that were made: names only, for ``stackpane policy --from-use``.

One small file per distinct call and resource, named by its content, so that any number of processes may record at the
same time and nothing grows with use. Of a resource only the first name of the ARN is kept (the bucket, the table),
never a key, an item or a value. Nothing leaves this machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from stackpane.calls import PLACE, Call, Effect, placeholders
from stackpane.paths import state_folder
from stackpane.policy.statements import Need

__all__ = ["folder", "record", "recorded", "reset"]

_seen: set[tuple[Call, str]] = set()


def folder() -> Path:
    """Where the record is."""
    return state_folder() / "usage"


def record(call: Call, names: Mapping[str, str]) -> None:
    """Note that ``call`` is made. Costs next to nothing after the first time in a process."""
    scope = json.dumps(_scope(call, names), sort_keys=True)
    if (call, scope) in _seen:
        return
    _seen.add((call, scope))
    text = json.dumps(
        {
            "call": call.name,
            "actions": call.granted,
            "arns": call.arns,
            "effect": call.effect.value,
            "names": json.loads(scope),
        }
    )
    path = folder() / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json"
    # A record that cannot be kept (a read-only home) must not keep anybody from their data.
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            path.write_text(text)
    except OSError:
        _seen.discard((call, scope))


def recorded() -> Iterator[Need]:
    """What was noted since the last reset, a ``Need`` per call and resource; unreadable files are left out."""
    for path in sorted(folder().glob("*.json")):
        try:
            noted = json.loads(path.read_text())
            call = Call(noted["call"], tuple(noted["actions"]), tuple(noted["arns"]), effect=Effect(noted["effect"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue
        yield Need(call.service, (call,), noted["names"])


def reset() -> int:
    """Forget everything; returns how many entries there were."""
    paths = list(folder().glob("*.json"))
    for path in paths:
        path.unlink(missing_ok=True)
    _seen.clear()
    return len(paths)


def _scope(call: Call, names: Mapping[str, str]) -> dict[str, str]:
    """The first name of each ARN template that is not the account's or the region's."""
    found = {}
    for template in call.arns:
        for name in placeholders(template):
            if name in PLACE:
                continue
            if name in names:
                found[name] = names[name]
            break
    return found
