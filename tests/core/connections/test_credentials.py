"""Requests are signed with the credentials of the connection that was named, whatever else lies around."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from botocore.config import Config
from botocore.credentials import SSOProvider
from botocore.exceptions import ClientError, TokenRetrievalError
from botocore.session import Session as BotocoreSession
from botocore.tokens import SSOTokenProvider

from stackpane.aws.credentials import botocore_session, describe_source, login_command
from stackpane.connections import Connection, ConnectionStore
from stackpane.connections.model import Role, Source
from stackpane.connections.secrets import Keys, Secrets
from stackpane.errors import ConnectionProblem, InvalidInput, Refused, UnprovenResponse
from tests.core.connections import backends
from tests.harness.faultproxy import FaultProxy
from tests.harness.faults import answer, html200

if TYPE_CHECKING:
    from tests.harness.canary import Canary
    from tests.harness.emulators import Emulator
    from tests.harness.sink import Sink

ROLE = "arn:aws:iam::123456789012:role/Audit"
SERIAL = "arn:aws:iam::123456789012:mfa/me"
IDS = {"x-amzn-requestid": "1"}


@pytest.fixture
def store(tmp_path: Path) -> ConnectionStore:
    return ConnectionStore(tmp_path / "config" / "connections.toml")


@pytest.fixture
def wire(moto: Emulator) -> Iterator[FaultProxy]:
    """An STS that notes what it is sent."""
    with FaultProxy(moto.url, default_service="sts") as proxy:
        yield proxy


@pytest.fixture
def aws_files(home: Path) -> Path:
    folder = home / ".aws"
    folder.mkdir(mode=0o700)
    return folder


class Opened:
    """A connection opened as the core does it, with what it asked and noted."""

    def __init__(self, connection: Connection, store: ConnectionStore, *codes: str) -> None:
        self.connection = connection
        self.codes = list(codes)
        self.questions: list[str] = []
        self.notes: list[str] = []
        self.session = botocore_session(connection, store=store, prompt=self.ask, note=self.notes.append)

    def ask(self, question: str) -> str:
        self.questions.append(question)
        return self.codes.pop(0)

    def whoami(self) -> str:
        """The caller's ARN, asked over the wire."""
        client: Any = self.session.create_client(
            "sts",
            region_name="us-east-1",
            endpoint_url=self.connection.endpoint_for("sts"),
            config=Config(proxies={}),
        )
        return str(client.get_caller_identity()["Arn"])


def at(wire: FaultProxy, **values: Any) -> Connection:
    return Connection(**{"name": "c", "source": Source.PROFILE, "endpoints": {"sts": wire.url}, **values})


def signer(request: Any) -> str:
    """The access key id that a request is signed with."""
    return str(request.headers["authorization"]).partition("Credential=")[2].partition("/")[0]


def form(request: Any) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


def use_keys(monkeypatch: pytest.MonkeyPatch, key: str, token: str = "") -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "from-the-environment")
    if token:
        monkeypatch.setenv("AWS_SESSION_TOKEN", token)


PROFILES = """\
[default]
aws_access_key_id = AKIADEFAULTDEFAULT00
aws_secret_access_key = default
[prod]
aws_access_key_id = AKIAPRODPRODPRODPR00
aws_secret_access_key = prod
[token]
aws_access_key_id = ASIATOKENTOKENTOKE00
aws_secret_access_key = token
aws_session_token = token-of-the-profile
[empty]
region = eu-west-1
"""


def test_a_profile_goes_before_keys_and_profiles_in_the_environment(
    wire: FaultProxy, store: ConnectionStore, aws_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (aws_files / "credentials").write_text(PROFILES)
    use_keys(monkeypatch, "AKIAENVIRONMENT00000", "token-of-the-environment")
    monkeypatch.setenv("AWS_PROFILE", "token")
    Opened(at(wire, profile="prod"), store).whoami()
    assert signer(wire.requests[0]) == "AKIAPRODPRODPRODPR00"
    assert "x-amz-security-token" not in wire.requests[0].headers


def test_the_environment_goes_before_profiles_where_it_is_meant(
    wire: FaultProxy, store: ConnectionStore, aws_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (aws_files / "credentials").write_text(PROFILES)
    use_keys(monkeypatch, "ASIAENVIRONMENT00000", "token-of-the-environment")
    monkeypatch.setenv("AWS_PROFILE", "prod")
    Opened(at(wire, source=Source.ENVIRONMENT), store).whoami()
    assert signer(wire.requests[0]) == "ASIAENVIRONMENT00000"
    assert wire.requests[0].headers["x-amz-security-token"] == "token-of-the-environment"


def test_the_session_token_of_a_profile_is_sent(wire: FaultProxy, store: ConnectionStore, aws_files: Path) -> None:
    (aws_files / "credentials").write_text(PROFILES)
    Opened(at(wire, profile="token"), store).whoami()
    assert wire.requests[0].headers["x-amz-security-token"] == "token-of-the-profile"


def test_keys_from_the_keyring_are_used_with_nothing_ambient(
    wire: FaultProxy, store: ConnectionStore, aws_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (aws_files / "config").write_text("[default]\nregion = ap-south-1\nendpoint_url = https://evil.example\n")
    use_keys(monkeypatch, "AKIAENVIRONMENT00000")
    monkeypatch.setenv("AWS_PROFILE", "there-is-no-such-profile")
    store.path.parent.mkdir(mode=0o700)
    store.path.write_text(f'[keyring]\nbackend = "{backends.__name__}.Memory"\n')
    ref = Secrets(store).save(Keys("ASIAKEYRINGKEYRING00", "k" * 40, "token-of-the-keyring"))
    opened = Opened(at(wire, source=Source.KEYRING, secret=ref), store)
    opened.whoami()
    assert signer(wire.requests[0]) == "ASIAKEYRINGKEYRING00"
    assert wire.requests[0].headers["x-amz-security-token"] == "token-of-the-keyring"
    assert opened.session.get_config_variable("region") is None


def test_made_up_keys_are_sent_as_they_are(
    wire: FaultProxy, store: ConnectionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_keys(monkeypatch, "AKIAENVIRONMENT00000")
    Opened(at(wire, source=Source.DUMMY, access_key="000000000042"), store).whoami()
    assert signer(wire.requests[0]) == "000000000042"


def test_a_profile_without_credentials_takes_none_from_anywhere_else(
    store: ConnectionStore, home: Path, aws_files: Path, monkeypatch: pytest.MonkeyPatch, sink: Sink, wire: FaultProxy
) -> None:
    (aws_files / "credentials").write_text(PROFILES)
    (home / ".boto").write_text(
        "[Credentials]\naws_access_key_id = AKIABOTOBOTOBOTOBO00\naws_secret_access_key = boto\n"
    )
    ec2 = home / "ec2-credentials"
    ec2.write_text("AWSAccessKeyId=AKIAEC2EC2EC2EC2EC00\nAWSSecretKey=ec2\n")
    use_keys(monkeypatch, "AKIAENVIRONMENT00000")
    monkeypatch.setenv("AWS_CREDENTIAL_FILE", str(ec2))
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", sink.url)
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", sink.url)
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    with pytest.raises(ConnectionProblem, match="profile empty gives no credentials") as problem:
        Opened(at(wire, profile="empty"), store).whoami()
    assert "aws configure --profile empty" in problem.value.hint
    sink.assert_untouched()
    assert wire.requests == []


def test_a_role_is_assumed_with_every_fact_of_the_connection(
    wire: FaultProxy, store: ConnectionStore, aws_files: Path
) -> None:
    (aws_files / "credentials").write_text(PROFILES)
    role = Role(ROLE, external_id="ext:1", mfa_serial=SERIAL, session_name="alice", duration_seconds=900)
    opened = Opened(at(wire, profile="prod", role=role), store, "123456")
    assert opened.whoami() == "arn:aws:sts::123456789012:assumed-role/Audit/alice"
    opened.whoami()
    assume, first, _second = wire.requests
    sent = form(assume)
    assert signer(assume) == "AKIAPRODPRODPRODPR00"
    assert {name: sent[name] for name in sent if name not in ("Action", "Version")} == {
        "RoleArn": ROLE,
        "ExternalId": "ext:1",
        "SerialNumber": SERIAL,
        "TokenCode": "123456",
        "RoleSessionName": "alice",
        "DurationSeconds": "900",
    }
    assert signer(first).startswith("ASIA")
    assert first.headers["x-amz-security-token"]
    assert opened.questions == [f"MFA code for {SERIAL}"]


def test_a_role_session_says_who_it_is_for_where_it_has_no_name(
    wire: FaultProxy, store: ConnectionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "zoë@desk top")
    Opened(at(wire, source=Source.DUMMY, role=Role(ROLE)), store).whoami()
    assert form(wire.requests[0])["RoleSessionName"] == "stackpane-zo_@desk_top"


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_what_is_no_mfa_code_is_not_sent(wire: FaultProxy, store: ConnectionStore, code: str) -> None:
    with pytest.raises(InvalidInput, match="six digits"):
        Opened(at(wire, source=Source.DUMMY, role=Role(ROLE, mfa_serial=SERIAL)), store, code).whoami()
    assert wire.requests == []


def test_roles_on_a_common_base_ask_for_one_code(wire: FaultProxy, store: ConnectionStore) -> None:
    store.save(at(wire, name="base", source=Source.DUMMY, role=Role(ROLE, mfa_serial=SERIAL)), replace=False)
    dev = Role(ROLE.replace("Audit", "Dev"), session_name="dev")
    prod = Role(ROLE.replace("Audit", "Prod"), session_name="prod")
    first = Opened(at(wire, source=Source.CONNECTION, base="base", role=dev), store, "123456")
    second = Opened(at(wire, name="d", source=Source.CONNECTION, base="base", role=prod), store)
    assert first.whoami().endswith("assumed-role/Dev/dev")
    assert second.whoami().endswith("assumed-role/Prod/prod")
    assert (len(first.questions), second.questions) == (1, [])
    assumed = [request for request in wire.requests if request.operation == "AssumeRole"]
    assert [signer(request)[:4] for request in assumed] == ["test", "ASIA", "ASIA"]


def test_roles_that_are_opened_at_the_same_time_ask_for_one_code(wire: FaultProxy, store: ConnectionStore) -> None:
    store.save(at(wire, name="base", source=Source.DUMMY, role=Role(ROLE, mfa_serial=SERIAL)), replace=False)
    names = [f"Role{number}" for number in range(4)]
    together = threading.Barrier(len(names))

    def open_one(name: str) -> Opened:
        role = Role(ROLE.replace("Audit", name), session_name=name)
        opened = Opened(at(wire, name=name, source=Source.CONNECTION, base="base", role=role), store, "123456")
        together.wait()
        assert opened.whoami().endswith(f"assumed-role/{name}/{name}")
        return opened

    with ThreadPoolExecutor(len(names)) as pool:
        opened = list(pool.map(open_one, names))
    assert sum(len(each.questions) for each in opened) == 1


def test_connections_that_stand_on_each_other_are_an_error(wire: FaultProxy, store: ConnectionStore) -> None:
    role = Role(ROLE)
    store.save(at(wire, name="a", source=Source.CONNECTION, base="b", role=role), replace=False)
    store.save(at(wire, name="b", source=Source.CONNECTION, base="a", role=role), replace=False)
    with pytest.raises(ConnectionProblem, match="stands on itself"):
        Opened(store.read().connections["a"], store).whoami()
    assert wire.requests == []


def test_a_base_that_is_gone_is_named(wire: FaultProxy, store: ConnectionStore) -> None:
    with pytest.raises(ConnectionProblem, match="no connection 'gone'"):
        Opened(at(wire, source=Source.CONNECTION, base="gone", role=Role(ROLE)), store).whoami()


def test_a_role_of_a_profile_asks_through_the_face(
    wire: FaultProxy, store: ConnectionStore, aws_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (aws_files / "credentials").write_text(PROFILES)
    (aws_files / "config").write_text(
        f"[profile audit]\nrole_arn = {ROLE}\nsource_profile = prod\nmfa_serial = {SERIAL}\nexternal_id = ext-1\n"
    )
    opened = Opened(at(wire, profile="audit"), store, "654321")
    opened.whoami()
    sent = form(wire.requests[0])
    assert (sent["TokenCode"], sent["ExternalId"], sent["SerialNumber"]) == ("654321", "ext-1", SERIAL)
    assert opened.questions == [f"MFA code for {SERIAL}"]
    assert (
        describe_source(opened.connection, opened.session)
        == "profile audit (role Audit with prod), from an assumed role"
    )


def test_a_role_is_asked_of_the_connection_s_sts_and_of_no_variable_s(
    wire: FaultProxy, store: ConnectionStore, aws_files: Path, monkeypatch: pytest.MonkeyPatch, sink: Sink
) -> None:
    (aws_files / "config").write_text(
        f"[profile audit]\nrole_arn = {ROLE}\nsource_profile = prod\nendpoint_url = {sink.url}\nservices = s\n"
        f"[services s]\nsts =\n  endpoint_url = {sink.url}\n"
    )
    (aws_files / "credentials").write_text(PROFILES)
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, sink.url)
    Opened(at(wire, profile="audit"), store).whoami()
    assert wire.operations == ["AssumeRole", "GetCallerIdentity"]
    sink.assert_untouched()


def test_endpoints_named_by_variables_and_profiles_are_not_botocore_s_to_use(
    store: ConnectionStore, aws_files: Path, monkeypatch: pytest.MonkeyPatch, sink: Sink
) -> None:
    (aws_files / "config").write_text(f"[profile prod]\nendpoint_url = {sink.url}\n")
    (aws_files / "credentials").write_text(PROFILES)
    monkeypatch.setenv("AWS_ENDPOINT_URL", sink.url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sink.url)
    opened = Opened(Connection(name="c", source=Source.PROFILE, profile="prod"), store)
    client = opened.session.create_client("sts", region_name="eu-west-1")
    assert client.meta.endpoint_url == "https://sts.eu-west-1.amazonaws.com"


def test_a_web_identity_is_taken_from_the_environment(
    wire: FaultProxy, store: ConnectionStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text("web-identity-token")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token))
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "pod")
    opened = Opened(at(wire, source=Source.ENVIRONMENT), store)
    assert opened.whoami() == "arn:aws:sts::123456789012:assumed-role/Audit/pod"
    assert form(wire.requests[0])["WebIdentityToken"] == "web-identity-token"
    assert describe_source(opened.connection, opened.session) == "the environment, from a web identity token"


def test_the_container_s_credentials_belong_to_the_environment(
    wire: FaultProxy, store: ConnectionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    expires = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    keys = {"AccessKeyId": "ASIACONTAINERCONTA00", "SecretAccessKey": "s", "Token": "t", "Expiration": expires}
    wire.fault(answer(200, json.dumps(keys).encode()), lambda request: request.path == "/container")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{wire.url}/container")
    Opened(at(wire, source=Source.ENVIRONMENT), store).whoami()
    assert signer(wire.requests[-1]) == "ASIACONTAINERCONTA00"


def test_credential_process_runs_for_the_chosen_profile_only(
    wire: FaultProxy, store: ConnectionStore, aws_files: Path, tmp_path: Path
) -> None:
    (tmp_path / "process.py").write_text(
        "import json, pathlib, sys\n"
        "pathlib.Path(sys.argv[1]).touch()\n"
        "print(json.dumps({'Version': 1, 'AccessKeyId': 'AKIA' + sys.argv[1].upper() * 2, 'SecretAccessKey': 's'}))\n"
    )
    command = f"{sys.executable} {tmp_path / 'process.py'}"
    (aws_files / "config").write_text(
        f"[default]\ncredential_process = {command} defaults\n[profile other]\ncredential_process = {command} other\n"
        f"[profile chosen]\ncredential_process = {command} chosench\n"
    )
    opened = Opened(at(wire, profile="chosen"), store)
    assert not list(tmp_path.glob("*chosen*")), "it runs when credentials are needed, not before"
    opened.whoami()
    assert signer(wire.requests[0]) == "AKIACHOSENCHCHOSENCH"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["chosench", "process.py"]
    assert describe_source(opened.connection, opened.session) == "profile chosen, from its credential_process"


def _sso(aws_files: Path, monkeypatch: pytest.MonkeyPatch, expires: datetime) -> None:
    (aws_files / "config").write_text(
        "[profile sso]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\n"
        "[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.awsapps.com/start\n"
    )
    cache = aws_files / "sso" / "cache"
    cache.mkdir(parents=True)
    for provider in (SSOProvider, SSOTokenProvider):  # which looked up the home folder when they were imported
        monkeypatch.setattr(provider, "_SSO_TOKEN_CACHE_DIR", str(cache))
    token = {"accessToken": "sso-token", "expiresAt": expires.strftime("%Y-%m-%dT%H:%M:%SZ")}
    (cache / f"{sha1(b'corp').hexdigest()}.json").write_text(json.dumps(token))


def test_an_sso_profile_uses_the_token_that_aws_sso_login_left(
    wire: FaultProxy, store: ConnectionStore, aws_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sso(aws_files, monkeypatch, datetime.now(UTC) + timedelta(hours=1))
    keys = {"accessKeyId": "ASIASSOSSOSSOSSOSS00", "secretAccessKey": "s", "sessionToken": "t", "expiration": 2e12}
    wire.fault(
        answer(200, json.dumps({"roleCredentials": keys}).encode(), IDS | {"Content-Type": "application/json"}),
        lambda request: request.path == "/federation/credentials",
    )
    opened = Opened(at(wire, profile="sso", endpoints={"sts": wire.url, "sso": wire.url}), store)
    opened.whoami()
    assert wire.requests[0].headers["x-amz-sso_bearer_token"] == "sso-token"
    assert signer(wire.requests[1]) == "ASIASSOSSOSSOSSOSS00"
    assert describe_source(opened.connection, opened.session) == "profile sso (SSO corp), from IAM Identity Center"


def test_an_expired_sso_login_says_so_and_how_to_renew_it(
    wire: FaultProxy, store: ConnectionStore, aws_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sso(aws_files, monkeypatch, datetime.now(UTC) - timedelta(hours=1))
    connection = at(wire, profile="sso")
    with pytest.raises(TokenRetrievalError):
        Opened(connection, store).whoami()
    assert login_command(connection) == "aws sso login --profile sso"
    assert wire.requests == []


def test_the_sso_token_does_not_follow_an_endpoint_for_all_services(
    store: ConnectionStore, aws_files: Path, sink: Sink, network_attempts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sso(aws_files, monkeypatch, datetime.now(UTC) + timedelta(hours=1))
    connection = Connection(name="c", source=Source.PROFILE, profile="sso", endpoint_url=sink.url)
    with pytest.raises(Exception, match=r"portal\.sso\.us-east-1\.amazonaws\.com"):
        Opened(connection, store).whoami()
    sink.assert_untouched()
    assert all("portal.sso.us-east-1.amazonaws.com" in attempt for attempt in network_attempts.take())


def _metadata(wire: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    expires = (datetime.now(UTC) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
    keys = {"AccessKeyId": "ASIAINSTANCEINSTAN00", "SecretAccessKey": "s", "Token": "t", "Expiration": expires}
    base = "/latest/meta-data/iam/security-credentials/"
    wire.fault(answer(200, b"imds-token"), lambda request: request.path == "/latest/api/token")
    wire.fault(answer(200, b"web-server"), lambda request: request.path == base)
    body = json.dumps({"Code": "Success", **keys}).encode()
    wire.fault(answer(200, body), lambda request: request.path == f"{base}web-server")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", wire.url)
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")


def test_the_instance_s_role_is_used_where_it_is_named(
    wire: FaultProxy, store: ConnectionStore, aws_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _metadata(wire, monkeypatch)
    Opened(at(wire, source=Source.INSTANCE), store).whoami()
    assert signer(wire.requests[-1]) == "ASIAINSTANCEINSTAN00"
    wire.requests.clear()
    (aws_files / "config").write_text(f"[profile on-ec2]\nrole_arn = {ROLE}\ncredential_source = Ec2InstanceMetadata\n")
    Opened(at(wire, profile="on-ec2"), store).whoami()
    assumed = next(request for request in wire.requests if request.operation == "AssumeRole")
    assert signer(assumed) == "ASIAINSTANCEINSTAN00"


def test_an_instance_that_is_none_says_so(store: ConnectionStore, wire: FaultProxy) -> None:
    with pytest.raises(ConnectionProblem, match="the EC2 instance's role gives no credentials"):
        Opened(at(wire, source=Source.INSTANCE), store).whoami()


def test_no_variable_makes_us_load_code_or_models(
    wire: FaultProxy, store: ConnectionStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    (tmp_path / "evil_plugin.py").write_text(
        f"open({str(marker)!r}, 'w').close()\ndef initialize_client_plugin(client): ...\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("BOTOCORE_EXPERIMENTAL__PLUGINS", "evil=evil_plugin")
    model = tmp_path / "models" / "sts" / "2999-01-01"
    model.mkdir(parents=True)
    (model / "service-2.json").write_text("{}")
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path / "models"))
    opened = Opened(at(wire, source=Source.DUMMY, role=Role(ROLE)), store)
    opened.whoami()
    assert not marker.exists()
    ignored = "BOTOCORE_EXPERIMENTAL__PLUGINS and AWS_DATA_PATH ignored"
    assert opened.notes == [f"{ignored}: no variable makes Stackpane load code or service models"]


def test_the_crt_clients_which_pass_by_the_guard_are_off(tmp_path: Path) -> None:
    (tmp_path / "awscrt").mkdir()
    for name in ("__init__", "auth"):
        (tmp_path / "awscrt" / f"{name}.py").touch()
    program = "import stackpane.connections.resolve, botocore.compat as compat; print(compat.HAS_CRT)"
    argv = [sys.executable, "-c", program]
    ended = subprocess.run(argv, env=os.environ | {"PYTHONPATH": str(tmp_path)}, capture_output=True, check=True)
    assert ended.stdout == b"False\n"


def test_a_login_page_in_place_of_sts_is_no_answer(wire: FaultProxy, store: ConnectionStore) -> None:
    wire.fault(html200())
    with pytest.raises(UnprovenResponse, match="AssumeRole"):
        Opened(at(wire, source=Source.DUMMY, role=Role(ROLE)), store).whoami()


def test_credentials_for_a_role_are_not_asked_of_a_host_beside_the_endpoint(
    wire: FaultProxy, store: ConnectionStore, monkeypatch: pytest.MonkeyPatch, sink: Sink
) -> None:
    """Whatever moves a request away from the endpoint, the guard of the credentials' own session stops it."""
    make = BotocoreSession.create_client

    def moved(self: Any, *args: Any, **values: Any) -> Any:
        return make(self, *args, **{**values, "endpoint_url": sink.url})

    monkeypatch.setattr(BotocoreSession, "create_client", moved)
    opened = Opened(at(wire, source=Source.DUMMY, role=Role(ROLE)), store)
    with pytest.raises(Refused, match="is not the endpoint of 'c' for sts"):
        opened.session.get_credentials()
    sink.assert_untouched()


def test_an_error_of_sts_reaches_the_user(wire: FaultProxy, store: ConnectionStore) -> None:
    denied = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
    wire.fault(answer(403, denied, IDS | {"Content-Type": "text/xml"}), "AssumeRole")
    with pytest.raises(ClientError, match="AccessDenied"):
        Opened(at(wire, source=Source.DUMMY, role=Role(ROLE)), store).whoami()


def test_credentials_are_left_in_no_file(
    wire: FaultProxy, store: ConnectionStore, home: Path, tmp_path: Path, canary: Canary, aws_files: Path
) -> None:
    keys = canary.temporary
    (aws_files / "credentials").write_text(
        f"[prod]\naws_access_key_id = {keys.access_key}\naws_secret_access_key = {keys.secret_key}\n"
        f"aws_session_token = {keys.session_token}\n"
    )
    opened = Opened(at(wire, profile="prod", role=Role(ROLE)), store)
    opened.whoami()
    taken: Any = opened.session.get_credentials()
    canary.watch("the role's secret key", taken.secret_key)
    canary.watch("the role's token", taken.token)
    assert canary.scan(home, tmp_path, ignore=[aws_files / "credentials"], notes="\n".join(opened.notes)) == []


@pytest.mark.parametrize(
    ("connection", "text"),
    [
        (Connection(name="c", source=Source.PROFILE, profile="gone"), "profile gone"),
        (Connection(name="c", source=Source.ENVIRONMENT), "the environment"),
        (Connection(name="c", source=Source.ENVIRONMENT, role=Role(ROLE)), "role Audit with the environment"),
        (
            Connection(name="c", source=Source.CONNECTION, base="prod", role=Role(ROLE)),
            "role Audit with connection prod",
        ),
        (Connection(name="c", source=Source.INSTANCE), "the EC2 instance's role"),
        (Connection(name="c", source=Source.DUMMY, endpoint_url="http://localhost:1"), "made-up keys (test)"),
    ],
)
def test_the_source_is_told_without_asking_anyone(connection: Connection, text: str) -> None:
    assert describe_source(connection) == text


def test_the_login_command_is_for_the_profile_that_expires(aws_files: Path) -> None:
    (aws_files / "config").write_text(
        f"[profile my sso]\nsso_start_url = https://x\n[profile audit]\nrole_arn = {ROLE}\nsource_profile = my sso\n"
        "[profile console]\nlogin_session = arn:aws:iam::123456789012:user/me\n[profile 'my sso']\nsso_session = corp\n"
    )
    commands = {
        name: login_command(Connection(name="c", source=Source.PROFILE, profile=name))
        for name in ("my sso", "audit", "console", "gone")
    }
    assert commands == {
        "my sso": "aws sso login --profile 'my sso'",
        "audit": "aws sso login --profile 'my sso'",
        "console": "aws login --profile console",
        "gone": "",
    }
