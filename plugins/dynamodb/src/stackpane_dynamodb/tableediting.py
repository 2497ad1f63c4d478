"""Changing a table: its capacity, its indexes, its stream, its time to live, its
backups, its protection; one request each.

DynamoDB takes one change of this kind at a time, and none while another is under way:
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from stackpane import Failure, InvalidInput, Job, Link, Outcome, Plan, Progress, is_lost
from stackpane_dynamodb.answers import needed
from stackpane_dynamodb.places import show_link
from stackpane_dynamodb.tableoptions import OFF, ON, TableChanges
from stackpane_dynamodb.tables import billing_mode, describe
from stackpane_dynamodb.tablespec import IndexSpec, global_indexes, index_definition
from stackpane_dynamodb.tablewaiting import until_ready

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["edit_table"]

_UNITS = {"read_units": "ReadCapacityUnits", "write_units": "WriteCapacityUnits"}


@dataclass(frozen=True, slots=True)
class Step:
    """One request: what it does in words, the client's method with its parameters, the options that take it back.

    What ``loses`` something (an index, backups) is confirmed first: it comes back empty.
    """

    what: str
    method: str
    request: Mapping[str, Any]
    back: Mapping[str, Any]
    loses: bool = False


def edit_table(session: Session, table: str, changes: TableChanges) -> Plan | Job | Outcome:
    """Make the changes, one after the other. What is that way already is left alone.

    Gives a plan where an index would be removed, and for a dry run. Raises ``InvalidInput``.
    """
    if not changes:
        raise InvalidInput("nothing is to be changed", "See the options: stackpane dynamodb edit --help")
    return _Editing(session, table, changes).view()


@dataclass(frozen=True)
class _Editing:
    session: Session
    table: str
    wanted: TableChanges

    @cached_property
    def description(self) -> Mapping[str, Any]:
        """The table as it is before the first change."""
        return describe(self.session, self.table)

    def view(self) -> Plan | Job | Outcome:
        """The job, or the plan of it."""
        steps = tuple(self._steps())
        if not steps:
            return Outcome(f"{self.table} is like that already.", done=0)
        job = Job(f"Changing {self.table}", lambda: self._run(steps))
        if not (self.session.dry_run or any(step.loses for step in steps)):
            return job
        return Plan(
            title=f"Change {self.table}",
            count=len(steps),
            targets=lambda: iter([step.what for step in steps]),
            phrase=self.table,
            apply=lambda: job,
            unit="setting",
            reversible="Can be taken back; an index that is added again is built anew, and backups begin anew."
            if all(step.back for step in steps)
            else "Cannot be taken back by one command.",
        )

    # What is to be done

    def _steps(self) -> Iterator[Step]:
        yield from self._protection()
        yield from self._removed_indexes()
        yield from self._capacity()
        yield from self._added_indexes()
        yield from self._stream()
        yield from self._time_to_live()
        yield from self._recovery()

    def _update(self, what: str, back: Mapping[str, Any], **request: Any) -> Step:
        return Step(what, "update_table", {"TableName": self.table, **request}, back)

    def _protection(self) -> Iterator[Step]:
        wanted, now = self.wanted.deletion_protection, bool(self.description.get("DeletionProtectionEnabled"))
        if wanted is None or wanted == now:
            return
        back = {"deletion_protection" if now else "no_deletion_protection": True}
        yield self._update(
            f"turn the protection against deletion {'on' if wanted else 'off'}", back, DeletionProtectionEnabled=wanted
        )

    @cached_property
    def _indexes(self) -> dict[str, IndexSpec]:
        return {index.name: index for index in global_indexes(self.description)}

    def _removed_indexes(self) -> Iterator[Step]:
        for name in self.wanted.remove_index:
            if name not in self._indexes:
                have = ", ".join(self._indexes) or "none"
                raise InvalidInput(f"{self.table} has no global index {name!r}", f"It has {have}.")
            step = self._update(
                f"remove the index {name}",
                {"add_index": str(self._indexes[name])},
                GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": name}}],
            )
            yield replace(step, loses=True)

    def _added_indexes(self) -> Iterator[Step]:
        units = self._units if self._mode == "PROVISIONED" else None
        there = [index for name, index in self._indexes.items() if name not in self.wanted.remove_index]
        for index in map(IndexSpec.parse, self.wanted.add_index):
            if index.name in {each.name for each in there}:
                raise InvalidInput(f"{self.table} has an index {index.name} already")
            there.append(index)
            yield self._update(
                f"add the index {index}",
                {"remove_index": index.name},
                AttributeDefinitions=self._definitions(there),
                GlobalSecondaryIndexUpdates=[{"Create": index_definition(index, units)}],
            )

    def _definitions(self, indexes: Iterable[IndexSpec]) -> list[dict[str, str]]:
        """The definitions of all keys that there will be then: DynamoDB refuses those that nothing uses."""
        kinds = {each["AttributeName"]: each["AttributeType"] for each in self.description["AttributeDefinitions"]}
        used = {
            each["AttributeName"]: kinds[each["AttributeName"]]
            for keyed in (self.description, *self.description.get("LocalSecondaryIndexes", ()))
            for each in keyed["KeySchema"]
        }
        for key in (key for index in indexes for key in index.keys):
            if used.setdefault(key.name, key.kind) != key.kind:
                raise InvalidInput(f"{key.name} is a key of {self.table} already, as {used[key.name]}")
        return [{"AttributeName": name, "AttributeType": kind} for name, kind in used.items()]

    @property
    def _mode(self) -> str:
        """The billing mode that the table will have."""
        return self.wanted.billing_mode or billing_mode(self.description)

    @cached_property
    def _units(self) -> dict[str, int]:
        """The provisioned units that the table will have. Raises ``InvalidInput`` where one is not known."""
        now = self.description.get("ProvisionedThroughput", {})
        asked = {name: getattr(self.wanted, option) for option, name in _UNITS.items()}
        units = {name: asked[name] or now.get(name) or 0 for name in asked}
        if not all(units.values()):
            raise InvalidInput("provisioned capacity is --read-units and --write-units")
        return units

    def _capacity(self) -> Iterator[Step]:
        mode, now = self._mode, self.description.get("ProvisionedThroughput", {})
        asked = self.wanted.read_units is not None or self.wanted.write_units is not None
        if mode == "PAY_PER_REQUEST":
            if asked:
                raise InvalidInput(f"{self.table} is on demand and has no units", "Add --billing-mode PROVISIONED.")
            if billing_mode(self.description) != mode:
                yield self._update("pay per request", self._provisioned_again(now), BillingMode=mode)
            return
        units = self._units if asked or billing_mode(self.description) != mode else now
        what = f"provision {units.get('ReadCapacityUnits')} read and {units.get('WriteCapacityUnits')} write units"
        if billing_mode(self.description) != mode:
            names = [name for name in self._indexes if name not in self.wanted.remove_index]
            updates = [{"Update": {"IndexName": name, "ProvisionedThroughput": units}} for name in names]
            more = {"GlobalSecondaryIndexUpdates": updates} if updates else {}
            yield self._update(
                what + (", for each index as well" if updates else ""),
                {"billing_mode": "PAY_PER_REQUEST"},
                BillingMode=mode,
                ProvisionedThroughput=units,
                **more,
            )
        elif any(now.get(name) != value for name, value in units.items()):
            back = {option: now.get(name) for option, name in _UNITS.items()}
            yield self._update(what, back, ProvisionedThroughput=units)

    def _provisioned_again(self, now: Mapping[str, Any]) -> dict[str, Any]:
        """The options for the units that there are; none where an index has others than the table."""
        for index in self.description.get("GlobalSecondaryIndexes", ()):
            own = index.get("ProvisionedThroughput", {})
            if any(own.get(name) != now.get(name) for name in _UNITS.values()):
                return {}
        return {"billing_mode": "PROVISIONED", **{option: now.get(name) for option, name in _UNITS.items()}}

    def _stream(self) -> Iterator[Step]:
        found = self.description.get("StreamSpecification", {})
        now = found.get("StreamViewType", "") if found.get("StreamEnabled") else OFF
        wanted = self.wanted.stream
        if wanted is None or wanted == now:
            return
        # A stream that there is takes no other view.
        if now != OFF:
            off = {"StreamEnabled": False}
            yield self._update("turn the stream off", {"stream": now}, StreamSpecification=off)
        if wanted != OFF:
            view = {"StreamEnabled": True, "StreamViewType": wanted}
            yield self._update(f"turn a stream on ({wanted})", {"stream": now}, StreamSpecification=view)

    def _time_to_live(self) -> Iterator[Step]:
        wanted = self.wanted.ttl
        if wanted is None:
            return
        answer = needed(
            self.session.client("dynamodb").describe_time_to_live(TableName=self.table), "TimeToLiveDescription"
        )
        on = answer.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
        now = answer.get("AttributeName", "") if on else OFF
        if wanted == now:
            return
        if wanted != OFF and now != OFF:
            raise InvalidInput(
                f"items of {self.table} expire by {now} already",
                f"Turn that off first (--ttl {OFF}); DynamoDB then wants up to an hour before the next change.",
            )
        setting = {"Enabled": wanted != OFF, "AttributeName": now if wanted == OFF else wanted}
        what = f"let no item expire by {now} any more" if wanted == OFF else f"let items expire by {wanted}"
        yield Step(
            what,
            "update_time_to_live",
            {"TableName": self.table, "TimeToLiveSpecification": setting},
            {"ttl": now},
        )

    def _recovery(self) -> Iterator[Step]:
        """Point-in-time recovery: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html"""
        wanted = self.wanted.pitr
        if wanted is None:
            return
        if wanted not in (ON, OFF) and not (wanted.isdecimal() and 1 <= int(wanted) <= 35):
            raise InvalidInput(f"--pitr takes {ON}, {OFF} or a number of days from 1 to 35, not {wanted!r}")
        from stackpane_dynamodb.native.exports import recovery

        found = recovery(self.session, self.table)
        is_on = found.get("PointInTimeRecoveryStatus") == "ENABLED"
        now = str(found.get("RecoveryPeriodInDays", ON)) if is_on else OFF
        if wanted == now or (is_on and wanted == ON):
            return
        period = {"RecoveryPeriodInDays": int(wanted)} if wanted.isdecimal() else {}
        days = f", for {wanted} days" if period else ""
        yield Step(
            f"turn point-in-time recovery {OFF if wanted == OFF else ON}{days}",
            "update_continuous_backups",
            {
                "TableName": self.table,
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": wanted != OFF, **period},
            },
            {"pitr": now},
            loses=is_on and (wanted == OFF or not now.isdecimal() or int(wanted) < int(now)),
        )

    # Doing it

    def _run(self, steps: tuple[Step, ...]) -> Generator[Progress, None, Outcome]:
        client, total = self.session.client("dynamodb"), len(steps)
        made: list[Step] = []
        failed: list[Failure] = []
        try:
            for step in steps:
                yield Progress(len(made), total, "settings", current=step.what)
                yield from until_ready(self.session, self.table, done=len(made), total=total)
                try:
                    getattr(client, step.method)(**step.request)
                except Exception as error:
                    if not made:
                        raise
                    failed.append(Failure(step.what, str(self.session.explain(error)), unknown=is_lost(error)))
                    rest = steps[len(made) + 1 :]
                    failed += [Failure(each.what, "not tried after the error before") for each in rest]
                    break
                made.append(step)
            yield from until_ready(self.session, self.table, done=len(made), total=total)
        except (GeneratorExit, KeyboardInterrupt):
            self.session.warn(f"stopped: made {len(made)} of {total} changes to {self.table}; DynamoDB ends the last")
            raise
        return Outcome(
            f"Changed {self.table}: {'; '.join(step.what for step in made)}.",
            done=len(made),
            failed=tuple(failed),
            undo=self._undo(made),
            links=(show_link(self.table),),
        )

    def _undo(self, made: list[Step]) -> Link | None:
        """The options that take back what was made, where they can; the first of two changes knows what it was."""
        if not all(step.back for step in made):
            return None
        back: dict[str, Any] = {}
        for step in made:
            for option, value in step.back.items():
                if option in ("add_index", "remove_index"):
                    back.setdefault(option, []).append(value)
                else:
                    back.setdefault(option, value)
        return Link.to("dynamodb edit", self.table, label="Undo", **back)
