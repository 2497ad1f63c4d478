"""Models from the cache are botocore's models, and a damaged or foreign cache costs time and nothing else."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from stackpane.aws import loader

SERVICES = ["s3", "sts", "dynamodb", "logs", "lambda", "cognito-idp"]
REGIONS = ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "aws-global"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def session(folder: Path | None = None) -> Any:
    made = botocore.session.Session()
    made.set_credentials("test", "test")
    if folder is not None:
        loader.install(made, folder)
    return made


def without_prose(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: without_prose(inner)
            for key, inner in value.items()
            if not (key == "documentation" and isinstance(inner, str))
        }
    return [without_prose(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("service", SERVICES)
def test_models_are_botocores_but_for_the_prose_first_and_from_the_cache(service: str, folder: Path) -> None:
    original = session().get_component("data_loader")
    for _ in range(2):
        ours = session(folder).get_component("data_loader")
        for kind in ("service-2", "paginators-1", "endpoint-rule-set-1"):
            assert ours.load_service_model(service, kind) == without_prose(original.load_service_model(service, kind))
        assert ours.list_available_services("service-2") == original.list_available_services("service-2")


@pytest.mark.parametrize("service", SERVICES)
def test_clients_go_to_the_same_endpoints(service: str, folder: Path) -> None:
    for region in REGIONS:
        urls = {
            made.create_client(service, region_name=region).meta.endpoint_url for made in (session(), session(folder))
        }
        assert len(urls) == 1, region


def test_regions_of_services_and_partitions_are_the_same(folder: Path) -> None:
    original, ours = session(), session(folder)
    for service in SERVICES:
        for partition in ("aws", "aws-cn"):
            assert ours.get_available_regions(service, partition) == original.get_available_regions(service, partition)
    assert ours.get_available_partitions() == original.get_available_partitions()


def test_a_model_that_is_not_there_is_missing_as_in_botocore(folder: Path) -> None:
    from botocore.exceptions import UnknownServiceError

    with pytest.raises(UnknownServiceError):
        session(folder).create_client("no-such-service", region_name="us-east-1")


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def damage_empty(path: Path) -> None:
    path.write_bytes(b"")


def damage_cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def damage_changed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def damage_other(path: Path) -> None:
    path.write_bytes(b"\x00" * 400)


@pytest.mark.parametrize("damage", [damage_empty, damage_cut, damage_changed, damage_other])
def test_a_damaged_cache_is_made_anew(damage: Any, folder: Path) -> None:
    session(folder).create_client("sts", region_name="us-east-1")
    before = {path: path.read_bytes() for path in kept(folder)}
    assert before
    for path in before:
        damage(path)
    assert session(folder).create_client("sts", region_name="us-east-1").meta.endpoint_url
    assert {path: path.read_bytes() for path in kept(folder)} == before


def test_what_others_can_write_is_not_read(folder: Path) -> None:
    session(folder).create_client("sts", region_name="us-east-1")
    (model,) = [path for path in kept(folder) if path.name.startswith("sts") and path.name.endswith("service-2")]
    model.chmod(0o666)
    model.write_bytes(b"anything")
    session(folder).create_client("sts", region_name="us-east-1")
    assert stat.S_IMODE(model.stat().st_mode) == 0o600
    assert model.read_bytes() != b"anything"


def test_the_cache_is_the_users_own(folder: Path) -> None:
    session(folder).create_client("sts", region_name="us-east-1")
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept(folder)} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o700}


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert session(blocked / "cache").create_client("sts", region_name="us-east-1").meta.endpoint_url


def test_models_from_elsewhere_are_not_looked_at(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tmp_path / "models" / "evil" / "2020-01-01" / "service-2.json"
    model.parent.mkdir(parents=True)
    model.write_text("{}")
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path / "models"))
    assert "evil" not in session(folder).get_available_services()
