"""`data/registry.toml`: every external data set and weight file, and what is known of it.

The file is the one place for addresses, checksums, terms and citations. A field that is not known
is left out and named in `unknown`; nothing is guessed.
"""

import re
import tomllib
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from lcip.datasets.errors import DatasetError
from lcip.errors import refusal
from lcip.paths import data_file

KINDS = ("images", "clouds", "weights", "video", "bundled")


@dataclass(frozen=True)
class Remote:
    """One file to download: `path` below the data folder, and the addresses that serve it.

    `sha256` is the whole checksum where it is known, `sha256_prefix` its first hexadecimal digits
    where only these are (PyTorch and CompressAI put eight of them into a file's name).
    """

    path: str
    urls: tuple[str, ...]
    sha256: str = ""
    sha256_prefix: str = ""
    size: int | None = None

    @property
    def digest(self) -> str:
        """What the file's sha256 must start with; empty where nothing is known."""
        return self.sha256 or self.sha256_prefix


@dataclass(frozen=True)
class Entry:
    """One data set or weight file of the registry.

    holds: patterns of paths below the data folder, each with the least number of files that makes
    the entry complete. preparation: what `fetch` does after the downloads, if anything; `how` says
    it in words. manual: how a user provides what cannot be downloaded. unknown: what is not known.
    fingerprints: for a pattern, `fingerprint` of the files that the committed weights were made
    from.
    """

    name: str
    title: str
    kind: str
    licence: str
    citation: str
    home: str
    holds: dict[str, int]
    how: str
    files: tuple[Remote, ...] = ()
    preparation: str = ""
    manual: str = ""
    unknown: str = ""
    fingerprints: dict[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """The folder below the data folder that holds the entry; empty for what is bundled."""
        return next(iter(self.holds), "").rpartition("/")[0]


def registry() -> dict[str, Entry]:
    """All entries by name, in the file's order. Raises `DatasetError` where it is malformed."""
    path = data_file("registry.toml")
    try:
        tables = tomllib.loads(path.read_text(encoding="utf8"))
        return {name: _entry(name, table) for name, table in tables.items()}
    except (OSError, ValueError, TypeError) as error:
        raise DatasetError(
            refusal(
                "registry", f"{path} ({error})", "a valid registry", "restore the file from git"
            )
        ) from error


def entry(name: str) -> Entry:
    """The entry called `name`. Raises `DatasetError` that lists the names there are."""
    entries = registry()
    if name not in entries:
        raise DatasetError(refusal("data set", name, entries, "run `lcip fetch --list`"))
    return entries[name]


def _entry(name: str, table: dict[str, Any]) -> Entry:
    files = tuple(_remote(name, row) for row in table.pop("files", []))
    made = Entry(name=name, files=files, **table)
    words = [f.name for f in fields(Entry) if f.type in (str, "str")]
    if any(not isinstance(getattr(made, word), str) for word in words) or made.kind not in KINDS:
        raise ValueError(f"[{name}]: a field has the wrong type, or its kind is not in {KINDS}")
    if bool(made.holds) == (made.kind == "bundled") or min(made.holds.values(), default=1) < 1:
        raise ValueError(f"[{name}]: 'holds' must give a count for each pattern of files")
    if not (files or made.manual or made.kind == "bundled"):
        raise ValueError(f"[{name}]: neither 'files' to download nor 'manual'")
    for path in [*made.holds, *(remote.path for remote in files)]:
        _check_path(name, path)
    return made


def _remote(name: str, row: dict[str, Any]) -> Remote:
    remote = Remote(**{**row, "urls": tuple(row["urls"])})
    if not remote.urls or any(urlsplit(u).scheme not in ("http", "https") for u in remote.urls):
        raise ValueError(f"[{name}]: {remote.path} needs addresses that start with http(s)://")
    if remote.digest and not re.fullmatch(r"[0-9a-f]{8,64}", remote.digest):
        raise ValueError(f"[{name}]: the checksum of {remote.path} is not hexadecimal")
    if remote.sha256 and len(remote.sha256) != 64:
        raise ValueError(f"[{name}]: the sha256 of {remote.path} has not 64 digits")
    return remote


def _check_path(name: str, path: str) -> None:
    if path.startswith("/") or "\\" in path or ".." in path.split("/") or "/" not in path:
        raise ValueError(f"[{name}]: {path!r} is no path inside a folder of the data folder")
