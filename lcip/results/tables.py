"""What a table must be before it is written: named columns with units, and nothing missing."""

import re

import numpy as np
import pandas as pd

from lcip.errors import LcipError, refusal

# The last words of a column's name that state its unit; `..._mac_per_point` ends in one too.
UNITS = (
    "bits", "bytes", "bpp", "bits_per_symbol", "db", "percent", "percentage_points",
    "s", "seconds", "ms", "us", "epochs", "px", "deg", "mac", "mac_per_point", "mac_per_pixel",
    "parameters", "items_per_s", "mib", "gib",
)  # fmt: skip
# Numbers without a unit: the whole name, or its first or last words.
UNIT_FREE = (
    "quality", "lmbda", "seed", "setting", "step", "epoch", "index", "label", "scale", "stride",
    "ratio", "fraction", "erosion", "ms_ssim", "nrmse", "chamfer", "frame", "draw",
)  # fmt: skip
# Numbers whose unit stands in the same row, in the text column `unit`.
LONG_FORM = ("value", "parameter")
COUNTS = "num_"
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
KINDS = {"i": "int", "u": "int", "f": "float", "b": "bool", "O": "text", "U": "text"}
DTYPES = {"int": "int64", "float": "float64", "bool": "bool", "text": "str"}


class ResultsError(LcipError):
    """A table, a provenance record or a claim that is missing, changed or says too little."""


def has_unit(column: str) -> bool:
    """Whether the name of a numeric column states its unit, or is known to have none.

    >>> [has_unit(name) for name in ("rate_bpp", "num_points", "quality", "rate")]
    [True, True, True, False]
    """
    return _ends(column, UNITS) or _is_unit_free(column) or column.startswith(COUNTS)


def checked(name: str, frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """The table as int64, float64, bool and text columns, and the kind of each; or a refusal.

    Refused: no rows, an index that would be lost, unfit or repeated names of columns, numbers whose
    name states no unit, missing values (allowed only in unit-free settings that may not apply),
    types other than numbers, booleans and text,
    and values that a file of text would not bring back.
    """
    _check_shape(name, frame)
    kinds = {column: _kind(name, column, frame[column]) for column in frame.columns}
    for column, kind in kinds.items():
        _check_unit(name, column, kind, kinds)
        _check_missing(name, column, kind, frame[column])
        _check_storable(name, column, kind, frame[column])
    return frame.astype({column: DTYPES[kind] for column, kind in kinds.items()}), kinds


def _check_shape(name: str, frame: pd.DataFrame) -> None:
    if not isinstance(frame, pd.DataFrame) or frame.empty:
        got = "empty" if isinstance(frame, pd.DataFrame) else type(frame).__name__
        step = "measure at least one item"
        raise ResultsError(refusal(f"table {name!r}", got, "a data frame with rows", step))
    if not frame.index.equals(pd.RangeIndex(len(frame))):
        got, allowed = f"{frame.index.names} {list(frame.index[:3])} ...", "0, 1, 2 ..."
        step = "call reset_index(), with drop=True if the index says nothing"
        raise ResultsError(refusal(f"index of {name!r}", got, allowed, step))
    for column in frame.columns:
        if not (isinstance(column, str) and NAME.fullmatch(column)):
            step = "rename it, as in rate_bpp"
            raise ResultsError(refusal(f"a column of {name!r}", column, "lower snake case", step))
    if frame.columns.has_duplicates:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise ResultsError(refusal(f"a column of {name!r}", twice, "each once", "rename one"))


def _kind(name: str, column: str, values: pd.Series) -> str:
    what, step = f"column {column!r} of {name!r}", "convert it"
    kind = "text" if pd.api.types.is_string_dtype(values.dtype) else KINDS.get(values.dtype.kind)
    if kind is None or (kind == "text" and not all(isinstance(v, str) for v in values.dropna())):
        allowed = "integers, floats, booleans or text"
        raise ResultsError(refusal(what, str(values.dtype), allowed, step))
    return kind


def _check_unit(name: str, column: str, kind: str, kinds: dict[str, str]) -> None:
    long_form = column in LONG_FORM and kinds.get("unit") == "text"
    if kind not in ("int", "float") or has_unit(column) or long_form:
        return
    allowed = f"a name that starts with {COUNTS}, ends in a unit ({', '.join(UNITS)})"
    allowed += f" or is a number without one ({', '.join(UNIT_FREE)})"
    allowed += f"; {' or '.join(LONG_FORM)} beside a text column unit"
    step = f"rename it, as in {column}_bits; a new unit belongs into lcip/results/tables.py"
    raise ResultsError(refusal(f"a numeric column of {name!r}", column, allowed, step))


def _check_missing(name: str, column: str, kind: str, values: pd.Series) -> None:
    empty = values.isna() | (values.astype(str) == "") if kind == "text" else values.isna()
    setting = kind == "float" and not _ends(column, UNITS) and _is_unit_free(column)
    if empty.any() and not setting:
        row = int(np.flatnonzero(empty)[0])
        step = "measure it, or leave the row out"
        what = f"column {column!r} of {name!r}, row {row},"
        raise ResultsError(refusal(what, "missing", "a value in every row", step))


def _check_storable(name: str, column: str, kind: str, values: pd.Series) -> None:
    """Refuse what would come back as something else: a wrapped integer, a split line."""
    if kind == "int":
        unfit, allowed = values > np.iinfo(np.int64).max, "below 2^63"
    elif kind == "text":
        unfit, allowed = values.str.contains("\r", regex=False), "text without carriage returns"
    else:
        return
    if unfit.any():
        row = int(np.flatnonzero(unfit)[0])
        what = f"column {column!r} of {name!r}, row {row},"
        raise ResultsError(refusal(what, values.iloc[row], allowed, "convert it"))


def _ends(column: str, words: tuple[str, ...]) -> bool:
    return any(column == word or column.endswith(f"_{word}") for word in words)


def _is_unit_free(column: str) -> bool:
    return _ends(column, UNIT_FREE) or any(column.startswith(f"{word}_") for word in UNIT_FREE)
