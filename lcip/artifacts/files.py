"""A file and its card, saved together and read back only if they still belong together."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lcip import paths
from lcip.artifacts.cards import ArtifactError, readable_json, require
from lcip.errors import refusal

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=,-]*(/[A-Za-z0-9][A-Za-z0-9._=,-]*)*")
WRITTEN = ("name", "sha256", "size_bytes")


@dataclass(frozen=True)
class Kind:
    """What weights and streams differ in: folder, suffix, what a card must say and must not."""

    label: str
    folder: str
    suffix: str
    required: tuple[str, ...]
    written: tuple[str, ...]

    def names(self) -> list[str]:
        """The names on disk, sorted."""
        folder = paths.root() / "data" / self.folder
        files = folder.rglob(f"[!.]*{self.suffix}")
        return sorted(f.relative_to(folder).as_posix().removesuffix(self.suffix) for f in files)


def save(kind: Kind, name: str, data: bytes, card: Mapping[str, Any], **extra: Any) -> Path:
    """Write `data`, then the card with `extra` and the checksum; return the path of the data."""
    check_name(kind, name)
    require(card, name, kind.required, taken=kind.written)
    written = {"name": name, "sha256": sha256(data), "size_bytes": len(data), **extra}
    text = readable_json({**card, **written}, f"card of {name!r}")
    path = paths.root() / "data" / kind.folder / f"{name}{kind.suffix}"
    with paths.atomic_write(path) as temporary:
        temporary.write_bytes(data)
    # The card comes last: until it is there, the old one's checksum refuses the new bytes.
    with paths.atomic_write(path.with_name(path.name.removesuffix(kind.suffix) + ".json")) as card_:
        card_.write_bytes(text)
    return path


def load(kind: Kind, name: str) -> tuple[bytes, dict[str, Any]]:
    """The bytes and the card of `name`; refused where one is missing or they do not match."""
    check_name(kind, name)
    path = _existing(kind, name, kind.suffix)
    card, data = card_of(kind, name), path.read_bytes()
    _check_match(kind, name, data, card)
    return data, card


def card_of(kind: Kind, name: str) -> dict[str, Any]:
    """The card alone, not compared with the bytes that it describes."""
    check_name(kind, name)
    return _read_card(_existing(kind, name, ".json"), kind, name)


def _existing(kind: Kind, name: str, suffix: str) -> Path:
    path = paths.data_file(f"{kind.folder}/{name}{suffix}")
    if not path.is_file():
        raise ArtifactError(_missing(kind, name, path))
    return path


def check_name(kind: Kind, name: str) -> None:
    """Refuse names that could leave the folder or that some file system would not take."""
    if not (isinstance(name, str) and NAME.fullmatch(name)):
        allowed = "letters, digits and ._=,- in parts joined by '/', as in images/factorized-q3"
        raise ArtifactError(refusal(f"name of {kind.label}", name, allowed, "choose such a name"))


def sha256(data: bytes) -> str:
    """SHA-256 in 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def _read_card(path: Path, kind: Kind, name: str) -> dict[str, Any]:
    try:
        card = json.loads(path.read_bytes())
    except ValueError as error:
        raise ArtifactError(f"card of {kind.label} {name!r} is not JSON: {error}") from error
    if not isinstance(card, dict):
        step = "restore it from the repository"
        raise ArtifactError(refusal(f"card of {name!r}", type(card).__name__, "an object", step))
    require(card, name, kind.required + kind.written)
    return card


def _check_match(kind: Kind, name: str, data: bytes, card: Mapping[str, Any]) -> None:
    step = "restore both files from the repository (git checkout), or make them again"
    if card["name"] != name:
        what = f"name in the card of {kind.label} {name!r}"
        raise ArtifactError(refusal(what, card["name"], repr(name), step))
    if sha256(data) != card["sha256"]:
        what = f"SHA-256 of {kind.label} {name!r} ({len(data)} bytes)"
        allowed = f"{card['sha256']} ({card['size_bytes']} bytes), as its card says"
        raise ArtifactError(refusal(what, sha256(data), allowed, step))


def _missing(kind: Kind, name: str, file: Path) -> str:
    present = ", ".join(kind.names()) or "none on disk yet"
    step = f"choose one of these, or make {file.name}: the rules in workflow/ say how"
    return refusal(f"{kind.label} {name!r} ({file.name})", "missing", present, step)
