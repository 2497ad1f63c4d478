"""What ``dynamodb import`` does: every line of a file is put, refused with its reason, or left alone; none is lost."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from stackpane import Failure, Job, Link, Outcome, Plan, Progress, StackpaneError
from stackpane.fanout import as_they_come
from stackpane.patience import PATIENCE, TICK
from stackpane.rejects import Rejects
from stackpane.tally import is_unknown
from stackpane.text import human_count
from stackpane.unfinished import Checkpoint
from stackpane_dynamodb.answers import needed
from stackpane_dynamodb.moving.batches import Puts, Result
from stackpane_dynamodb.moving.flight import Batch, Flight, Order, batches
from stackpane_dynamodb.moving.records import Source
from stackpane_dynamodb.places import scan_link
from stackpane_dynamodb.tables import describe, model_of, table_id

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_dynamodb.moving.forms import Form
    from stackpane_dynamodb.tables import Model

__all__ = ["Import", "is_empty"]

_LISTED = 1000
"""Lines that are named one by one in the outcome; all of them are in the file of rejects."""


def is_empty(session: Session, table: str) -> bool:
    """Whether the table has no item at all."""
    reply = session.client("dynamodb").scan(TableName=table, Limit=1, ConsistentRead=True)
    return not needed(reply, "Items") and "LastEvaluatedKey" not in reply


@dataclass(slots=True)
class Ledger:
    """What became of the lines so far, all of them before ``read``; it is kept with the checkpoint."""

    read: int = 0
    written: int = 0
    rejected: int = 0
    left: int = 0
    rejects_length: int = 0
    failures: list[Failure] = field(default_factory=list)

    def state(self) -> dict[str, int]:
        """What is kept."""
        names = ("read", "written", "rejected", "left", "rejects_length")
        return {name: getattr(self, name) for name in names}

    def add(self, batch: Batch, rejects: Rejects) -> None:
        """Count a batch, behind which everything before is counted."""
        self.read = batch.end
        self.written += batch.written
        self.left += batch.left
        for line, reason in batch.rejects:
            self.rejected += 1
            self.rejects_length = rejects.write({"Line": line.number, "Reason": reason, "Text": line.text})
            if len(self.failures) < _LISTED:
                self.failures.append(Failure(f"line {line.number}", reason))

    def check(self) -> None:
        """Raise ``StackpaneError`` where lines went missing."""
        if self.read != self.written + self.rejected + self.left:
            raise StackpaneError(
                f"the count does not agree: of {self.read:,} lines {self.written:,} were written, {self.rejected:,} "
                f"rejected and {self.left:,} left alone"
            )


@dataclass(frozen=True)
class Import:
    """One run of the command, with its options. ``stream`` is what ``-`` stands for."""

    session: Session
    table: str
    file: str
    form: Form
    if_absent: bool = False
    rejects: str | None = None
    restart: bool = False
    workers: int = 16
    stream: Callable[[], IO[bytes]] | None = None

    # Views

    def view(self) -> Plan | Job:
        """The import at once where nothing can be replaced by it, or it was begun before; a plan otherwise."""
        _ = self._source.identity, self._model
        begun = self._checkpoint is not None and not self.restart and self._checkpoint.read() is not None
        harmless = self.if_absent or begun or is_empty(self.session, self.table)
        return self.job() if harmless and not self.session.dry_run else self.plan()

    def job(self) -> Job:
        """The import."""
        return Job(f"Importing {self.file} into {self.table}", self._run, None if self.file == "-" else self.again)

    def plan(self) -> Plan:
        """What would be put."""
        source = self._countable
        replaced = "Items that have the same keys are left alone." if self.if_absent else ""
        return Plan(
            f"Put the items of {self.file} into {self.table}",
            source.count(),
            self._targets,
            self.table,
            self.job,
            unit="item",
            reversible=replaced or "Items that have the same keys are replaced as a whole; that cannot be undone.",
        )

    @property
    def again(self) -> Link:
        """The command that goes on."""
        return Link.to(
            "dynamodb import",
            self.table,
            self.file,
            format=self.form.kind,
            if_absent=self.if_absent,
            rejects=self.rejects,
            label="Go on",
        )

    # What there is to know first

    @cached_property
    def _source(self) -> Source:
        return Source(self.file, self.form, self.stream() if self.stream else None)

    @cached_property
    def _countable(self) -> Source:
        """The file; of a stream, a copy on the disk that can be read twice."""
        if self.stream is None:
            return self._source
        spool = tempfile.NamedTemporaryFile(prefix="stackpane-")  # noqa: SIM115 - lives as long as this run
        shutil.copyfileobj(self.stream(), spool)
        spool.flush()
        self.__dict__["_spool"] = spool
        self.__dict__["_source"] = Source(spool.name, self.form)
        return self._source

    @cached_property
    def _description(self) -> Any:
        return describe(self.session, self.table)

    @cached_property
    def _model(self) -> Model:
        return model_of(self._description)

    @cached_property
    def _checkpoint(self) -> Checkpoint | None:
        """What is known of this import of just this file into just this table; ``None`` for a stream."""
        if self.stream is not None:
            return None
        path = Path(self.file).expanduser().resolve()
        table = [self._model.arn or self.table, table_id(self._description)]
        header = {
            "version": 1,
            "file": [str(path), *(self._source.identity or ())],
            "form": [self.form.kind, self.form.packing],
            "connection": self.session.connection.name,
            "table": table,
            "if_absent": self.if_absent,
            "rejects": str(self._rejects_path),
        }
        return Checkpoint.kept("dynamodb-imports", header)

    @property
    def _rejects_path(self) -> Path:
        if self.rejects is not None:
            return Path(self.rejects).expanduser()
        return Path(f"{self.table if self.file == '-' else self.file}.rejects.jsonl").expanduser()

    def _targets(self) -> Iterator[str]:
        with closing(self._countable.lines()) as lines:
            for line in lines:
                if line.item is not None:
                    held = [next(iter(line.item.get(name, {"": "?"}).values())) for name in self._model.table.keys]
                    yield " ".join(map(str, held))

    # The run

    def _run(self) -> Generator[Progress, None, Outcome]:
        ledger, rejects = self._begun()
        try:
            yield from self._work(ledger, rejects)
        except BaseException as error:
            self._tell(ledger, error)
            raise
        finally:
            rejects.close()
        ledger.check()
        if self._checkpoint is not None:
            self._checkpoint.discard()
        return self._outcome(ledger)

    def _begun(self) -> tuple[Ledger, Rejects]:
        """Where it goes on: at the beginning, or where it was interrupted."""
        ledger, rejects = Ledger(), Rejects(self._rejects_path)
        kept = self._checkpoint.read() if self._checkpoint is not None and not self.restart else None
        if kept is not None and (not kept["rejects_length"] or rejects.path.exists()):
            ledger = Ledger(**kept)
            rejects.go_on(ledger.rejects_length)
            self.session.note(f"Going on behind {human_count(ledger.read, 'line')} that are done already.")
        return ledger, rejects

    def _work(self, ledger: Ledger, rejects: Rejects) -> Generator[Progress, None, None]:
        flight, order = Flight(), Order(ledger.read)
        puts = Puts(self.session.client("dynamodb"), self._model)
        put = puts.absent if self.if_absent else puts.all
        with puts.meter.telling(self.session), closing(self._source.lines(ledger.read)) as lines:
            tasks = (partial(_send, put, flight, each) for each in batches(lines, self._model, flight, ledger.read))
            with closing(as_they_come(tasks, self.workers, patience=PATIENCE, tick=TICK)) as settled:
                yield Progress(ledger.read, None, "items")
                for batch in settled:
                    if batch is not None:
                        self._count(order.settled(batch), ledger, rejects)
                    yield Progress(ledger.read, None, "items")

    def _count(self, settled: Iterator[Batch], ledger: Ledger, rejects: Rejects) -> None:
        before = ledger.read
        for batch in settled:
            ledger.add(batch, rejects)
        if self._checkpoint is not None and ledger.read != before:
            self._checkpoint.keep(ledger.state())

    def _tell(self, ledger: Ledger, error: BaseException) -> None:
        """Say how far it came, where it can give no outcome any more."""
        if ledger.read or is_unknown(error):
            self.session.warn(
                f"stopped behind {human_count(ledger.read, 'line')}: {ledger.written:,} written, {ledger.rejected:,} "
                f"rejected, {ledger.left:,} left alone; of up to {self.workers * 25:,} behind them it is not known"
            )

    def _outcome(self, ledger: Ledger) -> Outcome:
        more = ledger.rejected - len(ledger.failures)
        failed = list(islice(ledger.failures, _LISTED))
        if more:
            failed.append(Failure(human_count(more, "further line"), f"rejected as well: see {self._rejects_path}"))
        rejected = f", {ledger.rejected:,} rejected ({self._rejects_path})" if ledger.rejected else ""
        left = f", {ledger.left:,} left alone: their keys are taken" if ledger.left else ""
        return Outcome(
            f"Imported {human_count(ledger.written, 'item')} into {self.table} from {self.file}{rejected}{left}.",
            done=ledger.written,
            failed=tuple(failed),
            result={
                "Table": self.table,
                "Read": ledger.read,
                "Written": ledger.written,
                "Rejected": ledger.rejected,
                "LeftAlone": ledger.left,
                **({"Rejects": str(self._rejects_path)} if ledger.rejected else {}),
            },
            links=(scan_link(self.table),),
        )


def _send(put: Callable[[list[Any]], Result], flight: Flight, batch: Batch) -> Iterator[Batch]:
    try:
        batch.settle(put([line.item for line in batch.lines]))
    finally:
        flight.leave(batch.marks)
    yield batch
