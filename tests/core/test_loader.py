"""Models from the cache are botocore's models, and a damaged or foreign cache costs time and nothing else."""

from __future__ import annotations

import marshal
import os
import stat
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.loaders import Loader
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stackpane.aws import loader

SERVICES = ["s3", "dynamodb", "logs", "lambda", "cognito-idp", "sts"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "stackpane"


def session(folder: Path | None = None) -> Any:
    made = botocore.session.Session()
    if folder is not None:
        loader.install(made, folder)
    return made


def client(of: Any, service: str, region: str) -> Any:
    return of.create_client(service, region_name=region, aws_access_key_id="test", aws_secret_access_key="test")


def files(folder: Path) -> dict[str, Path]:
    """The cache's files by name."""
    return {file.name: file for file in folder.glob("models-*/*")}


def without_prose(value: Any) -> Any:
    if isinstance(value, dict):
        prose = ("documentation",) if isinstance(value.get("documentation"), str) else ()
        return {key: "" if key in prose else without_prose(inner) for key, inner in value.items()}
    return [without_prose(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("service", SERVICES)
def test_models_are_botocores_but_for_the_prose_first_and_from_the_cache(service: str, folder: Path) -> None:
    original = session().get_component("data_loader")
    for _ in range(2):
        ours = session(folder).get_component("data_loader")
        for kind in ("service-2", "paginators-1", "endpoint-rule-set-1"):
            assert ours.load_service_model(service, kind) == without_prose(original.load_service_model(service, kind))


@pytest.mark.parametrize("service", SERVICES)
def test_clients_go_to_the_same_endpoints_and_have_the_same_methods(service: str, folder: Path) -> None:
    for region in ("us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "aws-global"):
        plain, ours = (client(made, service, region) for made in (session(), session(folder)))
        assert plain.meta.endpoint_url == ours.meta.endpoint_url
        assert plain.meta.partition == ours.meta.partition
        assert plain.meta.config.signature_version == ours.meta.config.signature_version
        assert plain.meta.method_to_api_mapping == ours.meta.method_to_api_mapping
        assert plain.waiter_names == ours.waiter_names


def test_regions_of_services_and_partitions_are_the_same(folder: Path) -> None:
    original, ours = session(), session(folder)
    assert ours.get_available_partitions() == original.get_available_partitions()
    for service in SERVICES:
        for partition in ("aws", "aws-cn"):
            assert ours.get_available_regions(service, partition) == original.get_available_regions(service, partition)


def test_what_is_there_and_what_is_not_is_as_in_botocore(folder: Path) -> None:
    plain, cached = Loader(include_default_search_paths=False), loader.ModelLoader(folder)
    plain.search_paths.append(Loader.BUILTIN_DATA_PATH)
    for _ in range(2):
        assert cached.list_available_services("service-2") == plain.list_available_services("service-2")
        assert cached.determine_latest_version("s3", "service-2") == plain.determine_latest_version("s3", "service-2")
        assert cached.load_data_with_path("partitions") == plain.load_data_with_path("partitions")
        assert cached.is_builtin_path(cached.load_data_with_path("endpoints")[1])
        with pytest.raises(UnknownServiceError):
            cached.load_service_model("no-such-service", "service-2")
        with pytest.raises(DataNotFoundError):
            cached.load_data("no/such/data")
        cached = loader.ModelLoader(folder)


def invent(file: Path, model: dict[str, bool]) -> None:
    """Put another model into the cache, with all that makes a file count: it shows where a model was taken from."""
    source = next(Path(Loader.BUILTIN_DATA_PATH).glob(f"{file.name}.json*"))
    stamp = f"{file.name} {source} {source.stat().st_mtime_ns} {source.stat().st_size}".encode()
    payload = marshal.dumps(model)
    file.write_bytes(loader._checksum(stamp, payload) + payload)


def test_models_come_from_the_cache_once_they_are_in_it(folder: Path) -> None:
    assert loader.ModelLoader(folder).load_data("partitions")["partitions"]
    (file,) = files(folder).values()
    invent(file, {"invented": True})
    assert loader.ModelLoader(folder).load_data("partitions") == {"invented": True}


def test_the_cache_is_the_users_own_whatever_the_umask(folder: Path) -> None:
    before = os.umask(0)
    try:
        client(session(folder), "sts", "us-east-1")
    finally:
        os.umask(before)
    assert len(files(folder)) > 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in files(folder).values()} == {0o600}
    assert {stat.S_IMODE(part.stat().st_mode) for part in (folder, *folder.iterdir())} == {0o700}
    assert not list(folder.rglob(".*"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=40) | st.none(), st.integers(0, 2000), st.integers(0, 255))
def test_a_damaged_cache_never_breaks_anything_and_is_written_anew(
    folder: Path, whole: bytes | None, position: int, byte: int
) -> None:
    expected = loader.ModelLoader(folder).load_data("partitions")
    (file,) = files(folder).values()
    good = file.read_bytes()
    file.write_bytes(whole if whole is not None else good[:position] + bytes([byte]) + good[position + 1 :])
    assert loader.ModelLoader(folder).load_data("partitions") == expected
    assert file.read_bytes() == good


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.chmod(0o666),
        lambda file: file.chmod(0o660),
        lambda file: file.parent.chmod(0o777),
        lambda file: (file.rename(file.with_name("elsewhere")), file.symlink_to(file.with_name("elsewhere"))),
    ],
    ids=["anybody may write", "the group may write", "anybody may replace it", "a link"],
)
def test_a_file_that_others_can_change_is_not_read_but_replaced(folder: Path, spoil: Any) -> None:
    expected = loader.ModelLoader(folder).load_data("partitions")
    (file,) = files(folder).values()
    invent(file, {"invented": True})
    spoil(file)
    assert loader.ModelLoader(folder).load_data("partitions") == expected
    assert not file.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert loader.ModelLoader(folder).load_data("partitions") == expected


def test_a_model_that_has_changed_is_read_again(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    data.mkdir()
    monkeypatch.setattr(Loader, "BUILTIN_DATA_PATH", str(data))
    (data / "partitions.json").write_text('{"version": 1}')
    assert loader.ModelLoader(folder).load_data("partitions") == {"version": 1}
    (data / "partitions.json").write_text('{"version": 23}')
    assert loader.ModelLoader(folder).load_data("partitions") == {"version": 23}
    (data / "partitions.json").write_text('{"version": 24}')
    os.utime(data / "partitions.json", (1, 1))
    assert loader.ModelLoader(folder).load_data("partitions") == {"version": 24}


@pytest.mark.parametrize("obstacle", ["a file", "no permission"])
def test_without_a_place_for_the_cache_models_are_loaded_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, obstacle: str
) -> None:
    folder = tmp_path / "occupied"
    if obstacle == "a file":
        folder.write_text("not a folder")
    else:  # root may write everywhere, so the refusal is made here
        monkeypatch.setattr(Path, "mkdir", _refuse)
    assert client(session(folder), "sts", "us-east-1").meta.endpoint_url == "https://sts.us-east-1.amazonaws.com"


def _refuse(*_arguments: object, **_more: object) -> None:
    raise PermissionError("read-only file system")


def test_models_from_elsewhere_are_ignored(folder: Path, home: Path, tmp_path: Path, monkeypatch: Any) -> None:
    for place in (home / ".aws" / "models", tmp_path / "data"):
        evil = place / "sts" / "2099-01-01"
        evil.mkdir(parents=True)
        (evil / "service-2.json").write_text("{}")
        (place / "partitions.json").write_text('{"evil": true}')
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path / "data"))
    monkeypatch.setattr(Loader, "CUSTOMER_DATA_PATH", str(home / ".aws" / "models"))
    with_cache = session(folder).get_component("data_loader")
    assert "evil" in session().get_component("data_loader").load_data("partitions")
    assert "evil" not in with_cache.load_data("partitions")
    assert with_cache.determine_latest_version("sts", "service-2") == "2011-06-15"


def test_the_cache_of_another_botocore_goes_when_it_is_old(folder: Path) -> None:
    old, recent, other = folder / "models-0", folder / "models-1", folder / "other"
    for place in (old, recent, other):
        place.mkdir(parents=True)
        (place / "file").touch()
    os.utime(old, (1, 1))
    os.utime(other, (1, 1))
    loader.ModelLoader(folder).load_data("partitions")
    assert not old.exists()
    assert recent.exists()
    assert other.exists()


def test_the_cache_is_in_the_users_cache_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    made = botocore.session.Session()
    loader.install(made)
    made.get_component("data_loader").load_data("partitions")
    assert [file.name for file in home.rglob("partitions")] == ["partitions"]
