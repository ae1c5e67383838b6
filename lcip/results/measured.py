"""Measured tables: rows in `data/measured/<chapter>/<table>.csv`, provenance in `.json` beside."""

import hashlib
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from lcip import paths
from lcip.errors import refusal
from lcip.results.tables import DTYPES, ResultsError, checked

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*/[a-z0-9][a-z0-9_-]*")
SHA256 = re.compile(r"[0-9a-f]{64}")
PROVENANCE = (
    "name", "command", "commit", "datasets", "weights", "seed", "environment", "wall_seconds",
    "num_rows", "columns", "sha256",
)  # fmt: skip


class MissingTableError(ResultsError):
    """A table that nobody has measured yet; its name is `table`."""

    def __init__(self, table: str, message: str):
        super().__init__(message)
        self.table = table


class Measured(NamedTuple):
    """A measured table and the record of how it came about."""

    frame: pd.DataFrame
    provenance: dict[str, Any]


def write_measured(
    name: str,
    frame: pd.DataFrame,
    *,
    command: str,
    seed: int | None,
    datasets: Mapping[str, str],
    wall_seconds: float,
    weights: Mapping[str, str] | None = None,
) -> Path:
    """Write `data/measured/<name>.csv`, one row an item, and its provenance; return the csv's path.

    Equal rows give equal bytes: floats are written by their shortest text that reads back the same.

    Args:
        name: `chapter/table`.
        frame: columns of numbers whose names end in their unit, booleans, text.
        command: what to type to make the table again.
        seed: the seed that the computation was set up with; None if nothing is random.
        datasets: SHA-256 of every data set that was read, by name; empty if none was.
        wall_seconds: how long the computation took.
        weights: identity (hexadecimal) of every model that was used, by name; None if none was.

    Raises:
        ResultsError: a table or a record that says too little, naming what is missing.
    """
    _check_name(name)
    frame, columns = checked(name, frame)
    data = frame.to_csv(index=False, lineterminator="\n").encode("utf8")
    record = _record(name, command, seed, datasets, wall_seconds, weights or {})
    record |= {"columns": columns, "num_rows": len(frame), "sha256": _sha256(data)}
    path = paths.root() / "data" / "measured" / f"{name}.csv"
    with paths.atomic_write(path) as temporary:
        temporary.write_bytes(data)
    # The record comes last: until it is there, the old one's checksum refuses the new rows.
    with paths.atomic_write(path.with_suffix(".json")) as temporary:
        text = json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
        temporary.write_bytes(f"{text}\n".encode())
    return path


def read_measured(name: str) -> Measured:
    """The table `data/measured/<name>.csv` and its provenance, verified against each other.

    Raises `MissingTableError` where it does not exist, `ResultsError` where the rows are not those
    that the provenance was written for.
    """
    _check_name(name)
    files = [paths.data_file(f"measured/{name}{suffix}") for suffix in (".csv", ".json")]
    for file in files:
        if not file.is_file():
            raise MissingTableError(name, _missing(name, file))
    record, data = _read_record(name, files[1]), files[0].read_bytes()
    if _sha256(data) != record["sha256"]:
        allowed = f"{record['sha256']}, as its provenance says"
        step = f"restore both files from the repository, or measure again: {record['command']}"
        raise ResultsError(refusal(f"SHA-256 of table {name!r}", _sha256(data), allowed, step))
    return Measured(_parse(data, record["columns"]), record)


def measured_names() -> list[str]:
    """The names that `read_measured` takes, sorted."""
    folder = paths.root() / "data" / "measured"
    return sorted(f.relative_to(folder).with_suffix("").as_posix() for f in folder.rglob("*.csv"))


def _record(
    name: str,
    command: str,
    seed: int | None,
    datasets: Mapping[str, str],
    wall_seconds: float,
    weights: Mapping[str, str],
) -> dict[str, Any]:
    from lcip import runtime  # here, because it loads torch, which reading a table does not need

    _require(name, "command", command, isinstance(command, str) and command.strip(), "a command")
    fit = seed is None or (type(seed) is int and seed >= 0)
    _require(name, "seed", seed, fit, "an integer from 0 up, or None")
    fit = type(wall_seconds) in (int, float) and 0 <= wall_seconds < float("inf")
    _require(name, "wall_seconds", wall_seconds, fit, "seconds, 0 or more")
    for kind, hashes in (("datasets", datasets), ("weights", weights)):
        _require(name, kind, hashes, isinstance(hashes, Mapping), "SHA-256 by name, {} for none")
        for key, value in hashes.items():
            fit = isinstance(value, str) and SHA256.fullmatch(value)
            _require(name, f"{kind}[{key!r}]", value, fit, "64 hexadecimal digits")
    environment = runtime.environment_report()
    return {
        "name": name,
        "command": command,
        "commit": environment["commit"],
        "datasets": dict(datasets),
        "weights": dict(weights),
        "seed": seed,
        "environment": environment,
        "wall_seconds": round(float(wall_seconds), 3),
    }


def _require(name: str, what: str, value: object, fit: object, allowed: str) -> None:
    if not fit:
        step = "say how the table was made"
        raise ResultsError(refusal(f"{what} of table {name!r}", value, allowed, step))


def _parse(data: bytes, columns: Mapping[str, str]) -> pd.DataFrame:
    return pd.read_csv(
        io.BytesIO(data),
        dtype={column: DTYPES[kind] for column, kind in columns.items()},
        keep_default_na=False,
        na_values={column: [""] for column, kind in columns.items() if kind == "float"},
        float_precision="round_trip",
    )


def _read_record(name: str, path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_bytes())
    except ValueError as error:
        raise ResultsError(f"provenance of table {name!r} is not JSON: {error}") from error
    missing = [key for key in PROVENANCE if key not in record]
    if missing:
        step = "restore it from the repository, or measure again"
        what = f"provenance of table {name!r}"
        raise ResultsError(refusal(what, f"without {', '.join(missing)}", PROVENANCE, step))
    return record


def _check_name(name: str) -> None:
    if not (isinstance(name, str) and NAME.fullmatch(name)):
        allowed = "chapter/table in lower case, as in distributions/gap"
        raise ResultsError(refusal("name of a measured table", name, allowed, "rename it"))


def _missing(name: str, file: Path) -> str:
    present = ", ".join(measured_names()) or "none measured yet"
    step = f"choose one of these, or make {file.name}: the rules in workflow/ say how"
    return refusal(f"measured table {name!r} ({file.name})", "missing", present, step)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
