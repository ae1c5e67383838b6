"""`fetch`, `status` and `check` against a registry and a server of the tests' own."""

import fcntl
import hashlib
import os

import numpy as np
import pytest
from test_datasets_modelnet import make_archive
from test_datasets_photos import MEMBERS
from test_datasets_photos import make_archive as make_tar

from lcip.datasets import (
    BUNDLED,
    DatasetError,
    Item,
    available,
    check,
    fetch,
    fingerprint,
    status,
    training_photos,
)
from lcip.datasets import fetching as module
from lcip.datasets.sets import read_clouds

FILES = {f"{letter}.bin": letter.encode() * 1000 for letter in "abc"}
HEAD = 'title = "t"\nlicence = "l"\ncitation = "c"\nhome = "https://h"\nhow = "h"\n'


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def download_table(name, path, url, data, known=True):
    sums = f'sha256 = "{sha256(data)}"\nsize = {len(data)}\n' if known else ""
    return f'[[{name}.files]]\npath = "{path}"\nurls = ["{url}"]\n{sums}'


@pytest.fixture
def letters(own_registry, site, data_folder):
    """Three files that are used as downloaded, and an entry that is not downloaded."""
    site.files |= FILES
    tables = [
        download_table("letters", f"letters/{name}", site.url(name), data)
        for name, data in FILES.items()
    ]
    own_registry(
        f'[letters]\nkind = "images"\nholds = {{ "letters/*.bin" = 3 }}\n{HEAD}'
        + "".join(tables)
        + f'[private]\nkind = "video"\nholds = {{ "private/film.mp4" = 1 }}\n{HEAD}'
        + 'manual = "ask its owner for film.mp4"\n'
        + f'[private.fingerprints]\n"private/film.mp4" = "{sha256(FILM_LINE)}"\n'
    )
    return site


FILM = b"moving pictures"
FILM_LINE = f"film.mp4 {sha256(FILM)}\n".encode()


def test_all_files_are_fetched_once(letters, data_folder):
    assert not status("letters").present
    got = fetch("letters", progress=False)
    assert (got.present, got.found, got.size) == (True, 3, 3000)
    assert got.path == data_folder / "letters" and got.download_bytes == 3000
    assert (data_folder / "letters" / "b.bin").read_bytes() == FILES["b.bin"]
    asked = len(letters.requests)
    assert fetch("letters", progress=False).present
    assert len(letters.requests) == asked == 3


def test_only_what_is_absent_or_damaged_is_fetched(letters, data_folder):
    (data_folder / "letters").mkdir()
    (data_folder / "letters" / "a.bin").write_bytes(FILES["a.bin"])
    (data_folder / "letters" / "b.bin").write_bytes(b"damaged")
    fetch("letters", progress=False)
    assert [name for name, _ in letters.requests] == ["b.bin", "c.bin"]
    assert check("letters").problems == ()


def test_a_failure_keeps_what_is_complete_and_says_how_to_go_on(letters, data_folder):
    del letters.files["b.bin"]
    with pytest.raises(DatasetError, match="'letters/b.bin' could not be downloaded.*404"):
        fetch("letters", progress=False)
    assert [path.name for path in (data_folder / "letters").iterdir()] == ["a.bin"]


def test_an_unknown_name_is_refused(letters):
    for call in (status, check, lambda name: fetch(name, False)):
        with pytest.raises(DatasetError, match="data set is 'x'; allowed: letters, private"):
            call("x")


def test_what_cannot_be_downloaded_says_how_to_provide_it(letters, data_folder):
    assert not status("private").fetchable and status("letters").fetchable
    with pytest.raises(DatasetError) as caught:
        fetch("private", progress=False)
    assert str(caught.value) == (
        "data set 'private' has no download. Next: ask its owner for film.mp4."
    )
    assert list(data_folder.iterdir()) == []


@pytest.mark.parametrize("name", ["my film.mp4", ""])
def test_a_file_of_ones_own_is_placed(letters, data_folder, tmp_path, name):
    own = tmp_path / "mine"
    own.mkdir()
    (own / (name or "film.mp4")).write_bytes(FILM)
    assert fetch("private", progress=False, source=own / name).present
    assert (data_folder / "private" / "film.mp4").read_bytes() == FILM
    assert check("private").agreeing == 1


def test_files_of_ones_own_stand_in_for_downloads_and_are_checked(letters, data_folder, tmp_path):
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    assert fetch("letters", progress=False, source=tmp_path).present
    assert letters.requests == []
    (data_folder / "letters" / "a.bin").unlink()
    (tmp_path / "a.bin").write_bytes(b"other")
    with pytest.raises(DatasetError, match="a.bin .other bytes.*a copy of a.bin, sha256 "):
        fetch("letters", progress=False, source=tmp_path)
    with pytest.raises(DatasetError, match="source is .*absent.*name one that exists"):
        fetch("letters", progress=False, source=tmp_path / "absent")


def test_check_counts_and_names_what_differs(letters, data_folder):
    fetch("letters", progress=False)
    (data_folder / "letters" / "c.bin").write_bytes(b"c" * 999 + b"x")
    (data_folder / "letters" / "more.bin").write_bytes(b"of another origin")
    got = check("letters")
    assert (got.agreeing, got.unverifiable) == (2, 1)
    (problem,) = got.problems
    assert "c.bin: sha256 is not" in problem and "remove it and fetch again" in problem
    (data_folder / "private").mkdir()
    (data_folder / "private" / "film.mp4").write_bytes(b"another film")
    assert check("private").problems == (
        "private/film.mp4: not the files that the committed weights saw",
    )


def test_a_fingerprint_is_of_names_and_contents_whatever_the_order(tmp_path):
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    items = [Item(name, tmp_path / name) for name in FILES]
    first = fingerprint(items)
    assert first == fingerprint(reversed(items))
    assert first == sha256("".join(f"{n} {sha256(d)}\n" for n, d in FILES.items()).encode())
    (tmp_path / "a.bin").write_bytes(b"changed")
    assert fingerprint(items) != first


def test_a_second_fetch_into_the_same_folder_is_refused(letters, data_folder):
    (data_folder / "letters").mkdir()
    handle = os.open(data_folder / "letters", os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(DatasetError, match="is being filled by another `lcip fetch`"):
        fetch("letters", progress=False)
    os.close(handle)
    assert fetch("letters", progress=False).present


def test_a_folder_that_cannot_be_made_is_said(letters, data_folder):
    (data_folder / "letters").write_text("in the way")
    with pytest.raises(DatasetError, match="data folder is .*where you may write"):
        fetch("letters", progress=False)


def modelnet_registry(site, archive, known):
    return (
        '[modelnet40]\nkind = "clouds"\npreparation = "modelnet40"\n'
        'holds = { "modelnet40/train.npz" = 1, "modelnet40/test.npz" = 1 }\n' + HEAD
    ) + download_table(
        "modelnet40", "modelnet40/ModelNet40.zip", site.url("ModelNet40.zip"), archive, known
    )


@pytest.fixture
def few_points(monkeypatch):
    monkeypatch.setattr(module, "NUM_POINTS", 32)


def test_modelnet40_from_download_to_clouds(own_registry, site, data_folder, few_points):
    archive = make_archive()
    own_registry(modelnet_registry(site, archive, known=True))
    site.files["ModelNet40.zip"], site.cut["ModelNet40.zip"] = archive, [300, 0]
    with pytest.raises(DatasetError, match="300 bytes are kept and will be continued"):
        fetch("modelnet40", progress=False)
    assert fetch("modelnet40", progress=False).found == 2
    assert ("ModelNet40.zip", "bytes=300-") in site.requests
    folder = data_folder / "modelnet40"
    assert sorted(path.name for path in folder.iterdir()) == ["test.npz", "train.npz"]
    assert read_clouds(folder / "train.npz").points.shape == (4, 32, 3)


def test_modelnet40_from_an_archive_of_ones_own(
    own_registry, site, data_folder, tmp_path, few_points
):
    archive = tmp_path / "ModelNet40.zip"
    archive.write_bytes(make_archive())
    own_registry(modelnet_registry(site, archive.read_bytes(), known=True))
    assert fetch("modelnet40", progress=False, source=archive).present
    assert archive.exists() and site.requests == []


def test_a_hostile_archive_is_removed_and_nothing_leaves_the_folder(
    own_registry, site, data_folder, tmp_path
):
    archive = make_archive(**{"../../../../../evil": b"OFF\n"})
    own_registry(modelnet_registry(site, archive, known=False))
    site.files["ModelNet40.zip"] = archive
    with pytest.raises(DatasetError, match="nothing was unpacked"):
        fetch("modelnet40", progress=False)
    assert not list(tmp_path.rglob("evil*")) and not list(tmp_path.rglob("*.zip"))


def test_the_berkeley_images_from_download_to_photographs(
    own_registry, site, data_folder, tmp_path, monkeypatch
):
    monkeypatch.setattr(training_photos, "BSDS_COUNT", 2)
    archive = make_tar(tmp_path / "made.tgz", MEMBERS).read_bytes()
    own_registry(
        '[bsds500]\nkind = "images"\npreparation = "bsds500"\nunknown = "sha256"\n'
        'holds = { "photos/bsds-*.jpg" = 2 }\n'
        + HEAD
        + download_table("bsds500", "photos/b.tgz", site.url("b.tgz"), archive, known=False)
    )
    site.files["b.tgz"] = archive
    assert fetch("bsds500", progress=False).found == 2
    names = sorted(path.name for path in (data_folder / "photos").iterdir())
    assert names == ["bsds-100.jpg", "bsds-8049.jpg"]


def test_the_list_of_the_book_says_what_is_here(data_folder):
    listed = {found.entry.name: found for found in available()}
    assert {"kodak", "modelnet40", "bsds500", "imagenet-sample", "foreman"} <= set(listed)
    assert not listed["kodak"].present and listed["kodak"].download_bytes == 15_385_796
    assert listed["modelnet40"].download_bytes is None
    bundled = listed["bundled-photographs"]
    assert bundled.present and bundled.found == len(BUNDLED) and not bundled.fetchable
    assert fetch("bundled-photographs", progress=False).present


def test_what_is_being_written_is_not_counted(data_folder):
    (data_folder / "kodak").mkdir()
    for name in ("kodim01.png.part", ".kodim02.png.x7.png"):
        (data_folder / "kodak" / name).touch()
    assert status("kodak").found == 0


def test_modelnet_of_a_thousand_points_is_complete_too(data_folder):
    (data_folder / "modelnet40").mkdir()
    for split in ("train", "test"):
        np.savez(data_folder / "modelnet40" / f"{split}.npz")
    assert status("modelnet40").present
    assert check("modelnet40").unverifiable == 2
