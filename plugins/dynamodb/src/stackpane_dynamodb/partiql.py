"""PartiQL: a statement that reads gives a table of items, any other a plan."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from stackpane import InvalidInput, Job, Outcome, Page, PageRequest, Plan, Progress, Refused, Table
from stackpane.paging import Tokens
from stackpane_dynamodb.answers import needed
from stackpane_dynamodb.capacity import Meter
from stackpane_dynamodb.finding import row_link
from stackpane_dynamodb.names import table_name
from stackpane_dynamodb.places import console_url, show_link
from stackpane_dynamodb.tables import describe, model_of
from stackpane_dynamodb.values.plain import PlainError, from_plain, read_json
from stackpane_dynamodb.values.rows import columns_of, row_of, unfolded
from stackpane_dynamodb.values.wire import decoded, sent_value

if TYPE_CHECKING:
    from stackpane import Column, Link, Row, Session
    from stackpane_dynamodb.statements import Statement
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Value

__all__ = ["Query", "parameter"]


def parameter(text: str) -> Value:
    """The value that a ``?`` stands for: JSON in the plain form, and whatever is none a text."""
    try:
        return from_plain(read_json(text))
    except PlainError:
        return {"S": text}


@dataclass(frozen=True, slots=True)
class Query:
    """One statement with the values of its ``?``. ``max_rcu`` and ``unfold`` are as for the commands that read."""

    session: Session
    statement: Statement
    parameters: Sequence[Value] = ()
    consistent: bool = False
    max_rcu: float | None = None
    unfold: bool = False

    def view(self) -> Table | Plan:
        """The items, or the plan of a change. Raises ``Refused`` for a change on a read-only connection."""
        if not self.statement.parts:
            raise InvalidInput("there is no statement", "Give one, or @FILE, or - for standard input.")
        if self.statement.reads:
            return self._table()
        if self.session.connection.read_only:
            raise Refused(
                f"the connection {self.session.connection.name!r} is read-only, and this is not proven to only read",
                "A statement that reads begins with SELECT, and has no word of another one outside of quotes.",
            )
        return self._plan()

    # Reading

    def _table(self) -> Table:
        name = self._named
        model = None if name is None else self._model(name)
        return Table(
            (),
            self._pages,
            title=self.statement.text.strip(),
            link=partial(_link, model),
            links=() if name is None else (show_link(name, "Table"),),
            console_url=None if name is None else console_url(self.session, name),
            sample=partial(_columns, model),
        )

    @property
    def _named(self) -> str | None:
        """The table's name; none where what stands in its place cannot be one."""
        try:
            return None if self.statement.table is None else table_name(self.statement.table)
        except InvalidInput:
            return None

    def _model(self, table: str) -> Model | None:
        """The table, for its keys; none where it may not be described."""
        with self.session.part(f"the keys of {table}"):
            return model_of(describe(self.session, table))
        return None

    def _pages(self, request: PageRequest) -> Iterator[Page]:
        client, meter = self.session.client("dynamodb", raw=True), Meter(self.max_rcu)
        token, tokens, asked = request.cursor, Tokens(), self._request()
        if request.size is not None and not self.statement.is_filtered:
            # With conditions it would count what they leave out as well.
            asked["Limit"] = request.size
        try:
            while True:
                meter.check()
                reply = client.execute_statement(**asked, **({} if token is None else {"NextToken": token}))
                meter.add(reply)
                token = reply.get("NextToken") or None
                if token is not None:
                    tokens.check(token, empty=False)  # conditions may leave nothing of many pages
                yield Page(self._rows(needed(reply, "Items")), token)
                if token is None:
                    return
        finally:
            meter.tell(self.session)

    def _rows(self, items: Sequence[Any]) -> Sequence[Row]:
        rows: list[Any] = [row_of(decoded(item)) for item in items]
        return list(map(unfolded, rows)) if self.unfold else rows

    def _request(self) -> dict[str, Any]:
        request: dict[str, Any] = {"Statement": self.statement.text, "ReturnConsumedCapacity": "TOTAL"}
        if self.parameters:
            request["Parameters"] = list(map(sent_value, self.parameters))
        if self.consistent:
            request["ConsistentRead"] = True
        return request

    # Changing

    @property
    def _what(self) -> str:
        table = self.statement.table
        return f"the {self.statement.verb or 'statement'}" + (f" on {table}" if table else "")

    def _plan(self) -> Plan:
        for name, given in (("--consistent", self.consistent), ("--max-rcu", self.max_rcu is not None)):
            if given:
                raise InvalidInput(f"{name} is for statements that read", "This one is not proven to.")
        text = self.statement.text.strip()
        return Plan(
            title=f"Carry out {self._what}",
            count=1,
            targets=lambda: iter([text]),
            phrase=self.statement.table or "y",
            apply=lambda: Job(f"Carrying out {self._what}", self._run),
            unit="statement",
            reversible="Cannot be undone. It is sent once, whatever the network does.",
        )

    def _run(self) -> Generator[Progress, None, Outcome]:
        yield Progress(0, 1, "statements")
        meter = Meter(kind="write")
        reply = self.session.client("dynamodb").execute_statement(**self._request())
        meter.add(reply)
        meter.tell(self.session)
        items = [row_of(decoded(item)) for item in reply.get("Items", ())]
        return Outcome(f"Carried out {self._what}.", result={"Items": items} if items else {})


def _columns(model: Model | None, rows: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    """The columns for these rows, the keys first, as far as the statement asked for them."""
    keys = () if model is None else model.table.keys
    return columns_of(rows, [name for name in keys if any(name in row for row in rows)])


def _link(model: Model | None, row: Row) -> Link | None:
    # Rows of a table without columns of its own are mappings.
    return None if model is None else row_link(model, row)  # type: ignore[arg-type]
