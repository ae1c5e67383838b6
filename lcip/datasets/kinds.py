"""What kind of file holds points: told by its first bytes, never by its name.

Every kind has two readers: `chunks` gives the points of a cloud piece by piece, or None for a mesh,
which `whole` reads; a kind that cannot hold a mesh has no `whole`.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

import numpy as np

from lcip.datasets.arrays import npy_chunks, npz_chunks
from lcip.datasets.meshes import Mesh
from lcip.datasets.obj import WORD, obj_chunks, parse_obj
from lcip.datasets.off import KEYWORD, off_chunks, parse_off
from lcip.datasets.ply import parse_ply
from lcip.datasets.ply_chunks import ply_chunks
from lcip.datasets.text import COMMENT
from lcip.datasets.text_tables import is_table, table_chunks

HEAD = 1 << 16  # bytes that are looked at


class Kind(NamedTuple):
    """A format: its name and its two readers, which raise `ValueError` with the reason."""

    name: str
    chunks: Callable[[BinaryIO], Iterator[np.ndarray] | None]
    whole: Callable[[bytes], Mesh] | None


PLY = Kind("PLY", ply_chunks, parse_ply)
OFF = Kind("OFF", off_chunks, parse_off)
OBJ = Kind("OBJ", obj_chunks, parse_obj)
NPY = Kind("NPY", npy_chunks, None)
NPZ = Kind("NPZ", npz_chunks, None)
TABLE = Kind("text", table_chunks, None)


def kind_of(file: BinaryIO) -> Kind:
    """The kind of a file that is opened at its start, where it is left. `ValueError` for others."""
    head = file.read(HEAD)
    file.seek(0)
    text = COMMENT.sub(b"", head).lstrip()
    for kind, known in (
        (PLY, head[:4] in (b"ply\n", b"ply\r")),
        (NPY, head.startswith(b"\x93NUMPY")),
        (NPZ, head.startswith(b"PK\x03\x04")),
        (OFF, KEYWORD.match(text[:64])),
        (OBJ, b"\0" not in text and WORD.match(text)),
        (TABLE, is_table(head)),
    ):
        if known:
            return kind
    raise ValueError("neither PLY nor OFF nor NPY, NPZ, OBJ or rows of numbers by its first bytes")
