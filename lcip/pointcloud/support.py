"""The micro encoder seen from outside: it measures how far a cloud reaches in N directions.

Micro has one layer, so that latent j is

    y_j = ± max_i ReLU(w_j·x_i + b_j) = ± ReLU(|w_j| h(u_j) + b_j),   u_j = w_j / |w_j|,

because ReLU and a positive factor keep the order. h(u) = max_i u·x_i is the **support function** of
the cloud: the place of the plane that comes from direction u and first touches it. h is that of the
convex hull, too, and a convex body is known by all of its h; micro knows N values of it, rounded.
A symbol s_j says that m_j + s_j − ½ ≤ y_j < m_j + s_j + ½, that is, low_j ≤ h(u_j) < high_j, a slab
1 / |w_j| thick (thicker where ReLU or the unit ball cuts it).
"""

from typing import NamedTuple

import numpy as np

from lcip.datasets import POINT_SCALE
from lcip.errors import LcipError, refusal
from lcip.pointcloud.codec import Codec

REACH = 1 + 4 / POINT_SCALE
"""No point of a cloud is farther out: the unit ball, and what rounding to the grid may add."""


class Directions(NamedTuple):
    """w_j = steepness_j · unit_j, b_j = offset_j, the sign of y_j: (N, 3), then (N,) each."""

    unit: np.ndarray
    steepness: np.ndarray
    offset: np.ndarray
    sign: np.ndarray


class Slabs(NamedTuple):
    """low ≤ h(unit_j) ≤ high, in radii of the unit ball: (N,) each."""

    low: np.ndarray
    high: np.ndarray


def directions(codec: Codec) -> Directions:
    """The N directions of a codec of one layer, gain folded in.

    Raises:
        LcipError: the encoder has more layers, so its latents are no support function.
    """
    layers = codec.encoder.layers
    if len(layers) != 1:
        step = "take a micro codec"
        raise LcipError(refusal("layers of the encoder", len(layers), "1", step))
    scale = 2.0 ** -layers[0].shift
    weight = layers[0].weight * (POINT_SCALE * scale)  # of coordinates in the unit ball
    steepness = np.linalg.norm(weight, axis=1)
    unit = weight / np.maximum(steepness, 1e-300)[:, None]
    return Directions(unit, steepness, layers[0].bias * scale, codec.encoder.sign)


def support(points: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """h(u) = max over points of u·x: points (P, 3), directions (D, 3) → (D,)."""
    return (np.asarray(unit, float) @ np.asarray(points, float).T).max(axis=1)


def slabs(codec: Codec, symbols: np.ndarray) -> Slabs:
    """What symbols (N,) say of the cloud's support function.

    Where ReLU has cut (y_j may be 0), or the direction has no weight, low is all that the unit ball
    leaves, −REACH.
    """
    given = directions(codec)
    medians = codec.encoder.medians * 2.0**-codec.encoder.exponent
    ends = given.sign * (medians + symbols + np.array([[-0.5], [0.5]]))  # (2, N), of |y_j|
    least, most = ends.min(axis=0), ends.max(axis=0)
    steep = np.where(given.steepness > 0, given.steepness, np.inf)
    low = np.where((least > 0) & np.isfinite(steep), (least - given.offset) / steep, -REACH)
    high = np.where(np.isfinite(steep), (np.maximum(most, 0) - given.offset) / steep, REACH)
    return Slabs(np.clip(low, -REACH, REACH), np.clip(high, -REACH, REACH))
