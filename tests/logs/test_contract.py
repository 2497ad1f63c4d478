"""CloudWatch Logs keeps the contract of plugins, on both emulators; every command declares exactly its calls."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from stackpane.testing import HOSTILE_TEXTS, Kit, PluginContract
from stackpane.views import Job
from tests.logs.stage import now, put

if TYPE_CHECKING:
    from tests.harness.cli import Cli
    from tests.harness.emulators import Emulator

GROUP = "/app/hostile"


@pytest.fixture
def aws_endpoint(aws: Emulator) -> str:
    """Both emulators in turn."""
    return aws.url


@pytest.fixture
def kit(aws_endpoint: str) -> Kit:
    return Kit(aws_endpoint)


@pytest.mark.usefixtures("ticks", "no_pauses")
class TestLogs(PluginContract):
    plugin = "logs"
    runs: ClassVar[tuple[str, ...]] = (
        "logs ls",
        "logs ls /app --contains host",
        f"logs show {GROUP}",
        f"logs streams {GROUP}",
        f"logs streams {GROUP} --prefix a",
        f"logs events {GROUP}",
        f"logs events {GROUP} a",
        f"logs events {GROUP} --grep . --fields auto",
        f"logs events {GROUP} --grep break -C 2",
        f"logs events {GROUP} --filter break -C 2",
        f"logs events {GROUP} --last 3 --fields level,x",
        f"logs events {GROUP} --raw",
        "logs tail '/app/host*'",
        "logs tail '/app/host*' -f --until-idle 1s",
        f"logs tail {GROUP} -f --poll --until-idle 1s --fields auto",
        f"logs query {GROUP} 'fields @timestamp, @message'",
        "logs query '/app/host*' 'fields @message'",
        f"logs export {GROUP} {{folder}}/out.jsonl --overwrite",
        f"logs export {GROUP} {{folder}}/a.txt.gz --stream a --overwrite",
        "logs create /app/new --retention 30 --tag team=shop",
        "logs create /app/new --stream s",
        "logs retention /app/new 7",
        "logs retention /app/new never",
        "logs rm /app/new --stream s",
        "logs rm '/app/ne*'",
    )

    @pytest.fixture(autouse=True)
    def _emulator(self, aws: Emulator, tmp_path: Path) -> None:
        self.client = aws.client("logs")
        self.folder = tmp_path

    def prepare(self, aws_endpoint: str) -> dict[str, str]:
        """A log group whose lines are hostile texts, also within JSON."""
        for each in self.client.describe_log_groups()["logGroups"]:
            self.client.delete_log_group(logGroupName=each["logGroupName"])
        self.client.create_log_group(logGroupName=GROUP, tags={"team": "\x1b[31mshop"})
        texts = [text for text in HOSTILE_TEXTS if text]
        put(self.client, GROUP, "a", texts, at=now() - 60_000, step=10)
        lines = [f'{{"level": "ERROR", "x": {_quoted(text)}, {_quoted(text)}: 1}}' for text in texts]
        put(self.client, GROUP, "b", lines, at=now() - 60_000, step=10)
        return {"folder": str(self.folder)}

    def provoke(self, kit: Kit, aws_endpoint: str) -> None:
        """What neither emulator has whole: saved queries and history; and a query that is stopped."""
        query: Any = kit.view("logs", "query", GROUP, "fields @message")
        assert isinstance(query, Job)
        work = query.run()
        next(work)
        kit._calls.clear()
        work.close()
        kit.seen.setdefault(("logs", "query"), set()).update(kit._calls)
        for line in (
            ("queries",),
            ("queries", "--history", "--group", GROUP),
            ("query", GROUP, "fields @message", "--save", "x"),
        ):
            with contextlib.suppress(Exception):
                kit.run("logs", *line)

    @property
    def unmade(self) -> dict[str, str]:
        return {"logs:PutQueryDefinition": "neither emulator says which queries are saved, which is asked first"}


def _quoted(text: str) -> str:
    import json

    return json.dumps(text)


def test_a_policy_that_is_scoped_to_log_groups_has_their_arns(cli: Cli) -> None:
    asked = cli("policy", "--service", "logs", "--scope", "group=/app/*", "--region", "eu-west-1").ok()
    found = {each["Sid"]: each for each in asked.json()["Statement"]}
    assert found["Logs"]["Resource"] == [
        "arn:aws:logs:eu-west-1:*:log-group:/app/*",
        "arn:aws:logs:eu-west-1:*:log-group:/app/*:*",
    ]
    assert {"logs:FilterLogEvents", "logs:StartLiveTail", "logs:DeleteLogGroup"} <= set(found["Logs"]["Action"])


def test_a_policy_for_reading_grants_queries_and_no_change(cli: Cli) -> None:
    asked = cli("policy", "--service", "logs", "--read-only").ok()
    granted = {action for each in asked.json()["Statement"] for action in each["Action"]}
    reading = ("logs:Describe", "logs:Get", "logs:List", "logs:Filter", "logs:Start", "logs:StopQuery")
    assert [action for action in granted if not action.startswith(reading)] == []
    assert "logs:StartQuery" in granted
