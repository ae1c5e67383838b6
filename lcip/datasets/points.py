"""Reading point clouds and meshes: PLY, OFF, OBJ, NPY, NPZ and text, told by their first bytes.

`read_mesh` and its kin give all of a file. `draw_cloud` gives some points of a cloud of any size,
in memory that does not grow with it.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from lcip.datasets.draws import draw_distinct, finite
from lcip.datasets.errors import DatasetError
from lcip.datasets.kinds import kind_of
from lcip.datasets.meshes import Mesh, sample_mesh, subset_points
from lcip.errors import refusal

ALLOWED = (
    "a PLY, OFF, OBJ, NPY, NPZ or text file (XYZ, CSV) of at least one point with finite "
    "coordinates"
)


class Drawn(NamedTuple):
    """Points float64 (M, 3) of a file: of a cloud, distinct ones; of a mesh, from its surface.

    `num_seen` counts the cloud's points, doubled ones twice; or the mesh's triangles.
    """

    points: np.ndarray
    num_seen: int
    is_mesh: bool
    kind: str


def read_points(path: str | Path) -> np.ndarray:
    """The points of a file, float32 (N, 3); of a mesh, its vertices.

    Coordinates are as in the file: `normalise_unit_ball` centres and scales them. Raises
    `DatasetError` where the file is missing, empty, cut short or damaged, or where a coordinate is
    NaN or infinite.
    """
    return read_mesh(path).vertices


def read_cloud(path: str | Path, num_points: int, seed: int | Sequence[int]) -> np.ndarray:
    """`num_points` points of a file's surface, float32 (P, 3).

    A mesh is sampled by area (`sample_mesh`); of a cloud a random subset is taken, and one of fewer
    points is refused. The same arguments give the same points.
    """
    mesh = read_mesh(path)
    try:
        if len(mesh.faces):
            return sample_mesh(mesh.vertices, mesh.faces, num_points, seed)
        return subset_points(mesh.vertices, num_points, seed)
    except DatasetError as error:
        raise DatasetError(f"{path}: {error}") from error


def read_mesh(path: str | Path) -> Mesh:
    """Vertices float32 (V, 3) and triangles int32 (F, 3) of a file; a cloud has F = 0.

    Errors as in `read_points`; also where a face names a vertex that is not there.
    """
    with _opened(path) as file, _told(str(path)):
        return _single(_mesh(file))


def parse_mesh(data: bytes, name: str) -> Mesh:
    """`read_mesh` for the bytes of a file; `name` is what errors call it."""
    with _told(name):
        return _single(_mesh(io.BytesIO(data)))


def draw_cloud(path: str | Path, num_points: int, seed: int) -> Drawn:
    """`num_points` points of a file, in float64, as far as it has so many.

    Of a cloud, distinct points by `draw_distinct`: which, does not depend on their order, and
    memory does not grow with the cloud. A mesh is read as a whole and sampled by area, in units of
    its extent. Raises `DatasetError` as `read_mesh` does.
    """
    with _opened(path) as file, _told(str(path)):
        kind = kind_of(_filled(file))
        chunks = kind.chunks(file)
        if chunks is not None:
            draw = draw_distinct(chunks, num_points, seed)
            return Drawn(draw.points, draw.num_seen, False, kind.name)
        mesh = _mesh(file)
        points = sample_mesh(_in_units(mesh.vertices), mesh.faces, num_points, seed)
        return Drawn(points.astype(np.float64), len(mesh.faces), True, kind.name)


def _in_units(vertices: np.ndarray) -> np.ndarray:
    """Vertices moved and scaled into [−1, 1], so that areas neither vanish nor overflow."""
    largest = np.abs(vertices).max()
    scaled = vertices / largest if largest > 0 else vertices
    low, high = scaled.min(axis=0), scaled.max(axis=0)
    return (scaled - (low + high) / 2) / (((high - low).max() / 2) or 1)


def _mesh(file: BinaryIO) -> Mesh:
    """Vertices float64 (V, 3) and triangles of a file; a cloud has none."""
    file.seek(0)
    kind = kind_of(_filled(file))
    chunks = kind.chunks(file)
    if chunks is not None:
        points = np.concatenate([np.zeros((0, 3)), *finite(chunks)])
        return Mesh(points, np.zeros((0, 3), dtype=np.int32))
    file.seek(0)
    mesh = kind.whole(file.read())
    vertices = np.concatenate(list(finite([mesh.vertices])))
    if len(mesh.faces) and not 0 <= mesh.faces.min() <= mesh.faces.max() < len(vertices):
        wrong = mesh.faces.max() if mesh.faces.min() >= 0 else mesh.faces.min()
        raise ValueError(f"a face names vertex {wrong} of {len(vertices)}")
    return Mesh(vertices, mesh.faces)


def _single(mesh: Mesh) -> Mesh:
    """In single precision."""
    if np.abs(mesh.vertices).max() > np.finfo(np.float32).max:
        raise ValueError("a coordinate is beyond the range of float32")
    return Mesh(np.ascontiguousarray(mesh.vertices, dtype=np.float32), mesh.faces)


def _filled(file: BinaryIO) -> BinaryIO:
    if not file.read(1):
        raise ValueError("empty: 0 bytes")
    file.seek(0)
    return file


@contextmanager
def _opened(path: str | Path) -> Iterator[BinaryIO]:
    path = Path(path).expanduser()
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise OSError(0, "no plain file: save it first")
        with open(path, "rb") as file:
            yield file
    except OSError as error:
        found = f"{path} ({'does not exist' if not path.exists() else error.strerror})"
        raise DatasetError(
            refusal("point cloud", found, ALLOWED, "name a file that exists")
        ) from error


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Tell what ails a file, once, with its name."""
    try:
        # NaN and infinity are judged by `finite`; numpy need not warn of them on the way.
        with np.errstate(all="ignore"):
            yield
    except DatasetError as error:
        raise DatasetError(f"{name}: {error}") from error
    except (ValueError, OverflowError, MemoryError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise DatasetError(
            refusal("point cloud", f"{name} ({reason})", ALLOWED, "check the file, or convert it")
        ) from error
