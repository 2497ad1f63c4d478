"""CloudWatch Logs Insights: progress, price, result, cuts, cancelling, saved queries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackpane import AwsError, InvalidInput
from stackpane.testing import Kit
from stackpane.views import Job, Table
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy, Mode
from tests.logs.stage import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator

TEXT = "fields @timestamp, @message | sort @timestamp desc | limit 2"


@pytest.fixture
def app(ministack: Emulator) -> Emulator:
    """The emulator whose queries have rows."""
    ministack.reset()
    make(ministack, "/app/one", a=[f"line {number}" for number in range(5)])
    return ministack


@pytest.fixture
def proxy(app: Emulator) -> Iterator[FaultProxy]:
    with FaultProxy(app.url) as made:
        yield made


def canned(reply: Any) -> Mode:
    return modes.answer(200, json.dumps(reply).encode(), {"x-amzn-requestid": "1", "Content-Type": "application/json"})


def result(status: str = "Complete", rows: int = 1, scanned: float = 2e9, **more: Any) -> Mode:
    found = [[{"field": "n", "value": str(number)}, {"field": "@ptr", "value": "x"}] for number in range(rows)]
    statistics = {"recordsMatched": rows, "recordsScanned": 1e6, "bytesScanned": scanned}
    return canned({"status": status, "results": found, "statistics": statistics, **more})


def test_the_result_is_a_table_and_what_it_took_is_told(app: Emulator, invoke: Invoke) -> None:
    ran = Kit(app.url).run("logs", "query", "/app/*", TEXT)
    assert isinstance(ran.view, Table)
    assert [row["@message"] for row in ran.dicts] == ["line 4", "line 3"]
    assert "5 records" in (ran.outcome.message if ran.outcome else "")
    told = invoke("logs", "query", "/app/one", TEXT, "--limit", "1", "-o", "jsonl", at=app).ok()
    (row,) = [json.loads(line) for line in told.lines]
    assert row["@message"] == "line 4"
    again = told.errors.partition("more follow: ")[2].splitlines()[0]
    assert "logs query --id=" in again
    query = again.partition("--id=")[2].split()[0]
    cursor = again.partition("--cursor=")[2].split()[0]
    more = invoke("logs", "query", "--id", query, "--cursor", cursor, "-o", "jsonl", at=app).ok()
    assert [json.loads(line)["@message"] for line in more.lines] == ["line 3"]


def test_a_running_query_says_how_far_it_is_and_what_it_cost(proxy: FaultProxy) -> None:
    proxy.fault(modes.in_turn(result("Running", 0, 1e9), result()), "GetQueryResults")
    job: Any = Kit(proxy.url).view("logs", "query", "/app/one", TEXT, "--price", "0.01")
    assert isinstance(job, Job)
    work, seen = job.run(), []
    while True:
        try:
            seen.append(next(work))
        except StopIteration as end:
            outcome = end.value
            break
    assert {progress.done for progress in seen} == {10**9, 2 * 10**9}
    assert "Running: 0 records matched" in {progress.current for progress in seen}
    assert "about $0.0200 at $0.01 a GB" in outcome.message


def test_a_query_that_is_cancelled_is_stopped(proxy: FaultProxy) -> None:
    proxy.fault(result("Running", 0), "GetQueryResults")
    job: Any = Kit(proxy.url).view("logs", "query", "/app/one", TEXT)
    work = job.run()
    next(work)
    work.close()
    assert proxy.operations[-1] == "StopQuery"


@pytest.mark.parametrize("status", ["Failed", "Timeout", "Cancelled"])
def test_a_query_that_ends_otherwise_is_an_error(proxy: FaultProxy, status: str) -> None:
    proxy.fault(result(status), "GetQueryResults")
    with pytest.raises(AwsError, match=f"ended as {status}"):
        Kit(proxy.url).run("logs", "query", "/app/one", TEXT)


def test_a_result_that_is_cut_says_so_and_offers_halves(proxy: FaultProxy) -> None:
    proxy.fault(result(rows=3), "GetQueryResults")
    since, until = "2026-11-22T00:00:00Z", "2026-11-22T02:00:00Z"
    ran = Kit(proxy.url).run("logs", "query", "/app/one", TEXT, "--most", "3", "--since", since, "--until", until)
    assert ran.outcome
    assert "cut at 3 rows" in ran.outcome.message
    _, first, second = ran.outcome.links
    assert f"--since={since} --until=2026-11-22T01:00:00Z" in first.address
    assert f"--since=2026-11-22T01:00:00Z --until={until}" in second.address
    assert ran.dicts == [{"n": "0"}, {"n": "1"}, {"n": "2"}]


def test_a_result_of_several_replies_is_read_whole(proxy: FaultProxy) -> None:
    proxy.fault(modes.in_turn(result(rows=2, nextToken="t"), result(rows=3)), "GetQueryResults")
    assert len(Kit(proxy.url).run("logs", "query", "/app/one", TEXT).rows) == 5


def test_a_query_is_saved_once_and_run_by_its_name(proxy: FaultProxy) -> None:
    there: list[dict[str, Any]] = []
    definitions = proxy.fault(canned({"queryDefinitions": there}), "DescribeQueryDefinitions")
    saving = proxy.fault(canned({"queryDefinitionId": "d1"}), "PutQueryDefinition")
    kit = Kit(proxy.url)
    kit.run("logs", "query", "/app/one", TEXT, "--save", "mine")
    sent = json.loads(saving.requests[0].body)
    assert {name: sent[name] for name in ("name", "queryString", "logGroupNames")} == {
        "name": "mine",
        "queryString": TEXT,
        "logGroupNames": ["/app/one"],
    }
    assert "queryDefinitionId" not in sent
    assert definitions.requests
    proxy.clear()
    kept = {"name": "mine", "queryString": TEXT, "logGroupNames": ["/app/one"], "queryDefinitionId": "d1"}
    proxy.fault(canned({"queryDefinitions": [kept | {"name": "mine too"}, kept]}), "DescribeQueryDefinitions")
    saving = proxy.fault(canned({"queryDefinitionId": "d1"}), "PutQueryDefinition")
    assert [row["@message"] for row in kit.run("logs", "query", "--saved", "mine").dicts] == ["line 4", "line 3"]
    assert [row["name"] for row in kit.run("logs", "queries").dicts] == ["mine too", "mine"]
    kit.run("logs", "query", "/app/one", "fields @message", "--save", "mine")
    assert json.loads(saving.requests[0].body)["queryDefinitionId"] == "d1"
    with pytest.raises(InvalidInput, match="no query is saved as other"):
        kit.run("logs", "query", "--saved", "other")


def test_the_history_leads_to_the_same_query_again(proxy: FaultProxy) -> None:
    entry = {"queryId": "q", "queryString": TEXT, "status": "Complete", "createTime": 1, "logGroupName": "/app/one"}
    proxy.fault(canned({"queries": [entry | {"bytesScanned": 5.0}]}), "DescribeQueries")
    kit = Kit(proxy.url)
    ran = kit.run("logs", "queries", "--history")
    assert ran.dicts[0]["status"] == "Complete"
    assert [link.argv for link in kit.links(ran)] == [("logs", "query", "/app/one", TEXT)]


@pytest.mark.parametrize(
    "words", [(), ("/app/one",), ("--id", "x", "/app/one", "y"), ("--saved", "a", "--save", "b"), ("a b", "fields x")]
)
def test_a_query_of_nothing_is_refused(words: tuple[str, ...], app: Emulator, invoke: Invoke) -> None:
    told = invoke("logs", "query", *words, at=app)
    assert told.exit_code in (3, 252)
