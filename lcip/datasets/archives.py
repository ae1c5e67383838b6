"""Reading zip and tar archives without unpacking them.

Members are read one by one into memory, and the caller alone decides where their contents go: a
name inside an archive never becomes a path on the disk. An archive that holds a name which would
lead out of its folder is refused whole all the same, since whoever made it meant harm.
"""

import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lcip.datasets.errors import DatasetError
from lcip.errors import refusal

MAX_MEMBER_BYTES = 1 << 30  # the largest meshes and images of the registry are far below


def member_names(archive: Path) -> list[str]:
    """The names of all regular files in a zip or tar archive, in its order; no unsafe name."""
    with _reported(archive):
        return [name for name, _, _ in _members(archive)]


def read_members(archive: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """Name and contents of each wanted regular file, in the archive's order.

    All names are checked before the first content is given out. Raises `DatasetError` for a name
    that leads out of the folder, a member that is too large, or a damaged archive.
    """
    member_names(archive)
    with _reported(archive):
        for name, size, read in _members(archive):
            if not wanted(name):
                continue
            if size > MAX_MEMBER_BYTES:
                raise _refused(archive, f"{name} holds {size} bytes", f"{MAX_MEMBER_BYTES} bytes")
            yield name, read()


def _members(archive: Path) -> Iterator[tuple[str, int, Callable[[], bytes]]]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            for info in opened.infolist():
                _check_name(archive, info.orig_filename)
                if not info.is_dir():
                    yield info.filename, info.file_size, lambda info=info: opened.read(info)
        return
    with tarfile.open(archive) as opened:
        for member in opened:
            _check_name(archive, member.name)
            if member.isfile():
                yield member.name, member.size, lambda m=member: opened.extractfile(m).read()


def _check_name(archive: Path, name: str) -> None:
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name:
        raise _refused(archive, f"it holds a member named {name}", "names inside the archive")


@contextmanager
def _reported(archive: Path) -> Iterator[None]:
    try:
        yield
    # RuntimeError: an encrypted zip. NotImplementedError: a compression that Python lacks.
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,
    ) as error:
        raise _refused(archive, f"{error}", "a whole zip or tar archive") from error


def _refused(archive: Path, reason: str, allowed: str) -> DatasetError:
    return DatasetError(
        refusal(
            "archive",
            f"{archive} ({reason}; nothing was unpacked)",
            allowed,
            "remove the archive and fetch it again from the address in data/registry.toml",
        )
    )
