"""DynamoDB's own exports to S3 and imports from it: what is asked for, and the whole course until they end.

The emulators carry them out badly, so the course is told by answers of our own; what is asked for goes to them.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from stackpane import Job, Link
from stackpane.testing import Kit
from tests.dynamodb.stage import make_table
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.harness.cli import Invoke, Result
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import Mode

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/shop/{}/01795991446091-4ecb1bb6"
EXPORT, IMPORT = ARN.format("export"), ARN.format("import")
MANIFEST = "daily/AWSDynamoDB/01795991446091-4ecb1bb6/manifest-summary.json"
LOGS = "arn:aws:logs:us-east-1:123456789012:log-group:/aws-dynamodb/imports:*"
TO = ("dynamodb", "export", "shop", "--to", "s3://lake/daily")
FROM = ("dynamodb", "import", "shop", "--from", "s3://lake/in/", "--key", "pk:S")


def says(member: str, **description: Any) -> Mode:
    """An answer of DynamoDB's."""
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-requestid": "R1"}
    return modes.answer(200, json.dumps({member: description}).encode(), headers)


def an_export(status: str, **more: Any) -> Mode:
    return says("ExportDescription", ExportArn=EXPORT, ExportStatus=status, S3Bucket="lake", S3Prefix="daily", **more)


def an_import(status: str, **more: Any) -> Mode:
    source = {"S3Bucket": "lake", "S3KeyPrefix": "in/"}
    return says("ImportTableDescription", ImportArn=IMPORT, ImportStatus=status, S3BucketSource=source, **more)


def recovery(**more: Any) -> Mode:
    return says(
        "ContinuousBackupsDescription",
        ContinuousBackupsStatus="ENABLED",
        PointInTimeRecoveryDescription={"PointInTimeRecoveryStatus": "ENABLED", **more},
    )


@pytest.fixture
def shop(aws: Emulator) -> Emulator:
    """The table to export, with backups."""
    make_table(aws, "shop", [("pk", "S"), ("sk", "N")], [{"pk": {"S": "a"}, "sk": {"N": "1"}}])
    on = {"PointInTimeRecoveryEnabled": True}
    aws.client("dynamodb").update_continuous_backups(TableName="shop", PointInTimeRecoverySpecification=on)
    return aws


@pytest.fixture
def started(faults: FaultProxy) -> FaultProxy:
    """An endpoint that starts everything that it is asked for."""
    faults.fault(an_export("IN_PROGRESS"), "ExportTableToPointInTime")
    faults.fault(an_import("IN_PROGRESS"), "ImportTable")
    return faults


def asked(faults: FaultProxy, operation: str) -> dict[str, Any]:
    """The one request of an operation, without the word that makes it repeatable."""
    (request,) = [json.loads(each.body) for each in faults.requests if each.operation == operation]
    assert request.pop("ClientToken")
    return dict(request)


def failures(ran: Result) -> list[dict[str, Any]]:
    return list(json.loads(ran.stdout)["Failed"])


# Exports


def test_an_export_is_followed_from_its_beginning_to_its_end(
    shop: Emulator, started: FaultProxy, invoke: Invoke, ticks: list[float]
) -> None:
    started.fault(an_export("IN_PROGRESS"), "DescribeExport", times=3)
    done = {"ItemCount": 1234, "BilledSizeBytes": 2048, "ExportManifest": MANIFEST}
    started.fault(an_export("COMPLETED", **done), "DescribeExport")
    ran = invoke(*TO, "-o", "json", at=started).ok()
    table = shop.client("dynamodb").describe_table(TableName="shop")["Table"]["TableArn"]
    assert asked(started, "ExportTableToPointInTime") == {
        "TableArn": table,
        "S3Bucket": "lake",
        "S3Prefix": "daily",
        "ExportFormat": "DYNAMODB_JSON",
    }
    assert sum(ticks) == pytest.approx(1 + 2 + 5)
    said = json.loads(ran.stdout)
    place = "s3://lake/daily/AWSDynamoDB/01795991446091-4ecb1bb6/"
    assert said["Message"] == f"Exported 1,234 items of shop to {place} (2.0 KiB billed)."
    assert [said["Result"][name] for name in ("ExportArn", "Location", "ItemCount")] == [EXPORT, place, 1234]
    assert f"stackpane open {place}" in invoke(*TO, at=started).ok().errors


def test_what_an_export_is_told_is_asked_for(
    shop: Emulator, started: FaultProxy, invoke: Invoke, ticks: list[float]
) -> None:
    started.fault(recovery(EarliestRestorableDateTime=1e9), "DescribeContinuousBackups")
    started.fault(an_export("COMPLETED"), "DescribeExport")
    places = ("--bucket-owner", "123456789012", "--kms-key", "alias/lake", "--format", "ion")
    what = (
        "--idempotency",
        "nightly",
        "--filter",
        "price > 5",
        "--project",
        "pk,price",
        "--at",
        "2026-11-20T10:00:00Z",
    )
    invoke(*TO, *places, *what, at=started).ok()
    (request,) = [json.loads(each.body) for each in started.requests if each.operation == "ExportTableToPointInTime"]
    assert request.pop("ClientToken") == "nightly"
    named = request.pop("FilterSpecification")
    assert named["FilterExpression"] == "#n0 > :v0"
    assert (named["ProjectionExpression"], named["ExpressionAttributeValues"]) == ("#n1, #n0", {":v0": {"N": "5"}})
    assert request.pop("TableArn").endswith(":table/shop")
    assert request == {
        "S3Bucket": "lake",
        "S3Prefix": "daily",
        "S3BucketOwner": "123456789012",
        "S3SseAlgorithm": "KMS",
        "S3SseKmsKeyId": "alias/lake",
        "ExportFormat": "ION",
        "ExportTime": datetime(2026, 11, 20, 10, tzinfo=UTC).timestamp(),
    }


def test_what_has_changed_is_exported_by_itself(
    shop: Emulator, started: FaultProxy, invoke: Invoke, ticks: list[float]
) -> None:
    started.fault(recovery(EarliestRestorableDateTime=1e9), "DescribeContinuousBackups")
    started.fault(an_export("COMPLETED"), "DescribeExport")
    times = ("--since", "2026-11-20", "--until", "2026-11-20T12:00:00Z", "--view", "new_image")
    invoke(*TO, *times, at=started).ok()
    request = asked(started, "ExportTableToPointInTime")
    since = datetime(2026, 11, 20, tzinfo=UTC).timestamp()
    assert request["ExportType"] == "INCREMENTAL_EXPORT"
    changes = {"ExportFromTime": since, "ExportToTime": since + 12 * 3600, "ExportViewType": "NEW_IMAGE"}
    assert request["IncrementalExportSpecification"] == changes


def test_a_table_without_backups_is_refused_with_the_line_that_turns_them_on(
    aws: Emulator, faults: FaultProxy, invoke: Invoke
) -> None:
    make_table(aws, "shop", [("pk", "S")])
    ran = invoke(*TO, at=faults)
    assert (ran.exit_code, faults.count("ExportTableToPointInTime")) == (3, 0)
    line = ran.errors.splitlines()[-1].partition("stackpane ")[2]
    invoke(*Link.from_address(line).to_argv(), at=faults).ok()
    shown = invoke(*TO, "--dry-run", at=faults).ok()
    assert shown.lines == ["Target", "s3://lake/daily"]
    assert faults.count("ExportTableToPointInTime") == 0


def test_an_export_that_fails_says_why(shop: Emulator, started: FaultProxy, invoke: Invoke, ticks: list[float]) -> None:
    failed = {"FailureCode": "S3NoSuchBucket", "FailureMessage": "The bucket does not exist"}
    started.fault(an_export("FAILED", **failed), "DescribeExport")
    ran = invoke(*TO, "-o", "json", at=started)
    assert ran.exit_code == 1
    assert failures(ran) == [
        {"Target": EXPORT, "Reason": "S3NoSuchBucket: The bucket does not exist", "Unknown": False}
    ]


def test_who_leaves_an_export_is_told_how_to_follow_it_and_can(shop: Emulator, started: FaultProxy) -> None:
    started.fault(an_export("IN_PROGRESS"), "DescribeExport", times=2)
    started.fault(an_export("COMPLETED", ItemCount=7), "DescribeExport")
    kit = Kit(started.url)
    job = kit.view(*TO)
    assert isinstance(job, Job)
    running = job.run()
    assert [next(running).current for _ in range(2)] == ["shop", "shop: IN_PROGRESS"]
    running.close()
    line = f"dynamodb follow {EXPORT}"
    (warning,) = kit.face.warnings
    assert warning.startswith("the export goes on at AWS all the same; follow it: stackpane ")
    assert warning.endswith(f" --endpoint-url {started.url} {line}")
    again = kit.view(*line.split())
    assert isinstance(again, Job)
    assert again.resume is not None
    assert again.resume.address == line
    ended = kit.run(line).outcome
    assert ended is not None
    assert ended.message == "Exported 7 items of shop to s3://lake/daily."


def test_a_lost_answer_starts_no_second_export(
    shop: Emulator, faults: FaultProxy, invoke: Invoke, ticks: list[float]
) -> None:
    faults.fault(modes.reset_after(0), "ExportTableToPointInTime", times=1)
    faults.fault(an_export("IN_PROGRESS"), "ExportTableToPointInTime")
    faults.fault(an_export("COMPLETED"), "DescribeExport")
    invoke(*TO, at=faults).ok()
    asked = [json.loads(each.body) for each in faults.requests if each.operation == "ExportTableToPointInTime"]
    assert len(asked) == 2
    assert asked[0]["ClientToken"] == asked[1]["ClientToken"]


def test_where_no_answer_comes_at_all_it_is_said_where_to_look(
    shop: Emulator, faults: FaultProxy, invoke: Invoke, no_pauses: list[float]
) -> None:
    faults.fault(modes.reset_after(0), "ExportTableToPointInTime ImportTable")
    ran = invoke(*TO, at=faults)
    assert ran.exit_code != 0
    assert "it may have been started: stackpane dynamodb exports shop" in ran.errors
    ran = invoke("dynamodb", "import", "other", *FROM[3:], at=faults)
    assert "it may have been started: stackpane dynamodb imports" in ran.errors


# Imports


def test_an_import_is_followed_and_what_could_not_be_imported_is_said(
    aws: Emulator, started: FaultProxy, invoke: Invoke, ticks: list[float]
) -> None:
    started.fault(an_import("IN_PROGRESS", ProcessedItemCount=10), "DescribeImport", times=1)
    counts = {"ImportedItemCount": 40, "ErrorCount": 2, "ProcessedItemCount": 42, "CloudWatchLogGroupArn": LOGS}
    started.fault(an_import("COMPLETED", **counts), "DescribeImport")
    options = ("--key", "sk:N", "--index", "by-x:x:S", "--read-units", "5", "--write-units", "6")
    packed = ("--format", "csv", "--delimiter", "tab", "--header", "pk,sk,x", "--compression", "zstd")
    ran = invoke(*FROM, *options, *packed, "-o", "json", at=started)
    assert ran.exit_code == 1
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}
    table = asked(started, "ImportTable")
    created = table.pop("TableCreationParameters")
    assert table == {
        "S3BucketSource": {"S3Bucket": "lake", "S3KeyPrefix": "in/"},
        "InputFormat": "CSV",
        "InputCompressionType": "ZSTD",
        "InputFormatOptions": {"Csv": {"Delimiter": "\t", "HeaderList": ["pk", "sk", "x"]}},
    }
    assert [each["AttributeName"] for each in created["KeySchema"]] == ["pk", "sk"]
    assert (created["BillingMode"], created["ProvisionedThroughput"]) == ("PROVISIONED", units)
    assert [index["IndexName"] for index in created["GlobalSecondaryIndexes"]] == ["by-x"]
    said = json.loads(ran.stdout)
    assert said["Message"] == "Imported 40 items into shop from s3://lake/in/; 2 items could not be."
    assert failures(ran)[0]["Target"] == "2 items"
    assert LOGS in failures(ran)[0]["Reason"]
    assert said["Undo"] == "stackpane dynamodb rm --table shop"


@pytest.mark.parametrize(
    ("prefix", "packed"),
    [("in/", "NONE"), ("in/a.json.gz", "GZIP"), ("a.zst", "ZSTD"), ("x/AWSDynamoDB/0179-a/data/", "GZIP")],
)
def test_the_name_says_how_files_are_packed(prefix: str, packed: str) -> None:
    from stackpane_dynamodb.native.imports import Source
    from stackpane_dynamodb.native.transfers import Place

    assert Source(Place("lake", prefix)).request()["InputCompressionType"] == packed


def test_an_import_that_fails_says_why_and_that_a_part_may_be_there(
    aws: Emulator, started: FaultProxy, invoke: Invoke, ticks: list[float]
) -> None:
    failed = {"FailureCode": "ItemValidationError", "FailureMessage": "Some of the items failed validation checks."}
    started.fault(an_import("FAILED", **failed, CloudWatchLogGroupArn=LOGS), "DescribeImport")
    ran = invoke(*FROM, at=started)
    assert ran.exit_code == 1
    assert "shop may be there, with a part of the items" in ran.errors
    assert "ItemValidationError: Some of the items failed validation checks." in ran.errors
    assert f"stackpane open '{LOGS}'" in ran.errors


def test_nothing_is_imported_into_a_table_that_is_there(shop: Emulator, faults: FaultProxy, invoke: Invoke) -> None:
    ran = invoke(*FROM, at=faults)
    assert (ran.exit_code, faults.count("ImportTable")) == (3, 0)
    assert "the table shop exists already" in ran.errors
    shown = invoke("dynamodb", "import", "other", *FROM[3:], "--dry-run", at=faults).ok()
    assert (shown.lines, faults.count("ImportTable")) == (["Target", "other"], 0)


# Both


@pytest.fixture
def emulated(moto: Emulator) -> Emulator:
    """moto with the table to export, made anew only where another test has left something else."""
    client = moto.client("dynamodb")
    if client.list_tables()["TableNames"] != ["shop"]:
        moto.reset()
        make_table(moto, "shop", [("pk", "S"), ("sk", "N")])
    on = {"PointInTimeRecoveryEnabled": True}
    client.update_continuous_backups(TableName="shop", PointInTimeRecoverySpecification=on)
    return moto


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((*TO, "shop.jsonl"), "where to?"),
        (("dynamodb", "export", "shop"), "where to?"),
        ((*TO, "--index", "by-x", "--overwrite"), "--index, --overwrite goes with a file only"),
        (("dynamodb", "export", "shop", "x.jsonl", "--since", "6h"), "--since goes with --to s3://… only"),
        (("dynamodb", "export", "shop", "x", "--format", "ion"), "only DynamoDB itself writes ion"),
        ((*TO, "--format", "csv"), "DynamoDB itself exports no csv"),
        ((*TO, "--since", "2d"), "covers 15 minutes to 24 hours"),
        ((*TO, "--since", "6h", "--at", "1h"), "--at is a moment"),
        ((*TO, "--view", "NEW_IMAGE"), "--until and --view are for what changed"),
        ((*TO, "--at", "2020-01-01"), "shop has no backup of 2020-01-01T00:00:00Z"),
        ((*TO, "--at", "2999-01-01"), "shop has no backup of 2999-01-01T00:00:00Z"),
        ((*TO, "--kms-key", "k", "--sse", "AES256"), "--kms-key goes with --sse KMS"),
        ((*TO, "--bucket-owner", "me"), "'me' is not the id of an account"),
        ((*TO[:4], "lake/daily"), "names no place in S3"),
        (("dynamodb", "import", "shop", "x.csv", "--key", "pk:S"), "--key goes with --from s3://… only"),
        ((*FROM, "--if-absent"), "--if-absent goes with a file only"),
        ((*FROM[:-2],), "a table has a key"),
        ((*FROM, "--format", "parquet"), "DynamoDB itself imports no parquet"),
        ((*FROM, "--header", "a,b"), "are for csv files"),
        (("dynamodb", "follow", "shop"), "'shop' is not the ARN of an export or an import"),
        (("dynamodb", "follow", EXPORT.replace("us-east-1", "eu-west-1")), "this export is in eu-west-1"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_started(
    emulated: Emulator, invoke: Invoke, argv: tuple[str, ...], said: str
) -> None:
    with FaultProxy(emulated.url) as proxy:
        ran = invoke(*argv, at=proxy)
    assert ran.exit_code == 252
    assert said in ran.errors
    assert proxy.count("ExportTableToPointInTime ImportTable DescribeExport") == 0


def test_a_read_only_connection_starts_nothing(shop: Emulator, faults: FaultProxy, invoke: Invoke) -> None:
    for argv in (TO, ("dynamodb", "import", "other", *FROM[3:])):
        assert invoke(*argv, "--read-only", at=faults).exit_code == 3
    assert faults.count("ExportTableToPointInTime ImportTable") == 0


def test_exports_and_imports_are_listed_and_lead_to_their_records(started: FaultProxy, ministack: Emulator) -> None:
    pages: list[Mapping[str, Any]] = [
        {"ExportSummaries": [{"ExportArn": EXPORT, "ExportStatus": "COMPLETED"}], "NextToken": "more"},
        {"ExportSummaries": [{"ExportArn": EXPORT, "ExportStatus": "FAILED", "ExportType": "FULL_EXPORT"}]},
    ]
    headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-requestid": "R1"}
    answers = [modes.answer(200, json.dumps(page).encode(), headers) for page in pages]
    started.fault(modes.in_turn(*answers), "ListExports")
    started.fault(an_export("COMPLETED", ItemCount=7, StartTime=1.7e9), "DescribeExport")
    kit = Kit(started.url)
    ran = kit.run("dynamodb exports --all")
    assert [row["ExportStatus"] for row in ran.dicts] == ["COMPLETED", "FAILED"]
    assert [json.loads(each.body).get("NextToken") for each in started.requests] == [None, "more"]
    shown = kit.run(*kit.links(ran)[0].to_argv())
    assert (shown.fields["ItemCount"], shown.fields["Location"]) == (7, "s3://lake/daily")
    assert [row["ItemCount"] for row in kit.run("dynamodb exports --long --all").dicts] == [7, 7]
    assert kit.run("open", EXPORT).fields == shown.fields


def test_an_emulator_that_exports_and_imports_is_followed_to_the_end(ministack: Emulator, invoke: Invoke) -> None:
    ministack.reset()
    make_table(ministack, "shop", [("pk", "S")], [{"pk": {"S": str(number)}} for number in range(3)])
    invoke("dynamodb", "edit", "shop", "--pitr", "on", at=ministack).ok()
    s3 = ministack.client("s3")
    s3.create_bucket(Bucket="lake")
    s3.put_object(Bucket="lake", Key="in/a.json", Body=b'{"Item":{"pk":{"S":"a"}}}\n{"Item":{"pk":{"S":"b"}}}\n')
    assert "Exported 3 items of shop" in invoke(*TO, at=ministack).ok().errors
    (found,) = invoke("dynamodb", "exports", "shop", "-o", "json", at=ministack).ok().json()
    assert "Exported 3 items" in invoke("dynamodb", "follow", found["ExportArn"], at=ministack).ok().errors
    invoke("dynamodb", "import", "other", *FROM[3:], at=ministack).ok()
    (found,) = invoke("dynamodb", "imports", "other", "-o", "json", at=ministack).ok().json()
    assert found["ImportStatus"] == "COMPLETED"
    assert len(invoke("dynamodb", "scan", "other", "-o", "json", at=ministack).ok().json()) == 2
