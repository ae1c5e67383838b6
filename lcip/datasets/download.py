"""Downloading one file: with progress, continued where it stopped, checked, placed in one step.

Bytes go to `NAME.part` beside the destination. A later call continues from there (HTTP `Range`),
but only where a checksum will judge the result: without one, two halves of different files could
not be told from a whole. Only a complete and checked file gets its name. The checksums, the cache
folder and the hashing are pooch's; its downloader is not used, because it starts again from
nothing.
"""

import os
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import requests
import urllib3
from tqdm import tqdm

from lcip import __version__
from lcip.datasets.errors import DatasetError
from lcip.datasets.quiet_pooch import pooch
from lcip.datasets.registry import Remote
from lcip.errors import refusal

ATTEMPTS = (
    4  # an address that drops the connection is asked again, as long as each try brings bytes
)
TIMEOUT_SECONDS = (15, 60)  # to connect, and between two chunks
CHUNK_BYTES = 1 << 18
AGAIN = "run the same command again"


class _Broken(Exception):
    """The connection ended early, or could not be made; asking again may help."""


class _Refused(Exception):
    """The server answered, and asking it again will not help."""


def download(remote: Remote, root: Path, progress: bool) -> Path:
    """Fetch `remote` to `root / remote.path` and return that path; the addresses are tried in turn.

    Raises `DatasetError` where no address serves the file, the checksum or the size is wrong (the
    bad bytes are removed), or the disk is full or not writable (`NAME.part` stays, to be
    continued).
    """
    path = root / remote.path
    part = path.with_name(path.name + ".part")
    failures = []
    for url in remote.urls:
        try:
            part.parent.mkdir(parents=True, exist_ok=True)
            _fetch(url, part, remote, progress)
            part.replace(path)
            return path
        except (_Broken, _Refused) as failure:
            failures.append(f"{url}: {failure}")
        except OSError as error:
            raise _disk_error(part, error, kept=bool(remote.digest)) from error
    if not remote.digest or _size(part) == 0:
        part.unlink(missing_ok=True)
    kept = f"; {_size(part)} bytes are kept and will be continued" if part.exists() else ""
    raise DatasetError(
        f"{remote.path!r} could not be downloaded. {'; '.join(failures)}{kept}. "
        f"Next: check the network and {AGAIN}, or put the file at '{path}' yourself."
    )


def matches(path: Path, remote: Remote) -> bool:
    """Whether the file has the recorded checksum and size, so far as these are known."""
    if remote.size is not None and path.stat().st_size != remote.size:
        return False
    return not remote.digest or pooch.file_hash(str(path)).startswith(remote.digest)


def _fetch(url: str, part: Path, remote: Remote, progress: bool) -> None:
    """Complete `part` from `url` and check it; bytes of an earlier call that spoil it go."""
    continued = part.exists()
    _persist(url, part, remote, progress)
    if continued and not matches(part, remote):
        part.unlink()
        _persist(url, part, remote, progress)
    if not matches(part, remote):
        found = f"{part.stat().st_size} bytes with sha256 {pooch.file_hash(str(part))}"
        part.unlink()
        wanted = f"sha256 {remote.digest}" if remote.digest else f"{remote.size} bytes"
        raise _Refused(f"sent {found}, expected {wanted}; the file was removed")


def _persist(url: str, part: Path, remote: Remote, progress: bool) -> None:
    for attempt in range(ATTEMPTS):
        before = _size(part)
        try:
            return _transfer(url, part, remote, progress)
        except _Broken:
            # A server may announce too many bytes: what came can be whole all the same.
            if remote.digest and part.exists() and matches(part, remote):
                return None
            if _size(part) <= before or attempt == ATTEMPTS - 1:
                raise


def _transfer(url: str, part: Path, remote: Remote, progress: bool) -> None:
    if not remote.digest:
        part.unlink(missing_ok=True)
    offset = _size(part)
    with _open(url, offset) as answer:
        _check_status(answer, offset)
        if offset and not _continues(answer, offset):
            if answer.status_code == 416 and matches(part, remote):
                return  # nothing was left to send
            part.unlink()
            if answer.status_code != 200:
                return _transfer(url, part, remote, progress)
            offset = 0
        announced = answer.headers.get("Content-Length", "")
        total = offset + int(announced) if announced.isdecimal() else remote.size
        _check_room(part, (total or 0) - offset)
        _receive(answer, part, total, progress)


def _open(url: str, offset: int) -> requests.Response:
    # "identity": a length and an offset must count the bytes of the file, not of a compressed copy.
    headers = {"User-Agent": f"lcip/{__version__}", "Accept-Encoding": "identity"}
    if offset:
        headers["Range"] = f"bytes={offset}-"
    try:
        return requests.get(url, headers=headers, stream=True, timeout=TIMEOUT_SECONDS)
    except requests.Timeout as error:
        raise _Broken(f"no answer within {TIMEOUT_SECONDS[0]} s") from error
    except requests.ConnectionError as error:
        raise _Broken(f"no connection to {urlsplit(url).netloc}{_cause(error)}") from error
    except requests.RequestException as error:
        raise _Refused(str(error)) from error


def _continues(answer: requests.Response, offset: int) -> bool:
    start = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
    return answer.status_code == 206 and start is not None and int(start[1]) == offset


def _check_status(answer: requests.Response, offset: int) -> None:
    """200: all of the file; 206: the rest of it, 416: there is no rest, both only if asked for."""
    if answer.status_code not in ((200, 206, 416) if offset else (200,)):
        raise _Refused(f"answered {answer.status_code} {answer.reason}")


def _receive(answer: requests.Response, part: Path, total: int | None, progress: bool) -> None:
    received = _size(part)
    silent = None if progress else True  # None: silent where stderr is no terminal
    with (
        open(part, "ab") as file,
        tqdm(
            desc=part.stem, total=total, initial=received, unit="B", unit_scale=True, disable=silent
        ) as bar,
    ):
        try:
            # Not requests' iter_content: it drops what a breaking connection brought last.
            while chunk := answer.raw.read1(CHUNK_BYTES, decode_content=False):
                file.write(chunk)
                received += len(chunk)
                bar.update(len(chunk))
            file.flush()
            os.fsync(file.fileno())
        except urllib3.exceptions.HTTPError as error:
            raise _Broken(f"the connection broke after {received} of {total} bytes") from error
    if total is not None and received < total:
        raise _Broken(f"the connection ended after {received} of {total} bytes")


def _check_room(part: Path, needed: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if needed > free:
        raise DatasetError(
            refusal(
                "free space",
                f"{free} bytes on the disk of {part.parent}",
                f"at least {needed} bytes",
                f"free some space, or set LCIP_DATA to a folder on another disk, and {AGAIN}",
            )
        )


def _disk_error(part: Path, error: OSError, kept: bool) -> DatasetError:
    return DatasetError(
        refusal(
            "data folder",
            f"{part.parent} ({error.strerror or error})",
            "a folder on a disk with free space where you may write",
            f"free some space, or set LCIP_DATA to another folder, and {AGAIN}"
            + ": what has arrived is kept and will be continued" * kept,
        )
    )


def _cause(error: BaseException) -> str:
    reason = re.search(r"\[Errno [^\]]*\] ([^'\")]+)|(Name or service not known)", str(error))
    return f" ({reason[1] or reason[2]})" if reason else ""


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
