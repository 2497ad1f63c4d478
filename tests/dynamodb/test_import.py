"""``dynamodb import``: every line is put, refused with its reason, or left alone; whatever happens in between."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stackpane_dynamodb.values.check import faults as refused
from stackpane_dynamodb.values.plain import item_text
from tests.dynamodb.items import items
from tests.dynamodb.moving import contents, fill, key_items, new_table, same
from tests.harness import faults as modes

if TYPE_CHECKING:
    from tests.harness.cli import Cli, Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.exchange import Exchange
    from tests.harness.faultproxy import FaultProxy, Mode

ITEMS = key_items(260)
KEYS = [("id", "S")]


def lines(path: Path, found: list[dict[str, Any]]) -> Path:
    """A file of these items."""
    path.write_text("".join(item_text(item) + "\n" for item in found))
    return path


def half_undone() -> Mode:
    """DynamoDB takes the first half of a batch, and gives the rest back."""

    async def mode(exchange: Exchange) -> None:
        asked = json.loads(exchange.request.body)["RequestItems"]
        ((table, puts),) = asked.items()
        half = len(puts) // 2
        if half:
            await exchange.forward(body=json.dumps({"RequestItems": {table: puts[:half]}}).encode())
        reply = json.dumps({"UnprocessedItems": {table: puts[half:]}}).encode()
        await exchange.reply(modes.made_up(200, reply, JSON))

    return mode


JSON = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-requestid": "made-up"}


@pytest.mark.parametrize("kind", ["jsonl", "dynamodb", "csv", "parquet"])
def test_what_was_exported_is_what_is_imported(kind: str, aws: Emulator, invoke: Invoke, tmp_path: Path) -> None:
    examples = st.lists(items, min_size=1, max_size=5).map(
        lambda found: [item | {"id": {"S": str(number)}} for number, item in enumerate(found)]
    )

    @settings(max_examples=6, suppress_health_check=list(HealthCheck))
    @given(examples)
    def check(found: list[dict[str, Any]]) -> None:
        new_table(aws, "from")
        kept = [item for item in found if not any(refused(item, KEYS))]
        fill(aws, "from", kept)
        path = str(tmp_path / "file")
        invoke("dynamodb", "export", "from", path, "--format", kind, "--overwrite", at=aws).ok()
        new_table(aws, "into")
        done = invoke("dynamodb", "import", "into", path, "--format", kind, "-o", "json", at=aws).ok().json()
        assert done["Result"]["Written"] == len(contents(aws, "from"))
        assert contents(aws, "into") == contents(aws, "from")
        for name in ("from", "into"):
            aws.client("dynamodb").delete_table(TableName=name)

    check()


@pytest.mark.parametrize("after", [0, 3, 7])
def test_an_import_that_is_killed_goes_on_and_the_table_is_the_file(
    after: int, aws: Emulator, faults: FaultProxy, cli: Cli, tmp_path: Path
) -> None:
    new_table(aws, "into")
    path = lines(tmp_path / "in.jsonl", [*ITEMS[:200], {"id": {"N": "1"}}, *ITEMS[200:]])
    command = ("dynamodb", "import", "into", str(path), "--workers", "3", "-y", "-o", "json")
    fault = faults.fault(modes.hang_after_body(), "BatchWriteItem", after=after)
    process = cli.start(*command, at=faults)
    fault.wait()
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    faults.clear()
    fault.release()
    done = cli(*command, at=faults)
    assert done.exit_code == 1  # the line that is no item of this table
    counts = done.json()["Result"]
    assert (counts["Read"], counts["Written"], counts["Rejected"]) == (261, 260, 1)
    assert contents(aws, "into") == same(ITEMS)
    rejects = (tmp_path / "in.jsonl.rejects.jsonl").read_text().splitlines()
    assert [json.loads(each)["Line"] for each in rejects] == [201]


def test_what_dynamodb_leaves_undone_is_asked_for_again(
    aws: Emulator, faults: FaultProxy, invoke: Invoke, tmp_path: Path
) -> None:
    new_table(aws, "into")
    faults.fault(half_undone(), "BatchWriteItem", times=6)
    faults.fault(modes.error(400, "ProvisionedThroughputExceededException", "slow"), "BatchWriteItem", times=1)
    path = lines(tmp_path / "in.jsonl", ITEMS[:60])
    counts = invoke("dynamodb", "import", "into", str(path), "-o", "json", at=faults).ok().json()["Result"]
    assert counts["Written"] == 60
    assert contents(aws, "into") == same(ITEMS[:60])


def test_the_later_of_two_lines_with_one_key_stays(aws: Emulator, invoke: Invoke, tmp_path: Path) -> None:
    new_table(aws, "into", "id:N")
    twice = [{"id": {"N": text}, "at": {"N": str(at)}} for at, text in enumerate(["1", "2", "1.0", "2", "10E-1"] * 20)]
    path = lines(tmp_path / "in.jsonl", twice)
    counts = invoke("dynamodb", "import", "into", str(path), "-o", "json", at=aws).ok().json()["Result"]
    assert counts["Written"] == 100
    stored = aws.client("dynamodb").scan(TableName="into")["Items"]
    assert max(int(item["at"]["N"]) for item in stored) == 99
    if aws.name == "ministack":  # moto takes 1 and 1.0 for two keys
        assert sorted(item["at"]["N"] for item in stored) == ["98", "99"]


def test_items_that_are_there_are_left_alone_if_asked(aws: Emulator, invoke: Invoke, tmp_path: Path) -> None:
    new_table(aws, "into")
    mine = [{"id": item["id"], "text": {"S": "mine"}} for item in ITEMS[:5]]
    fill(aws, "into", mine)
    path = lines(tmp_path / "in.jsonl", ITEMS[:20])
    done = invoke("dynamodb", "import", "into", str(path), "--if-absent", "-o", "json", at=aws).ok().json()
    assert (done["Result"]["Written"], done["Result"]["LeftAlone"]) == (15, 5)
    assert contents(aws, "into") == same([*mine, *ITEMS[5:20]])


def test_an_item_whose_answer_was_lost_counts_as_written(
    aws: Emulator, faults: FaultProxy, invoke: Invoke, no_pauses: list[float], tmp_path: Path
) -> None:
    if aws.name == "ministack" and not _gives_old(aws):
        pytest.skip("does not give the item that is in the way")
    new_table(aws, "into")
    faults.fault(modes.reset_after_body(), "PutItem", times=1, after=2)
    path = lines(tmp_path / "in.jsonl", ITEMS[:6])
    done = invoke("dynamodb", "import", "into", str(path), "--if-absent", "-o", "json", at=faults).ok().json()
    assert (done["Result"]["Written"], done["Result"]["LeftAlone"]) == (6, 0)


def _gives_old(aws: Emulator) -> bool:
    from botocore.exceptions import ClientError

    new_table(aws, "try")
    client = aws.client("dynamodb")
    client.put_item(TableName="try", Item={"id": {"S": "a"}})
    with pytest.raises(ClientError) as raised:
        client.put_item(
            TableName="try",
            Item={"id": {"S": "a"}},
            ConditionExpression="attribute_not_exists(id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    return "Item" in raised.value.response


def test_a_table_with_items_is_not_written_to_without_a_word(aws: Emulator, invoke: Invoke, tmp_path: Path) -> None:
    new_table(aws, "into")
    fill(aws, "into", ITEMS[:1])
    path = lines(tmp_path / "in.jsonl", ITEMS[:3])
    asked = invoke("dynamodb", "import", "into", str(path), at=aws)
    assert asked.exit_code == 3
    assert "replaced as a whole" in asked.errors
    assert len(contents(aws, "into")) == 1
    invoke("dynamodb", "import", "into", "-", "-y", input=path.read_bytes(), at=aws).ok()
    assert contents(aws, "into") == same(ITEMS[:3])


def test_an_item_that_only_dynamodb_refuses_does_not_take_its_batch_with_it(
    aws: Emulator, faults: FaultProxy, invoke: Invoke, tmp_path: Path
) -> None:
    new_table(aws, "into")
    bad = b"k00013"
    refusal = modes.error(400, "ValidationException", "the item collection is too large")
    faults.fault(refusal, lambda request: request.operation == "BatchWriteItem" and bad in request.body)
    path = lines(tmp_path / "in.jsonl", ITEMS[:40])
    done = invoke("dynamodb", "import", "into", str(path), "-o", "json", at=faults)
    assert done.exit_code == 1
    assert [entry["Target"] for entry in done.json()["Failed"]] == ["line 14"]
    assert done.json()["Result"]["Written"] == 39
    assert contents(aws, "into") == same(item for item in ITEMS[:40] if item["id"]["S"] != bad.decode())


def test_a_token_that_expires_half_way_stops_it_and_the_printed_command_goes_on(
    aws: Emulator, faults: FaultProxy, invoke: Invoke, no_pauses: list[float], tmp_path: Path
) -> None:
    new_table(aws, "into")
    path = lines(tmp_path / "in.jsonl", ITEMS)
    expired = modes.error(400, "ExpiredTokenException", "The security token included in the request is expired")
    faults.fault(expired, "BatchWriteItem", after=4)
    stopped = invoke("dynamodb", "import", "into", str(path), "--workers", "1", at=faults)
    assert stopped.exit_code == 253
    assert "stopped behind 100 lines: 100 written" in stopped.errors
    faults.clear()
    goes_on = stopped.errors.partition("Go on with: stackpane ")[2].splitlines()[0].split()
    done = invoke(*goes_on, "-o", "json", at=faults).ok()
    assert "Going on behind 100 lines" in done.errors
    assert done.json()["Result"]["Written"] == 260
    assert contents(aws, "into") == same(ITEMS)


def test_a_file_that_is_cut_is_imported_as_far_as_it_goes_and_that_is_said(
    aws: Emulator, invoke: Invoke, tmp_path: Path
) -> None:
    import gzip

    new_table(aws, "into")
    path = tmp_path / "in.jsonl.gz"
    path.write_bytes(gzip.compress(lines(tmp_path / "plain.jsonl", ITEMS).read_bytes())[:-9])
    cut = invoke("dynamodb", "import", "into", str(path), at=aws)
    assert cut.exit_code == 255
    assert "cannot be read to its end" in cut.errors
