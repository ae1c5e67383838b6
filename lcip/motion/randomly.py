"""Random motion with seven parameters, as published: each uniform in its own range.

    translation x, y   ±32 px          scale x, y   0.95 to 1.05
    shear x, y         ±5°             rotation     ±10°

An affine motion has six degrees of freedom, so seven parameters describe some motions more than
once, and it matters in which order they act. The source does not say. Here a point is first
stretched, then sheared, then turned, all about the middle of the frame, and then moved:

    T(p) = R(angle) · H(shear) · S(scale) · (p - c) + c + t

so that a translation is what the middle of the frame does, and every parameter keeps its meaning.

Source: thesis chapter 4, figure of the error under random motion; the ranges are in its caption.
"""

from typing import NamedTuple

import numpy as np

from lcip.errors import refusal
from lcip.motion import affine
from lcip.motion.affine import Affine, MotionError

RANGES = {
    "tx_px": (-32.0, 32.0),
    "ty_px": (-32.0, 32.0),
    "scale_x": (0.95, 1.05),
    "scale_y": (0.95, 1.05),
    "shear_x_deg": (-5.0, 5.0),
    "shear_y_deg": (-5.0, 5.0),
    "rotation_deg": (-10.0, 10.0),
}


class Draw(NamedTuple):
    """Seven parameters of a motion; `shear_x_deg` slants x by y, `rotation_deg` anticlockwise."""

    tx_px: float
    ty_px: float
    scale_x: float
    scale_y: float
    shear_x_deg: float
    shear_y_deg: float
    rotation_deg: float

    def motion(self, frame_px: int) -> Affine:
        """Scale, shear, rotation about the middle of a frame of this side, then translation."""
        centre = ((frame_px - 1) / 2,) * 2
        return affine.compose(
            affine.scale(self.scale_x, self.scale_y, centre),
            affine.shear(self.shear_x_deg, self.shear_y_deg, centre),
            affine.rotation(self.rotation_deg, centre),
            affine.translation(self.tx_px, self.ty_px),
        )


def draws(count: int, seed: int) -> list[Draw]:
    """`count` motions; of one seed, the first ones are the same whatever the count.

    Parameters are rounded to 0.0001, so that a table's text says exactly what was done.
    """
    if count < 1:
        raise MotionError(refusal("draws", count, "1 or more", "ask for some motions"))
    low, high = np.array(list(RANGES.values())).T
    unit = np.random.default_rng(seed).random((count, len(RANGES)))
    return [Draw(*map(float, row)) for row in (low + (high - low) * unit).round(4)]
