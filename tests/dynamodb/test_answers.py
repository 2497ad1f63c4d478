"""Answers that prove to be from an AWS service and yet lack what every answer of DynamoDB has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackpane.links import split
from tests.dynamodb.answers import replaced
from tests.dynamodb.stage import make_table
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator

HEADERS = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-requestid": "R1"}
TO = "export shop --to s3://lake/x"
LINES = [
    ("DescribeTable", "show shop"),
    ("ListTables", "ls"),
    ("Scan", "scan shop"),
    ("Scan", "export shop {folder}/out.jsonl"),
    ("ExecuteStatement", "sql 'SELECT * FROM shop'"),
    ("BatchWriteItem", "import shop {folder}/in.jsonl --yes"),
    ("DescribeTimeToLive", "show shop"),
    ("DescribeContinuousBackups", TO),
    ("ExportTableToPointInTime", TO),
    ("DescribeExport", TO),
    ("ListExports", "exports"),
    ("ImportTable", "import new --from s3://lake/in --key pk:S"),
    ("ListImports", "imports"),
]


@pytest.fixture
def shop(ministack: Emulator) -> Emulator:
    ministack.reset()
    make_table(ministack, "shop", [("pk", "S")], [{"pk": {"S": "a"}}])
    on = {"PointInTimeRecoveryEnabled": True}
    ministack.client("dynamodb").update_continuous_backups(TableName="shop", PointInTimeRecoverySpecification=on)
    return ministack


def test_an_answer_that_lacks_something_is_no_empty_one(shop: Emulator, invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"pk": "b"}\n')
    for operation, line in LINES:
        with FaultProxy(shop.url) as proxy:
            proxy.fault(modes.answer(200, b"{}", HEADERS), operation)
            ran = invoke("dynamodb", *split(line.format(folder=tmp_path)), at=proxy)
        assert ran.exit_code == 254, (operation, line, ran.errors)
        assert "This is a fault of the endpoint" in ran.errors, (operation, line, ran.errors)
    assert not (tmp_path / "out.jsonl").exists()


def test_what_another_table_left_undone_is_no_answer(
    aws: Emulator, faults: FaultProxy, invoke: Invoke, tmp_path: Path
) -> None:
    make_table(aws, "shop", [("pk", "S")])
    (tmp_path / "in.jsonl").write_text('{"pk": "b"}\n')
    undone = {"other": [{"PutRequest": {"Item": {"pk": {"S": "b"}}}}]}
    faults.fault(replaced({"UnprocessedItems": undone}), "BatchWriteItem")
    ran = invoke("dynamodb", "import", "shop", str(tmp_path / "in.jsonl"), at=faults)
    assert ran.exit_code == 254
    assert "does not say which items it left undone" in ran.errors
