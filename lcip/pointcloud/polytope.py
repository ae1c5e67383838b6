"""Bodies cut out by planes: {x : n_k·x ≤ c_k for all k}, with corners, faces and bounds.

What a micro packet says of a cloud is such a body and one thing more. All points lie in the outer
body, n_j = u_j and c_j = high_j (see `support`); and in each slab low_j ≤ u_j·x there is *some*
point, for the maximum was reached. From both follows what can be known of the cloud's reach h(v) in
any other direction v:

    max_j min{v·x : x in the outer body, u_j·x ≥ low_j}  ≤  h(v)  ≤  max{v·x : x in the outer body}

and, but for the ball's roundness, nothing more: the cloud of the N minimising points has the same
symbols and attains the left side, adding the maximising point attains the right one.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.spatial import ConvexHull, HalfspaceIntersection, QhullError

from lcip.errors import LcipError, refusal
from lcip.pointcloud.support import REACH, Slabs

THINNEST = 1e-7  # radius of the ball that must fit in; the grid's step is 3e-5
ON_PLANE = 1e-7


class Planes(NamedTuple):
    """n·x ≤ c: unit normals (K, 3) and offsets (K,)."""

    normals: np.ndarray
    offsets: np.ndarray


class Polytope(NamedTuple):
    """Corners (V, 3), and for each plane that bears a face its index and its corners in a ring."""

    vertices: np.ndarray
    faces: dict[int, np.ndarray]

    @property
    def volume(self) -> float:
        """In cubes of the unit ball's radius."""
        return float(ConvexHull(self.vertices).volume)


def hull(points: np.ndarray) -> ConvexHull:
    """The convex hull of points (P, 3): its `vertices` (indices) and `volume`.

    Raises:
        LcipError: all points lie in one plane.
    """
    try:
        return ConvexHull(points)
    except QhullError as error:
        allowed = "four points or more that do not lie in one plane"
        raise LcipError(refusal("cloud", "flat", allowed, "take another object")) from error


def outer_planes(unit: np.ndarray, slabs: Slabs) -> Planes:
    """The upper ends of the slabs, then the six faces of the cube around the unit ball.

    A slab that ends where the ball does says nothing and has no plane.
    """
    told = slabs.high < REACH
    normals = np.concatenate([unit[told], np.eye(3), -np.eye(3)])
    return Planes(normals, np.concatenate([slabs.high[told], np.full(6, REACH)]))


def polytope(planes: Planes) -> Polytope:
    """Corners and faces of a bounded body.

    Raises:
        LcipError: the planes leave nothing, or nothing of any thickness.
    """
    centre, radius = deepest_point(planes)
    if not radius > THINNEST:
        allowed = f"a body in which a ball of radius {THINNEST:g} fits"
        raise LcipError(refusal("radius that fits between the planes", radius, allowed, "use more"))
    rows = np.column_stack([planes.normals, -planes.offsets])
    corners = np.unique(HalfspaceIntersection(rows, centre).intersections.round(9), axis=0)
    distance = abs(corners @ planes.normals.T - planes.offsets)  # (V, K)
    faces = {}
    for index, normal in enumerate(planes.normals):
        touching = np.flatnonzero(distance[:, index] < ON_PLANE)
        if len(touching) >= 3:
            faces[index] = touching[_ring(corners[touching], normal)]
    return Polytope(corners, faces)


def deepest_point(planes: Planes) -> tuple[np.ndarray, float]:
    """Centre and radius of the largest ball between the planes; radius −1 where there is none."""
    rows = np.column_stack([planes.normals, np.linalg.norm(planes.normals, axis=1)])
    found = linprog([0, 0, 0, -1], rows, planes.offsets, bounds=[(None, None)] * 3 + [(0, REACH)])
    return (found.x[:3], float(found.x[3])) if found.success else (np.zeros(3), -1.0)


def _ring(corners: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """The order in which the corners (V, 3) of a flat face go round it."""
    from_centre = corners - corners.mean(axis=0)
    first = np.linalg.svd(normal[None])[2][1]  # any direction in the plane
    second = np.cross(normal, first)
    return np.argsort(np.arctan2(from_centre @ second, from_centre @ first))


def reach_bounds(unit: np.ndarray, slabs: Slabs, wanted: np.ndarray) -> Slabs:
    """What is known of h(v) for other directions v, `wanted` (D, 3): low and high, (D,) each.

    A linear function is least at a corner, of the body and of the caps that the slabs cut off it.
    Beyond the ball, which is rounder than the cube, nothing reaches.
    """
    body = polytope(outer_planes(unit, slabs))
    least = [
        (wanted @ cap_corners(body, u, low).T).min(axis=1)
        for u, low in zip(unit, slabs.low, strict=True)
    ]
    most = (wanted @ body.vertices.T).max(axis=1)
    return Slabs(np.maximum(np.max(least, axis=0), -REACH), np.minimum(most, REACH))


def cap_corners(body: Polytope, unit: np.ndarray, low: float) -> np.ndarray:
    """Corners (V', 3) of the part of the body with unit·x ≥ low, which must not be empty."""
    height = body.vertices @ unit
    low = min(low, float(height.max()))  # rounding must not make an empty part of a thin one
    rings = [np.stack([ring, np.roll(ring, -1)], axis=1) for ring in body.faces.values()]
    edges = np.concatenate(rings)
    below, above = edges[height[edges[:, 0]] < low].T
    below, above = below[height[above] >= low], above[height[above] >= low]
    share = ((low - height[below]) / (height[above] - height[below]))[:, None]
    cut = (1 - share) * body.vertices[below] + share * body.vertices[above]
    return np.concatenate([body.vertices[height >= low], cut])
