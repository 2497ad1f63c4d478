from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackpane.errors import Refused, StackpaneError
from stackpane_s3.localnames import decode
from stackpane_s3.transfer.folders import Dir, ExistsError, Folder, Spot
from stackpane_s3.transfer.partfiles import PartFile
from tests.s3.hostile_keys import KEYS, keys

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the simulated file systems stand on POSIX's")


class FoldingDir(Dir):
    """A folder of a file system that finds ``a`` under ``A`` and both forms of ``é`` under either, as APFS and NTFS."""

    @staticmethod
    def fold(name: str) -> str:
        return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())

    def _at(self, name: str) -> str | Path:
        wanted = self.fold(name)
        there = next((found for found in self.names() if self.fold(found) == wanted), name)
        return super()._at(there)

    def enter(self, name: str) -> Dir:
        return super().enter(str(Path(self._at(name)).name))


class NormalizingDir(FoldingDir):
    """One that moreover writes every name down in one Unicode form, as HFS+."""

    def _at(self, name: str) -> str | Path:
        return super()._at(unicodedata.normalize("NFD", name))


FILE_SYSTEMS: dict[str, Callable[[Path], Dir]] = {
    "exact": Dir.top,
    "exact, by path": lambda path: Dir.top(path, by_descriptor=False),
    "folding": FoldingDir.top,
    "normalizing": NormalizingDir.top,
}


@pytest.fixture(params=FILE_SYSTEMS)
def open_top(request: pytest.FixtureRequest) -> Callable[[Path], Dir]:
    return FILE_SYSTEMS[request.param]


def write(folder: Folder, key: str, body: bytes, *, overwrite: bool = False) -> Path:
    part = PartFile(folder.spot(key), key)
    try:
        part.begin()
        os.write(part.descriptor, body)
        return part.publish(10**18, overwrite=overwrite)
    finally:
        part.close()


def found(top: Path) -> dict[str, bytes]:
    """The files below ``top``, by the key that their path stands for."""
    files = [path for path in top.rglob("*") if path.is_file()]
    assert len({decode(path.relative_to(top).parts) for path in files}) == len(files)
    return {decode(path.relative_to(top).parts): path.read_bytes() for path in files}


def sentinel(top: Path) -> dict[Path, object]:
    """All there is beside ``top``, to see that nothing of it changes."""
    return {
        path: path.read_bytes() if path.is_file() else None
        for path in top.parent.rglob("*")
        if top not in path.parents and path != top
    }


def test_every_hostile_key_gets_a_file_of_its_own_inside_and_reads_back(
    open_top: Callable[[Path], Dir], tmp_path: Path
) -> None:
    top = tmp_path / "a" / "b" / "c" / "target"
    top.mkdir(parents=True)
    for parent in top.parents[:4]:
        (parent / "sentinel").write_text("untouched")
    before = sentinel(top)
    folder = Folder(open_top(top))
    short = [key for key in KEYS if len(key.encode(errors="surrogatepass")) <= 1024]
    for key in short:
        write(folder, key, key.encode(errors="surrogatepass"))
    assert found(top) == {key: key.encode(errors="surrogatepass") for key in short}
    assert sentinel(top) == before


@settings(max_examples=50, deadline=None)
@given(some=st.lists(keys, unique=True, max_size=8), data=st.data())
def test_any_keys_in_any_order_never_share_a_file(
    tmp_path_factory: pytest.TempPathFactory, some: list[str], data: st.DataObject
) -> None:
    twins = [variant for key in some for variant in (key, key.swapcase(), f"{key}/", f"{key}/x", f"{key}//")]
    wanted = data.draw(st.permutations(sorted({key for key in twins if key and len(key) < 300})))
    kind = data.draw(st.sampled_from(sorted(FILE_SYSTEMS)))
    top = tmp_path_factory.mktemp("target")
    folder = Folder(FILE_SYSTEMS[kind](top))
    for key in wanted:
        write(folder, key, key.encode(errors="surrogatepass"))
    assert found(top) == {key: key.encode(errors="surrogatepass") for key in wanted}


def test_twins_stay_apart_and_are_found_again(open_top: Callable[[Path], Dir], tmp_path: Path) -> None:
    twins = ["readme", "README", "dir/x", "DIR/x", "dir", "\u00e9", "e\u0301", "\u00e9/y"]
    for key in twins:
        write(Folder(open_top(tmp_path)), key, key.encode())
    again = Folder(open_top(tmp_path))
    for key in twins:
        there = again.spot(key).existing()
        assert there is not None
        assert there[1].st_size == len(key.encode())
        with pytest.raises(ExistsError):
            write(again, key, b"other")
        write(again, key, key.encode() + b"!", overwrite=True)
    assert found(tmp_path) == {key: key.encode() + b"!" for key in twins}


def test_an_existing_file_is_refused_and_untouched(open_top: Callable[[Path], Dir], tmp_path: Path) -> None:
    (tmp_path / "a").write_text("mine")
    with pytest.raises(Refused, match="exists already"):
        write(Folder(open_top(tmp_path)), "a", b"theirs")
    assert (tmp_path / "a").read_text() == "mine"


def test_a_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("old")
    (tmp_path / "secret").chmod(0o600)
    write(Folder(Dir.top(tmp_path)), "secret", b"new", overwrite=True)
    assert (tmp_path / "secret").read_text() == "new"
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


@pytest.mark.parametrize("by_descriptor", [True, False])
@pytest.mark.parametrize("overwrite", [True, False])
def test_nothing_is_written_through_a_link(tmp_path: Path, by_descriptor: bool, overwrite: bool) -> None:
    outside, top = tmp_path / "outside", tmp_path / "top"
    outside.mkdir()
    top.mkdir()
    (top / "folder").symlink_to(outside)
    (top / "file").symlink_to(outside / "file")
    folder = Folder(Dir.top(top, by_descriptor=by_descriptor))
    with pytest.raises(StackpaneError, match="symbolic link"):
        write(folder, "folder/x", b"escaped", overwrite=overwrite)
    if overwrite:  # the link itself is the file that is replaced
        write(folder, "file", b"inside", overwrite=True)
        assert not (top / "file").is_symlink()
    else:
        with pytest.raises(ExistsError):
            write(folder, "file", b"escaped")
    assert list(outside.iterdir()) == []


def test_a_link_as_the_part_file_is_not_followed(tmp_path: Path) -> None:
    outside, top = tmp_path / "outside", tmp_path / "top"
    outside.write_text("untouched")
    top.mkdir()
    folder = Folder(Dir.top(top))
    part = PartFile(folder.spot("x"), "x")
    part.discard()
    part.close()
    (top / part.name).symlink_to(outside)
    with pytest.raises(OSError, match="symbolic links"):
        PartFile(folder.spot("x"), "x")
    assert outside.read_text() == "untouched"


def test_a_folder_that_is_moved_away_meanwhile_leads_nowhere_else(tmp_path: Path) -> None:
    top, outside = tmp_path / "top", tmp_path / "outside"
    outside.mkdir()
    (top / "sub").mkdir(parents=True)
    folder = Folder(Dir.top(top))
    spot = folder.spot("sub/x")
    (top / "sub").rename(tmp_path / "moved")
    (top / "sub").symlink_to(outside)
    part = PartFile(spot, "x")
    part.begin()
    part.publish(0, overwrite=False)
    part.close()
    assert list(outside.iterdir()) == []
    assert [path.name for path in (tmp_path / "moved").iterdir()] == ["x"]


def test_the_target_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write(Folder(Dir.top(tmp_path / "link")), "x", b"1")
    assert (tmp_path / "real" / "x").read_bytes() == b"1"


def test_a_file_system_without_links_is_written_to_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    folder = Folder(Dir.top(tmp_path))
    write(folder, "x", b"1")
    with pytest.raises(ExistsError):
        write(folder, "x", b"2")
    assert found(tmp_path)["x"] == b"1"


def test_folders_are_closed_when_they_are_not_needed(tmp_path: Path) -> None:
    before = open_files()
    folder = Folder(Dir.top(tmp_path))
    for number in range(300):
        write(folder, f"{number}/x", b"")
    assert open_files() < before + 100
    del folder
    assert open_files() == before


def open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


# Part files


@pytest.fixture
def spot(tmp_path: Path) -> Spot:
    return Folder(Dir.top(tmp_path)).spot("file")


HEADER = {"stackpane": 1, "etag": '"1"'}


def test_ranges_that_were_noted_are_found_again(spot: Spot) -> None:
    part = PartFile(spot, "x")
    assert part.resume(HEADER) is None
    part.begin(HEADER)
    part.received(3, [b"\x01\x02"])
    part.received(0, [b"a", b"b"])
    part.close()
    again = PartFile(spot, "x")
    assert again.resume(HEADER) == {3: [b"\x01\x02"], 0: [b"a", b"b"]}
    again.received(1, [b"c"])
    again.close()
    assert PartFile(spot, "x").resume(HEADER) == {3: [b"\x01\x02"], 0: [b"a", b"b"], 1: [b"c"]}


def test_a_torn_journal_or_one_of_another_object_is_no_help(spot: Spot) -> None:
    part = PartFile(spot, "x")
    part.begin(HEADER)
    part.received(0, [b"a"])
    part.close()
    (journal,) = spot.parent.path.glob(".*journal")
    journal.write_bytes(journal.read_bytes()[:-3])
    again = PartFile(spot, "x")
    assert again.resume(HEADER) == {}
    again.close()
    assert PartFile(spot, "x").resume({**HEADER, "etag": '"2"'}) is None


def test_two_processes_do_not_write_one_part_file(spot: Spot) -> None:
    first = PartFile(spot, "x")
    with pytest.raises(StackpaneError, match="another process"):
        PartFile(spot, "x")
    first.close()
    PartFile(spot, "x").close()


def test_a_part_file_that_became_the_file_already_is_not_written_to(spot: Spot) -> None:
    """As where a process ends between giving the file its name and taking away the other one."""
    part = PartFile(spot, "x")
    part.begin()
    os.write(part.descriptor, b"whole")
    os.link(spot.parent.path / part.name, spot.parent.path / "file")
    part.close()
    again = PartFile(spot, "x")
    again.begin()
    os.write(again.descriptor, b"new")
    again.close()
    assert (spot.parent.path / "file").read_bytes() == b"whole"


def test_a_published_file_leaves_nothing_beside_it(spot: Spot) -> None:
    part = PartFile(spot, "x")
    part.begin(HEADER)
    part.publish(1_700_000_000 * 10**9, overwrite=False)
    part.close()
    assert [path.name for path in spot.parent.path.iterdir()] == ["file"]
    assert (spot.parent.path / "file").stat().st_mtime == 1_700_000_000
