"""Reading point clouds and meshes: PLY, OFF and NPY files, recognised by their first bytes."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lcip.datasets.errors import DatasetError
from lcip.datasets.meshes import Mesh, sample_mesh, subset_points
from lcip.datasets.off import KEYWORD, parse_off
from lcip.datasets.ply import parse_ply
from lcip.errors import refusal

ALLOWED = "a PLY, OFF or NPY file of at least one point with finite coordinates"


def read_points(path: str | Path) -> np.ndarray:
    """The points of a PLY, OFF or NPY file, float32 (N, 3); of a mesh, its vertices.

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
    path = Path(path).expanduser()
    return parse_mesh(_bytes_of(path), str(path))


def parse_mesh(data: bytes, name: str) -> Mesh:
    """`read_mesh` for the bytes of a file; `name` is what errors call it."""
    if not data:
        raise _damaged(name, "empty: 0 bytes")
    try:
        # NaN and infinity are judged by _checked; numpy need not warn of them on the way.
        with np.errstate(all="ignore"):
            return _checked(_parser(data)(data))
    except (ValueError, OverflowError, MemoryError) as error:
        raise _damaged(name, " ".join(str(error).split()) or type(error).__name__) from error


def _parser(data: bytes):
    if data[:4] in (b"ply\n", b"ply\r"):
        return parse_ply
    if data.startswith(b"\x93NUMPY"):
        return _parse_npy
    if KEYWORD.match(data[:64]) or data.lstrip().startswith(b"#"):
        return parse_off
    raise ValueError("neither PLY nor OFF nor NPY by its first bytes")


def _parse_npy(data: bytes) -> Mesh:
    try:
        points = np.load(io.BytesIO(data), allow_pickle=False)
    # numpy raises whatever its header parser met; a pickle, a short file and a bad header alike.
    except Exception as error:
        raise ValueError(f"numpy says: {error}") from error
    if points.ndim != 2 or points.shape[1] != 3 or points.dtype.kind not in "fiu":
        raise ValueError(f"{points.dtype} of shape {points.shape}; numbers (N, 3) are needed")
    return Mesh(points, np.zeros((0, 3), dtype=np.int32))


def _checked(mesh: Mesh) -> Mesh:
    if not len(mesh.vertices):
        raise ValueError("it has no points")
    bad = ~np.isfinite(mesh.vertices).all(axis=1)
    if bad.any():
        raise ValueError(f"{bad.sum()} of {len(bad)} points NaN or infinite, first {bad.argmax()}")
    if np.abs(mesh.vertices).max() > np.finfo(np.float32).max:
        raise ValueError("a coordinate is beyond the range of float32")
    if len(mesh.faces) and mesh.faces.max() >= len(mesh.vertices):
        raise ValueError(f"a face names vertex {mesh.faces.max()} of {len(mesh.vertices)}")
    return Mesh(np.ascontiguousarray(mesh.vertices, dtype=np.float32), mesh.faces)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        found = f"{path} ({'does not exist' if not path.exists() else error.strerror})"
        raise DatasetError(
            refusal("point cloud", found, ALLOWED, "name a file that exists")
        ) from error


def _damaged(name: str, reason: str) -> DatasetError:
    return DatasetError(
        refusal("point cloud", f"{name} ({reason})", ALLOWED, "check the file, or convert it")
    )
