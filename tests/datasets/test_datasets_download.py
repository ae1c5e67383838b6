"""Downloading from a server that drops, lies, refuses, and from disks that are full."""

import errno
import hashlib
import shutil
import socket
from collections import namedtuple
from pathlib import Path

import pytest

from lcip.datasets import DatasetError, Remote
from lcip.datasets import download as module
from lcip.datasets.download import download

CONTENT = bytes(range(256)) * 40  # 10,240 bytes


def remote(*urls: str, **known: object) -> Remote:
    known = known or {"sha256": hashlib.sha256(CONTENT).hexdigest()}
    return Remote(path="set/file.bin", urls=urls, **known)


def only_file(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_whole_file_arrives_under_its_name_alone(site, tmp_path):
    site.files["file.bin"] = CONTENT
    path = download(remote(site.url("file.bin")), tmp_path, progress=False)
    assert path == tmp_path / "set" / "file.bin"
    assert path.read_bytes() == CONTENT
    assert only_file(tmp_path) == ["file.bin"]


@pytest.mark.parametrize("known", [{"sha256_prefix": hashlib.sha256(CONTENT).hexdigest()[:8]}, {}])
def test_a_prefix_of_the_checksum_or_none_is_enough(site, tmp_path, known):
    site.files["file.bin"] = CONTENT
    wanted = Remote(path="set/file.bin", urls=(site.url("file.bin"),), **known)
    assert download(wanted, tmp_path, progress=False).read_bytes() == CONTENT


def test_a_dropped_connection_is_continued_within_one_call(site, tmp_path):
    site.files["file.bin"], site.cut["file.bin"] = CONTENT, [4000, 3000]
    path = download(remote(site.url("file.bin")), tmp_path, progress=False)
    assert path.read_bytes() == CONTENT
    assert site.requests == [
        ("file.bin", None),
        ("file.bin", "bytes=4000-"),
        ("file.bin", "bytes=7000-"),
    ]


def test_an_interrupted_download_says_so_and_a_later_call_continues_it(site, tmp_path):
    site.files["file.bin"], site.cut["file.bin"] = CONTENT, [4000, 0]
    with pytest.raises(DatasetError, match="4000 of 10240 bytes; 4000 bytes are kept and will be"):
        download(remote(site.url("file.bin")), tmp_path, progress=False)
    assert only_file(tmp_path) == ["file.bin.part"]
    site.requests.clear()
    path = download(remote(site.url("file.bin")), tmp_path, progress=False)
    assert path.read_bytes() == CONTENT
    assert site.requests == [("file.bin", "bytes=4000-")]


def test_a_server_without_ranges_starts_again(site, tmp_path):
    site.files["file.bin"], site.cut["file.bin"], site.ranges = CONTENT, [4000], False
    path = download(remote(site.url("file.bin")), tmp_path, progress=False)
    assert path.read_bytes() == CONTENT


def test_a_server_that_sends_another_range_than_asked_starts_again(site, tmp_path):
    site.files["file.bin"], site.cut["file.bin"], site.wrong_range = CONTENT, [4000], True
    path = download(remote(site.url("file.bin")), tmp_path, progress=False)
    assert path.read_bytes() == CONTENT


def test_a_part_that_was_whole_already_is_recognised(site, tmp_path):
    site.files["file.bin"] = CONTENT
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "file.bin.part").write_bytes(CONTENT)
    assert download(remote(site.url("file.bin")), tmp_path, False).read_bytes() == CONTENT


@pytest.mark.parametrize("stale", [b"other bytes", CONTENT + b"and more"])
def test_a_part_of_another_file_is_dropped(site, tmp_path, stale):
    site.files["file.bin"] = CONTENT
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "file.bin.part").write_bytes(stale)
    assert download(remote(site.url("file.bin")), tmp_path, False).read_bytes() == CONTENT


def test_without_a_checksum_nothing_is_continued(site, tmp_path):
    site.files["file.bin"], site.cut["file.bin"] = CONTENT, [4000]
    path = download(remote(site.url("file.bin"), size=len(CONTENT)), tmp_path, progress=False)
    assert path.read_bytes() == CONTENT
    assert [asked for _, asked in site.requests] == [None, None]


def test_without_a_checksum_half_a_file_is_not_kept(site, tmp_path):
    site.files["file.bin"], site.cut["file.bin"] = CONTENT, [4000, 0]
    with pytest.raises(DatasetError, match="0 of 10240 bytes. Next: check the network"):
        download(remote(site.url("file.bin"), size=len(CONTENT)), tmp_path, progress=False)
    assert only_file(tmp_path) == []


@pytest.mark.parametrize("size", [None, len(CONTENT)])
def test_a_wrong_checksum_leaves_nothing(site, tmp_path, size):
    site.files["file.bin"] = CONTENT[::-1]
    wanted = remote(site.url("file.bin"), sha256=hashlib.sha256(CONTENT).hexdigest(), size=size)
    with pytest.raises(DatasetError, match="sent 10240 bytes with sha256 .* the file was removed"):
        download(wanted, tmp_path, progress=False)
    assert only_file(tmp_path) == []


def test_a_wrong_size_leaves_nothing_where_no_checksum_is_known(site, tmp_path):
    site.files["file.bin"] = CONTENT
    with pytest.raises(DatasetError, match="expected 5 bytes; the file was removed"):
        download(remote(site.url("file.bin"), size=5), tmp_path, progress=False)
    assert only_file(tmp_path) == []


def test_an_announced_length_that_is_too_large_does_no_harm(site, tmp_path):
    site.files["file.bin"], site.lengths["file.bin"] = CONTENT, len(CONTENT) + 100
    assert download(remote(site.url("file.bin")), tmp_path, False).read_bytes() == CONTENT


def test_an_announced_length_that_is_too_small_is_noticed(site, tmp_path):
    site.files["file.bin"], site.lengths["file.bin"] = CONTENT, 100
    with pytest.raises(DatasetError, match="sent 100 bytes"):
        download(remote(site.url("file.bin")), tmp_path, progress=False)
    assert only_file(tmp_path) == []


def test_not_found_is_said_with_the_address_and_the_place(site, tmp_path):
    with pytest.raises(DatasetError) as caught:
        download(remote(site.url("gone.bin")), tmp_path, progress=False)
    assert str(caught.value) == (
        f"'set/file.bin' could not be downloaded. {site.url('gone.bin')}: answered 404 Not Found. "
        "Next: check the network and run the same command again, "
        f"or put the file at '{tmp_path / 'set' / 'file.bin'}' yourself."
    )
    assert only_file(tmp_path) == []


def test_not_found_keeps_what_an_earlier_call_received(site, tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "file.bin.part").write_bytes(CONTENT[:4000])
    with pytest.raises(DatasetError, match="404.*4000 bytes are kept"):
        download(remote(site.url("gone.bin")), tmp_path, progress=False)


def test_the_next_address_is_tried(site, tmp_path):
    site.files["file.bin"] = CONTENT
    urls = site.url("gone.bin"), site.url("file.bin")
    assert download(remote(*urls), tmp_path, progress=False).read_bytes() == CONTENT


def test_a_refused_connection_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(DatasetError, match=f"no connection to {address} .Connection refused"):
        download(remote(f"http://{address}/file.bin"), tmp_path, progress=False)


def test_a_disk_that_is_too_small_is_noticed_before_any_byte(site, tmp_path, monkeypatch):
    site.files["file.bin"] = CONTENT
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(100, 0, 100))
    with pytest.raises(DatasetError, match="free space is '100 bytes .* at least 10240 bytes"):
        download(remote(site.url("file.bin")), tmp_path, progress=False)


def test_a_disk_that_fills_up_keeps_the_part(site, tmp_path, monkeypatch):
    site.files["file.bin"] = CONTENT

    class Full:
        def __init__(self, path, mode):
            self.file = open(path, mode)  # noqa: SIM115

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.file.close()

        def write(self, chunk):
            self.file.write(chunk[:100])
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "open", Full, raising=False)
    with pytest.raises(DatasetError, match="No space left on device.*free some space"):
        download(remote(site.url("file.bin")), tmp_path, progress=False)
    assert only_file(tmp_path) == ["file.bin.part"]
    monkeypatch.undo()
    assert download(remote(site.url("file.bin")), tmp_path, False).read_bytes() == CONTENT
    assert site.requests[-1] == ("file.bin", "bytes=100-")


def test_a_place_that_is_a_file_is_said(site, tmp_path):
    (tmp_path / "set").write_text("in the way")
    with pytest.raises(DatasetError, match="data folder is .*set.*where you may write"):
        download(remote(site.url("file.bin")), tmp_path, progress=False)


def test_progress_is_silent_unless_asked_on_a_terminal(site, tmp_path, capsys):
    site.files["file.bin"] = CONTENT
    download(remote(site.url("file.bin")), tmp_path, progress=True)
    assert capsys.readouterr() == ("", "")
