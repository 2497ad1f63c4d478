"""``--query``: JMESPath over what the ``json`` format would show, as in the AWS CLI.

A query is about the whole list. Where it treats every row by itself (``[].Key``, ``[?Size > `0`].{Key: Key}``) it is
run on the rows as they come, with the same result; where it needs them all (``length(@)``, ``sort_by``, ``[0]``, a
pipe) they are gathered first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stackpane.cli.output.results import ResultList, show_result
from stackpane.errors import InvalidInput
from stackpane.formats.values import row_object

if TYPE_CHECKING:
    from jmespath.parser import ParsedResult

    from stackpane.cli.output.console import Console
    from stackpane.cli.output.options import OutputOptions
    from stackpane.views import Column, Row

__all__ = ["QueriedEvents", "QueriedRows", "Query"]


_LONGEST = 40
"""Digits up to which a whole number is one of Python's."""


class Query:
    """A JMESPath expression. Raises ``InvalidInput`` where it is none."""

    def __init__(self, expression: str) -> None:
        import jmespath.exceptions

        self._errors = jmespath.exceptions.JMESPathError
        self._expression = expression
        try:
            self._compiled: ParsedResult = jmespath.compile(expression)
        except self._errors as error:
            raise self._problem(error) from error
        self.row_by_row = _distributes(self._compiled.parsed)

    def __call__(self, value: Any) -> Any:
        """The result for a machine value. Raises ``InvalidInput`` where a function gets what it cannot take."""
        try:
            return self._compiled.search(value)
        except self._errors as error:
            raise self._problem(error) from error

    def _problem(self, error: Exception) -> InvalidInput:
        reason = str(error).partition("\n")[0].rstrip(":")
        return InvalidInput(f"--query {self._expression!r}: {reason}", "JMESPath: https://jmespath.org/tutorial.html")


def _distributes(node: Mapping[str, Any]) -> bool:
    """Whether the results for two lists, one after the other, are the result for both lists in one."""
    if node["type"] in ("identity", "current"):
        return True
    return node["type"] in ("projection", "filter_projection", "flatten") and _distributes(node["children"][0])


class QueriedRows:
    """Writes the result of a query over a table's rows."""

    def __init__(self, query: Query, columns: Sequence[Column], options: OutputOptions, io: Console) -> None:
        self._query, self._columns, self._options, self._io = query, columns, options, io
        self._results = ResultList(options, io)
        self._gathered: list[dict[str, Any]] = []

    def write(self, rows: Sequence[Row]) -> None:
        """Write what the query makes of the rows, or keep them where it needs them all."""
        objects = [_computable(row_object(self._columns, row)) for row in rows]
        if self._query.row_by_row:
            self._results.add(self._query(objects))
        else:
            self._gathered += objects

    def close(self) -> None:
        """End the output."""
        if self._query.row_by_row:
            self._results.close()
        else:
            show_result(self._query(self._gathered), self._options, self._io)


def _computable(value: Any) -> Any:
    """A machine value with numbers that JMESPath can reckon with, wherever they are the same number."""
    if isinstance(value, dict):
        return {name: _computable(each) for name, each in value.items()}
    if isinstance(value, list):
        return list(map(_computable, value))
    if not isinstance(value, Decimal):
        return value
    if value.adjusted() < _LONGEST and value == int(value):
        return int(value)
    short = float(value)
    return short if Decimal(repr(short)) == value else value


class QueriedEvents:
    """Writes the result of a query for each event, where there is one."""

    def __init__(self, query: Query, columns: Sequence[Column], options: OutputOptions, io: Console) -> None:
        self._query, self._columns = query, columns
        self._results = ResultList(options, io)

    def write(self, rows: Sequence[Row]) -> None:
        """Write what the query makes of each row by itself."""
        results = (self._query(row_object(self._columns, row)) for row in rows)
        self._results.add([result for result in results if result is not None])

    def close(self) -> None:
        """End the output."""
        self._results.close()
