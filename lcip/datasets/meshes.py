r"""From meshes to point clouds.

A point drawn uniformly from a surface falls into a triangle with a chance proportional to its area.
Inside a triangle with corners $A, B, C$ and $u, v$ uniform on $[0, 1]$,

$$ P = (1 - \sqrt u)\,A + \sqrt u\,(1 - v)\,B + \sqrt u\,v\,C $$

is uniform: $\sqrt u$ undoes the crowding of lines parallel to $BC$ near $A$ (Osada et al., "Shape
Distributions", ACM Transactions on Graphics 21(4), 2002, eq. 1).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lcip.datasets.errors import DatasetError
from lcip.errors import refusal

POINT_SCALE = 32767  # int16 steps of the unit ball's radius


class Mesh(NamedTuple):
    """`vertices` float32 (V, 3) and triangles `faces` int32 (F, 3); a point cloud has F = 0."""

    vertices: np.ndarray
    faces: np.ndarray


def sample_mesh(
    vertices: np.ndarray, faces: np.ndarray, num_points: int, seed: int | Sequence[int]
) -> np.ndarray:
    """`num_points` points drawn uniformly from the surface of a mesh, float32 (P, 3).

    vertices (V, 3), faces (F, 3) with indices into the vertices. The same arguments give the same
    points. Raises `DatasetError` where the mesh has no area or `num_points` is not positive.
    """
    _check_count("num_points", num_points)
    corners = _corners(np.asarray(vertices, dtype=np.float64), np.asarray(faces))
    cumulative = np.cumsum(_areas(corners))  # (F,)
    if not cumulative.size or not cumulative[-1] > 0:
        raise DatasetError(
            refusal(
                "mesh",
                f"{len(corners)} triangles of total area 0",
                "a mesh whose triangles have an area",
                "give a mesh with faces, or use the vertices as the cloud",
            )
        )
    random = np.random.default_rng(seed)
    chosen = np.searchsorted(cumulative, random.random(num_points) * cumulative[-1], side="right")
    a, b, c = corners[np.minimum(chosen, len(corners) - 1)].transpose(1, 0, 2)  # each (P, 3)
    root, v = np.sqrt(random.random((num_points, 1))), random.random((num_points, 1))
    return ((1 - root) * a + root * (1 - v) * b + root * v * c).astype(np.float32)


def subset_points(points: np.ndarray, num_points: int, seed: int | Sequence[int]) -> np.ndarray:
    """`num_points` different rows of `points` (N, 3), drawn without replacement, in drawn order."""
    _check_count("num_points", num_points)
    if num_points > len(points):
        next_step = "ask for fewer points, or give a mesh with faces, which is sampled"
        raise DatasetError(refusal("num_points", num_points, f"1 to {len(points)}", next_step))
    return points[np.random.default_rng(seed).permutation(len(points))[:num_points]]


def normalise_unit_ball(points: np.ndarray) -> np.ndarray:
    """Points (N, 3) moved to mean 0 and divided by the largest norm; float32 (N, 3).

    Raises `DatasetError` where a coordinate is not finite or all points coincide.
    """
    points = np.asarray(points, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 3:
        raise DatasetError(refusal("points", points.shape, "shape (N, 3)", "give one cloud"))
    if not len(points) or not np.isfinite(points).all():
        raise DatasetError(
            refusal(
                "points",
                "a cloud that is empty or holds NaN or infinity",
                "at least two points with finite coordinates",
                "mend the cloud",
            )
        )
    # Dividing by the extent first keeps the squares of very large or small coordinates in range.
    extent = np.abs(points).max()
    centred = points / extent if extent > 0 else points
    centred = centred - centred.mean(axis=0)
    radius = np.linalg.norm(centred, axis=1).max()
    if not radius > 1e-12:
        raise DatasetError(
            refusal(
                "points",
                f"{len(points)} points that coincide",
                "a cloud with an extent",
                "give at least two different points",
            )
        )
    return (centred / radius).astype(np.float32)


def to_int16(points: np.ndarray) -> np.ndarray:
    """Points of the unit ball as the integers that are stored: round(32767 x), int16."""
    return np.rint(np.clip(points, -1, 1) * POINT_SCALE).astype(np.int16)


def _corners(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """The corners (F, 3, 3) of the triangles of a mesh, once the mesh is known to be one."""
    if vertices.ndim != 2 or vertices.shape[1] != 3:
        raise _no_mesh(f"vertices of shape {vertices.shape}", "(V, 3)")
    if faces.ndim != 2 or faces.shape[1] != 3:
        raise _no_mesh(f"faces of shape {faces.shape}", "(F, 3)")
    if not np.isfinite(vertices).all():
        raise _no_mesh("vertices with NaN or infinity", "finite coordinates")
    for corner in (faces.min(initial=0), faces.max(initial=0)):
        if not 0 <= corner < max(len(vertices), 1):
            raise _no_mesh(f"a face names vertex {corner}", f"0 to {len(vertices) - 1}")
    return vertices[faces.astype(np.int64)]


def _no_mesh(found: str, allowed: str) -> DatasetError:
    return DatasetError(refusal("mesh", found, allowed, "mend the mesh"))


def _areas(corners: np.ndarray) -> np.ndarray:
    """Areas (F,) of triangles with corners (F, 3, 3)."""
    sides = corners[:, 1:] - corners[:, :1]  # (F, 2, 3)
    return np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1) / 2


def _check_count(name: str, value: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise DatasetError(refusal(name, value, "a positive whole number", "give one, e.g. 1024"))
