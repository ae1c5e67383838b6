"""PLY files: a text header that declares elements and their properties, then text or binary rows.

Read: ASCII, binary little-endian and binary big-endian; points, or meshes with polygons, which are
cut into triangles that share their first corner; elements and properties of any other name are
stepped over. Format: G. Turk, "The PLY Polygon File Format", 1994.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from lcip.datasets.errors import DatasetError
from lcip.datasets.meshes import Mesh
from lcip.errors import refusal
from lcip.paths import atomic_write

SCALARS = {
    "char": "i1", "uchar": "u1", "short": "i2", "ushort": "u2", "int": "i4", "uint": "u4",
    "float": "f4", "double": "f8", "int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2",
    "int32": "i4", "uint32": "u4", "float32": "f4", "float64": "f8",
}  # fmt: skip
ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
MAX_ALIKE = 64  # corners of a polygon; longer lists are read one by one
FACE_LISTS = ("vertex_indices", "vertex_index")


class Property(NamedTuple):
    """A column of an element: a scalar of type `kind`, or a list whose length has type `length`."""

    name: str
    kind: str
    length: str | None


class Element(NamedTuple):
    """A table in the file: `count` rows of `columns`."""

    name: str
    count: int
    columns: list[Property]


def parse_ply(data: bytes) -> Mesh:
    """Vertices and triangles of a PLY file's bytes. Raises `ValueError` with the reason."""
    order, elements, body = header(data)
    rows = _TextRows(body) if order == "" else _BinaryRows(body, order)
    points, polygons = None, []
    for element in elements:
        columns = rows.read(element)
        if element.name == "vertex":
            points = vertices(columns)
        elif element.name == "face":
            polygons = next((columns[name] for name in FACE_LISTS if name in columns), [])
    if points is None:
        raise ValueError("it declares no element 'vertex'")
    return Mesh(points, _triangles(polygons))


def write_points_ply(path: str | Path, points: np.ndarray) -> None:
    """Write points (N, 3) as a binary little-endian PLY file of float32 x, y, z, atomically."""
    points = np.ascontiguousarray(points, dtype="<f4")
    if points.ndim != 2 or points.shape[1] != 3 or not len(points):
        raise DatasetError(refusal("points", points.shape, "shape (N, 3), N > 0", "give one cloud"))
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex {len(points)}\n"
    head += "".join(f"property float {axis}\n" for axis in "xyz") + "end_header\n"
    with atomic_write(Path(path)) as temporary:
        temporary.write_bytes(head.encode("ascii") + points.tobytes())


def as_faces(corners: np.ndarray) -> np.ndarray:
    """Triangles, int32 (F, 3), from vertex numbers in any shape; `ValueError` where one is none."""
    if corners.size and not (corners == np.clip(np.rint(corners), 0, 2**31 - 1)).all():
        raise ValueError("a face has a corner that is no vertex number")
    return corners.astype(np.int32).reshape(-1, 3)  # (F, 3)


def _triangles(polygons: "np.ndarray | list[np.ndarray]") -> np.ndarray:
    """Polygons, rows of corner indices, each as a fan of triangles: int32 (F, 3).

    A row of fewer than three corners gives no triangle.
    """
    if isinstance(polygons, list):
        fans = [[p[0], p[i], p[i + 1]] for p in polygons for i in range(1, len(p) - 1)]
        return as_faces(np.array(fans))
    corners = [polygons[:, [0, i, i + 1]] for i in range(1, polygons.shape[1] - 1)]
    return as_faces(np.stack(corners, axis=1) if corners else np.zeros(0))  # (polygons, fan, 3)


def vertices(columns: dict) -> np.ndarray:
    """x, y and z of some rows of the element `vertex`, float64 (V, 3)."""
    absent = [axis for axis in "xyz" if axis not in columns]
    if absent:
        raise ValueError(f"its vertices have no property {', '.join(absent)}")
    axes = [np.asarray(columns[axis], dtype=np.float64) for axis in "xyz"]
    if any(axis.ndim != 1 for axis in axes):
        raise ValueError("a coordinate of its vertices is a list")
    return np.stack(axes, axis=1)  # (V, 3)


def header(data: bytes) -> tuple[str, list[Element], bytes]:
    """The order of bytes ("" for text), the elements, and what stands behind the header."""
    ending = b"\r\n" if data[3:5] == b"\r\n" else data[3:4]
    head, mark, body = data.partition(ending + b"end_header" + ending)
    if not mark:
        raise ValueError("its header has no end")
    order, elements = None, []
    for line in head.decode("latin-1").splitlines()[1:]:
        words = line.split()
        if words[:1] == ["format"] and len(words) == 3 and words[1] in ORDERS:
            order = ORDERS[words[1]]
        elif words[:1] == ["element"] and len(words) == 3 and words[2].isdecimal():
            elements.append(Element(words[1], int(words[2]), []))
        elif words[:1] == ["property"] and elements:
            elements[-1].columns.append(_property(words))
        elif words and words[0] not in ("comment", "obj_info"):
            raise ValueError(f"its header has the line {line[:60]!r}")
    if order is None:
        raise ValueError("its header states no format")
    return order, elements, body


def binary_table(element: Element, order: str) -> np.dtype:
    """The type of a binary row without lists: its columns are called c0, c1 …"""
    return np.dtype([(f"c{i}", order + column.kind) for i, column in enumerate(element.columns)])


def _property(words: list[str]) -> Property:
    if len(words) == 3 and words[1] in SCALARS:
        return Property(words[2], SCALARS[words[1]], None)
    if len(words) == 5 and words[1] == "list" and words[2] in SCALARS and words[3] in SCALARS:
        return Property(words[4], SCALARS[words[3]], SCALARS[words[2]])
    raise ValueError(f"its header has the property {' '.join(words[1:])[:60]!r}")


class _Rows:
    """Reads one element after the other; columns come back by name."""

    def read(self, element: Element) -> dict:
        if not element.columns:
            return {}
        if all(column.length is None for column in element.columns):
            return self.scalars(element)
        columns: dict[str, list] = {column.name: [] for column in element.columns}
        for _ in range(element.count):
            for name, kind, length in element.columns:
                count = 1 if length is None else self.length(length)
                columns[name].append(self.take(kind, count))
        return {
            c.name: _even(columns[c.name]) if c.length else np.ravel(columns[c.name])
            for c in element.columns
        }

    def scalars(self, element: Element) -> dict:
        raise NotImplementedError

    def length(self, kind: str) -> int:
        value = self.take(kind, 1)[0]
        if value < 0 or value != int(value):
            raise ValueError(f"it states a list of {value} entries")
        return int(value)

    def take(self, kind: str, count: int) -> np.ndarray:
        raise NotImplementedError


def _even(values: list[np.ndarray]) -> "np.ndarray | list[np.ndarray]":
    """Rows of one length as one array, which the rest handles much faster than a list."""
    return np.array(values) if len({len(value) for value in values}) == 1 else values


class _BinaryRows(_Rows):
    def __init__(self, body: bytes, order: str) -> None:
        self.body, self.order, self.position = body, order, 0

    def scalars(self, element: Element) -> dict:
        table = binary_table(element, self.order)
        values = np.frombuffer(self._bytes(table.itemsize * element.count), dtype=table)
        return {c.name: values[f"c{i}"] for i, c in enumerate(element.columns)}

    def read(self, element: Element) -> dict:
        return self._all_alike(element) or super().read(element)

    def _all_alike(self, element: Element) -> dict | None:
        """The one list of every row at once, where all are as long as the first (most meshes)."""
        if len(element.columns) != 1 or element.columns[0].length is None or not element.count:
            return None
        (name, kind, length), start = element.columns[0], self.position
        width = self.length(length)
        self.position = start
        if width > MAX_ALIKE:
            return None
        table = np.dtype([("n", self.order + length), ("corners", self.order + kind, (width,))])
        if table.itemsize * element.count > len(self.body) - start:
            return None
        rows = np.frombuffer(self.body, dtype=table, count=element.count, offset=start)
        if not (rows["n"] == width).all():
            return None
        self.position += rows.nbytes
        return {name: rows["corners"]}  # (rows, width)

    def take(self, kind: str, count: int) -> np.ndarray:
        dtype = np.dtype(self.order + kind)
        return np.frombuffer(self._bytes(dtype.itemsize * count), dtype=dtype)

    def _bytes(self, count: int) -> bytes:
        if count > len(self.body) - self.position:
            raise ValueError("it ends before all declared rows")
        self.position += count
        return self.body[self.position - count : self.position]


class _TextRows(_Rows):
    def __init__(self, body: bytes) -> None:
        self.words, self.position = body.split(), 0

    def scalars(self, element: Element) -> dict:
        width = len(element.columns)
        table = self.take("f8", width * element.count).reshape(-1, width)  # (rows, columns)
        return {column.name: table[:, i] for i, column in enumerate(element.columns)}

    def take(self, kind: str, count: int) -> np.ndarray:
        if count > len(self.words) - self.position:
            raise ValueError("it ends before all declared rows")
        self.position += count
        return np.array(self.words[self.position - count : self.position], dtype=np.float64)
