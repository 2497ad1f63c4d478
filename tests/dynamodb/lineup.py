"""A small DynamoDB in which every command has something to do, and a command line for each."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackpane import Call
from stackpane_dynamodb import calls
from stackpane_dynamodb.values.wire import received
from tests.dynamodb.stage import make_table

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator

__all__ = ["CALLS", "COMMANDS", "ITEMS", "READING", "WRITING", "lay_out", "set_up", "state"]

CALLS = {call.operation: call for call in vars(calls).values() if isinstance(call, Call)}


@dataclass(frozen=True)
class Command:
    """A command line that works on the stage. ``changes`` are the operations with which it changes something."""

    line: str
    changes: tuple[str, ...] = ()

    @property
    def argv(self) -> list[str]:
        """The words after ``stackpane``."""
        return shlex.split(self.line)


READING = {
    "ls": Command("dynamodb ls"),
    "ls --long": Command("dynamodb ls --long"),
    "show": Command("dynamodb show shop"),
    "scan": Command("dynamodb scan shop --all"),
    "scan --segments": Command("dynamodb scan shop --all --segments 2"),
    "query": Command("dynamodb query shop 'pk = a' --all"),
    "find": Command("dynamodb find shop 'kind = item' --all"),
    "get": Command("dynamodb get shop a 1"),
    "sql": Command("dynamodb sql 'SELECT * FROM shop' --all"),
    "export": Command("dynamodb export shop out.jsonl"),
    "export -": Command("dynamodb export shop -"),
    "diff": Command("dynamodb diff shop same"),
}
WRITING = {
    "put": Command("""dynamodb put shop '{"pk": "new", "sk": 1}'""", ("PutItem",)),
    "put --overwrite": Command("""dynamodb put shop '{"pk": "a", "sk": 1}' --overwrite --yes""", ("PutItem",)),
    "edit": Command("dynamodb edit shop a 1 --set note=x", ("UpdateItem",)),
    "edit key": Command("dynamodb edit shop a 2 --set sk=99 --yes", ("TransactWriteItems",)),
    "duplicate": Command("dynamodb duplicate shop a 3 --to z --to 1", ("PutItem",)),
    "rm": Command("dynamodb rm shop a 1 --yes", ("DeleteItem",)),
    "rm --find": Command("dynamodb rm shop --find 'pk = a' --yes", ("DeleteItem",)),
    "rm --table": Command("dynamodb rm shop --table --yes", ("DeleteTable",)),
    "create": Command(
        "dynamodb create fresh --key pk:S --tag team=a --ttl expires", ("CreateTable", "UpdateTimeToLive")
    ),
    "edit table": Command("dynamodb edit shop --deletion-protection", ("UpdateTable",)),
    "edit ttl": Command("dynamodb edit shop --ttl expires", ("UpdateTimeToLive",)),
    "edit pitr": Command("dynamodb edit shop --pitr on", ("UpdateContinuousBackups",)),
    "import": Command("dynamodb import target in.jsonl", ("BatchWriteItem",)),
    "import --if-absent": Command("dynamodb import target in.jsonl --if-absent", ("PutItem",)),
    "copy": Command("dynamodb copy shop target --yes", ("BatchWriteItem",)),
    "copy --create": Command("dynamodb copy shop other --create --yes", ("CreateTable", "BatchWriteItem")),
    "sql change": Command(
        """dynamodb sql "INSERT INTO shop VALUE {'pk': 'q', 'sk': 1}" --yes""", ("ExecuteStatement",)
    ),
}
COMMANDS = READING | WRITING
KEYS = (("pk", "S"), ("sk", "N"))
ITEMS = [
    {"pk": {"S": name}, "sk": {"N": str(number)}, "kind": {"S": "item"}, "note": {"S": f"{name}{number}"}}
    for name in "abc"
    for number in range(1, 5)
]


def set_up(emulator: Emulator) -> None:
    """Empty the emulator, fill it, and lay out the file that is imported in the working directory."""
    emulator.reset()
    make_table(emulator, "shop", KEYS, ITEMS, indexes={"by-kind": [("kind", "S"), ("sk", "N")]})
    make_table(emulator, "same", KEYS, ITEMS)
    make_table(emulator, "target", KEYS)
    lay_out()


def lay_out() -> None:
    """The file that is imported, and no file that an export would have to replace."""
    lines = [json.dumps({"pk": "i", "sk": number}) for number in range(30)]
    Path("in.jsonl").write_text("\n".join(lines) + "\n")
    for path in (*Path().glob("out.jsonl"), *Path().glob(".out.jsonl*")):
        path.unlink()


def state(emulator: Emulator) -> dict[str, Any]:
    """All there is but times: the items and the settings of each table, and what was exported."""
    client = emulator.client("dynamodb")
    found: dict[str, Any] = {"out": Path("out.jsonl").exists()}
    for name in client.list_tables()["TableNames"]:
        described = client.describe_table(TableName=name)["Table"]
        items = [received(item) for item in client.scan(TableName=name)["Items"]]
        found[name] = {
            "items": sorted(map(json.dumps, items)),
            "protected": described.get("DeletionProtectionEnabled", False),
            "ttl": client.describe_time_to_live(TableName=name)["TimeToLiveDescription"].get("TimeToLiveStatus"),
            "backups": client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"][
                "PointInTimeRecoveryDescription"
            ]["PointInTimeRecoveryStatus"],
        }
    return found
