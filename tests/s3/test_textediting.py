"""``s3 edit`` without options changes an object's text: checked, over nobody else's changes, and nothing else of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane import InvalidInput, Refused
from stackpane.editor import Slip
from stackpane.testing import Kit
from stackpane_s3 import textediting
from stackpane_s3.textediting import conflicts, json_slips
from tests.s3.writing import facts, fill

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackpane import Outcome
    from stackpane.editor import Editing
    from tests.harness.emulators import Emulator

SETTINGS: dict[str, Any] = {
    "ContentType": "application/json",
    "CacheControl": "no-store",
    "ContentDisposition": 'attachment; filename="a b.json"',
    "Metadata": {"author": "anna", "odd": "a=b, c"},
    "StorageClass": "STANDARD_IA",
    "Tagging": "album=sea&rating=5",
}


class Editor:
    """Edits as ``change`` says, and keeps what it was asked to edit."""

    def __init__(self, change: Callable[[str], str | None]) -> None:
        self.change = change
        self.asked: list[Editing] = []

    def __call__(self, editing: Editing) -> str | None:
        self.asked.append(editing)
        editing.draft.write(editing.text)
        return self.change(editing.text)


def edit(aws: Emulator, uri: str, change: Callable[[str], str | None], **given: Any) -> tuple[Outcome | None, Editor]:
    """The outcome of ``s3 edit URI`` with an editor that makes ``change``."""
    kit, editor = Kit(aws.url, **given), Editor(change)
    kit.face.edit = editor  # type: ignore[method-assign]
    return kit.run("s3", "edit", uri).outcome, editor


def body(aws: Emulator, bucket: str, key: str) -> bytes:
    found: bytes = aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return found


def test_a_text_is_saved_and_everything_else_stays(aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, {"a": b'{"n": 1.50}\r\n'}, **SETTINGS)
    before = facts(aws, bucket, "a")
    outcome, editor = edit(aws, f"s3://{bucket}/a", lambda text: text.replace("1.50", "2.50"))
    assert outcome is not None
    assert outcome.message == f"Saved s3://{bucket}/a (13 B)."
    assert body(aws, bucket, "a") == b'{"n": 2.50}\r\n'
    changed = {"ETag", "LastModified", "ChecksumCRC32", "ChecksumCRC64NVME", "ChecksumType", "Body", "ContentLength"}
    after = facts(aws, bucket, "a")
    assert {name: value for name, value in after.items() if name not in changed} == {
        name: value for name, value in before.items() if name not in changed
    }
    (editing,) = editor.asked
    assert editing.about == f"s3://{bucket}/a, 13 B"
    assert not editing.draft.path.exists()


def test_over_somebody_elses_change_nothing_is_saved_and_three_versions_are_shown(aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, {"a": b"one\ntwo\nthree\n"})

    def change(text: str) -> str:
        fill(aws, bucket, {"a": b"one\n2\nthree\n"})
        return text.replace("two", "zwei")

    outcome, editor = edit(aws, f"s3://{bucket}/a", change)
    assert outcome is not None
    assert [(each.target, each.reason) for each in outcome.failed] == [("line 2", "read two, there now 2, yours zwei")]
    assert body(aws, bucket, "a") == b"one\n2\nthree\n"
    draft = editor.asked[0].draft
    assert Path(draft.path).exists()
    draft.drop()


@pytest.mark.parametrize("change", [lambda _text: None, lambda text: text])
def test_what_is_left_as_it_was_is_not_written(aws: Emulator, bucket: str, change: Callable[[str], str | None]) -> None:
    fill(aws, bucket, {"a": b"one"})
    before = facts(aws, bucket, "a")
    outcome, editor = edit(aws, f"s3://{bucket}/a", change)
    assert outcome is not None
    assert outcome.message == "Nothing was changed."
    assert facts(aws, bucket, "a") == before
    assert not editor.asked[0].draft.path.exists()


def test_what_is_no_text_or_too_big_is_not_edited(aws: Emulator, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(aws, bucket, {"binary": b"a\0b", "latin": b"\xe9", "big": b"x" * 100})
    for key in ("binary", "latin"):
        with pytest.raises(InvalidInput, match="is no text in UTF-8"):
            edit(aws, f"s3://{bucket}/{key}", lambda text: text)
    monkeypatch.setattr(textediting, "MOST", 99)
    with pytest.raises(InvalidInput, match="is too big"):
        edit(aws, f"s3://{bucket}/big", lambda text: text)


def test_where_nobody_can_edit_nothing_is_left_behind(
    aws: Emulator, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(aws, bucket, {"a": b"one"})
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(Refused) as refused:
        Kit(aws.url).run("s3", "edit", f"s3://{bucket}/a")
    assert "with options" in (refused.value.hint or "")
    assert list(tmp_path.iterdir()) == []


def test_json_is_checked_digit_by_digit() -> None:
    assert json_slips('{"n": 1e999, "n": 123456789012345678901234567890}') == []
    assert json_slips('{"a": 1,\n "b" 2}') == [Slip("Expecting ':' delimiter", 2, 6)]
    assert json_slips("[" * 100_000)[0].line is None


@given(st.lists(st.sampled_from("abc"), max_size=5), st.integers(0, 4), st.sampled_from("xyz"))
def test_a_conflict_names_every_line_of_yours(read: list[str], at: int, new: str) -> None:
    yours = [*read[:at], new, *read[at + 1 :]]
    found = list(conflicts("\n".join(read), "\n".join([*read, "end"]), "\n".join(yours)))
    assert any(f"yours {new}" in said or f"/ {new}" in said or f"{new} /" in said for _where, said in found)
