"""Every command with one right missing: it goes without that part and says so, or fails with the right's name.

What a command sends is found out by running it. Each of its requests that reads is refused; those that change something
are in ``test_failing_changes``. Then the actions of all of them are denied by IAM itself, as ministack has it.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stackpane import Call
from stackpane.errors import ExitCode
from stackpane_s3 import calls
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy
from tests.s3.stage import COMMANDS, assert_honest, assert_one_error, bodies, set_up, state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness.cli import Invoke, Result
    from tests.harness.emulators import Emulator, Keys
    from tests.harness.exchange import Exchange
    from tests.harness.faultproxy import Mode

pytestmark = pytest.mark.usefixtures("no_pauses")

CALLS = {call.operation: call for call in vars(calls).values() if isinstance(call, Call)}
every_command = pytest.mark.parametrize("name", COMMANDS)

SETTINGS = {call.operation for call in CALLS.values() if call.arns == calls.BUCKET and call.operation.startswith("Get")}
"""What a bucket is set to: never more than a part of what a command says, or of what it looks out for."""
DISPENSABLE = {
    "ls": {"HeadBucket"},
    "show bucket": {"HeadBucket"},
    "show object": {"GetObjectTagging"},
    "du": {"ListObjectsV2"},
    "presign": {"HeadBucket"},
    "mb": {"HeadBucket"},
    "rb": {"HeadBucket", "ListObjectVersions", "ListMultipartUploads"},
    "edit metadata": {"GetObjectAcl"},
    "restore": {"HeadObject"},
    "restore version": {"GetObjectAcl"},
}
"""What else each command can do without; it can do nothing without what is not here."""
UNMISSED = {
    "HeadBucket": "the refusal has the bucket's region as well",
    "GetBucketOwnershipControls": "the object's own ACL tells",
}
"""What leaves no gap, but where it is shown itself."""


@dataclass
class Stage:
    """One command before an emulator, as often as wanted, each time on the same small S3."""

    invoke: Invoke
    emulator: Emulator
    name: str

    def run(self, *denied: str) -> tuple[Result, FaultProxy]:
        """Run the command where these operations are denied."""
        words = COMMANDS[self.name].line.format(**self.fresh()).split()
        with FaultProxy(self.emulator.url) as proxy:
            for operation in denied:
                proxy.fault(denial(operation, self.name), operation)
            return self.invoke(*words, at=proxy), proxy

    def fresh(self) -> dict[str, str]:
        """Set everything up anew, with nothing downloaded; what command lines have in braces."""
        Path("got.txt").unlink(missing_ok=True)
        shutil.rmtree("got", ignore_errors=True)
        return set_up(self.emulator)

    @property
    def now(self) -> dict[str, Any]:
        """All there is, at the emulator and here."""
        downloaded = [path.name for path in Path().rglob("got*/**/*") if path.is_file()]
        return state(self.emulator) | {"here": sorted(downloaded), "got.txt": Path("got.txt").exists()}


def denial(operation: str, name: str) -> Mode:
    """As S3 refuses: where a bucket exists, ``HeadBucket`` names its region all the same."""
    if operation == "HeadBucket" and name != "mb":
        return modes.error(403, "AccessDenied", "Access Denied", x_amz_bucket_region="us-east-1")
    return modes.error(403, "AccessDenied", "Access Denied")


@pytest.fixture
def stage(invoke: Invoke, moto: Emulator, name: str) -> Stage:
    return Stage(invoke, moto, name)


@every_command
def test_each_right_to_read_may_be_missing(stage: Stage, name: str) -> None:
    stage.fresh()
    before = stage.now
    result, proxy = stage.run()
    result.ok()
    done, shown = stage.now, result.stdout
    for operation in dict.fromkeys(proxy.operations):
        if operation in COMMANDS[name].changes or CALLS[operation].effect != "read":
            continue
        result, _ = stage.run(operation)
        if operation in SETTINGS | DISPENSABLE.get(name, set()):
            assert_goes_without(result, operation, parts=3 if name == "du" else 1)
            assert stage.now == done, operation
            assert bool(result.stdout) == bool(shown) or name == "du"
        else:
            assert_fails(result, CALLS[operation])
            assert stage.now == before, operation


def assert_goes_without(result: Result, operation: str, parts: int) -> None:
    """It is done, and a warning for each of the parts that are missing names the action."""
    result.ok()
    said = [line for line in result.errors.splitlines() if line.startswith("warning: ") and "denied" in line]
    shows = result.args[:2] == ("s3", "show") and operation != "HeadBucket"
    if operation in UNMISSED and not shows:
        assert said == []
        return
    assert len(said) == parts, result.errors
    assert all(f"left out: {CALLS[operation].actions[0]} is denied" in line for line in said)


def assert_fails(result: Result, call: Call) -> None:
    """It fails honestly, and says which action it needs, on what: once, or for each of several objects."""
    if result.exit_code == ExitCode.SOME_FAILED:
        assert_honest(result)
        said = result.errors
    else:
        said = assert_one_error(result, ExitCode.AWS)
    assert f"it needs {call.actions[0]} on arn:aws:s3:::" in said or f"it needs {call.actions[0]} on *" in said


# By IAM

LIMITED = (
    "ls", "show object", "get", "du", "put", "rm", "rm versions", "cp", "mv", "rb", "edit metadata", "edit tag",
    "restore", "restore version",
)  # fmt: skip
"""One command of each way to begin."""


@dataclass
class Limited:
    """One command, run by a user of whom IAM has something to say."""

    invoke: Invoke
    emulator: Emulator
    proxy: FaultProxy
    name: str
    home: Path
    before: dict[str, Any] = field(default_factory=dict)

    def run(self, *statements: dict[str, Any]) -> Result:
        """Run the command on a fresh stage, by a user with these statements."""
        names = set_up(self.emulator)
        self.before = state(self.emulator)
        keys = self.emulator.user("limited", *statements)
        use(self.home, keys)
        self.proxy.requests.clear()
        return self.invoke("-c", "limited", *COMMANDS[self.name].line.format(**names).split())


def use(home: Path, keys: Keys) -> None:
    """Make these the keys of the profile ``limited``."""
    lines = (f"aws_access_key_id = {keys.access_key}", f"aws_secret_access_key = {keys.secret_key}")
    (home / ".aws").mkdir(exist_ok=True)
    (home / ".aws/credentials").write_text("\n".join(("[limited]", *lines, "")))


@pytest.fixture
def limited(invoke: Invoke, ministack_auth: Emulator, name: str, home: Path) -> Iterator[Limited]:
    async def with_request_id(exchange: Exchange) -> None:
        reply = await exchange.forward()
        reply.change({"x-amz-request-id": "ADDED"})  # its refusals come without
        await exchange.reply(reply)

    with FaultProxy(ministack_auth.url) as proxy:
        proxy.fault(with_request_id)
        use(home, ministack_auth.keys)
        place = ("--endpoint-url", proxy.url, "--region", "us-east-1", "--no-test")
        invoke("connection", "add", "limited", "--profile", "limited", *place).ok()
        yield Limited(invoke, ministack_auth, proxy, name, home)


@pytest.mark.parametrize("name", LIMITED)
def test_each_action_may_be_denied(limited: Limited, name: str) -> None:
    everything = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    limited.run(everything).ok()
    done = state(limited.emulator)
    sent = [CALLS[operation] for operation in dict.fromkeys(limited.proxy.operations)]
    for action in sorted({action for call in sent for action in call.granted}):
        result = limited.run(everything, {"Effect": "Deny", "Action": action, "Resource": "*"})
        now = state(limited.emulator)
        if result.exit_code:
            assert_honest(result)
            assert re.search(rf"it needs .*\b{action}\b", result.errors), action
            assert bodies(limited.before) <= bodies(now), action
        else:
            assert now == done, action
            said = [line for line in result.errors.splitlines() if "left out: " in line]
            assert all(f"left out: {action} is denied" in line for line in said), action


@pytest.mark.parametrize("name", LIMITED)
def test_the_actions_of_the_declared_calls_are_all_that_is_needed(limited: Limited, name: str) -> None:
    verb = COMMANDS[name].argv[1]
    command = getattr(import_module(f"stackpane_s3.commands.{verb}"), verb)
    actions = sorted({action for call in command.calls for action in call.granted})
    result = limited.run({"Effect": "Allow", "Action": actions, "Resource": "*"}).ok()
    assert "denied" not in result.errors
