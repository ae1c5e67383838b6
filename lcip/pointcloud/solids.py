"""Objects built here from boxes and turned profiles: inputs that no data set has seen.

Every object is a triangle mesh, sampled as ModelNet40's meshes are: by area, then centred and
brought to the unit ball. They stand as ModelNet40's do: z points up, and the back of a seat is at
+y.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from lcip.datasets import Mesh, normalise_unit_ball, sample_mesh
from lcip.errors import LcipError, refusal

AROUND = 48  # corners of a turned solid's circles


class Bounds(NamedTuple):
    """A box by its two corners."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]


def box(bounds: Bounds) -> Mesh:
    """The surface of a box: 8 vertices, 12 triangles."""
    sides = zip(bounds.low, bounds.high, strict=True)
    x, y, z = np.meshgrid(*sides, indexing="ij")
    vertices = np.stack([x, y, z], axis=-1).reshape(8, 3)  # vertex 4i + 2j + k
    quads = [(0, 1, 3, 2), (4, 5, 7, 6), (0, 1, 5, 4), (2, 3, 7, 6), (0, 2, 6, 4), (1, 3, 7, 5)]
    faces = [(a, b, c) for a, b, c, _ in quads] + [(a, c, d) for a, _, c, d in quads]
    return Mesh(vertices.astype(np.float32), np.array(faces, np.int32))


def turned(profile: Sequence[tuple[float, float]]) -> Mesh:
    """The surface that a profile of (radius, z) sweeps around the z axis."""
    angles = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
    radius, height = np.array(profile, float).T[:, :, None]  # (R, 1) each
    rings = [radius * np.cos(angles), radius * np.sin(angles), height + 0 * angles]
    vertices = np.stack(rings, axis=-1).reshape(-1, 3)  # (R, A, 3) → (R·A, 3)
    here = np.arange(AROUND)
    ahead = (here + 1) % AROUND
    faces = []
    for ring in range(len(profile) - 1):
        low, high = ring * AROUND, (ring + 1) * AROUND
        faces.append(np.stack([low + here, low + ahead, high + here], axis=1))
        faces.append(np.stack([low + ahead, high + ahead, high + here], axis=1))
    return Mesh(vertices.astype(np.float32), np.concatenate(faces).astype(np.int32))


def joined(parts: Sequence[Mesh]) -> Mesh:
    """Several meshes as one."""
    starts = np.cumsum([0, *(len(part.vertices) for part in parts)])
    faces = [part.faces + start for part, start in zip(parts, starts, strict=False)]
    return Mesh(np.concatenate([part.vertices for part in parts]), np.concatenate(faces))


def boxes(*bounds: tuple[tuple[float, float, float], tuple[float, float, float]]) -> Mesh:
    """Several boxes, each by its low and its high corner."""
    return joined([box(Bounds(*pair)) for pair in bounds])


def legs(reach_x: float, reach_y: float, top: float, thick: float) -> Mesh:
    """Four square legs from z = 0 to `top`, their outer corners at (±reach_x, ±reach_y)."""
    near = [(-reach_x, -reach_x + thick), (reach_x - thick, reach_x)]
    deep = [(-reach_y, -reach_y + thick), (reach_y - thick, reach_y)]
    return boxes(*(((a, c, 0), (b, d, top)) for a, b in near for c, d in deep))


def chair() -> Mesh:
    """A seat, a back, four legs."""
    seat = boxes(((-0.45, -0.45, 0.70), (0.45, 0.45, 0.80)))
    back = boxes(((-0.45, 0.37, 0.80), (0.45, 0.45, 1.65)))
    return joined([seat, back, legs(0.45, 0.45, 0.70, 0.09)])


def table() -> Mesh:
    """A top and four legs."""
    return joined([boxes(((-0.5, -0.8, 0.70), (0.5, 0.8, 0.76))), legs(0.46, 0.76, 0.70, 0.07)])


def stool() -> Mesh:
    """A round seat on four legs."""
    seat = turned([(0, 1.0), (0.36, 1.0), (0.36, 1.08), (0, 1.08)])
    return joined([seat, legs(0.30, 0.30, 1.0, 0.06)])


def cone() -> Mesh:
    """A cone with its base."""
    return turned([(0, 0), (0.6, 0), (0, 1.35)])


def bowl() -> Mesh:
    """A thin half of a sphere, open at the top."""
    angles = np.linspace(0, np.pi / 2, 13)
    outer = [(float(np.sin(a)), float(-0.75 * np.cos(a))) for a in angles]
    inner = [(0.95 * r, 0.95 * z) for r, z in reversed(outer)]
    return turned(outer + inner)


def bottle() -> Mesh:
    """A cylinder, shoulders, a neck."""
    return turned([(0, 0), (0.28, 0), (0.28, 1.1), (0.09, 1.4), (0.09, 1.75), (0, 1.75)])


def vase() -> Mesh:
    """A belly, a waist, a lip."""
    heights = np.linspace(0, 1.5, 25)
    radii = 0.35 + 0.18 * np.sin(0.6 + 4.2 * heights / 1.5)
    return turned([(0, 0), *((float(r), float(z)) for r, z in zip(radii, heights, strict=True))])


def bookshelf() -> Mesh:
    """A case with five boards and a back."""
    width, depth, height, thick = 0.6, 0.18, 1.5, 0.04
    case = [((-width, -depth, 0), (-width + thick, depth, height))]
    case += [((width - thick, -depth, 0), (width, depth, height))]
    case += [((-width, depth - thick, 0), (width, depth, height))]
    levels = np.linspace(0, height - thick, 5)
    case += [((-width, -depth, float(z)), (width, depth, float(z) + thick)) for z in levels]
    return boxes(*case)


SOLIDS: dict[str, Callable[[], Mesh]] = {
    build.__name__: build for build in (chair, table, stool, cone, bowl, bottle, vase, bookshelf)
}


def solid(name: str, num_points: int, seed: int) -> np.ndarray:
    """`num_points` points from the surface of an object, in the unit ball: float32 (P, 3).

    Raises:
        LcipError: no object of this name. DatasetError: a number of points that is not positive.
    """
    if name not in SOLIDS:
        raise LcipError(refusal("solid", name, SOLIDS, "choose one of them"))
    mesh = SOLIDS[name]()
    return normalise_unit_ball(sample_mesh(mesh.vertices, mesh.faces, num_points, seed))
