"""What ``cognito import`` does: every user of a file is created, brought up to date, left alone or refused.

Users are sent a hundred at a time, and after each hundred it is written down how far it is. Where an import is
interrupted, the same command goes on behind the last whole hundred; of those behind it, users that the import itself
has created are told from others by their date, and finished.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

from stackpane import ConnectionProblem, Failure, Job, Link, Outcome, Plan, Progress, StackpaneError
from stackpane.fanout import as_they_come
from stackpane.patience import PATIENCE, THROTTLED, TICK
from stackpane.rejects import Rejects
from stackpane.tally import is_unknown
from stackpane.text import human_count
from stackpane.unfinished import Checkpoint
from stackpane_cognito.changing import WORKERS, unless_done
from stackpane_cognito.moving.entries import User
from stackpane_cognito.moving.ledger import Ledger, Settled
from stackpane_cognito.moving.preview import Preview
from stackpane_cognito.moving.rules import Rules, rules_of
from stackpane_cognito.moving.sending import Sending
from stackpane_cognito.places import users_link
from stackpane_cognito.pools import SERVICE, pages

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_cognito.moving.sources import Entry, Source

__all__ = ["BATCH", "Import", "Options"]

T = TypeVar("T")

BATCH = 100
"""Users that are under way between two marks of how far it is."""
_STOPS = frozenset({"AccessDeniedException", "ResourceNotFoundException", "LimitExceededException"})
"""What is no user's own fault, so that the next would fare no better."""


@dataclass(frozen=True, slots=True)
class Options:
    """How users are imported. ``message`` is how new ones are invited, ``permanent`` what their passwords are."""

    update: bool = False
    message: str = "suppress"
    permanent: bool = False
    restart: bool = False


@dataclass(frozen=True)
class Import:
    """The import of a source into a pool. ``of`` is what tells this import from others, ``None`` where it cannot go on.

    ``in_place`` says that entries stand where they stood when the import was interrupted; else all are gone through
    again. ``again`` is the command that goes on.
    """

    session: Session
    pool: str
    source: Source
    name: str
    options: Options
    rejects: Path
    again: Link
    of: tuple[str, Mapping[str, Any]] | None
    in_place: bool = True
    notes: tuple[str, ...] = field(default=())

    # Views

    def plan(self) -> Plan:
        """What would be done. Raises ``StackpaneError`` where nothing of it can be."""
        preview, begun = self._preview, self._begun is not None
        options = self.options
        notes = list(preview.notes(update=options.update, message=options.message, permanent=options.permanent))
        if begun:
            notes.insert(0, "It was begun before, and goes on where it was interrupted.")
        count = preview.users if options.update or begun else max(0, preview.users - preview.existing)
        if not preview.users and preview.rejected:
            for note in notes[:-1]:
                self.session.warn(note)
            raise StackpaneError(f"none of {human_count(preview.rejected, 'entry', 'entries')} can be imported")
        return Plan(
            title=f"Import users of {self.name} into {self.pool}",
            count=count,
            targets=self._targets,
            phrase=self.pool,
            apply=self.job,
            unit="user",
            reversible="New users can be deleted again; what --update changes is kept nowhere."
            if options.update
            else "New users can be deleted again; nobody else is changed.",
            notes=(*self.notes, *notes),
        )

    def job(self) -> Job:
        """The import."""
        title = f"Importing users of {self.name} into {self.pool}"
        return Job(title, self._run, None if self.of is None else self.again)

    # What there is to know first

    @cached_property
    def _rules(self) -> Rules:
        return rules_of(self.session, self.pool)

    @cached_property
    def _preview(self) -> Preview:
        return Preview.of(self.source, self._rules, self.session, self.pool)

    @cached_property
    def _checkpoint(self) -> Checkpoint | None:
        return None if self.of is None else Checkpoint.kept(self.of[0], {"version": 1, **self.of[1]})

    @property
    def _begun(self) -> dict[str, Any] | None:
        """What was kept of it, where it was interrupted."""
        if self._checkpoint is None or self.options.restart:
            return None
        return self._checkpoint.read()

    def _targets(self) -> Iterator[str]:
        with closing(self.source.entries(self._rules)) as entries:
            for entry in entries:
                if isinstance(entry.found, User) and not entry.reason:
                    yield _row(entry.found)

    # The run

    def _run(self) -> Generator[Progress, None, Outcome]:
        total = self._preview.users + self._preview.rejected
        began = datetime.now(UTC)
        kept = self._begun
        ledger, rejects = self._ledger(kept)
        if kept is not None:
            began = datetime.fromisoformat(kept["began"])
        mark = {"began": began.isoformat()}
        self._keep(ledger, mark)
        options = self.options
        sending = Sending(
            self.session,
            self.pool,
            self._rules,
            options.message,
            options.update,
            options.permanent,
            None if kept is None else began,
        )
        try:
            yield Progress(ledger.users, total, "users")
            self._make_groups()
            yield from self._work(sending, ledger, rejects, mark, total)
        except BaseException as error:
            self._tell(ledger, error)
            raise
        finally:
            rejects.close()
        ledger.check(total)
        if self._checkpoint is not None:
            self._checkpoint.discard()
        return self._outcome(ledger)

    def _ledger(self, kept: Mapping[str, Any] | None) -> tuple[Ledger, Rejects]:
        """Where it goes on: at the beginning, or where it was interrupted."""
        ledger, rejects = Ledger(), Rejects(self.rejects, private=True)
        if kept is not None and self.in_place and (not kept["rejects_length"] or rejects.path.exists()):
            ledger = Ledger(**{name: value for name, value in kept.items() if name != "began"})
            rejects.go_on(ledger.rejects_length)
            self.session.note(f"Going on behind {human_count(ledger.read, 'entry', 'entries')} that are done already.")
        return ledger, rejects

    def _keep(self, ledger: Ledger, mark: Mapping[str, Any]) -> None:
        if self._checkpoint is not None:
            self._checkpoint.keep({**ledger.state(), **mark})

    def _make_groups(self) -> None:
        """Create the groups that are missing."""
        if not self._preview.groups:
            return
        client = self.session.client(SERVICE)
        given = {"UserPoolId": self.pool, "Limit": 60}
        there = {
            group["GroupName"] for found, _ in pages(self.session, "list_groups", "Groups", given) for group in found
        }
        for name, group in self._preview.groups.items():
            if name not in there:
                request = {"UserPoolId": self.pool, "GroupName": name, **group.facts}
                unless_done(partial(client.create_group, **request), "GroupExistsException")

    def _work(
        self, sending: Sending, ledger: Ledger, rejects: Rejects, mark: Mapping[str, Any], total: int
    ) -> Generator[Progress, None, None]:
        with closing(self.source.entries(self._rules)) as entries:
            behind = islice(entries, ledger.read, None)
            while batch := list(islice(behind, BATCH)):
                settled: list[Settled] = []
                users = [each for each in batch if each.reason or isinstance(each.found, User)]
                tasks = (partial(self._settle, sending, each) for each in users)
                with closing(as_they_come(tasks, WORKERS, patience=PATIENCE, tick=TICK)) as arriving:
                    for each in arriving:
                        if each is not None:
                            settled.append(each)
                        yield Progress(ledger.users + len(settled), total, "users")
                _raise_if_all_failed(settled)
                ledger.add(settled, rejects)
                ledger.read += len(batch)
                self._keep(ledger, mark)

    def _settle(self, sending: Sending, entry: Entry) -> Iterator[Settled]:
        """Send one user; what is its own fault is a result, all else an error."""
        if entry.reason or not isinstance(entry.found, User):
            yield Settled(entry, reason=entry.reason)
            return
        try:
            done = sending.send(entry.found)
        except ClientError as error:
            explained = self.session.explain(error)
            code = error.response["Error"].get("Code", "")
            if code in _STOPS or code in THROTTLED or isinstance(explained, ConnectionProblem):
                raise
            fault = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500
            reason = _without(str(explained), entry.found.password)
            yield Settled(entry, reason=reason, unknown=is_unknown(error), fault=fault)
            return
        yield Settled(entry, done)

    def _tell(self, ledger: Ledger, error: BaseException) -> None:
        """Say how far it came, where it can give no outcome any more."""
        if ledger.read or is_unknown(error):
            self.session.warn(
                f"stopped behind {human_count(ledger.read, 'entry', 'entries')}: {ledger.created:,} created, "
                f"{ledger.updated:,} updated, {ledger.rejected:,} rejected; of up to {BATCH} behind them nobody knows"
            )

    def _outcome(self, ledger: Ledger) -> Outcome:
        more = ledger.rejected - len(ledger.failures)
        rest = (Failure(human_count(more, "further entry", "further entries"), f"see {self.rejects}"),) if more else ()
        facts = {
            "updated": ledger.updated,
            "unchanged": ledger.unchanged,
            "there already and left alone": ledger.left,
            f"rejected ({self.rejects})": ledger.rejected,
        }
        others = "".join(f", {count:,} {what}" for what, count in facts.items() if count)
        return Outcome(
            f"Imported {human_count(ledger.created, 'user')} into {self.pool} from {self.name}{others}.",
            done=ledger.created + ledger.updated,
            failed=(*ledger.failures, *rest),
            result={
                "UserPoolId": self.pool,
                "Read": ledger.users,
                "Created": ledger.created,
                "Updated": ledger.updated,
                "Unchanged": ledger.unchanged,
                "LeftAlone": ledger.left,
                "Rejected": ledger.rejected,
                **({"Rejects": str(self.rejects)} if ledger.rejected else {}),
            },
            links=(users_link(self.pool),),
        )


def _row(user: User) -> str:
    """A user as the preview shows it."""
    facts = [f"{name}={value}" for name, value in user.attributes.items()]
    facts += [f"groups: {' '.join(user.groups)}"] if user.groups else []
    facts += [] if user.enabled else ["disabled"]
    return f"{user.name}: {', '.join(facts)}" if facts else user.name


def _without(text: str, password: str | None) -> str:
    return text.replace(password, "…") if password else text


def _raise_if_all_failed(settled: Iterable[Settled]) -> None:
    """Raise where a whole batch of users failed by the server's fault: it is down, and the rest can wait."""
    sent = [each for each in settled if each.done or each.fault or not each.entry.reason]
    if len(sent) > 1 and all(each.fault for each in sent):
        raise StackpaneError(
            f"the server failed at {human_count(len(sent), 'user')} in a row: {sent[0].reason}",
            "The same command goes on later.",
        )
