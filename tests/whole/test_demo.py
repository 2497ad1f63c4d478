"""``stackpane demo`` as a person uses it, and what is left of it afterwards: nothing."""

from __future__ import annotations

import http.client
import importlib.util
import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.whole import processes

if TYPE_CHECKING:
    from tests.harness.cli import Cli, Invoke
    from tests.harness.sink import Sink
    from tests.harness.terminal import Terminal, TerminalFactory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc what is left behind")

EMPTY = {"STACKPANE_PLUGINS": ""}
"""No plugin, and so no sample data: for tests of how a demo begins and ends."""


class Traces:
    """What demos have on this machine as long as they run."""

    def __init__(self, temporary: Path, home: Path) -> None:
        self.temporary = temporary
        self.entry_file = home / ".local/state/stackpane/demo.json"

    def entry(self) -> dict[str, Any]:
        """What another terminal reads."""
        found: dict[str, Any] = json.loads(self.entry_file.read_text())
        return found

    def folders(self) -> list[Path]:
        """The folders with their data."""
        return list(self.temporary.glob("stackpane-demo-*"))

    def assert_nothing_left(self) -> None:
        """No data, no process, no entry."""
        assert self.folders() == []
        assert processes.mentioning(str(self.temporary)) == []
        assert not self.entry_file.exists()


@pytest.fixture
def traces(tmp_path_factory: pytest.TempPathFactory, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Traces]:
    temporary = tmp_path_factory.mktemp("temporary")
    monkeypatch.setenv("TMPDIR", str(temporary))
    found = Traces(temporary, home)
    yield found
    for pid in processes.mentioning(str(temporary)):
        os.kill(pid, signal.SIGKILL)


def up(terminal: TerminalFactory, **options: Any) -> Terminal:
    """A demo in a terminal, up, without a browser."""
    demo = terminal("demo", "--no-tour", columns=120, **options)
    demo.wait_for("Ctrl-C ends it.")
    return demo


def test_one_command_runs_in_a_fresh_demo_and_nothing_is_left(cli: Cli, traces: Traces) -> None:
    result = cli("demo", "--", "s3", "ls", "-o", "json").ok()
    assert {row["Name"] for row in result.json()} >= {"photos", "documents", "contracts"}
    assert result.errors == ""
    traces.assert_nothing_left()


def test_the_exit_code_is_that_of_the_command(cli: Cli, traces: Traces) -> None:
    missing = cli("demo", "--", "s3", "ls", "s3://no-such-bucket/")
    assert missing.exit_code == 254
    assert "NoSuchBucket" in missing.errors
    assert cli("demo", "--", "s3", "no-such-verb", env=EMPTY).exit_code == 252
    traces.assert_nothing_left()


def test_without_a_terminal_a_tour_is_printed(cli: Cli, traces: Traces) -> None:
    tour = cli("demo").ok()
    assert "$ stackpane -c demo s3 ls\n" in tour.text
    assert "2026/11/IMG_1025.png" in tour.text
    assert "1,200" in tour.text
    told = [line for line in tour.lines if line.startswith(("error", "warning"))]
    assert [line for line in told if not line.endswith("the endpoint does not have this operation")] == []
    assert tour.errors == ""
    traces.assert_nothing_left()


def test_on_a_terminal_it_stays_up_until_ctrl_c(terminal: TerminalFactory, cli: Cli, traces: Traces) -> None:
    demo = up(terminal)
    assert "stackpane -c demo s3 ls" in demo.text
    assert len(cli("-c", "demo", "s3", "ls", "-o", "jsonl").ok().lines) == 6
    pid = traces.entry()["pid"]
    demo.send("\x03")
    assert demo.wait() == 130
    assert "nothing of it is left" in demo.text
    assert processes.wait_for_end(pid, 0)
    traces.assert_nothing_left()


def test_it_listens_on_one_port_of_the_loopback_interface_only(terminal: TerminalFactory, traces: Traces) -> None:
    up(terminal, env=EMPTY)
    entry = traces.entry()
    assert processes.listening(entry["pid"]) == {("127.0.0.1", int(entry["url"].rpartition(":")[2]))}


FROM_A_PAGE: list[dict[str, str]] = [
    {"Origin": "https://page.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Host": "rebound.example"},
    {"Host": "localhost.page.example"},
]


def test_web_pages_cannot_use_it(terminal: TerminalFactory, traces: Traces) -> None:
    up(terminal, env=EMPTY)
    address = traces.entry()["url"].removeprefix("http://")
    for method in ("GET", "PUT", "OPTIONS"):
        assert [_status(address, method, headers) for headers in FROM_A_PAGE] == [403] * len(FROM_A_PAGE)
    typed = {"Sec-Fetch-Site": "none", "Host": f"localhost:{address.rpartition(':')[2]}"}
    assert [_status(address, "GET", headers) for headers in ({}, typed)] == [200, 200]


def _status(address: str, method: str, headers: Mapping[str, str]) -> int:
    connection = http.client.HTTPConnection(address, timeout=30)
    try:
        connection.request(method, "/_ministack/health", headers=dict(headers))
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_with_its_parent_however_that_ends(
    terminal: TerminalFactory, traces: Traces, how: signal.Signals
) -> None:
    demo = up(terminal, env=EMPTY)
    pid = traces.entry()["pid"]
    demo.process.send_signal(how)
    demo.wait()
    assert processes.wait_for_end(pid)
    traces.assert_nothing_left()


def test_it_says_so_when_the_emulator_ends_by_itself(terminal: TerminalFactory, traces: Traces) -> None:
    demo = up(terminal, env=EMPTY)
    os.kill(traces.entry()["pid"], signal.SIGKILL)
    assert demo.wait() == 255
    assert "ended by itself" in demo.text
    traces.assert_nothing_left()


@pytest.mark.parametrize("last_first", [False, True])
def test_of_two_demos_the_last_is_found_as_long_as_it_runs_and_then_the_other(
    terminal: TerminalFactory, traces: Traces, last_first: bool
) -> None:
    first, one = up(terminal, env=EMPTY), traces.entry()["url"]
    second, other = up(terminal, env=EMPTY), traces.entry()["url"]
    assert one != other
    order = [(second, one), (first, None)] if last_first else [(first, other), (second, None)]
    for demo, found_then in order:
        demo.send("\x03")
        demo.wait()
        assert (traces.entry()["url"] if traces.entry_file.exists() else None) == found_then
    traces.assert_nothing_left()


PROFILE = "[profile demo]\nregion = eu-west-1\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n"


def test_a_profile_named_demo_is_not_what_a_command_in_the_demo_uses(
    cli: Cli, traces: Traces, home: Path, sink: Sink
) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(f"{PROFILE}endpoint_url = {sink.url}\n")
    assert "photos" in cli("demo", "--", "s3", "ls", env={"AWS_ENDPOINT_URL": sink.url}).ok().text
    sink.assert_untouched()


def test_a_name_that_means_something_else_is_not_offered(terminal: TerminalFactory, traces: Traces, home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(PROFILE)
    demo = up(terminal)
    assert f"stackpane --endpoint-url {traces.entry()['url']} s3 ls" in demo.text
    assert "-c demo" not in demo.text


def test_without_a_state_folder_it_is_reached_by_its_url(
    terminal: TerminalFactory, traces: Traces, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    demo = up(terminal, env=EMPTY | {"XDG_STATE_HOME": str(tmp_path / "file")})
    assert "by its URL only" in demo.text
    assert "stackpane --endpoint-url http://127.0.0.1:" in demo.text


def test_what_leads_on_to_other_commands_leads_to_those_of_the_demo(cli: Cli, traces: Traces) -> None:
    checks = {each["Check"]: each["State"] for each in cli("demo", "--", "doctor", "-o", "json").ok().json()}
    assert {checks[name] for name in ("cognito", "dynamodb", "lambda", "logs", "s3")} == {"ok"}
    assert "photos" in cli("demo", "--", "open", "s3://photos/README.md").ok().text


@pytest.mark.parametrize("words", [("-c", "local", "demo", "--", "s3"), ("demo", "--", "-c", "local", "s3")])
def test_another_connection_cannot_be_named_with_it(cli: Cli, traces: Traces, words: tuple[str, ...]) -> None:
    refused = cli(*words, "ls")
    assert refused.exit_code == 252
    assert "-c names another place than the demo" in refused.errors


def test_the_emulator_sees_nothing_of_the_users_settings(terminal: TerminalFactory, traces: Traces, home: Path) -> None:
    up(terminal, env=EMPTY | {"AWS_SECRET_ACCESS_KEY": "canary", "AWS_PROFILE": "canary", "PERSIST_STATE": "1"})
    environment = Path(f"/proc/{traces.entry()['pid']}/environ").read_bytes().decode()
    assert "canary" not in environment
    assert f"HOME={home}" not in environment
    assert "PERSIST_STATE" not in environment


def test_without_the_extra_it_says_how_to_get_it(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "ministack" else find(name, *rest)
    )
    result = invoke("demo")
    assert result.exit_code == 253
    assert 'pip install "stackpane[demo]"' in result.errors


def test_an_emulator_that_does_not_start_is_an_error_with_its_last_words(
    cli: Cli, traces: Traces, tmp_path: Path
) -> None:
    broken = tmp_path / "broken" / "ministack"
    broken.mkdir(parents=True)
    (broken / "__init__.py").touch()
    (broken / "app.py").write_text("raise RuntimeError('no services today')\n")
    path = os.pathsep.join([str(broken.parent), os.environ["PYTHONPATH"]])
    result = cli("demo", "--", "s3", "ls", env={"PYTHONPATH": path})
    assert result.exit_code == 253
    assert "did not start: RuntimeError: no services today" in result.errors
    traces.assert_nothing_left()


def test_an_installation_without_plugins_says_that_the_demo_is_empty(cli: Cli, traces: Traces) -> None:
    assert "the demo is empty" in cli("demo", "--", "plugins", env=EMPTY).ok().errors


def test_on_a_terminal_the_browser_opens_on_it(terminal: TerminalFactory, cli: Cli, traces: Traces) -> None:
    demo = terminal("demo", columns=100)
    demo.wait_for("❯ -c demo tui")
    assert len(cli("-c", "demo", "s3", "ls", "-o", "jsonl").ok().lines) == 6
    demo.wait_for("Amazon S3")
    demo.send("q")
    assert demo.wait() == 0
    traces.assert_nothing_left()
