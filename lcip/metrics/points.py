"""Distances between point clouds."""

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


def d1_psnr_db(reference: Any, decoded: Any, peak: float) -> float:
    """Point-to-point PSNR (D1) of a decoded cloud, as MPEG defines it for geometry.

    10 log10(3 peak^2 / e) with e the larger of the two one-way means of |a_i − nearest b|^2.

    Args:
        reference, decoded: (N, 3) and (M, 3).
        peak: in the points' unit; with coordinates from 0 to 2^b − 1 it is 2^b − 1. For clouds in
            the unit ball the side of the box around it, 2, is the like. MPEG's software takes
            `largest_gap(reference)` where it is told nothing.

    Raises:
        MetricError: not clouds, a peak that is not positive, clouds that are equal.

    >>> round(d1_psnr_db([[0, 0, 0], [1, 0, 0]], [[0, 0, 0]], 1), 2)  # 10 log10(3 / 0.5)
    7.78
    """
    first, second = _cloud("reference", reference), _cloud("decoded", decoded)
    return d1_of_error_db(max(_one_way(first, second), _one_way(second, first)), peak)


def d1_of_error_db(error: float, peak: float) -> float:
    """10 log10(3 peak^2 / error), for whoever has the larger mean squared distance already."""
    if not peak > 0:
        raise MetricError(refusal("peak", peak, "a number above 0", "say what the peak is"))
    if error == 0:
        step = "test for equality first"
        raise MetricError(refusal("decoded", "the reference itself", "another cloud", step))
    return float(10 * np.log10(3 * peak**2 / error))


def largest_gap(cloud: Any) -> float:
    """The largest distance from a point to its nearest other place: the peak that MPEG falls to."""
    places = np.unique(_cloud("cloud", cloud), axis=0)
    if len(places) < 2:
        raise MetricError(refusal("places in the cloud", len(places), "2 or more", "add points"))
    return float(cKDTree(places).query(places, k=2)[0][:, 1].max())


def _one_way(from_points: np.ndarray, to_points: np.ndarray) -> float:
    nearest = cKDTree(to_points).query(from_points)[1]
    return float(np.mean(((from_points - to_points[nearest]) ** 2).sum(axis=1)))


def _cloud(name: str, points: Any) -> np.ndarray:
    cloud = checks.array(name, points)
    if cloud.ndim != 2 or cloud.shape[1] != 3:
        step = "pass one cloud at a time, one point a row"
        raise MetricError(refusal(f"shape of {name}", cloud.shape, "(points, 3)", step))
    return cloud.astype(np.float64)
