"""What may be said of a command that failed, whichever service it is of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.harness.terminal import hostile_bytes

if TYPE_CHECKING:
    from tests.harness.cli import Result

_VERBS = "Deleted|Copied|Moved|Uploaded|Downloaded|Restored|Changed|Made|Exported|Imported|Wrote|Replaced"
_CLAIM = re.compile(rf"^(?:{_VERBS}) (?!0 ).*", re.MULTILINE)


def assert_honest(result: Result, *, partly: bool = False) -> None:
    """What every command that failed owes: an exit code, no traceback, no control sequence, no claim.

    A claim is a sentence such as "Deleted 2 objects"; "Deleted 1 of 2 objects" is fine where ``partly``.
    """
    assert result.exit_code != 0
    said = result.errors
    assert "Traceback" not in said, said
    assert "fault of Stackpane" not in said, said
    assert hostile_bytes(result.stderr, own=False) == []
    claims = [claim for claim in _CLAIM.findall(said) if not (partly and " of " in claim)]
    assert not claims, said


def assert_one_error(result: Result, exit_code: int) -> str:
    """An honest failure that is one line ``error: …``, with at most one more of advice; returns both."""
    assert_honest(result)
    assert result.exit_code == exit_code, result.errors
    assert result.stdout == b""
    at = [line.startswith("error: ") for line in result.errors.splitlines()]
    assert at.count(True) == 1, result.errors
    lines = result.errors.splitlines()[at.index(True) :]
    assert len(lines) <= 2, result.errors
    return "\n".join(lines)
