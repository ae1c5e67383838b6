"""Points as rows of text: XYZ, TXT, PTS and CSV files.

Columns are parted by white space, commas or semicolons (then a comma may be the decimal mark). With
a line of names above them, x, y and z are looked for; without, the first three columns are taken.
`#` and `//` begin comments; names may stand in one. A first line that holds a single number is the
number of rows, as in PTS files. Numbers are read by pandas.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import numpy as np

AT_ONCE = 1 << 16  # rows of a chunk
HEAD = 1 << 16  # bytes in which the first row of numbers stands
FIRST = [0, 1, 2]
NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?|[-+]?(nan|inf|infinity)", re.I)


class Layout(NamedTuple):
    """Where the rows begin, how columns are parted, which three are x, y, z, how many rows."""

    offset: int
    separator: str
    decimal: str
    columns: list[int]
    stated: int | None


def is_table(head: bytes) -> bool:
    """Whether a file that begins so has rows of numbers, names of columns above them or not."""
    return b"\0" not in head and _first_row(head) is not None


def table_chunks(file: BinaryIO) -> Iterator[np.ndarray]:
    """The points of a text in chunks, float64 (n, 3). Raises `ValueError` with the reason."""
    import pandas as pd

    layout = _layout(file.read(HEAD))
    file.seek(layout.offset)
    seen = 0
    with pd.read_csv(
        file,
        sep=layout.separator,
        decimal=layout.decimal,
        header=None,
        usecols=layout.columns,
        dtype=np.float64,
        comment="#",
        skipinitialspace=True,
        float_precision="round_trip",
        encoding="latin-1",
        chunksize=AT_ONCE,
    ) as reader:
        for table in reader:
            if table.isna().to_numpy().any():
                row = seen + int(table.isna().to_numpy().any(axis=1).argmax())
                raise ValueError(f"row {row} of its points has fewer than three numbers, or NaN")
            seen += len(table)
            yield table[layout.columns].to_numpy()
    if layout.stated is not None and seen < layout.stated:
        raise ValueError(f"it ends before all declared rows: {seen} of {layout.stated}")


def _layout(head: bytes) -> Layout:
    found = _first_row(head)
    if found is None:
        raise ValueError("no row of numbers in its first lines")
    offset, line, columns, stated = found
    separator = _separator(line)
    decimal = "," if separator == ";" and b"," in head[offset:] else "."
    count = len(_words(line))
    if count <= max(columns):
        raise ValueError(f"its first row has {count} numbers; x, y, z are needed")
    return Layout(offset, separator, decimal, columns, stated)


def _first_row(head: bytes) -> tuple[int, str, list[int], int | None] | None:
    """Offset and text of the first row of numbers, the columns of x, y, z, the stated row count.

    None where the file begins with something else, or with names that lack x, y, z.
    """
    offset, columns, stated = 3 * head.startswith(b"\xef\xbb\xbf"), FIRST, None
    in_remark: dict[int, list[int]] = {}
    for piece in head[offset:].splitlines(keepends=True):
        line = piece.decode("latin-1").strip()
        words = _words(line.lstrip("#/ \t"))
        if line.startswith(("#", "//")):
            # A remark may be a sentence: it counts as names if it has one for every column.
            in_remark[len(words)] = _named(words) or FIRST
        elif _is_row(words, columns):
            if len(words) > 1 or stated is not None or not words[0].isdecimal():
                return offset, line, in_remark.get(len(words), columns), stated
            stated = int(words[0])
        elif words:
            columns = _named(words)
            if columns is None:
                return None
        offset += len(piece)
    return None


def _is_row(words: list[str], columns: list[int]) -> bool:
    """Whether x, y, z are numbers, as far as the line reaches."""
    found = [words[column] for column in columns if column < len(words)]
    return bool(found) and all(map(NUMBER.fullmatch, found))


def _named(words: list[str]) -> list[int] | None:
    """Where x, y and z stand in a line that consists of short names, as those of columns are."""
    names = [word.strip("\"'").lower() for word in words]
    if not set("xyz") <= set(names) or not all(name.isidentifier() for name in names):
        return None
    return [names.index(axis) for axis in "xyz"]


def _words(line: str) -> list[str]:
    mark = _separator(line)
    words = line.split() if mark == r"\s+" else line.rstrip(", ;").split(mark)
    return [word.strip() for word in words if word.strip()]


def _separator(line: str) -> str:
    """What parts the columns of a line."""
    return ";" if ";" in line else "," if "," in line else r"\s+"
