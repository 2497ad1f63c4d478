"""Editing an object's text: its body becomes what the user made of it, if it still is what was read; the rest stays."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from stackpane import Failure, InvalidInput, Job, Link, Outcome, Plan, Progress, Refused
from stackpane.editor import Draft, Editing, Slip
from stackpane.text import human_size
from stackpane_s3.annotations import annotations_of
from stackpane_s3.copying import TAGGING_HEADER_MAX, onto
from stackpane_s3.heads import etag_of, etag_said
from stackpane_s3.settings import SettingsReader
from stackpane_s3.transfer.conditions import ConditionalWrites, TakenError
from stackpane_s3.transfer.stop import Stop

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_s3.uris import S3Uri

__all__ = ["TextEditing", "conflicts"]

MOST = 1024**2
"""Bytes that are edited: more is no text that one reads through."""
_INSTEAD = "Change headers, metadata and tags with options: see stackpane s3 edit --help."
_SHOWN = 80


@dataclass(frozen=True)
class TextEditing:
    """One object in the editor; ``present`` is what ``HeadObject`` says of it."""

    session: Session
    client: Any
    uri: S3Uri
    present: Mapping[str, Any]

    def view(self) -> Plan | Job | Outcome:
        """Have it edited, and then saved, or for a dry run say what would be."""
        before = self._read()
        text = self._text(before)
        draft = Draft("", ".json" if self._is_json else ".txt")
        check, about = (json_slips if self._is_json else _nothing_wrong), f"{self.uri}, {human_size(len(before))}"
        editing = Editing(draft, text, about, check, _INSTEAD, comments=self._is_json)
        try:
            edited = self.session.edit(editing)
        except Refused:
            draft.drop()
            raise
        if edited is None or edited == text:
            draft.drop()
            return Outcome("Nothing was changed.", 0)
        job = Job(f"Edit {self.uri}", lambda: self._save(text, edited, draft))
        return job if not self.session.dry_run else self._plan(job, before, edited, draft)

    @property
    def _place(self) -> dict[str, str]:
        return {"Bucket": self.uri.bucket, "Key": self.uri.key}

    @cached_property
    def _is_json(self) -> bool:
        kind = str(self.present.get("ContentType", "")).partition(";")[0].strip()
        return kind == "application/json" or kind.endswith("+json") or self.uri.key.lower().endswith(".json")

    def _read(self, **which: str) -> bytes:
        if self.present["ContentLength"] > MOST:
            raise InvalidInput(f"{self.uri} is too big to be edited: more than {human_size(MOST)}", _INSTEAD)
        body: bytes = self.client.get_object(**self._place, **(which or onto(self.present["ETag"])))["Body"].read()
        return body

    def _text(self, body: bytes) -> str:
        try:
            text = body.decode()
        except UnicodeDecodeError:
            text = "\0"
        if "\0" in text or self.present.get("ContentEncoding") not in (None, "", "utf-8", "aws-chunked"):
            raise InvalidInput(f"{self.uri} is no text in UTF-8", _INSTEAD)
        return text

    def _plan(self, job: Job, before: bytes, edited: str, draft: Draft) -> Plan:
        self.session.note(f"What you wrote is in {draft.path}")
        return Plan(
            title=job.title,
            count=1,
            targets=lambda: iter([str(self.uri)]),
            phrase="y",
            apply=lambda: job,
            bytes=len(edited.encode()),
            notes=(f"It has {human_size(len(before))} now, and will have {human_size(len(edited.encode()))}.",),
        )

    # Saving

    def _save(self, before: str, edited: str, draft: Draft) -> Generator[Progress, None, Outcome]:
        size = len(edited.encode())
        yield Progress(0, size, current=str(self.uri))
        try:
            made = self._put(edited.encode())
        except TakenError as error:
            self.session.note(f"What you wrote is in {draft.path}")
            return self._conflict(before, edited, error)
        except BaseException:
            self.session.note(f"What you wrote is in {draft.path}")
            raise
        draft.drop()
        yield Progress(size, size)
        old, new = self.present.get("VersionId"), made.get("VersionId")
        undo = Link.to("s3 restore", str(self.uri), version_id=old, label="Undo") if old and new else None
        version = {"VersionId": new} if new else {}
        return Outcome(f"Saved {self.uri} ({human_size(size)}).", result={"ETag": made["ETag"], **version}, undo=undo)

    def _put(self, body: bytes) -> Mapping[str, Any]:
        """Write the body, with all that S3 keeps beside it. Raises ``TakenError`` where it is another one now."""
        settings = SettingsReader(self.session, self.client, self.uri.bucket).read(self.present, self.uri.key)
        known = self.client.meta.service_model.operation_model("PutObject").input_shape.members
        given = {name: value for name, value in settings.items() if name in known and name != "ContentLength"}
        tags = self.client.get_object_tagging(**self._place)["TagSet"] if self.present.get("TagCount") else []
        tagging = urlencode([(tag["Key"], tag["Value"]) for tag in tags])
        if tagging and len(tagging) <= TAGGING_HEADER_MAX:
            given["Tagging"] = tagging
        writes = ConditionalWrites(self.session, self.client, self.uri.bucket, Stop())

        def send(conditions: Mapping[str, str]) -> Mapping[str, Any]:
            answer: Mapping[str, Any] = self.client.put_object(**self._place, Body=body, **given, **conditions)
            return answer

        etag = self.present["ETag"]
        # Before its annotations are read: they would be those of another object.
        if etag_of(self.client, **self._place) != etag:
            raise TakenError(f"{self.uri} has changed since it was read", "Look at it, and edit it again.")
        with annotations_of(self.session, self.client, self._place, etag) as annotations:
            answer = writes.write("PutObject", self.uri.key, onto(etag), send)
            version = {"VersionId": answer["VersionId"]} if answer.get("VersionId") else {}
            annotations.put(self.client, {**self._place, **version})
        if tagging and "Tagging" not in given:
            self.client.put_object_tagging(**self._place, **version, Tagging={"TagSet": tags})
        return {"ETag": etag_said(answer, str(self.uri)), **version}

    def _conflict(self, before: str, edited: str, error: TakenError) -> Outcome:
        """All three versions, where there is a text to compare with."""
        failed = [Failure(str(self.uri), error.message)]
        with self.session.part("what is there now", on_fault=False):
            reply = self.client.get_object(**self._place)
            if reply["ContentLength"] <= MOST:
                now = reply["Body"].read().decode(errors="replace")
                failed = [Failure(where, said) for where, said in conflicts(before, now, edited)] or failed
        show = Link.to("s3 cat", str(self.uri), label="What is there now")
        return Outcome(
            "Nothing was changed: somebody else has changed it since it was read.", 0, tuple(failed), links=(show,)
        )


def conflicts(read: str, now: str, yours: str) -> Iterator[tuple[str, str]]:
    """Where two people have changed a text: the lines, and what was read, what is there now, and what is yours."""
    lines = read.splitlines()
    theirs, mine = _changes(lines, now.splitlines()), _changes(lines, yours.splitlines())
    for (start, end), new in sorted({**theirs, **mine}.items()):
        there = theirs.get((start, end), lines[start:end] if (start, end) in mine else new)
        own = mine.get((start, end), lines[start:end])
        where = f"line {start + 1}" if end - start < 2 else f"lines {start + 1} to {end}"
        yield where, f"read {_said(lines[start:end])}, there now {_said(there)}, yours {_said(own)}"


def _changes(old: list[str], new: list[str]) -> dict[tuple[int, int], list[str]]:
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return {(start, end): new[low:high] for kind, start, end, low, high in codes if kind != "equal"}


def _said(lines: list[str]) -> str:
    text = " / ".join(line.strip() for line in lines)
    return (text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…") or "nothing"


def json_slips(text: str) -> list[Slip]:
    """What keeps a text from being JSON."""
    try:
        json.loads(text, parse_int=len, parse_float=len)
    except json.JSONDecodeError as error:
        return [Slip(error.msg, error.lineno, error.colno)]
    except RecursionError:
        return [Slip("it is nested too deeply to be checked")]
    return []


def _nothing_wrong(_text: str) -> list[Slip]:
    return []
