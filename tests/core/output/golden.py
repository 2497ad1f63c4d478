"""The golden files: what each view looks like in each format, as bytes.

``python -m tests.core.output.golden`` writes them anew; the diff shows what changes for those who read our output.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stackpane.options import FORMATS
from stackpane.views import Table, View
from tests.core.output import samples
from tests.core.output.showing import shown

FOLDER = Path(__file__).parent / "golden"


def cases() -> Iterator[tuple[str, View, dict[str, Any]]]:
    """The name of each file, the view, and the options that it is shown with."""
    for form in FORMATS:
        yield f"table.{form}", samples.table(), {"format": form}
        yield f"empty.{form}", samples.table(()), {"format": form}
        yield f"limited.{form}", samples.paged(samples.numbered(9), [4]), {"format": form, "limit": 6}
        yield f"items.{form}", samples.items(), {"format": form}
        yield f"query-items.{form}", samples.items(), {"format": form, "query": "[?price].{id: id, price: price}"}
        yield f"record.{form}", samples.RECORD, {"format": form}
        yield f"outcome.{form}", samples.OUTCOME, {"format": form}
        yield f"stream.{form}", samples.stream(), {"format": form}
        yield f"dry-run.{form}", samples.plan(), {"format": form, "dry_run": True}
        yield f"query-names.{form}", samples.table(), {"format": form, "query": "[].Key"}
        yield f"query-objects.{form}", _numbered(), {"format": form, "query": "[?Size > `1`].{Name: Key, Bytes: Size}"}
        yield f"query-count.{form}", _numbered(), {"format": form, "query": "length(@)"}
    yield "document.bytes", samples.DOCUMENT, {}
    yield "plan.yes", samples.plan(), {"yes": True}
    yield "job.run", samples.job(), {}
    yield "revealed.table", samples.RECORD, {"reveal": True}


def _numbered() -> Table:
    return Table.of(samples.NUMBERED, samples.numbered(4))


def content(view: View, options: dict[str, Any]) -> bytes:
    """What a golden file holds: stdout byte for byte, then what was said on stderr, then the exit code."""
    result = shown(view, **options)
    assert result.code is not None
    return b"%b--- stderr\n%b--- exit code %d\n" % (result.stdout, result.stderr, result.code)


def write() -> None:
    """Write all golden files."""
    FOLDER.mkdir(exist_ok=True)
    for name, view, options in cases():
        (FOLDER / name).write_bytes(content(view, options))


if __name__ == "__main__":
    write()
