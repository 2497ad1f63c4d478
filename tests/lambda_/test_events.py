"""Saved events are plain files by function; templates are what AWS documents; shared events come from the registry."""

from __future__ import annotations

import base64
import gzip
import json
import multiprocessing
import os
import stat
from typing import TYPE_CHECKING

import pytest

from stackpane import InvalidInput
from stackpane.paths import data_folder
from stackpane_lambda.events.store import Store, checked_name
from stackpane_lambda.events.templates import template, templates
from tests.harness import faults as modes
from tests.lambda_.stage import described

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy

SHARED = {
    "openapi": "3.0.0",
    "info": {"version": "1.0.0", "title": "Event"},
    "paths": {},
    "components": {
        "schemas": {"Event": {"type": "object"}},
        "examples": {"first": {"value": {"n": 1}}, "second-one": {"value": []}, "../out": {"value": 1}},
    },
}


def test_an_event_is_saved_shown_used_and_deleted(cloud: Emulator, invoke: Invoke) -> None:
    saved = invoke("lambda", "event", "save", "resize", "one", '{"n": 1.50}', "-o", "json").ok()
    path = data_folder() / "lambda" / "events" / "resize" / "one.json"
    assert saved.json()["Result"]["Path"] == str(path)
    assert path.read_text() == '{"n": 1.50}\n'
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert invoke("lambda", "event", "show", "resize", "one").ok().text == '{"n": 1.50}\n'
    ran = invoke("lambda", "invoke", "resize", "--event", "one", at=cloud).ok()
    assert ran.json()["event"] == {"n": 1.5}
    assert f"Event from {path}" in ran.errors
    assert invoke("lambda", "event", "save", "resize", "one", "{}").exit_code == 252
    invoke("lambda", "event", "save", "resize", "one", "{}", "--overwrite", "--dry-run").ok()
    assert "1.50" in path.read_text()
    invoke("lambda", "event", "save", "resize", "one", "[2]", "--overwrite").ok()
    assert path.read_text() == "[2]\n"
    assert invoke("lambda", "event", "rm", "resize", "one").exit_code == 3
    invoke("lambda", "event", "rm", "resize", "one", "--yes").ok()
    assert list(path.parent.iterdir()) == []


def test_the_projects_events_go_before_the_users(
    invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoke("lambda", "event", "save", "resize", "both", '"user"').ok()
    invoke("lambda", "event", "save", "resize", "both", '"project"', "--project").ok()
    assert (tmp_path / ".stackpane/events/resize/both.json").read_text() == '"project"\n'
    (tmp_path / "src" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "src" / "deep")
    assert invoke("lambda", "event", "show", "resize", "both").text == '"project"\n'
    invoke("lambda", "event", "save", "orders", "new", "1", "--project").ok()
    rows = invoke("lambda", "event", "ls", "-o", "json").ok().json()
    assert [(row["FunctionName"], row["Name"], row["Where"], row["Size"]) for row in rows] == [
        ("orders", "new", "project", 2),
        ("resize", "both", "project", 10),
        ("resize", "both", "user", 7),
    ]
    assert len(invoke("lambda", "event", "ls", "orders", "-o", "json").ok().json()) == 1
    invoke("lambda", "event", "rm", "resize", "both", "--yes").ok()
    assert invoke("lambda", "event", "show", "resize", "both").text == '"user"\n'


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", ".a", "a b", "ä", "con", "NUL.x", "x" * 101, "a\n"])
def test_names_are_those_that_files_can_have(invoke: Invoke, name: str) -> None:
    with pytest.raises(InvalidInput):
        checked_name(name)
    assert invoke("lambda", "event", "save", "resize", "--", name, "{}").exit_code == 252
    assert not data_folder().exists()


def test_what_is_no_event_is_not_taken_for_one(invoke: Invoke) -> None:
    folder = data_folder() / "lambda" / "events" / "resize"
    folder.mkdir(parents=True)
    (folder / "bad name.json").write_text("1")
    (folder / "notes.txt").write_text("1")
    (folder / "folder.json").mkdir()
    (folder / "bytes.json").write_bytes(b"\xff")
    assert [event.name for event in Store.here().events("resize")] == ["bytes"]
    assert invoke("lambda", "event", "show", "resize", "bytes").exit_code == 255
    assert "It has bytes." in invoke("lambda", "event", "show", "resize", "none").errors
    for words in (("x", "{"), ("x",), ("x", "{}", "--template", "sqs")):
        assert invoke("lambda", "event", "save", "resize", *words).exit_code == 252


def _save(number: int) -> int:
    try:
        Store.here().save("resize", "one", json.dumps([number] * 5000))
    except InvalidInput:
        return 0
    return 1


def test_of_many_that_save_at_once_one_does_and_wholly() -> None:
    with multiprocessing.get_context("fork" if os.name != "nt" else "spawn").Pool(4) as pool:
        assert sum(pool.map(_save, range(12))) == 1
    event = Store.here().find("resize", "one")
    assert len(set(json.loads(event.read()))) == 1
    assert [path.name for path in event.path.parent.iterdir()] == ["one.json"]


# ── templates ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_template_is_an_event_of_a_documented_service(invoke: Invoke) -> None:
    rows = invoke("lambda", "event", "templates", "-o", "json").ok().json()
    assert {row["Name"] for row in rows} == {each.name for each in templates()}
    for each in templates():
        json.loads(each.text)
        assert each.documentation.startswith("https://docs.aws.amazon.com/")
        assert each.service
        assert each.about.endswith(".")
    sources = {"s3-put", "sqs", "sns", "kinesis", "dynamodb-stream", "eventbridge", "scheduled", "apigateway-v1"}
    sources |= {
        "apigateway-v2",
        "alb",
        "cloudwatch-logs",
        "s3-batch",
        "cognito-pre-sign-up",
        "cognito-post-confirmation",
    }
    assert sources <= {row["Name"] for row in rows}
    logs = json.loads(template("cloudwatch-logs").text)["awslogs"]["data"]
    assert json.loads(gzip.decompress(base64.b64decode(logs)))["messageType"] == "DATA_MESSAGE"


def test_a_template_is_written_or_saved(invoke: Invoke) -> None:
    assert invoke("lambda", "event", "templates", "sqs").ok().json()["Records"][0]["eventSource"] == "aws:sqs"
    invoke("lambda", "event", "save", "resize", "queue", "--template", "sqs").ok()
    assert json.loads(Store.here().find("resize", "queue").read()) == json.loads(template("sqs").text)
    missing = invoke("lambda", "event", "templates", "cognito")
    assert (missing.exit_code, "cognito-custom-message" in missing.errors) == (252, True)


# ── shared events ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_shared_events_are_saved_and_those_that_are_there_are_left_alone(proxy: FaultProxy, invoke: Invoke) -> None:
    proxy.fault(described(Content=json.dumps(SHARED).replace("1}", "1.50}"), Type="OpenApi3"), "DescribeSchema")
    Store.here().save("resize", "second-one", '"mine"')
    ran = invoke("lambda", "event", "import", "resize", "-o", "json", at=proxy).ok()
    assert (ran.json()["Result"], ran.json()["Done"]) == ({"Saved": ["first"]}, 1)
    assert [each["Target"] for each in ran.json()["Skipped"]] == ["second-one", "../out"]
    assert Store.here().find("resize", "first").read() == '{\n  "n": 1.50\n}\n'
    assert Store.here().find("resize", "second-one").read() == '"mine"\n'
    (request,) = proxy.requests
    assert "/lambda-testevent-schemas/" in request.path
    assert request.path.endswith("/_resize-schema")
    invoke("lambda", "event", "import", "resize", "--overwrite", "--dry-run", at=proxy).ok()
    assert Store.here().find("resize", "second-one").read() == '"mine"\n'
    invoke("lambda", "event", "import", "resize", "--overwrite", "--project", at=proxy).ok()
    assert Store.here().find("resize", "second-one").where == "project"


def test_a_schema_of_something_else_is_said_to_be_one(proxy: FaultProxy, invoke: Invoke) -> None:
    for content in ("", "{", "[]", '{"components": 3}', '{"components": {"examples": {"a": {}}}}', "[" * 100_000):
        proxy.clear()
        proxy.fault(described(Content=content), "DescribeSchema")
        ran = invoke("lambda", "event", "import", "resize", at=proxy)
        assert (ran.exit_code, "holds no test events" in ran.errors) == (254, True)


def test_a_function_without_shared_events_and_one_that_may_not_be_asked(proxy: FaultProxy, invoke: Invoke) -> None:
    proxy.fault(modes.error(404, "NotFoundException", "Schema does not exist"), "DescribeSchema", times=1)
    assert "resize has no shared test events" in invoke("lambda", "event", "import", "resize", at=proxy).errors
    proxy.fault(modes.error(403, "AccessDeniedException", "no"), "DescribeSchema")
    ran = invoke("lambda", "event", "import", "resize", at=proxy)
    assert "it needs schemas:DescribeSchema on" in ran.errors
    assert "schema/lambda-testevent-schemas/_resize-schema" in ran.errors


def test_events_need_no_connection(invoke: Invoke) -> None:
    for line in ("ls", "save resize x {}", "show resize x", "templates", "rm resize x --yes"):
        invoke("lambda", "event", *line.split()).ok()
