"""Where data sets lie on this machine."""

import os
from pathlib import Path

from lcip.datasets.errors import DatasetError
from lcip.datasets.quiet_pooch import pooch
from lcip.errors import refusal

VARIABLE = "LCIP_DATA"


def data_root() -> Path:
    """The folder of data sets: `LCIP_DATA`, else the user's cache folder (it need not exist yet).

    Raises `DatasetError` where `LCIP_DATA` names a file.
    """
    chosen = os.environ.get(VARIABLE, "").strip()
    folder = Path(chosen).expanduser() if chosen else Path(pooch.os_cache("lcip"))
    if folder.exists() and not folder.is_dir():
        raise DatasetError(
            refusal(VARIABLE, str(folder), "a folder", f"set {VARIABLE} to a folder, or unset it")
        )
    return folder


def missing(name: str, path: Path, found: str, wanted: str, next_step: str = "") -> DatasetError:
    """The error for data set `name`, of which `path` holds `found` where `wanted` was needed."""
    where = VARIABLE if os.environ.get(VARIABLE, "").strip() else f"{VARIABLE} (not set)"
    next_step = next_step or f"run `lcip fetch {name}`, or set {VARIABLE} to a folder that has it"
    return DatasetError(
        f"data set {name!r}: {found} at '{path}', below the folder of {where}; needed: {wanted}. "
        f"Next: {next_step}."
    )
