"""Distance between point clouds."""

from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from lcip.errors import refusal
from lcip.metrics import checks
from lcip.metrics.checks import MetricError


def chamfer(a: Any, b: Any) -> float:
    """Chamfer distance of two clouds, squared Euclidean, both directions summed.

    mean_i min_j |a_i − b_j|^2 + mean_j min_i |a_i − b_j|^2, in the square of the points' unit; the
    convention of PyTorch3D's default and of the thesis's reconstruction loss. Nearest neighbours
    come from a k-d tree, so memory grows with the number of points and not with its square.

    Args:
        a, b: (N, 3) and (M, 3); integers and floats are both taken as coordinates.

    >>> chamfer([[0, 0, 0]], [[1, 2, 2], [0, 0, 1]])  # 1 + (9 + 1) / 2
    6.0
    """
    first, second = _cloud("a", a), _cloud("b", b)
    return _one_way(first, second) + _one_way(second, first)


def _one_way(from_points: np.ndarray, to_points: np.ndarray) -> float:
    nearest = cKDTree(to_points).query(from_points)[1]
    return float(np.mean(((from_points - to_points[nearest]) ** 2).sum(axis=1)))


def _cloud(name: str, points: Any) -> np.ndarray:
    cloud = checks.array(name, points)
    if cloud.ndim != 2 or cloud.shape[1] != 3:
        step = "pass one cloud at a time, one point a row"
        raise MetricError(refusal(f"shape of {name}", cloud.shape, "(points, 3)", step))
    return cloud.astype(np.float64)
