"""The files that a command reads and writes: what is refused before any work, and whole writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lcip.cli.printing import shown
from lcip.errors import LcipError, refusal


def read(file: Path, writer: str) -> bytes:
    """The bytes of an existing file that is not empty; `writer` is the command that writes such."""
    allowed = f"a file that `{writer}` wrote"
    file = file.expanduser()
    if not file.is_file():
        raise LcipError(refusal("file", f"{file} ({_ailment(file)})", allowed, "name such a file"))
    data = file.read_bytes()
    if not data:
        raise LcipError(
            refusal("file", f"{file} (empty: 0 bytes)", allowed, "copy or write it again")
        )
    return data


def _ailment(file: Path) -> str:
    """Why a path is no file to read."""
    if file.is_dir():
        return "a folder"
    return "no plain file: save it first" if file.exists() else "does not exist"


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """Whatever is refused inside is said of this file."""
    try:
        yield
    except LcipError as error:
        named = LcipError(f"{shown(file)}: {error}")
        named.exit_status = getattr(error, "exit_status", 2)
        raise named from error


def check_output(out: Path, source: Path | None) -> None:
    """Refuse an output that cannot be written, or would replace the input, before any work."""
    out = out.expanduser()
    if out.is_dir():
        raise LcipError(refusal("-o", f"{out} (a folder)", "a file", "name a file in it"))
    if out.exists() and not out.is_file():  # a device would be replaced by a plain file
        raise LcipError(refusal("-o", f"{out} (no plain file)", "a file", "choose another name"))
    if not out.parent.is_dir():
        reason = "is no folder" if out.parent.exists() else "does not exist"
        found = f"{out} ({out.parent} {reason})"
        raise LcipError(refusal("-o", found, "a file in a folder that exists", "make the folder"))
    if source is not None and out.resolve() == source.expanduser().resolve():
        raise LcipError(refusal("-o", str(out), "any file but the input", "choose another name"))


def check_suffix(out: Path, suffixes: tuple[str, ...], next_step: str) -> None:
    """Refuse a name that promises another kind of file."""
    if out.suffix.lower() not in suffixes:
        allowed = f"a name that ends in {' or '.join(suffixes)}"
        raise LcipError(refusal("-o", str(out), allowed, next_step))


def write(out: Path, data: bytes) -> None:
    """Write all of a file, or nothing."""
    from lcip import paths

    with paths.atomic_write(out.expanduser()) as temporary:
        temporary.write_bytes(data)
