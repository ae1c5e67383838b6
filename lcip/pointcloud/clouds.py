"""Point clouds as the codec takes them: in the unit ball, on the grid of stored data sets.

The integer q stands for q/32767. What lies behind this step is exact (see `folding`), so it is the
only place where a coordinate is rounded.
"""

import numpy as np

from lcip.datasets import POINT_SCALE
from lcip.errors import LcipError, refusal


class CloudError(LcipError):
    """Points that the codec does not take."""


def to_grid(points: np.ndarray) -> np.ndarray:
    """Points (P, 3), float in the unit ball or int16 as stored, to int16 on the grid.

    Raises:
        CloudError: a wrong shape or type, no point, NaN or infinity, a point outside the unit ball.
    """
    points = np.asarray(points)
    next_step = "pass x, y, z in columns"
    if points.ndim != 2 or points.shape[1] != 3 or not len(points):
        raise CloudError(refusal("shape of the cloud", points.shape, "(P, 3), P ≥ 1", next_step))
    if points.dtype == np.int16:
        return points
    if points.dtype.kind != "f":
        allowed = "floats in the unit ball, or int16 on the grid"
        raise CloudError(refusal("type of the points", points.dtype, allowed, next_step))
    refuse_outside(points)
    return np.rint(np.clip(points.astype(np.float64), -1, 1) * POINT_SCALE).astype(np.int16)


def refuse_outside(points: np.ndarray) -> None:
    """Refuse float points (P, 3) that are not finite or lie outside the unit ball."""
    with np.errstate(over="ignore", invalid="ignore"):
        squares = np.square(points.astype(np.float64)).sum(axis=1)
    # Two grid steps of slack: stored clouds were rounded after they were scaled.
    outside = ~(squares <= (1 + 2 / POINT_SCALE) ** 2)
    if outside.any():
        where = int(outside.argmax())
        raise CloudError(
            refusal(
                f"point {where} of the cloud",
                points[where].tolist(),
                "finite coordinates within the unit ball",
                "centre and scale the cloud with lcip.datasets.normalise_unit_ball",
            )
        )
