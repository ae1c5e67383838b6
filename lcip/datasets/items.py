"""Lists of files: what a folder of images or clouds is to the rest of the package."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from lcip.datasets.errors import DatasetError
from lcip.errors import refusal

IMAGE_SUFFIXES = (".jpeg", ".jpg", ".png")
CLOUD_SUFFIXES = (".npy", ".off", ".ply")
SKIPPED_FOLDERS = ("__MACOSX",)


class Item(NamedTuple):
    """One file of a data set: a `name` that is unique in its list, and its `path`."""

    name: str
    path: Path


def images_in(folder: str | Path) -> list[Item]:
    """The PNG and JPEG files in `folder` and below it, in the order of their names.

    A name is the path below `folder` without its suffix (with it, where two files would share a
    name). Hidden files and folders are left out. Raises `DatasetError` where there is none.
    """
    return _files_in(folder, IMAGE_SUFFIXES)


def clouds_in(folder: str | Path) -> list[Item]:
    """The PLY, OFF and NPY files in `folder` and below it; names and order as in `images_in`."""
    return _files_in(folder, CLOUD_SUFFIXES)


def _files_in(folder: str | Path, suffixes: tuple[str, ...]) -> list[Item]:
    folder = Path(folder).expanduser()
    allowed = f"a folder that holds files named *{', *'.join(suffixes)}"
    if not folder.is_dir():
        found = f"{folder} (a file)" if folder.exists() else f"{folder} (does not exist)"
        raise DatasetError(refusal("folder", found, allowed, "name a folder that exists"))
    items = list(_named(folder, _walk(folder, suffixes)))
    if not items:
        found = f"{folder} (no such file in it)"
        raise DatasetError(refusal("folder", found, allowed, "put files there, or convert yours"))
    return items


def _walk(folder: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    for here, folders, names in os.walk(folder, onerror=_unreadable):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in SKIPPED_FOLDERS]
        for name in names:
            if not name.startswith(".") and name.lower().endswith(suffixes):
                yield Path(here, name)


def _unreadable(error: OSError) -> None:
    raise DatasetError(
        refusal("folder", str(error.filename), "a folder that you may read", f"mend: {error}")
    ) from error


def _named(folder: Path, paths: Iterable[Path]) -> Iterator[Item]:
    relative = {path: path.relative_to(folder) for path in paths}
    stems = Counter(short.with_suffix("") for short in relative.values())
    # Sorted as text with "/" between parts: the same order on every file system and locale.
    for path, short in sorted(relative.items(), key=lambda pair: pair[1].as_posix()):
        unique = stems[short.with_suffix("")] == 1
        yield Item((short.with_suffix("") if unique else short).as_posix(), path)
