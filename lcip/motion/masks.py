"""What can be predicted at all: masks from the motion, the frame and the receptive field.

A prediction is fair where both sides of the comparison have seen the same things, and only those:

1. the actual sample's **window**, the square of input pixels around the place where it looks,
   lies in the frame (no padding in it), and all of it was in the still frame (nothing came in);
2. every still sample that the reading mixes has its own window inside the still frame.

The half-width of a window is `erosion` times that of the receptive field, (receptive_px - 1) / 2.
With erosion 1 nothing unseen can touch a compared sample; with 0 only the middle of the window must
be fair, and what enters at the border or by padding counts as error of the prediction.

A frame is convex and an affine motion keeps it so: a window lies inside when its four corners do.
"""

import numpy as np

from lcip.errors import refusal
from lcip.motion.affine import Affine, MotionError, grid
from lcip.motion.tap import Layer

SLACK_PX = 1e-6
"""Rounding of float64 positions; a window that ends on the frame's last pixel is inside."""


def half_window_px(layer: Layer, erosion: float) -> float:
    """Half the side of the window that must be fair."""
    if not 0 <= erosion <= 1:
        step = "1 asks for the whole receptive field, 0 for its middle"
        raise MotionError(refusal("erosion", erosion, "0 to 1", step))
    return erosion * (layer.receptive_px - 1) / 2


def windows(layer: Layer, shape: tuple[int, int], erosion: float) -> np.ndarray:
    """Corners (x, y) of every sample's window in the input: (h, w, 4, 2) for `shape` (h, w)."""
    centres = grid(*shape) * layer.stride + layer.offset_px
    signs = np.array([(-1, -1), (-1, 1), (1, -1), (1, 1)])
    return centres[:, :, None] + half_window_px(layer, erosion) * signs


def inside(points: np.ndarray, frame_px: int) -> np.ndarray:
    """Which points (..., 2) lie between the centres of the first and the last pixel of a frame."""
    low, high = -SLACK_PX, frame_px - 1 + SLACK_PX
    return ((points >= low) & (points <= high)).all(axis=-1)


def unpadded(layer: Layer, shape: tuple[int, int], frame_px: int, erosion: float) -> np.ndarray:
    """Samples whose window lies in the frame: bool (h, w)."""
    return inside(windows(layer, shape, erosion), frame_px).all(axis=-1)


def seen_before(
    layer: Layer, shape: tuple[int, int], frame_px: int, erosion: float, motion: Affine
) -> np.ndarray:
    """Samples whose window lies in the frame, and did before `motion`: bool (h, w)."""
    corners = windows(layer, shape, erosion)
    came_from = motion.inverse()(corners)
    return (inside(corners, frame_px) & inside(came_from, frame_px)).all(axis=-1)
