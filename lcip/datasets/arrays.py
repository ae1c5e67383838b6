"""Points in NumPy's files: an array (N, 3) or wider, or of records with x, y, z; NPY, or in an NPZ.

Read piece by piece, whatever the array's size and its order in memory, also from inside an NPZ.
"""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.lib import format as npy

AT_ONCE = 1 << 16  # rows of a chunk
WIDEST = 1024  # columns; only the first three are used
NAMES = ("points", "xyz", "pos", "vertices")
READERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


class Header(NamedTuple):
    """What stands before the numbers; `offset` is where these begin."""

    shape: tuple[int, ...]
    by_column: bool
    dtype: np.dtype
    offset: int


def npy_chunks(file: BinaryIO) -> Iterator[np.ndarray]:
    """The points of an NPY file in chunks, float64 (n, 3). Raises `ValueError` with the reason."""
    return _chunks(lambda: nullcontext(file), _header(file))


def npz_chunks(file: BinaryIO) -> Iterator[np.ndarray]:
    """The points of the only array of an NPZ, or of the one that is named `points`, `xyz` …"""
    try:
        with zipfile.ZipFile(file) as archive:
            member = _member([name for name in archive.namelist() if name.endswith(".npy")])
            with archive.open(member) as stored:
                header = _header(stored)
            yield from _chunks(lambda: archive.open(member), header)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"a damaged or protected archive: {error}") from error


def _member(names: list[str]) -> str:
    found = [f"{name}.npy" for name in NAMES if f"{name}.npy" in names]
    if found or len(names) == 1:
        return (found or names)[0]
    arrays = ", ".join(name.removesuffix(".npy") for name in names) or "none"
    raise ValueError(f"its arrays are: {arrays}; one, or one named {' or '.join(NAMES)}, is needed")


def _header(file: BinaryIO) -> Header:
    try:
        version = npy.read_magic(file)
        shape, by_column, dtype = READERS[version](file)
    # numpy raises whatever its header parser met.
    except Exception as error:
        raise ValueError(f"numpy says: {error}") from error
    plain = len(shape) == 2 and 3 <= shape[1] <= WIDEST and dtype.kind in "fiu"
    records = len(shape) == 1 and set("xyz") <= set(dtype.names or ())
    if not plain and not (records and all(dtype[axis].kind in "fiu" for axis in "xyz")):
        raise ValueError(f"{dtype} of shape {shape}; numbers (N, 3) are needed")
    return Header(shape, by_column and plain, dtype, file.tell())


def _chunks(opened: Callable, header: Header) -> Iterator[np.ndarray]:
    return _by_columns(opened, header) if header.by_column else _by_rows(opened, header)


def _by_rows(opened: Callable, header: Header) -> Iterator[np.ndarray]:
    width = int(np.prod(header.shape[1:], dtype=object))
    with opened() as file:
        file.seek(header.offset)
        for start in range(0, header.shape[0], AT_ONCE):
            count = min(AT_ONCE, header.shape[0] - start)
            yield _three(_read(file, header.dtype, count * width), count)


def _three(values: np.ndarray, count: int) -> np.ndarray:
    """x, y, z of numbers row by row, or of records: float64 (n, 3)."""
    if values.dtype.names:
        return np.stack([values[axis].astype(np.float64) for axis in "xyz"], axis=1)
    return values.reshape(count, -1)[:, :3].astype(np.float64)  # (n·width,) → (n, 3)


def _by_columns(opened: Callable, header: Header) -> Iterator[np.ndarray]:
    """Three places of the file are read side by side."""
    total, size = header.shape[0], header.dtype.itemsize
    with ExitStack() as stack:
        files = [stack.enter_context(opened()) for _ in range(3)]
        for start in range(0, total, AT_ONCE):
            count = min(AT_ONCE, total - start)
            columns = []
            for axis, file in enumerate(files):
                file.seek(header.offset + size * (axis * total + start))
                columns.append(_read(file, header.dtype, count).astype(np.float64))
            yield np.stack(columns, axis=1)  # (n, 3)


def _read(file: BinaryIO, dtype: np.dtype, count: int) -> np.ndarray:
    data = file.read(dtype.itemsize * count)
    if len(data) < dtype.itemsize * count:
        raise ValueError("it ends before all declared rows")
    return np.frombuffer(data, dtype=dtype)
