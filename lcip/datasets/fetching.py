"""`fetch`: from an entry of the registry to files in the data folder; `available`, `check`."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from lcip.datasets.download import download, matches
from lcip.datasets.errors import DatasetError
from lcip.datasets.images import BUNDLED, bundled_path
from lcip.datasets.items import Item
from lcip.datasets.modelnet import NUM_POINTS, SEED, prepare_modelnet40
from lcip.datasets.quiet_pooch import pooch
from lcip.datasets.registry import Entry, Remote, entry, registry
from lcip.datasets.roots import data_root
from lcip.datasets.training_photos import prepare_bsds500, prepare_imagenet_sample
from lcip.datasets.weights import prepare_resnet_trunk
from lcip.errors import refusal
from lcip.paths import atomic_write

Preparation = Callable[[Path, Path, bool], None]
PREPARATIONS: dict[str, Preparation] = {
    "modelnet40": lambda source, folder, progress: prepare_modelnet40(
        source, folder, NUM_POINTS, SEED, progress
    ),
    "bsds500": prepare_bsds500,
    "imagenet-sample": prepare_imagenet_sample,
    "resnet18-trunk": lambda source, folder, progress: prepare_resnet_trunk(source, folder),
}
ARCHIVES = (".zip", ".tgz")  # removed once they are prepared


@dataclass(frozen=True)
class Status:
    """What lies in the data folder of one entry: `found` files of `size` bytes in all.

    present: whether that is all of the entry. path: the folder where it belongs.
    """

    entry: Entry
    path: Path
    found: int
    size: int
    present: bool

    @property
    def fetchable(self) -> bool:
        """Whether `fetch` can download it; if not, `entry.manual` says how to provide it."""
        return bool(self.entry.files)

    @property
    def download_bytes(self) -> int | None:
        """What a download transfers, where the registry knows it."""
        sizes = [remote.size for remote in self.entry.files]
        return None if not sizes or None in sizes else sum(sizes)


@dataclass(frozen=True)
class Check:
    """Outcome of comparing files with the registry: counts, and one line for each difference."""

    name: str
    agreeing: int
    unverifiable: int
    problems: tuple[str, ...]


def available() -> list[Status]:
    """The status of every entry of the registry, in its order."""
    return [_status(found) for found in registry().values()]


def status(name: str) -> Status:
    """What of one entry lies in the data folder; nothing is opened or verified."""
    return _status(entry(name))


def fetch(name: str, progress: bool, source: str | Path | None = None) -> Status:
    """Bring one entry into the data folder: download, check, prepare; what is there is kept.

    source: a file or folder of your own that stands in for the downloads, for a machine without a
    network or for data that may not be redistributed. It is checked like a download and only read.
    Raises `DatasetError` where the entry cannot be downloaded (the text says how to provide it), or
    a download, a check or the preparation fails; a later call goes on from there.
    """
    found, root = entry(name), data_root()
    if _status(found).present:
        return _status(found)
    if source is None and not found.files:
        manual = found.manual.rstrip(".")
        raise DatasetError(f"data set {name!r} has no download. Next: {manual}.")
    with _claimed(root / found.folder), _disk_reported(root / found.folder):
        if source is None:
            _from_network(found, root, progress)
        else:
            _from_source(found, Path(source).expanduser(), root, progress)
    return _status(found)


def check(name: str) -> Check:
    """Compare every file of an entry that is there with what the registry records of it."""
    found, root = entry(name), data_root()
    agreeing, unverifiable, problems = 0, 0, []
    recorded = {root / remote.path: remote for remote in found.files}
    for pattern in found.holds:
        paths = sorted(root.glob(pattern))
        if pattern in found.fingerprints:
            same = fingerprint(Item(path.name, path) for path in paths)
            if same == found.fingerprints[pattern]:
                agreeing += len(paths)
            else:
                problems.append(f"{pattern}: not the files that the committed weights saw")
            continue
        for path in paths:
            remote = recorded.get(path)
            if remote is None or not remote.digest:
                unverifiable += 1
            elif matches(path, remote):
                agreeing += 1
            else:
                problems.append(f"{path}: sha256 is not {remote.digest}; remove it and fetch again")
    return Check(name, agreeing, unverifiable, tuple(problems))


def fingerprint(items: Iterable[Item]) -> str:
    """One sha256 for a list of files: that of the lines `FILENAME SHA256`, in sorted order."""
    lines = sorted(f"{item.path.name} {pooch.file_hash(str(item.path))}\n" for item in items)
    return sha256("".join(lines).encode()).hexdigest()


def _status(found: Entry) -> Status:
    if found.kind == "bundled":
        kept = [bundled_path(name) for name in BUNDLED]
        path, present = kept[0].parent, True
    else:
        root = data_root()
        counts = {pattern: list(root.glob(pattern)) for pattern in found.holds}
        kept, path = [path for paths in counts.values() for path in paths], root / found.folder
        present = all(len(counts[pattern]) >= found.holds[pattern] for pattern in counts)
    return Status(found, path, len(kept), sum(path.stat().st_size for path in kept), present)


def _from_network(found: Entry, root: Path, progress: bool) -> None:
    for remote in found.files:
        if not ((root / remote.path).is_file() and matches(root / remote.path, remote)):
            download(remote, root, progress)
    if found.preparation:
        archive = root / found.files[0].path
        try:
            PREPARATIONS[found.preparation](archive, root / found.folder, progress)
        except DatasetError:
            # With no checksum to tell, what cannot be prepared may be a bad download.
            if not found.files[0].digest:
                archive.unlink()
            raise
        if archive.suffix in ARCHIVES:
            archive.unlink()


def _from_source(found: Entry, source: Path, root: Path, progress: bool) -> None:
    if not source.exists():
        raise DatasetError(
            refusal("source", str(source), "a file or folder", "name one that exists")
        )
    if found.preparation and not found.files:
        PREPARATIONS[found.preparation](source, root / found.folder, progress)
    elif found.preparation:
        archive = _own_file(found.files[0], source)
        PREPARATIONS[found.preparation](archive, root / found.folder, progress)
    elif found.files:
        for remote in found.files:
            _copy(_own_file(remote, source), root / remote.path)
    else:
        for pattern in found.holds:
            own = source / Path(pattern).name if source.is_dir() else source
            if not own.is_file():
                allowed = f"a file, or a folder with {own.name}"
                raise DatasetError(refusal("source", str(own), allowed, found.manual))
            _copy(own, root / pattern)


def _own_file(remote: Remote, source: Path) -> Path:
    """The user's copy of a file that could be downloaded, checked as a download is."""
    path = source / Path(remote.path).name if source.is_dir() else source
    if not path.is_file() or not matches(path, remote):
        found = f"{path} ({'other bytes' if path.is_file() else 'does not exist'})"
        allowed = f"a copy of {Path(remote.path).name}, sha256 {remote.digest or 'unknown'}"
        raise DatasetError(refusal("source", found, allowed, "download it again from its home"))
    return path


def _copy(path: Path, destination: Path) -> None:
    with atomic_write(destination) as temporary:
        temporary.write_bytes(path.read_bytes())


@contextmanager
def _claimed(folder: Path) -> Iterator[None]:
    """Keep a second `lcip fetch` out of the same folder; where locks are missing, do without."""
    try:
        import fcntl

        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise DatasetError(
            f"'{folder}' is being filled by another `lcip fetch`. Next: wait."
        ) from error
    except OSError:
        pass
    try:
        yield
    finally:
        os.close(handle)


@contextmanager
def _disk_reported(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DatasetError(
            refusal(
                "data folder",
                f"{folder} ({error.strerror or error})",
                "a folder on a disk with free space where you may write",
                "free some space, or set LCIP_DATA to another folder, and run the command again",
            )
        ) from error
