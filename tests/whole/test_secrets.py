"""Secrets appear nowhere: every command, credentials of every source, working and failing, ``--debug`` and not.

What is searched for is a secret key and a session token that exist nowhere else, in everything that a run leaves: both
streams, every file, the arguments of processes. The servers and plugins here do what they can to get them said.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import tempfile
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

import click
import pytest

from stackpane.app import App
from stackpane.connections import ConnectionStore
from stackpane.connections.model import Connection, Source
from tests.cognito import lines as cognito
from tests.core.test_plugins import THIN, Site
from tests.dynamodb import lines as dynamodb
from tests.harness import faults as modes
from tests.harness.canary import descendants
from tests.harness.faultproxy import FaultProxy
from tests.lambda_ import lines as lambda_
from tests.logs import lines as logs
from tests.s3.stage import READING, WRITING, lay_out, set_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.harness.canary import Canary, Finding
    from tests.harness.cli import Cli, Invoke, Result
    from tests.harness.emulators import Emulator
    from tests.harness.exchange import Exchange
    from tests.harness.faultproxy import Mode
    from tests.harness.isolation import NetworkAttempts

pytestmark = pytest.mark.usefixtures("no_pauses")

CORE = """
    connection ls
    connection show canary
    connection test canary
    connection use canary
    connection edit canary --label seen
    connection edit canary --csv keys.csv --no-test
    plugins ls
    tui
    plugins new hello
    policy
    policy --read-only --from-use
    doctor
    open s3://photos/a.txt
    open --console arn:aws:s3:::photos
    completion bash
    --help
    s3 --help
    connection add other --profile nowhere
    connection add other --csv keys.csv --endpoint-url http://me:password@localhost
    connection rm canary --yes
""".strip().splitlines()
"""Of these some fail, as they should; ``keys.csv`` holds keys that are as secret as the others."""
ROLE = "arn:aws:iam::123456789012:role/Audit"
SOURCES = ["keyring", "environment", "profile"]


@dataclass
class Setting:
    """A connection with secret credentials, and all the places where they may not be."""

    invoke: Invoke
    canary: Canary
    home: Path
    folder: Path
    temporary: Path
    trusted_keyring: Path

    def connect(self, url: str, source: str) -> None:
        """Save the connection ``canary``, which has its credentials from one of ``SOURCES``."""
        keys = self.canary.temporary
        if source == "keyring":
            self._write_csv()
            line = f"connection add canary --csv keys.csv --endpoint-url {url} --region us-east-1 --no-test --debug"
            self.clean(self.invoke(*line.split()).ok())
        else:
            facts = {"profile": "canary"} if source == "profile" else {}
            made = Connection(name="canary", source=Source(source), endpoint_url=url, regions=("us-east-1",), **facts)  # type: ignore[arg-type]
            ConnectionStore().save(made, replace=False)
        if source == "profile":
            self.credentials.parent.mkdir(mode=0o700)
            self.credentials.write_text(
                f"[canary]\naws_access_key_id = {keys.access_key}\naws_secret_access_key = {keys.secret_key}\n"
                f"aws_session_token = {keys.session_token}\n"
            )
            self.credentials.chmod(0o600)

    def environment(self, source: str) -> dict[str, str]:
        """The variables that go with a source."""
        keys = self.canary.temporary
        if source != "environment":
            return {}
        return {
            "AWS_ACCESS_KEY_ID": keys.access_key,
            "AWS_SECRET_ACCESS_KEY": keys.secret_key,
            "AWS_SESSION_TOKEN": keys.session_token or "",
        }

    @property
    def credentials(self) -> Path:
        """The file of AWS's, in which secrets belong."""
        return self.home / ".aws" / "credentials"

    @property
    def csv(self) -> Path:
        """The IAM console's file, in which secrets belong as well."""
        return self.folder / "keys.csv"

    def _write_csv(self) -> None:
        keys = self.canary.keys
        self.csv.write_text(f"Access key ID,Secret access key\r\n{keys.access_key},{keys.secret_key}\r\n")
        self.csv.chmod(0o600)

    def clean(self, result: Result) -> Result:
        """The result, in whose streams there is no secret."""
        assert self.canary.scan(stdout=result.stdout, stderr=result.stderr) == [], f"{result.args}: {result.errors}"
        assert self.canary.temporary.access_key not in result.errors
        return result

    def files(self) -> list[Finding]:
        """Secrets in files where none belong: home, configuration, cache, state, working and temporary folder."""
        folders = [self.home, self.folder, self.temporary, Path(os.environ["XDG_CACHE_HOME"])]
        return self.canary.scan(*folders, ignore=[self.trusted_keyring, self.credentials, self.csv])


@pytest.fixture
def setting(
    invoke: Invoke,
    canary: Canary,
    home: Path,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    trusted_keyring: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Setting]:
    """What to run commands in; at its end no file holds a secret."""
    temporary = tmp_path_factory.mktemp("temporary")
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    canary.watch("secret key of the temporary credentials", canary.temporary.secret_key)
    made = Setting(invoke, canary, home, tmp_path, temporary, trusted_keyring)
    yield made
    assert made.files() == []


def commands(group: click.Group, *names: str) -> Iterator[str]:
    """The command lines that a group's commands begin with."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)
        else:
            yield " ".join([*names, name])


def test_no_command_is_left_out() -> None:
    tried = [*map(str.strip, CORE), "demo", *(command.line for command in (READING | WRITING).values())]
    tried += [*cognito.LINES]
    tried += [line for lines in (dynamodb, lambda_, logs) for line in (*lines.READING, *lines.WRITING, *lines.FAILING)]
    left_out = [each for each in commands(App().root) if not any(f"{line} ".startswith(f"{each} ") for line in tried)]
    assert [each for each in left_out if not each.startswith("hello")] == []


# ── commands that work ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("debug", [[], ["--debug"]], ids=["", "debug"])
@pytest.mark.parametrize("source", SOURCES)
def test_commands_that_read(setting: Setting, moto: Emulator, source: str, debug: list[str]) -> None:
    set_up(moto)
    setting.connect(moto.url, source)
    for name, command in READING.items():
        if name != "presign":
            result = setting.invoke("-c", "canary", *debug, *command.argv, env=setting.environment(source))
            setting.clean(result.ok())


@pytest.mark.parametrize("source", SOURCES)
def test_commands_that_write(setting: Setting, moto: Emulator, source: str) -> None:
    names = set_up(moto)
    setting.connect(moto.url, source)
    # once from the beginning; what one of them has changed, another may find changed
    for command in WRITING.values():
        argv = command.line.format(**names).split()
        setting.clean(setting.invoke("-c", "canary", "--debug", *argv, env=setting.environment(source)))


@pytest.mark.parametrize(
    ("lines", "emulator"),
    [(dynamodb, "moto"), (lambda_, "ministack"), (logs, "moto")],
    ids=["dynamodb", "lambda", "logs"],
)
@pytest.mark.parametrize("source", SOURCES)
def test_commands_of_services(
    setting: Setting, request: pytest.FixtureRequest, lines: Any, emulator: str, source: str
) -> None:
    aws: Emulator = request.getfixturevalue(emulator)
    aws.reset()
    lines.set_up(aws)
    setting.connect(aws.url, source)
    for line in (*lines.READING, *lines.WRITING, *lines.FAILING):
        result = setting.invoke("-c", "canary", "--debug", *shlex.split(line), env=setting.environment(source))
        assert (result.exit_code == 0) is (line not in lines.FAILING), (line, result.errors)
        setting.clean(result)


@pytest.mark.parametrize("source", SOURCES)
def test_commands_of_cognito(setting: Setting, ministack: Emulator, source: str) -> None:
    ministack.reset()
    names = cognito.set_up(ministack)
    setting.connect(ministack.url, source)
    for line in cognito.LINES:
        argv = shlex.split(line.format(**names))
        given = cognito.PASSWORD.encode()
        result = setting.invoke("-c", "canary", "--debug", *argv, env=setting.environment(source), input=given)
        setting.clean(result.ok())
        assert cognito.PASSWORD not in result.text + result.errors


@pytest.mark.parametrize("debug", [[], ["--debug"]], ids=["", "debug"])
@pytest.mark.parametrize("source", SOURCES)
def test_the_core_s_own_commands(
    setting: Setting, moto: Emulator, network_attempts: NetworkAttempts, source: str, debug: list[str]
) -> None:
    set_up(moto)
    setting.connect(moto.url, source)
    setting._write_csv()
    setting.invoke("-c", "canary", "s3", "ls", env=setting.environment(source)).ok()
    for line in CORE:
        for output in ([], ["-o", "json"]):
            result = setting.invoke(*line.split(), *output, *debug, env=setting.environment(source))
            setting.clean(result)
            assert b"fault of Stackpane" not in result.stderr
    # every connection is probed, also those that the environment and the profile are by themselves
    assert {attempt.split()[1] for attempt in network_attempts.take()} <= {"'sts.us-east-1.amazonaws.com'"}


@pytest.mark.parametrize("source", SOURCES)
def test_a_presigned_url_has_a_signature_and_a_token_and_nothing_else(
    setting: Setting, moto: Emulator, source: str
) -> None:
    set_up(moto)
    setting.connect(moto.url, source)
    for line in ("s3 presign s3://photos/a.txt", "s3 presign --put s3://photos/new.txt"):
        result = setting.invoke("-c", "canary", "--debug", *line.split(), env=setting.environment(source)).ok()
        (url,) = result.lines
        query = parse_qs(urlsplit(url).query)
        # The token belongs to the URL by its nature: without, AWS refuses what temporary credentials have signed.
        assert query.get("X-Amz-Security-Token") == (
            None if source == "keyring" else [setting.canary.temporary.session_token]
        )
        assert len(query["X-Amz-Signature"][0]) == 64
        token = quote(query.get("X-Amz-Security-Token", ["none"])[0], safe="")
        assert setting.canary.scan(rest=url.replace(token, ""), stderr=result.stderr) == []
        assert query["X-Amz-Signature"][0] not in result.errors


# ── commands that fail ────────────────────────────────────────────────────────────────────────────────────────────────


def echo(canary: Canary) -> str:
    """What a server says that sends back all it was sent, and knows more than it should."""
    keys = canary.temporary
    token = keys.session_token or ""
    both = b64encode(f"{keys.secret_key}:{token}".encode()).decode()
    return (
        f"bad key {keys.secret_key} and token {token}, as {quote(token, safe='')}, {both}, {token[20:200]} and"
        f" https://host/?X-Amz-Security-Token={quote(token, safe='')}&X-Amz-Signature={'0123abcd' * 8}"
    )


ECHOES: dict[str, Callable[[str], Mode]] = {
    "an error of its own": lambda said: modes.error(500, "InternalError", said),
    "a denial": lambda said: modes.error(403, "AccessDenied", said),
    "a denial with the names": lambda said: modes.access_denied(f"s3:GetObject on {said}", said),
    "a token that is not valid": lambda said: modes.error(400, "InvalidToken", said, extra={"Token-0": said}),
    "a wrong signature": lambda said: modes.error(403, "SignatureDoesNotMatch", said, extra={"StringToSign": said}),
    "an unknown code": lambda said: modes.error(400, said.replace(" ", ""), said),
    "a login page": lambda said: modes.answer(
        200, f"<html>{said}</html>".encode(), {"Content-Type": f"text/html; {said}"}
    ),
    "an answer that is no XML": lambda said: modes.answer(
        200, f"<x>{said}".encode(), {"Content-Type": "application/xml", "x-amz-request-id": "made-up"}
    ),
    "a redirect": lambda said: modes.redirect(307, f"http://127.0.0.1:1/?{quote(said)}"),
}  # fmt: skip


ENOUGH = ("ls", "show object", "get", "put", "rm folder")
"""Of what is said without ``--debug`` nothing is not said with it, so these are run without as well."""


@pytest.mark.parametrize("what", ECHOES)
def test_a_server_that_sends_everything_back(setting: Setting, moto: Emulator, what: str) -> None:
    lay_out()
    with FaultProxy(moto.url) as proxy:
        proxy.fault(ECHOES[what](echo(setting.canary)))
        setting.connect(proxy.url, "environment")
        for name, command in (READING | WRITING).items():
            if what == "an answer that is no XML" and name.startswith(("cat", "get", "presign")):
                continue  # whatever an object's body is, it is the answer
            argv = command.line.format(first="null").split()
            for debug in (["--debug"], []) if name in ENOUGH else (["--debug"],):
                result = setting.invoke("-c", "canary", *debug, *argv, env=setting.environment("environment"))
                setting.clean(result)
                assert "0123abcd" not in result.errors
        for line in ("connection test canary", "doctor -c canary"):
            setting.clean(setting.invoke(*line.split(), "--debug", env=setting.environment("environment")))
            setting.clean(setting.invoke(*line.split(), "-o", "json", env=setting.environment("environment")))


CHANGES = [(name, operation) for name, command in WRITING.items() for operation in command.changes]


def test_a_change_that_fails_with_everything_sent_back(setting: Setting, moto: Emulator) -> None:
    with FaultProxy(moto.url) as proxy:
        setting.connect(proxy.url, "environment")
        for name, operation in CHANGES:
            names = set_up(moto)
            proxy.clear()
            fault = proxy.fault(modes.error(400, "Refused", echo(setting.canary)), operation)
            argv = WRITING[name].line.format(**names).split()
            for debug in (["--debug"], ["-o", "json"]):
                result = setting.invoke("-c", "canary", *debug, *argv, env=setting.environment("environment"))
                setting.clean(result)
                assert result.exit_code != 0, result.args
            assert fault.requests, (name, operation)


def test_the_keys_of_a_role_are_as_secret(setting: Setting, moto: Emulator) -> None:
    taken: list[str] = []

    def note(body: bytes) -> bytes:
        taken.extend(re.findall("<(?:SecretAccessKey|SessionToken)>([^<]+)<", body.decode()))
        return body

    async def send_back(exchange: Exchange) -> None:
        await modes.error(403, "AccessDenied", f"refused: {' '.join(taken)}")(exchange)

    with FaultProxy(moto.url) as proxy:
        proxy.fault(modes.rewrite(note), "AssumeRole")
        proxy.fault(send_back, "ListBuckets")
        setting.connect(proxy.url, "profile")
        line = f"connection add audit --source canary --role-arn {ROLE} --endpoint-url {proxy.url} --region us-east-1"
        results = [setting.invoke(*line.split(), "--debug").ok()]
        results += [setting.invoke("-c", "audit", *debug, "s3", "ls") for debug in ([], ["--debug"])]
    assert len(taken) == 6
    for number, value in enumerate(taken):
        setting.canary.watch(f"a role's secret {number}", value)
    for result in results:
        setting.clean(result)
    assert "refused: … …" in results[-1].errors


@pytest.mark.parametrize("line", ["aws_secret_access_key {}", "{}", "aws_secret_access_key: {}\n[canary]\n[canary]"])
def test_a_credentials_file_that_cannot_be_read(setting: Setting, line: str) -> None:
    setting.connect("http://127.0.0.1:1", "profile")
    setting.credentials.write_text(f"[canary]\n{line.format(setting.canary.temporary.secret_key)}\n")
    for argv in ("s3 ls -c canary", "connection ls", "doctor -c canary", "connection test canary"):
        setting.clean(setting.invoke(*argv.split(), "--debug"))
        setting.clean(setting.invoke(*argv.split()))


def test_an_endpoint_given_for_one_run_does_not_get_them(setting: Setting, moto: Emulator) -> None:
    with FaultProxy(moto.url) as proxy:
        setting.connect(moto.url, "profile")
        env = setting.environment("environment")
        setting.clean(setting.invoke("s3", "ls", "--endpoint-url", proxy.url, "--debug", env=env))
        setting.clean(setting.invoke("s3", "ls", "--debug", env=env | {"AWS_ENDPOINT_URL": proxy.url}))
        assert proxy.requests
        sent = "".join(f"{request.target} {request.headers}" for request in proxy.requests)
        assert setting.canary.scan(sent=sent) == []
        assert setting.canary.temporary.access_key not in sent


# ── a plugin that crashes, processes, the terminal ────────────────────────────────────────────────────────────────────

CRASH = '''
import logging
import threading
import stackpane

def fail(token):
    raise ValueError(f"in a thread: {token}")

@stackpane.command("hi", calls=())
def hi(session):
    """Crash with all there is to know."""
    credentials = session.opened.session.get_credentials().get_frozen_credentials()
    secret, token = credentials.secret_key, credentials.token
    thread = threading.Thread(target=fail, args=(token,))
    thread.start()
    thread.join()
    log = logging.getLogger("crash")
    log.debug("credentials %r", credentials)
    log.info("number %d", token)
    log.warning("split %s", token[:100])
    log.warning("split %s", token[100:])
    try:
        raise KeyError(credentials)
    except KeyError as error:
        log.exception("no such key")
        session.warn(f"the token {token} is of no use")
        failure = RuntimeError(f"{secret} and {token.encode()!r} in {locals()}")
        failure.add_note(f"noted: {token}")
        raise failure from error

group = stackpane.group("crash", "Crashes.", {"hi": "stackpane_crash_commands:hi"})
'''


@pytest.mark.parametrize("debug", [[], ["--debug"]], ids=["", "debug"])
@pytest.mark.parametrize("source", ["environment", "profile"])
def test_a_plugin_that_crashes_with_the_credentials_in_its_hands(
    setting: Setting, cli: Cli, moto: Emulator, source: str, debug: list[str]
) -> None:
    folder = setting.folder / "site"
    folder.mkdir()
    Site(folder).install("crash", THIN.format(name="crash", module="stackpane_crash"), commands=CRASH)
    setting.connect(moto.url, source)
    env = setting.environment(source) | {"PYTHONPATH": f"{folder}{os.pathsep}{os.environ['PYTHONPATH']}"}
    result = setting.clean(cli("-c", "canary", *debug, "crash", "hi", env=env))
    assert result.exit_code == 255
    assert "error: RuntimeError: … and b'…' in" in result.errors
    assert "error in a thread: ValueError: in a thread: …\n" in result.errors
    assert ("Traceback" in result.errors) is bool(debug)
    assert ("secret, token = credentials.secret_key" in result.errors) is False, "no source of a frame that is left"


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc what runs")
@pytest.mark.parametrize("line", ["s3 ls", "s3 get s3://photos/folder/ got", "s3 put up s3://photos/up/"])
def test_no_process_has_them_among_its_arguments(setting: Setting, cli: Cli, moto: Emulator, line: str) -> None:
    set_up(moto)
    with FaultProxy(moto.url) as proxy:
        held = proxy.fault(modes.hold_before())
        setting.connect(proxy.url, "keyring")
        process = cli.start("-c", "canary", "--debug", *line.split())
        held.wait()
        assert setting.canary.scan_processes() == []
        assert descendants(process.pid) == [], "none to inherit anything"
        assert setting.files() == []
        held.release()
        setting.clean(cli.finish(process).ok())


def test_a_demo_says_nothing_of_the_credentials_around_it(setting: Setting, cli: Cli) -> None:
    env = setting.environment("environment")
    setting.clean(cli("demo", "--debug", "--", "s3", "ls", env=env).ok())


def test_an_interrupted_upload_leaves_none_behind(setting: Setting, cli: Cli, moto: Emulator) -> None:
    set_up(moto)
    with FaultProxy(moto.url) as proxy:
        held = proxy.fault(modes.hold_before(), "UploadPart")
        setting.connect(proxy.url, "profile")
        process = cli.start("-c", "canary", "--debug", *WRITING["put parts"].argv)
        held.wait()
        assert setting.files() == []
        setting.clean(cli.interrupt(process))
