"""Which connection and region a command line means, and that nothing ambient moves real credentials elsewhere."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane.connections import Connection, ConnectionStore
from stackpane.connections.catalogue import Catalogue, demo_path
from stackpane.connections.model import Origin, Role, Source
from stackpane.connections.profiles import profile_names, read_aws_config
from stackpane.connections.resolve import resolve
from stackpane.errors import ConnectionProblem, InvalidInput
from stackpane.options import Settings

CONFIG = """\
[default]
region = eu-central-1
[profile corp]
region = eu-west-1
[profile local-stack]
endpoint_url = http://localhost:4566
services = emulated
region = us-west-2
[profile minio]
services = emulated
[services emulated]
s3 =
  endpoint_url = http://localhost:9000
cognito_identity_provider =
  endpoint_url = http://localhost:9229
[sso-session corp]
sso_region = eu-west-1
"""
CREDENTIALS = """\
[default]
aws_access_key_id = AKIADEFAULTDEFAULT00
aws_secret_access_key = s
[corp]
aws_access_key_id = AKIACORPCORPCORPCO00
aws_secret_access_key = s
[local-stack]
aws_access_key_id = 000000000042
aws_secret_access_key = s
[only-keys]
aws_access_key_id = AKIAONLYONLYONLYON00
aws_secret_access_key = s
"""


@pytest.fixture
def store(tmp_path: Path) -> ConnectionStore:
    return ConnectionStore(tmp_path / "config" / "connections.toml")


@pytest.fixture
def aws_files(home: Path) -> Path:
    folder = home / ".aws"
    folder.mkdir()
    (folder / "config").write_text(CONFIG)
    (folder / "credentials").write_text(CREDENTIALS)
    return folder


class Resolved:
    """What a command line meant: the places, and what the user was told."""

    def __init__(self, store: ConnectionStore, environ: dict[str, str] | None = None, **settings: Any) -> None:
        self.notes: list[str] = []
        self.places = resolve(Settings(**settings), store=store, note=self.notes.append, environ=environ or {})

    @property
    def one(self) -> Connection:
        ((connection, _region),) = self.places
        return connection

    @property
    def names(self) -> list[tuple[str, str]]:
        return [(connection.name, region) for connection, region in self.places]


def saved(store: ConnectionStore, name: str = "prod", **values: Any) -> Connection:
    connection = Connection(**{"name": name, "source": Source.PROFILE, "profile": "corp", **values})
    store.save(connection, replace=False)
    return connection


KEYS = {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT00000", "AWS_SECRET_ACCESS_KEY": "s"}


# ── which connection ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_option_goes_before_the_variable_before_the_chosen_one_before_aws_s_rules(
    store: ConnectionStore, aws_files: Path
) -> None:
    for name in ("by-option", "by-variable", "by-use"):
        saved(store, name)
    store.set_default("by-use")
    environ = KEYS | {"STACKPANE_CONNECTION": "by-variable", "AWS_PROFILE": "corp"}
    assert Resolved(store, environ, connections=("by-option",)).one.name == "by-option"
    assert Resolved(store, environ).one.name == "by-variable"
    del environ["STACKPANE_CONNECTION"]
    assert Resolved(store, environ).one.name == "by-use"
    store.set_default(None)
    assert Resolved(store, environ).one.name == "env"
    assert Resolved(store, {"AWS_PROFILE": "corp"}).one.name == "corp"
    assert Resolved(store, {"AWS_DEFAULT_PROFILE": "corp"}).one.name == "corp"
    assert Resolved(store).one.name == "default"


def test_profile_means_the_profile_whatever_else_is_set(store: ConnectionStore, aws_files: Path) -> None:
    saved(store, "corp", profile="default")
    environ = KEYS | {"STACKPANE_CONNECTION": "corp", "AWS_PROFILE": "default"}
    resolved = Resolved(store, environ, profile="corp")
    assert (resolved.one.origin, resolved.one.profile) == (Origin.PROFILE, "corp")
    assert resolved.notes == []
    with pytest.raises(InvalidInput, match="-c and --profile"):
        Resolved(store, connections=("corp",), profile="corp")


def test_a_saved_connection_hides_a_profile_of_its_name_and_says_so(store: ConnectionStore, aws_files: Path) -> None:
    saved(store, "corp", profile="default")
    resolved = Resolved(store, connections=("corp",))
    assert resolved.one.origin is Origin.SAVED
    assert resolved.notes == ["'corp' is the saved connection; the AWS profile of that name is --profile corp"]


def test_a_saved_connection_that_is_the_profile_hides_nothing(store: ConnectionStore, aws_files: Path) -> None:
    saved(store, "corp", profile="corp", read_only=True)
    assert Resolved(store, connections=("corp",)).notes == []


def test_keys_in_the_environment_beat_aws_profile_as_in_the_aws_cli_and_say_so(
    store: ConnectionStore, aws_files: Path
) -> None:
    resolved = Resolved(store, KEYS | {"AWS_PROFILE": "corp"})
    assert resolved.one.name == "env"
    assert "not AWS_PROFILE" in resolved.notes[0]
    assert "--profile corp" in resolved.notes[0]


def test_with_nothing_set_up_the_ways_to_begin_are_named(store: ConnectionStore) -> None:
    with pytest.raises(ConnectionProblem, match="no connection is set up") as problem:
        Resolved(store)
    assert "stackpane demo" in problem.value.hint


@pytest.mark.parametrize(
    ("name", "hint"), [("prd", "prod"), ("corpp", "corp"), ("Local", "local"), ("zzz", "stackpane connection ls")]
)
def test_an_unknown_name_is_answered_with_those_that_come_close(
    store: ConnectionStore, aws_files: Path, name: str, hint: str
) -> None:
    saved(store)
    with pytest.raises(ConnectionProblem, match=f"no connection '{name}'") as problem:
        Resolved(store, connections=(name,))
    assert hint in problem.value.hint


def test_unknown_profiles_and_absent_sources_are_named(store: ConnectionStore, aws_files: Path) -> None:
    with pytest.raises(ConnectionProblem, match="no profile 'crop'") as problem:
        Resolved(store, profile="crop")
    assert problem.value.hint == "Did you mean corp?"
    with pytest.raises(ConnectionProblem, match="environment holds no credentials"):
        Resolved(store, connections=("env",))
    with pytest.raises(ConnectionProblem, match="no demo is running"):
        Resolved(store, connections=("demo",))


def test_a_broken_saved_connection_says_what_is_wrong_with_it(store: ConnectionStore) -> None:
    saved(store)
    store.path.write_text(store.path.read_text() + '[connections.bad]\nsource = "magic"\n')
    with pytest.raises(ConnectionProblem, match="'bad' is not valid: source is 'magic'"):
        Resolved(store, connections=("bad",))
    assert Resolved(store, connections=("prod",)).one.name == "prod"


def test_several_connections_come_in_the_order_given_and_once_each(store: ConnectionStore, aws_files: Path) -> None:
    saved(store, regions=("eu-west-1", "us-east-1"))
    resolved = Resolved(store, connections=("local", "prod", "local"), regions=("eu-west-1", "eu-west-2"))
    assert resolved.names == [
        ("local", "eu-west-1"),
        ("local", "eu-west-2"),
        ("prod", "eu-west-1"),
        ("prod", "eu-west-2"),
    ]


# ── which region ──────────────────────────────────────────────────────────────────────────────────────────────────────


AMBIENT = {"AWS_DEFAULT_REGION": "ap-south-1", "AWS_REGION": "ap-south-2"}


def test_the_option_names_the_region_first_of_all(store: ConnectionStore, aws_files: Path) -> None:
    assert Resolved(store, AMBIENT, profile="corp", regions=("sa-east-1",)).names == [("corp", "sa-east-1")]


def test_for_profiles_the_variables_win_as_in_the_aws_cli(store: ConnectionStore, aws_files: Path) -> None:
    assert Resolved(store, AMBIENT, profile="corp").names == [("corp", "ap-south-2")]
    assert Resolved(store, {"AWS_DEFAULT_REGION": "ap-south-1"}, profile="corp").names == [("corp", "ap-south-1")]
    assert Resolved(store, profile="corp").names == [("corp", "eu-west-1")]


def test_for_saved_connections_their_own_region_wins(store: ConnectionStore, aws_files: Path) -> None:
    saved(store, "own", regions=("ca-central-1", "us-east-1"))
    saved(store, "none")
    assert Resolved(store, AMBIENT, connections=("own",)).names == [("own", "ca-central-1")]
    assert Resolved(store, AMBIENT, connections=("none",)).names == [("none", "ap-south-2")]
    assert Resolved(store, connections=("none",)).names == [("none", "eu-west-1")], "the profile's"


def test_keys_in_the_environment_take_the_region_of_the_profile_the_aws_cli_would(
    store: ConnectionStore, aws_files: Path
) -> None:
    assert Resolved(store, KEYS).names == [("env", "eu-central-1")]
    assert Resolved(store, KEYS | {"AWS_PROFILE": "corp"}).names == [("env", "eu-west-1")]


def test_where_nothing_names_a_region_us_east_1_is_used_and_said(store: ConnectionStore, aws_files: Path) -> None:
    resolved = Resolved(store, profile="only-keys")
    assert resolved.names == [("only-keys", "us-east-1")]
    assert resolved.notes == ["no region is set, so us-east-1 is used; choose one with --region"]
    assert Resolved(store, connections=("local",)).notes == [], "an emulator has all regions alike"


def test_all_regions_are_those_of_the_connection_or_of_its_partition(store: ConnectionStore, aws_files: Path) -> None:
    saved(store, "two", regions=("eu-west-1", "us-east-1"))
    saved(store, "china", regions=("cn-north-1",))
    assert [region for _, region in Resolved(store, connections=("two",), all_regions=True).names] == [
        "eu-west-1",
        "us-east-1",
    ]
    china = [region for _, region in Resolved(store, connections=("china",), all_regions=True).names]
    assert {"cn-north-1", "cn-northwest-1"} == set(china)
    with pytest.raises(InvalidInput, match="--all-regions"):
        Resolved(store, connections=("two",), all_regions=True, regions=("eu-west-1",))


# ── endpoints that were not saved ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("environ", "settings"),
    [
        ({}, {"endpoint_url": "http://localhost:4567"}),
        ({"AWS_ENDPOINT_URL": "http://localhost:4567"}, {}),
    ],
)
@pytest.mark.parametrize("where", ["profile", "environment"])
def test_real_credentials_do_not_follow_an_endpoint_that_was_not_saved(
    store: ConnectionStore, aws_files: Path, environ: dict[str, str], settings: dict[str, str], where: str
) -> None:
    if where == "profile":
        resolved = Resolved(store, environ, profile="corp", **settings)
    else:
        resolved = Resolved(store, environ | KEYS, **settings)
    moved = resolved.one
    assert (moved.source, moved.access_key, moved.profile) == (Source.DUMMY, "test", None)
    assert moved.endpoint_for("s3") == "http://localhost:4567"
    assert moved.kind == "local"
    assert "made-up keys are used at http://localhost:4567" in resolved.notes[0]


def test_an_endpoint_option_takes_a_saved_connection_s_credentials_away(
    store: ConnectionStore, aws_files: Path
) -> None:
    saved(store, role=Role("arn:aws:iam::123456789012:role/Audit"), account_id="123456789012", read_only=True)
    resolved = Resolved(store, connections=("prod",), endpoint_url="https://minio.example.com")
    assert (resolved.one.source, resolved.one.role, resolved.one.account_id) == (Source.DUMMY, None, None)
    assert resolved.one.read_only, "a guard stays"
    assert "save it" in resolved.notes[0]


def test_variables_do_not_move_a_saved_connection_and_are_reported(store: ConnectionStore, aws_files: Path) -> None:
    connection = saved(store)
    environ = {"AWS_ENDPOINT_URL": "http://localhost:4567", "AWS_ENDPOINT_URL_S3": "http://localhost:9000"}
    resolved = Resolved(store, environ, connections=("prod",))
    assert resolved.one == connection
    assert resolved.notes[0].startswith("AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_S3 ignored")
    assert Resolved(store, environ, connections=("local",)).one.endpoint_url == "http://localhost:4566"


@pytest.mark.parametrize("profile", ["corp", "only-keys"])
def test_the_services_section_of_a_profile_is_no_saved_endpoint_either(
    store: ConnectionStore, aws_files: Path, profile: str
) -> None:
    config = aws_files / "config"
    config.write_text(config.read_text().replace("[profile corp]\n", "[profile corp]\nservices = emulated\n"))
    config.write_text(config.read_text() + "[profile only-keys]\nendpoint_url = http://localhost:4566\n")
    resolved = Resolved(store, profile=profile)
    assert resolved.one.source is Source.DUMMY
    assert "config" not in resolved.notes[0]
    assert repr(profile) in resolved.notes[0] or "'emulated'" in resolved.notes[0]


def test_keys_that_are_visibly_made_up_are_kept(store: ConnectionStore, aws_files: Path) -> None:
    resolved = Resolved(store, profile="local-stack")
    assert (resolved.one.source, resolved.one.access_key) == (Source.DUMMY, "000000000042")
    assert dict(resolved.one.endpoints) == {
        "s3": "http://localhost:9000",
        "cognito-idp": "http://localhost:9229",
        "cognito-identity-provider": "http://localhost:9229",
    }
    assert resolved.names == [("local-stack", "us-west-2")]
    assert resolved.notes == []
    environ = {"AWS_ACCESS_KEY_ID": "test", "AWS_ENDPOINT_URL": "http://localhost:4566", "AWS_REGION": "us-east-1"}
    assert Resolved(store, environ).notes == []


def test_variables_of_services_are_understood_by_their_service_ids(store: ConnectionStore) -> None:
    environ = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://localhost:4566",
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": "http://localhost:9229",
        "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": "http://localhost:9230",
    }
    connection = Resolved(store, environ).one
    assert connection.endpoint_for("cognito-idp") == "http://localhost:9229"
    assert connection.endpoint_for("logs") == "http://localhost:9230"
    assert connection.endpoint_for("s3") == "http://localhost:4566"


def test_the_switch_that_ignores_configured_endpoints_is_honoured(store: ConnectionStore, aws_files: Path) -> None:
    ignore = {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}
    resolved = Resolved(store, ignore | {"AWS_ENDPOINT_URL": "http://localhost:4567"}, profile="local-stack")
    assert resolved.one.source is Source.PROFILE
    assert resolved.one.endpoint_for("s3") is None
    config = aws_files / "config"
    config.write_text(config.read_text().replace("services = emulated", "ignore_configured_endpoint_urls = true"))
    assert Resolved(store, profile="local-stack").one.endpoint_for("s3") is None


def test_an_endpoint_of_aws_keeps_the_credentials(store: ConnectionStore, aws_files: Path) -> None:
    url = "https://vpce-1a2b-5.s3.eu-west-1.vpce.amazonaws.com"
    connection = Resolved(store, profile="corp", endpoint_url=url).one
    assert (connection.source, connection.endpoint_for("s3"), connection.ad_hoc) == (Source.PROFILE, url, True)


def test_naming_the_saved_endpoint_again_changes_nothing(store: ConnectionStore, aws_files: Path) -> None:
    connection = saved(store, endpoint_url="https://minio.example.com")
    assert Resolved(store, connections=("prod",), endpoint_url="https://MINIO.example.com/").one == connection


def test_an_endpoint_alone_needs_no_set_up(store: ConnectionStore) -> None:
    resolved = Resolved(store, endpoint_url="http://localhost:4566")
    assert (resolved.one.name, resolved.one.source) == ("endpoint", Source.DUMMY)
    assert resolved.notes == []
    by_variable = Resolved(store, {"AWS_ENDPOINT_URL_S3": "http://localhost:9000"}).one
    assert by_variable.endpoint_for("s3") == "http://localhost:9000"


@pytest.mark.parametrize("place", ["--endpoint-url", "AWS_ENDPOINT_URL"])
def test_a_bad_endpoint_is_named_with_the_place_it_comes_from(
    store: ConnectionStore, aws_files: Path, place: str
) -> None:
    url = "http://minio.example.com"
    environ, option = ({place: url}, None) if place == "AWS_ENDPOINT_URL" else ({}, url)
    with pytest.raises(InvalidInput, match=f"{place}: .*plain http"):
        Resolved(store, environ, profile="corp", endpoint_url=option)


# ── the other overrides ───────────────────────────────────────────────────────────────────────────────────────────────


def test_read_only_can_be_asked_for_and_not_taken_away(store: ConnectionStore, aws_files: Path) -> None:
    saved(store, "guarded", read_only=True)
    assert Resolved(store, profile="corp", read_only=True).one.read_only
    assert Resolved(store, connections=("guarded",), read_only=False).one.read_only


def test_a_ca_bundle_comes_from_the_option_the_connection_or_the_variable(
    store: ConnectionStore, aws_files: Path, tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("option.pem", "saved.pem", "variable.pem")]
    for file in files:
        file.touch()
    option, own, variable = map(str, files)
    saved(store, ca_bundle=own)
    environ = {"AWS_CA_BUNDLE": variable}
    assert Resolved(store, environ, connections=("prod",), ca_bundle=option).one.ca_bundle == option
    assert Resolved(store, environ, connections=("prod",)).one.ca_bundle == own
    assert Resolved(store, environ, profile="corp").one.ca_bundle == variable
    with pytest.raises(ConnectionProblem, match="does not exist"):
        Resolved(store, profile="corp", ca_bundle=str(tmp_path / "gone.pem"))


# ── what there is ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_saved_connection_profile_and_built_in_name_is_listed_once(
    store: ConnectionStore, aws_files: Path
) -> None:
    saved(store)
    saved(store, "corp")
    saved(store, "local", profile="default")
    catalogue = Catalogue(store, KEYS)
    listed = {connection.name: connection.origin for connection in catalogue.all()}
    assert listed == {
        "prod": Origin.SAVED,
        "corp": Origin.SAVED,
        "local": Origin.SAVED,
        "default": Origin.PROFILE,
        "local-stack": Origin.PROFILE,
        "minio": Origin.PROFILE,
        "only-keys": Origin.PROFILE,
        "env": Origin.ENVIRONMENT,
    }
    assert set(catalogue.names()) == set(listed)
    for name, origin in listed.items():
        assert catalogue.find(name).origin is origin


def test_the_files_named_by_variables_are_read(store: ConnectionStore, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("[profile elsewhere]\n")
    (tmp_path / "b").write_text("[keys]\n")
    environ = {"AWS_CONFIG_FILE": str(tmp_path / "a"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "b")}
    assert set(Catalogue(store, environ).names()) == {"elsewhere", "keys", "local"}


@given(
    st.lists(
        st.one_of(
            st.sampled_from(("default", "profile default", "profile", "preview", "sso-session x", "services y")),
            st.from_regex(r"profile [a-zA-Z0-9 '\"\\._-]{0,12}", fullmatch=True),
            st.from_regex(r"profile\t?[a-z]{1,3}", fullmatch=True),
        ),
        unique=True,
        max_size=5,
    )
)
def test_the_names_read_for_completion_are_those_botocore_reads(
    tmp_path_factory: pytest.TempPathFactory, sections: list[str]
) -> None:
    file = tmp_path_factory.mktemp("aws") / "config"
    file.write_text("".join(f"[{section}]\nregion = x\n" for section in sections))
    environ = {"AWS_CONFIG_FILE": str(file), "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    assert set(profile_names(environ)) == set(read_aws_config(environ).profiles)


def test_a_config_file_that_cannot_be_parsed_is_named_and_completes_to_nothing(
    store: ConnectionStore, home: Path
) -> None:
    config = home / ".aws" / "config"
    config.parent.mkdir()
    config.write_text("region = eu-west-1\n")
    with pytest.raises(ConnectionProblem, match=r"\.aws/config cannot be read") as problem:
        Resolved(store, profile="corp")
    assert "\n" not in problem.value.message
    assert profile_names({}) == []


def _announce(url: str, pid: int) -> None:
    demo_path().parent.mkdir(parents=True, exist_ok=True)
    demo_path().write_text(json.dumps({"url": url, "pid": pid}))


def test_a_running_demo_is_a_connection(store: ConnectionStore) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        _announce(url, os.getpid())
        connection = Resolved(store, connections=("demo",)).one
        assert (connection.endpoint_url, connection.origin, connection.kind) == (url, Origin.DEMO, "local")
        assert "demo" in Catalogue(store, {}).names()
        _announce("http://demo.example.com", os.getpid())
        assert "demo" not in Catalogue(store, {}).names(), "an address beyond loopback is no demo"


def test_a_demo_that_has_ended_is_none(store: ConnectionStore) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        ended = os.spawnlp(os.P_NOWAIT, "true", "true")
        os.waitpid(ended, 0)
        _announce(url, ended)
        assert "demo" not in Catalogue(store, {}).names(), "the process is gone"
    _announce(url, os.getpid())
    assert "demo" not in Catalogue(store, {}).names(), "nothing listens"
    demo_path().write_text("{")
    assert "demo" not in Catalogue(store, {}).names()
