"""Archives: read member by member; one with a name that leads outside is refused whole."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from lcip.datasets import DatasetError
from lcip.datasets import archives as module
from lcip.datasets.archives import member_names, read_members


def make_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            info = zipfile.ZipInfo("placeholder")
            info.filename = name  # set afterwards: the constructor would mend it
            file.writestr(info, data)
    return path


def make_tar(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as file:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    return path


MAKERS = {"zip": (make_zip, "a.zip"), "tar": (make_tar, "a.tgz")}
UNSAFE = ["../evil.off", "a/../../evil.off", "/evil.off", "..\\evil.off", "C:\\evil.off", ".."]


@pytest.fixture(params=MAKERS)
def make(request, tmp_path):
    maker, name = MAKERS[request.param]
    return lambda members: maker(tmp_path / "in" / name, members)


@pytest.fixture(autouse=True)
def folder(tmp_path):
    (tmp_path / "in").mkdir()


def test_members_are_read_in_order(make):
    archive = make({"b/2.off": b"two", "a/1.off": b"one", "a/1.txt": b"no"})
    assert member_names(archive) == ["b/2.off", "a/1.off", "a/1.txt"]
    wanted = read_members(archive, lambda name: name.endswith(".off"))
    assert list(wanted) == [("b/2.off", b"two"), ("a/1.off", b"one")]


@pytest.mark.parametrize("name", UNSAFE)
def test_a_name_that_leads_outside_is_refused_and_nothing_is_written(make, tmp_path, name):
    archive = make({"good.off": b"good", name: b"evil"})
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DatasetError, match="nothing was unpacked.*remove the archive") as caught:
        next(read_members(archive, lambda _: True))
    assert f"named {name}".replace("\\", "\\\\") in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_harmless_name_with_dots_is_read(make):
    archive = make({"a..b/..c": b"fine"})
    assert list(read_members(archive, lambda _: True)) == [("a..b/..c", b"fine")]


def test_links_and_folders_are_not_members(tmp_path):
    path = tmp_path / "links.tar"
    with tarfile.open(path, "w") as file:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"x{kind.decode()}")
            info.type, info.linkname = kind, "/etc/passwd"
            file.addfile(info)
    assert member_names(path) == []


@pytest.mark.parametrize("keep", [0, 10, 60])
def test_a_cut_archive_is_refused(make, keep):
    archive = make({"1.off": bytes(2000), "2.off": bytes(range(256)) * 40})
    archive.write_bytes(archive.read_bytes()[:keep])
    with pytest.raises(DatasetError, match="a whole zip or tar archive"):
        list(read_members(archive, lambda _: True))


def test_a_damaged_member_is_refused(tmp_path):
    archive = make_zip(tmp_path / "a.zip", {"1.off": b"contents that matter"})
    archive.write_bytes(archive.read_bytes().replace(b"matter", b"mutter"))
    with pytest.raises(DatasetError, match="Bad CRC"):
        list(read_members(archive, lambda _: True))


def test_what_is_no_archive_is_refused(tmp_path):
    path = tmp_path / "page.zip"
    path.write_text("<html>sign in to the network</html>")
    with pytest.raises(DatasetError, match="a whole zip or tar archive"):
        member_names(path)


def test_a_huge_member_is_refused(make, monkeypatch):
    monkeypatch.setattr(module, "MAX_MEMBER_BYTES", 100)
    with pytest.raises(DatasetError, match="holds 101 bytes.*allowed: 100 bytes"):
        list(read_members(make({"big.off": bytes(101)}), lambda _: True))
