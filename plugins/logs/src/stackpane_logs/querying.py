"""CloudWatch Logs Insights: a query as a job, and its result as a table.

The service reads and counts, not this machine: what more than a machine should read is asked for so. Its price is by
what it scans, and its result ends at a number of rows: both are said.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stackpane import AwsError, Column, Job, Link, Outcome, Progress, Row, Table
from stackpane.paging import Tokens
from stackpane.text import human_count, human_size
from stackpane_logs.places import events_link

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["CAP", "MOST_GROUPS", "PRICE", "Query"]

CAP = 10_000
"""The rows of a result unless a query asks for more, and the rows of one reply:
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html"""
MOST_GROUPS = 50
PRICE = 0.005
"""US dollars for a GB (10**9 bytes) that a query scans, in us-east-1: https://aws.amazon.com/cloudwatch/pricing/"""
_TICK = 0.2
_FIRST, _LONGEST = 0.2, 1.0
"""Seconds between two looks at a query, which may be taken ten times a second by all queries of an account."""
_ENDED = ("Complete", "Failed", "Cancelled", "Timeout")


@dataclass(frozen=True)
class Query:
    """A query of log groups from ``since`` to ``until`` (moments). ``price`` is what a GB costs; ``None``: the list's.

    ``query_id`` is that of one that was started before, of which nothing else need be known.
    """

    session: Session
    groups: Sequence[str]
    text: str
    since: datetime
    until: datetime
    language: str | None = None
    most: int | None = None
    price: float | None = None
    save: str | None = None
    query_id: str | None = None
    now: Callable[[], float] = field(default=time.monotonic, repr=False)
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def job(self) -> Job:
        """The query, which begins when the job is run, and is stopped when that is cancelled."""
        of = human_count(len(self.groups), "log group") if self.groups else self.query_id or "log groups"
        return Job(f"Querying {of}", self._run, self.again)

    @property
    def again(self) -> Link:
        """The same query in just this range."""
        if self.query_id is not None:
            return self._result(self.query_id)
        return self._link(self.since, self.until, "Again")

    def _result(self, query: str) -> Link:
        return Link.to("logs query", id=query, label="This result, without a new charge")

    def _link(self, since: datetime, until: datetime, label: str) -> Link:
        return Link.to(
            "logs query",
            *self.groups,
            *([self.text] if self.text else []),
            since=_iso(since),
            until=_iso(until),
            language=self.language,
            most=self.most,
            label=label,
        )

    def _run(self) -> Generator[Progress, None, Outcome]:
        client = self.session.client("logs")
        query = self.query_id or self._started(client)
        try:
            reply = yield from self._until_ended(client, query)
        except (GeneratorExit, KeyboardInterrupt):
            if self.query_id is None:
                with suppress(Exception):  # it has ended by now, or cannot be reached: no more can be done about it
                    client.stop_query(queryId=query)
            raise
        return self._outcome(query, reply, list(self._rows(client, query, reply)))

    def _started(self, client: Any) -> str:
        if self.save is not None:
            self._keep(self.save)
        more: dict[str, Any] = {"queryLanguage": self.language} if self.language else {}
        if self.most is not None:
            more["limit"] = self.most
        if self.groups:  # SQL names its log groups in the query itself
            more["logGroupNames"] = list(self.groups)
        reply = client.start_query(
            startTime=int(self.since.timestamp()),
            endTime=int(self.until.timestamp()),
            queryString=self.text,
            **more,
        )
        query: str = reply["queryId"]
        return query

    def _keep(self, name: str) -> None:
        from stackpane_logs.saved import save

        save(self.session, name, self.text, self.groups, self.language)
        self.session.note(f"Saved as {name}: stackpane logs query --saved {name}")

    def _until_ended(self, client: Any, query: str) -> Generator[Progress, None, Mapping[str, Any]]:
        pause = _FIRST
        while True:
            reply: Mapping[str, Any] = client.get_query_results(queryId=query)
            status = reply.get("status", "Unknown")
            yield self._progress(reply)
            if status in _ENDED:
                break
            due = self.now() + pause
            while (left := due - self.now()) > 0:
                self.sleep(min(left, _TICK))
                yield self._progress(reply)
            pause = min(pause * 1.5, _LONGEST)
        if status != "Complete":
            raise AwsError(
                f"the query ended as {status} after {self._cost(reply)}",
                "A shorter time range, or fewer log groups, may do." if status == "Timeout" else "",
                status,
            )
        return reply

    def _progress(self, reply: Mapping[str, Any]) -> Progress:
        found = reply.get("statistics", {})
        matched = human_count(int(found.get("recordsMatched", 0)), "record")
        current = f"{reply.get('status', '')}: {matched} matched"
        return Progress(int(found.get("bytesScanned", 0)), None, "bytes", current)

    def _rows(self, client: Any, query: str, reply: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        tokens = Tokens()
        while True:
            results = reply.get("results", ())
            for result in results:
                yield {each["field"]: each.get("value") for each in result if each.get("field") != "@ptr"}
            token = reply.get("nextToken")
            if not token:
                return
            tokens.check(token, empty=not results)
            reply = client.get_query_results(queryId=query, nextToken=token)

    # What it came to

    def _outcome(self, query: str, reply: Mapping[str, Any], rows: list[dict[str, str]]) -> Outcome:
        found = reply.get("statistics", {})
        matched = human_count(int(found.get("recordsMatched", 0)), "record")
        scanned = human_count(int(found.get("recordsScanned", 0)), "record")
        cut = len(rows) >= (self.most or CAP)
        message = f"{matched} matched of {scanned} scanned, {self._cost(reply)}."
        if cut:
            message += f" The result is cut at {len(rows):,} rows: --most asks for up to 100,000, halves have it all."
        return Outcome(
            message,
            done=len(rows),
            result={"queryId": query, "status": reply.get("status"), **found},
            links=(self._result(query), *(self._halves() if cut and self.query_id is None else ())),
            view=self._table(rows),
        )

    def _cost(self, reply: Mapping[str, Any]) -> str:
        scanned = int(reply.get("statistics", {}).get("bytesScanned", 0))
        if self.session.is_emulator and self.price is None:
            return human_size(scanned)
        price = PRICE if self.price is None else self.price
        whose = "the list price of us-east-1" if self.price is None else "as given"
        return f"{human_size(scanned)}: about ${scanned / 1e9 * price:.4f} at ${price:g} a GB, {whose}"

    def _halves(self) -> tuple[Link, ...]:
        middle = self.since + (self.until - self.since) / 2
        return (
            self._link(self.since, middle, "First half of the time"),
            self._link(middle, self.until, "Second half of the time"),
        )

    def _table(self, rows: list[dict[str, str]]) -> Table:
        names = list(dict.fromkeys(name for row in rows for name in row))
        columns = [Column(name, "moment" if name in ("@timestamp", "@ingestionTime") else "text") for name in names]
        values = [tuple(_value(name, row.get(name)) for name in names) for row in rows]
        links = (self.again,)
        return Table.of(columns, values, title="Result", link=lambda row: _leads_to(names, row), links=links)


def _value(name: str, value: Any) -> Any:
    """A value as it came; times get the form that all times have: they come as ``2026-11-22 09:30:00.123``, in UTC."""
    if name in ("@timestamp", "@ingestionTime") and isinstance(value, str) and value[10:11] == " " and len(value) == 23:
        return f"{value[:10]}T{value[11:]}Z"
    return value


def _leads_to(names: Sequence[str], row: Row) -> Link | None:
    """To the stream that a line is of, from its time on."""
    found = dict(zip(names, row, strict=True))
    log, stream, at = found.get("@log"), found.get("@logStream"), found.get("@timestamp")
    if not (isinstance(log, str) and isinstance(stream, str)):
        return None
    return events_link(log.rpartition(":")[2], stream, since=at if isinstance(at, str) else None)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
