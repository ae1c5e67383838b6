"""OBJ files: a line `v x y z` for each vertex, `f a b c …` for each face; vertices count from 1.

A corner is `a`, `a/texture`, `a//normal` or `a/texture/normal`; a negative number counts back from
the vertex before the face. Faces of more than three corners are cut into triangles that share the
first. Weights and colours behind x, y, z, and lines of any other kind, are stepped over. Format:
Wavefront Technologies, "Advanced Visualizer Manual", appendix B1.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from lcip.datasets.meshes import Mesh
from lcip.datasets.ply import as_faces
from lcip.datasets.text import blocks

WORD = re.compile(rb"(v|vn|vt|vp|f|l|p|o|g|s|mtllib|usemtl)[ \t]")
FACE = re.compile(rb"(?:^|[\r\n])[ \t]*f[ \t]")


def obj_chunks(file: BinaryIO) -> Iterator[np.ndarray] | None:
    """The vertices of an OBJ file in chunks, float64 (n, 3); None where it has faces."""
    if any(FACE.search(block) for block in blocks(file)):
        return None
    file.seek(0)
    return filter(len, map(_vertices, blocks(file)))


def parse_obj(data: bytes) -> Mesh:
    """Vertices and triangles of an OBJ file's bytes. Raises `ValueError` with the reason."""
    seen, fans = 0, []
    for line in data.splitlines():
        words = line.split()
        if words[:1] == [b"v"]:
            seen += 1
        elif words[:1] == [b"f"]:
            fans += _fan(words[1:], seen)
    return Mesh(_vertices(data), as_faces(np.array(fans, dtype=np.float64)))


def _vertices(text: bytes) -> np.ndarray:
    """float64 (n, 3) of the lines `v …`."""
    lines = (line.split() for line in text.splitlines())
    found = [words[1:4] for words in lines if words and words[0] == b"v"]
    if any(len(words) < 3 for words in found):
        raise ValueError("a vertex has fewer than three coordinates")
    return np.array(found, dtype=np.float64).reshape(-1, 3)  # (n, 3)


def _fan(words: list[bytes], seen: int) -> Iterator[tuple[int, int, int]]:
    """The triangles of a face, its corners counted from 0."""
    numbers = [int(word.partition(b"/")[0]) for word in words]
    if 0 in numbers:
        raise ValueError("a face names vertex 0; they count from 1")
    corners = [number - 1 if number > 0 else seen + number for number in numbers]
    return ((corners[0], corners[i], corners[i + 1]) for i in range(1, len(corners) - 1))
