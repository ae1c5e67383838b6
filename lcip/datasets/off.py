"""OFF files: `OFF`, the numbers of vertices, faces and edges, then one line for each.

Many files of ModelNet40 run the keyword and the numbers together, `OFF1234 5678 0` on the first
line; that is read too, as are the variants with colours, normals or texture coordinates, whose
extra columns are stepped over. Format: M. Phillips et al., Geomview manual, "OFF".
"""

import re
import warnings
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from lcip.datasets.meshes import Mesh
from lcip.datasets.ply import as_faces
from lcip.datasets.text import COMMENT, blocks

# ST: texture, C: colour, N: normals; files of four dimensions ("4OFF", "nOFF") are refused.
KEYWORD = re.compile(rb"\s*(ST)?(C)?(N)?OFF(?![A-Za-z])")
COUNTS = re.compile(rb"\s*(\d+)[ \t]+(\d+)(?:[ \t]+\d+)?[ \t]*(?:[\r\n]+|$)")
HEAD_LINES = 1000  # comments included, in which the counts stand


def off_chunks(file: BinaryIO) -> Iterator[np.ndarray] | None:
    """The vertices in chunks, float64 (n, 3); None where there are faces.

    None also where the head is unfit: `parse_off` tells what ails it.
    """
    text = b""
    for _ in range(HEAD_LINES):
        text += COMMENT.sub(b"", file.readline(1 << 16))
        keyword = KEYWORD.match(text)
        counts = keyword and COUNTS.match(text, keyword.end())
        if counts:
            alone = counts.end() == len(text) and int(counts[2]) == 0
            return _vertex_lines(file, int(counts[1])) if alone else None
    return None


def _vertex_lines(file: BinaryIO, count: int) -> Iterator[np.ndarray]:
    for block in blocks(file):
        lines = [line.split() for line in COMMENT.sub(b"", block).splitlines()]
        found = [words for words in lines if words][:count]
        for words in found:
            _check_length(words, 3)
        count -= len(found)
        # (n, 3); reshaped, as there may be none
        yield np.array([words[:3] for words in found], dtype=np.float64).reshape(-1, 3)
        if not count:
            return
    if count:
        raise ValueError("it ends before all declared rows")


def parse_off(data: bytes) -> Mesh:
    """Vertices and triangles of an OFF file's bytes. Raises `ValueError` with the reason."""
    text = COMMENT.sub(b"", data)
    keyword = KEYWORD.match(text)
    if keyword is None:
        raise ValueError("it does not start with OFF, COFF, NOFF, CNOFF or STOFF")
    rest = text[keyword.end() :]
    if rest.split(None, 1)[:1] == [b"BINARY"]:
        raise ValueError("binary OFF is not read; convert it to text")
    num_vertices, num_faces, body = _counts(rest)
    plain = not any(keyword.groups())
    mesh = _plain_triangles(body, num_vertices, num_faces) if plain else None
    return mesh or _by_lines(body, num_vertices, num_faces)


def _counts(rest: bytes) -> tuple[int, int, bytes]:
    counts = COUNTS.match(rest)
    if counts is None:
        raise ValueError("it does not state its numbers of vertices and faces")
    return int(counts[1]), int(counts[2]), rest[counts.end() :]


def _plain_triangles(body: bytes, num_vertices: int, num_faces: int) -> Mesh | None:
    """The mesh, read in one go, where every face is a triangle without colour (most files)."""
    with warnings.catch_warnings():
        # numpy's word for "something was not a number".
        warnings.simplefilter("error", DeprecationWarning)
        try:
            numbers = np.fromstring(body, dtype=np.float64, sep=" ")
        except (DeprecationWarning, ValueError):
            return None
    if len(numbers) != 3 * num_vertices + 4 * num_faces:
        return None
    faces = numbers[3 * num_vertices :].reshape(-1, 4)  # (F, count and three corners)
    if not (faces[:, 0] == 3).all():
        return None
    return Mesh(numbers[: 3 * num_vertices].reshape(-1, 3), as_faces(faces[:, 1:]))


def _by_lines(body: bytes, num_vertices: int, num_faces: int) -> Mesh:
    lines = [words for line in body.splitlines() if (words := line.split())]
    if len(lines) < num_vertices + num_faces:
        raise ValueError(f"it ends before all {num_vertices} vertices and {num_faces} faces")
    for words in lines[:num_vertices]:
        _check_length(words, 3)
    fans = [fan for words in lines[num_vertices:][:num_faces] for fan in _fans(words)]
    vertices = np.array([words[:3] for words in lines[:num_vertices]], dtype=np.float64)
    return Mesh(vertices.reshape(-1, 3), as_faces(np.array(fans, dtype=np.float64)))


def _fans(words: list[bytes]) -> Iterator[list[bytes]]:
    """The triangles of one face, `COUNT CORNER CORNER CORNER ... [COLOUR]`."""
    count = int(words[0])
    if count < 0:
        raise ValueError(f"it states a face of {count} corners")
    _check_length(words[1:], count)
    return ([words[1], words[i], words[i + 1]] for i in range(2, count))


def _check_length(words: list[bytes], count: int) -> None:
    if len(words) < count:
        raise ValueError(f"a line has {len(words)} numbers where {count} are needed")
