"""The vertices of a PLY file piece by piece, for clouds that memory need not hold at once."""

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from lcip.datasets.ply import Element, binary_table, header, vertices
from lcip.datasets.text import rows

AT_ONCE = 1 << 16  # rows of a chunk
HEAD = 1 << 20  # bytes in which the header ends


def ply_chunks(file: BinaryIO) -> Iterator[np.ndarray] | None:
    """The vertices in chunks, float64 (n, 3); None where there are faces, or lists in the way."""
    head = file.read(HEAD)
    order, elements, body = header(head)
    before = [element.name for element in elements].index("vertex") if _has_vertex(elements) else 0
    if any(element.name == "face" and element.count for element in elements):
        return None
    if any(element.count for element in elements[:before]) or not _plain(elements, before):
        return None
    file.seek(len(head) - len(body))
    return _text(file, elements[before]) if order == "" else _binary(file, elements[before], order)


def _has_vertex(elements: list[Element]) -> bool:
    return any(element.name == "vertex" for element in elements)


def _plain(elements: list[Element], number: int) -> bool:
    """Whether an element is there and has no lists."""
    columns = elements[number].columns if elements else []
    return bool(columns) and all(column.length is None for column in columns)


def _text(file: BinaryIO, element: Element) -> Iterator[np.ndarray]:
    names = [column.name for column in element.columns]
    for table in rows(file, element.count, len(names)):
        yield vertices(dict(zip(names, table.T, strict=True)))


def _binary(file: BinaryIO, element: Element, order: str) -> Iterator[np.ndarray]:
    table = binary_table(element, order)
    for start in range(0, element.count, AT_ONCE):
        count = min(AT_ONCE, element.count - start)
        data = file.read(table.itemsize * count)
        if len(data) < table.itemsize * count:
            raise ValueError("it ends before all declared rows")
        values = np.frombuffer(data, dtype=table)
        yield vertices({c.name: values[f"c{i}"] for i, c in enumerate(element.columns)})
