"""What ``dynamodb copy`` does: reads a table in segments, and puts what each page has before it reads the next."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackpane import Failure, InvalidInput, Job, Link, Outcome, Plan, Progress, StackpaneError
from stackpane.fanout import as_they_come
from stackpane.patience import PATIENCE, TICK
from stackpane.text import human_count
from stackpane.unfinished import Checkpoint
from stackpane_dynamodb.keys import key_in, words_of
from stackpane_dynamodb.moving.batches import BATCH, Puts
from stackpane_dynamodb.moving.importing import is_empty
from stackpane_dynamodb.moving.masking import Mask
from stackpane_dynamodb.places import scan_link
from stackpane_dynamodb.tables import describe, described, model_of, table_id
from stackpane_dynamodb.values.wire import decoded

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_dynamodb.expressions.conditions import Path
    from stackpane_dynamodb.finding import Find
    from stackpane_dynamodb.reading import Reading
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item

__all__ = ["Copy"]

_SEGMENTS = 8
_LISTED = 1000


@dataclass(slots=True)
class Counts:
    """What became of the items so far."""

    read: int = 0
    written: int = 0
    refused: int = 0
    failures: list[Failure] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one page of a segment, and where the segment goes on."""

    segment: int
    next: Mapping[str, Any] | None
    read: int
    failures: list[Failure]


@dataclass(frozen=True)
class Copy:
    """One run of the command, with its options; ``target`` is the session that the other table belongs to.

    ``masked`` are the paths whose values are replaced. The key of the replacement is ``mask_key``, or made for this
    copy and forgotten at its end; ``mask_file`` is where it was read.
    """

    find: Find
    other: str
    target: Session
    create: bool = False
    masked: str = ""
    mask_key: bytes | None = None
    mask_file: str | None = None
    restart: bool = False

    # Views

    def view(self) -> Plan | Job:
        """The copy at once where it can replace nothing; a plan otherwise, and on every production connection."""
        self._check()
        begun = not self.restart and self._checkpoint.read() is not None
        careful = self.target.connection.kind == "production" or self.target.dry_run
        if not careful and (begun or self._is_new or is_empty(self.target, self.other)):
            return self.job()
        return self.plan()

    def plan(self) -> Plan:
        """What would be put where."""
        about = human_count(self._model.table.items, "item")
        notes = [f"By AWS's count of the last hours it has {about}."]
        if self._is_new:
            notes.append(f"{self.other} is created like {self.find.table}, with on-demand capacity.")
        return Plan(
            f"Copy {self._from} to {self._to}",
            1,
            lambda: iter([self._to]),
            self.other,
            self.job,
            unit="table",
            reversible="Items that have the same keys are replaced as a whole; that cannot be undone.",
            notes=tuple(notes),
        )

    def job(self) -> Job:
        """The copy."""
        return Job(f"Copying {self._from} to {self._to}", self._run, self.again)

    @property
    def again(self) -> Link:
        """The command that goes on."""
        source, target = self.find.session, self.target
        return Link.to(
            "dynamodb copy",
            self.find.table,
            self.other,
            to_connection=target.connection.name if target.connection.name != source.connection.name else None,
            to_region=target.region if target.region != source.region else None,
            create=self.create,
            mask=self.masked or None,
            mask_key=self.mask_file,
            filter=self.find.text or None,
            consistent=self.find.consistent,
            segments=self.find.segments if self.find.segments != _SEGMENTS else None,
            label="Go on",
        )

    # What there is to know first

    @property
    def _from(self) -> str:
        return _named(self.find.session, self.find.table)

    @property
    def _to(self) -> str:
        return _named(self.target, self.other)

    @cached_property
    def _description(self) -> Mapping[str, Any]:
        return describe(self.find.session, self.find.table)

    @cached_property
    def _model(self) -> Model:
        return model_of(self._description)

    @cached_property
    def _there(self) -> Mapping[str, Any] | None:
        """The other table as it is; ``None`` where there is none."""
        try:
            return described(self.target, self.other) if self.create else describe(self.target, self.other)
        except ClientError as error:
            raise self.target.explain(error) from error

    @property
    def _is_new(self) -> bool:
        return self._there is None

    def _check(self) -> None:
        """Refuse what cannot be meant, before anything is read."""
        source, target = self.find.session, self.target
        same = source.connection == target.connection and source.region == target.region
        if same and self.find.table == self.other:
            raise InvalidInput("a table is not copied onto itself", "Name another table, connection or region.")
        _ = self._mask_paths
        if self._there is not None and (there := model_of(self._there).keys) != self._model.keys:
            raise InvalidInput(
                f"{self._to} has other keys: {_keys(there)}, not {_keys(self._model.keys)}",
                "Copy into a table with the same keys; --create makes one.",
            )

    @cached_property
    def _mask_paths(self) -> list[Path]:
        from stackpane_dynamodb.expressions.language import parse_paths

        return parse_paths(self.masked) if self.masked else []

    @cached_property
    def _checkpoint(self) -> Checkpoint:
        """What is known of the copy of just this table into just that one."""
        header = {
            "version": 2,
            "from": [*_place(self.find.session), self.find.table, table_id(self._description)],
            "to": [*_place(self.target), self.other],
            "filter": self.find.text,
            "segments": self.find.segments,
            "consistent": self.find.consistent,
            "mask": self.masked,
            "mask_key": hashlib.sha256(self.mask_key).hexdigest() if self.mask_key else None,
        }
        return Checkpoint.kept("dynamodb-copies", header)

    # The run

    def _run(self) -> Generator[Progress, None, Outcome]:
        if self._is_new:
            yield from self._created()
        state = self._begun()
        counts = Counts(state["read"], state["written"], state["refused"])
        reading = self._reading(state)
        try:
            yield from self._work(reading, state, counts)
        except BaseException:
            self.target.warn(f"stopped: {human_count(counts.written, 'item')} of {counts.read:,} read are copied")
            raise
        finally:
            reading.meter.tell(self.find.session)
        if counts.read != counts.written + counts.refused:
            raise StackpaneError(f"the count does not agree: {counts.read:,} read, {counts.written:,} written")
        self._checkpoint.discard()
        return self._outcome(counts)

    def _begun(self) -> dict[str, Any]:
        """Where it goes on: at the beginning, or where it was interrupted."""
        kept = None if self.restart else self._checkpoint.read()
        if kept is not None:
            self.find.session.note(f"Going on behind {human_count(kept['read'], 'item')} that are copied already.")
            return kept
        key = self.mask_key or secrets.token_bytes(32)
        places = [None] * self.find.segments
        return {
            "places": places,
            "read": 0,
            "written": 0,
            "refused": 0,
            "key": base64.b64encode(key).decode(),
            "now": self.find.now.isoformat(),
        }

    def _reading(self, state: Mapping[str, Any]) -> Reading:
        # Times ago in the filter are counted from when it began, so that the rest is the rest of the same items.
        find = replace(self.find, now=datetime.fromisoformat(state["now"]))
        return find.reading(self._model, find.everything(self._model))

    def _created(self) -> Generator[Progress, None, None]:
        """Make the other table like this one."""
        from stackpane_dynamodb.tablespec import request_of
        from stackpane_dynamodb.tablewaiting import until_ready

        client = self.target.client("dynamodb")
        on_demand = {**self._description, "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}}
        shape = client.meta.service_model.operation_model("CreateTable").input_shape
        request = request_of(on_demand, shape, self.other)
        request.pop("SSESpecification", None)  # its key is one of the source's account and region
        client.create_table(**request)
        yield from until_ready(self.target, self.other)

    def _work(self, reading: Reading, state: dict[str, Any], counts: Counts) -> Generator[Progress, None, None]:
        places = state["places"]
        change = Mask(self._mask_paths, base64.b64decode(state["key"])) if self._mask_paths else None
        puts = Puts(self.target.client("dynamodb"), model_of(describe(self.target, self.other)))
        tasks = [
            partial(_moved, reading, number, place, puts, change)
            for number, place in enumerate(places)
            if place is not False
        ]
        total = None if self.find.text else self._model.table.items
        with (
            puts.meter.telling(self.target),
            closing(as_they_come(tasks, max(1, len(tasks)), patience=PATIENCE, tick=TICK)) as arriving,
        ):
            for moved in arriving:
                if moved is not None:
                    counts.read += moved.read
                    counts.written += moved.read - len(moved.failures)
                    counts.refused += len(moved.failures)
                    counts.failures += moved.failures[: _LISTED - len(counts.failures)]
                    places[moved.segment] = False if moved.next is None else moved.next
                    state |= {"read": counts.read, "written": counts.written, "refused": counts.refused}
                    self._checkpoint.keep(state)
                yield Progress(counts.read, max(total, counts.read) if total else None, "items")

    def _outcome(self, counts: Counts) -> Outcome:
        more = counts.refused - len(counts.failures)
        rest = (Failure(human_count(more, "further item"), "refused as well"),) if more else ()
        refused = f", {counts.refused:,} were refused" if counts.refused else ""
        return Outcome(
            f"Copied {human_count(counts.written, 'item')} of {self._from} to {self._to}{refused}.",
            done=counts.written,
            failed=(*counts.failures, *rest),
            result={"Read": counts.read, "Written": counts.written, "Refused": counts.refused},
            links=(scan_link(self.other),) if self.target is self.find.session else (),
        )


def _moved(
    reading: Reading, number: int, start: Mapping[str, Any] | None, puts: Puts, change: Callable[[Item], Item] | None
) -> Iterator[Moved]:
    """Copy one segment, page by page."""
    for page in reading.segment(number, start):
        failures: list[Failure] = []
        found = reading.meant(page.items)
        for first in range(0, len(found), BATCH):
            items: list[Item] = list(map(decoded, found[first : first + BATCH]))
            result = puts.all(list(map(change, items)) if change else items)
            failures += [
                Failure(" ".join(words_of(key_in(puts.model, items[place]))), why)
                for place, why in result.refused.items()
            ]
        yield Moved(number, page.next, len(found), failures)


def _place(session: Session) -> tuple[str, str, str]:
    return session.connection.name, session.connection.endpoint_for("dynamodb") or "", session.region


def _named(session: Session, table: str) -> str:
    return f"{table} ({session.connection.name}, {session.region})"


def _keys(keys: tuple[tuple[str, str], ...]) -> str:
    return " ".join(f"{name} ({kind})" for name, kind in keys)
