"""Code is fetched whole and proven; an archive reaches nothing outside its folder and replaces nothing unasked."""

from __future__ import annotations

import io
import json
import stat
import warnings
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stackpane import InvalidInput, StackpaneError
from stackpane_lambda import unpacking
from stackpane_lambda.unpacking import Unpacked, unpack
from tests.harness import faults as modes
from tests.lambda_.stage import CODE, archive

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy


def test_code_is_unpacked_or_kept(cloud: Emulator, invoke: Invoke, tmp_path: Path) -> None:
    ran = invoke("lambda", "code", "resize", at=cloud).ok()
    assert (tmp_path / "resize" / "app.py").read_text() == CODE
    assert "Unpacked 1 file" in ran.errors
    invoke("lambda", "code", "resize", "deep/er/code.zip", at=cloud).ok()
    with zipfile.ZipFile(tmp_path / "deep" / "er" / "code.zip") as packed:
        assert packed.namelist() == ["app.py"]
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_nothing_is_replaced_unasked(cloud: Emulator, invoke: Invoke, proxy: FaultProxy, tmp_path: Path) -> None:
    (tmp_path / "resize").mkdir()
    (tmp_path / "resize" / "app.py").write_text("mine")
    (tmp_path / "resize" / "notes.txt").write_text("mine too")
    (tmp_path / "code.zip").write_text("mine")
    for target in ("resize", "code.zip", "resize/app.py"):
        assert invoke("lambda", "code", "resize", target, at=proxy).exit_code == 252
    assert proxy.requests == []
    invoke("lambda", "code", "resize", "--overwrite", at=cloud).ok()
    invoke("lambda", "code", "resize", "code.zip", "--overwrite", at=cloud).ok()
    assert (tmp_path / "resize" / "app.py").read_text() == CODE
    assert (tmp_path / "resize" / "notes.txt").read_text() == "mine too"
    assert zipfile.is_zipfile(tmp_path / "code.zip")


def test_code_that_is_not_what_aws_described_is_not_kept(
    proxy: FaultProxy, cloud: Emulator, invoke: Invoke, tmp_path: Path
) -> None:
    def other(body: bytes) -> bytes:
        reply = json.loads(body)
        reply["Code"]["Location"] = f"{proxy.url}/_ministack/lambda-code/{cloud.account_id}/us-east-1/resize"
        return json.dumps(reply).encode()

    proxy.fault(modes.rewrite(other), "GetFunction")
    invoke("lambda", "code", "resize", "whole", at=proxy).ok()
    for mode in (modes.corrupt(40), modes.cut(30), modes.reset_after(30), modes.answer(403, b"<Error/>")):
        proxy.fault(mode, lambda request: "lambda-code" in request.path, times=1)
        assert invoke("lambda", "code", "resize", "code", at=proxy).exit_code in (253, 254)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["whole"]


def test_an_image_or_a_link_to_elsewhere_is_not_followed(proxy: FaultProxy, invoke: Invoke, tmp_path: Path) -> None:
    def answered(**code: str) -> None:
        def changed(body: bytes) -> bytes:
            return json.dumps({**json.loads(body), "Code": code}).encode()

        proxy.clear()
        proxy.fault(modes.rewrite(changed), "GetFunction")

    answered(ImageUri="1.dkr.ecr.us-east-1.amazonaws.com/x:1", RepositoryType="ECR")
    ran = invoke("lambda", "code", "resize", at=proxy)
    assert (ran.exit_code, "docker pull 1.dkr.ecr" in ran.errors) == (252, True)
    answered(Location="https://example.com/secret?token=abc")
    ran = invoke("lambda", "code", "resize", at=proxy)
    assert (ran.exit_code, "token" in ran.errors) == (3, False)
    answered()
    assert invoke("lambda", "code", "resize", at=proxy).exit_code == 254
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_fetches_nothing(cloud: Emulator, invoke: Invoke, tmp_path: Path) -> None:
    invoke("lambda", "code", "resize", "--dry-run", at=cloud).ok()
    assert list(tmp_path.iterdir()) == []


# ── archives ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def unpacked(data: bytes, folder: Path, *, overwrite: bool = False) -> Unpacked:
    file = folder.parent / "archive.zip"
    file.write_bytes(data)
    *_, end = unpack(file, folder, overwrite=overwrite)
    assert isinstance(end, Unpacked)
    return end


HOSTILE = (
    "../out.py",
    "a/../../out.py",
    "/etc/out.py",
    "C:/out.py",
    "C:out.py",
    "\\\\host\\share\\out.py",
    "..\\out.py",
    "a//b.py",
    "./a.py",
    "a/.",
    "..",
    "esc\x1b[2J.py",
    "line\nbreak.py",
    "con",
    "nul.txt",
    "a/PRN.py",
    "dot.",
    "space ",
)


def test_hostile_names_stay_out_and_are_named(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    folder = tmp_path / "inner" / "code"
    found = unpacked(archive({"good.py": "1", "pack/ü.py": "2", **dict.fromkeys(HOSTILE, "out")}), folder)
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.py")) == ["good.py", "pack/ü.py"]
    assert found.files == 2
    assert {each.target for each in found.skipped} == {zipfile.ZipInfo(name).filename for name in HOSTILE}
    assert sorted(path.name for path in (tmp_path / "inner").iterdir()) == ["archive.zip", "code"]


def test_links_devices_and_twins_are_left_out(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the name that is there twice
        for name, mode in (
            ("link", stat.S_IFLNK | 0o777),
            ("pipe", stat.S_IFIFO | 0o600),
            ("run.sh", stat.S_IFREG | 0o4755),
        ):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            made.writestr(entry, "/etc/passwd")
        for name in ("twin.py", "twin.py", "TWIN.py"):
            made.writestr(name, "x")
        made.writestr("empty/", "")
    found = unpacked(packed.getvalue(), tmp_path / "code")
    assert sorted(path.name for path in (tmp_path / "code").iterdir()) == ["run.sh", "twin.py"]
    assert [each.target for each in found.skipped] == ["link", "pipe", "twin.py", "TWIN.py"]
    assert (tmp_path / "code" / "run.sh").stat().st_mode & 0o7111 == 0o111


def test_nothing_is_unpacked_through_a_link_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "pack").symlink_to(tmp_path / "outside")
    (tmp_path / "code" / "app.py").symlink_to(tmp_path / "outside" / "app.py")
    with pytest.raises(StackpaneError):
        unpacked(archive({"pack/a.py": "1"}), tmp_path / "code", overwrite=True)
    unpacked(archive({"app.py": "1"}), tmp_path / "code", overwrite=True)
    assert list((tmp_path / "outside").iterdir()) == []
    assert not (tmp_path / "code" / "app.py").is_symlink()


def test_what_is_too_big_or_damaged_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = archive({"a.py": "x" * 1000, "b.py": "y" * 1000})
    compressed = io.BytesIO()
    with zipfile.ZipFile(compressed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.py", "x" * 100_000)
    lying = compressed.getvalue().replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    for data in (b"no zip", good[:-30], good.replace(b"y" * 1000, b"z" * 1000), lying):
        with pytest.raises(StackpaneError):
            unpacked(data, tmp_path / "code")
    monkeypatch.setattr(unpacking, "_MOST_UNPACKED", 1500)
    with pytest.raises(StackpaneError, match="would take"):
        unpacked(good, tmp_path / "code")
    monkeypatch.setattr(unpacking, "_MOST_ENTRIES", 1)
    with pytest.raises(StackpaneError, match="too many"):
        unpacked(good, tmp_path / "code")
    assert [path.name for path in tmp_path.iterdir()] == ["archive.zip"]


def test_a_folder_that_is_there_stays_the_same_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "code").mkdir()
    monkeypatch.chdir(tmp_path / "code")
    unpacked(archive({"a.py": "1"}), Path.cwd())
    assert Path("a.py").read_text() == "1"
    (tmp_path / "file").write_text("x")
    with pytest.raises(InvalidInput):
        unpacked(archive({"a.py": "1"}), tmp_path / "file")
