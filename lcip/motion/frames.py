"""Two frames of one photograph: a still one, and the same place after a known motion.

The still frame is a square cut from the middle of the photograph. The moved frame is read from the
whole photograph, so that what enters at its border is what really lies there, as with a camera;
only where the photograph itself ends, its last pixel is repeated (and the masks leave it out).
Samples stay in floating point, clipped to [0, 1]: they are not rounded to 8 bits a second time.
"""

from typing import NamedTuple

import numpy as np

from lcip.errors import refusal
from lcip.motion import affine
from lcip.motion.affine import Affine, MotionError
from lcip.motion.warp import read

UNITS = {
    "identity": "none",
    "translation_x": "px",
    "rotation": "deg",
    "scale_x": "ratio",
    "shear_x": "deg",
}


class Transform(NamedTuple):
    """One motion of the table: `amount` in `UNITS[kind]`; that of the identity is not used."""

    kind: str
    amount: float

    @property
    def unit(self) -> str:
        """The unit of `amount`."""
        return UNITS[self.kind]

    def motion(self, frame_px: int) -> Affine:
        """The motion, about the middle of a frame of this side."""
        centre = ((frame_px - 1) / 2,) * 2
        if self.kind == "identity":
            return affine.identity()
        if self.kind == "translation_x":
            return affine.translation(self.amount, 0)
        if self.kind == "rotation":
            return affine.rotation(self.amount, centre)
        if self.kind == "scale_x":
            return affine.scale(self.amount, 1, centre)
        if self.kind == "shear_x":
            return affine.shear(self.amount, 0, centre)
        raise MotionError(refusal("transform", self.kind, UNITS, "choose one of them"))


class Frames(NamedTuple):
    """`still` and `moved`, float32 (H, W, 3) in [0, 1] with equal sides, and their motion."""

    still: np.ndarray
    moved: np.ndarray
    motion: Affine


def cut(photograph: np.ndarray, motion: Affine, frame_px: int, interpolation: str) -> Frames:
    """The two frames of a uint8 RGB photograph (H, W, 3); `motion` is in the frame's own pixels.

    Raises:
        MotionError: not 8-bit RGB, or smaller than the frame.
    """
    planes = checked(photograph, frame_px).transpose(2, 0, 1)  # (3, H, W)
    picture = planes.astype(np.float32) / 255
    top, left = ((side - frame_px) // 2 for side in photograph.shape[:2])
    positions = motion.inverse()(affine.grid(frame_px, frame_px)) + (left, top)
    moved = read(picture, positions, interpolation, good=None).values
    still = picture[:, top : top + frame_px, left : left + frame_px]
    return Frames(*(np.clip(f, 0, 1).transpose(1, 2, 0) for f in (still, moved)), motion)


def checked(photograph: np.ndarray, frame_px: int) -> np.ndarray:
    """The photograph, if it is 8-bit RGB and a frame of this side fits into it."""
    array = np.asarray(photograph)
    if array.ndim != 3 or array.shape[2] != 3 or array.dtype != np.uint8:
        what = (array.shape, str(array.dtype))
        step = "read it with lcip.datasets.read_image, which makes grey and RGBA pictures RGB"
        raise MotionError(refusal("photograph (shape, type)", what, "(H, W, 3) uint8", step))
    smallest = min(array.shape[:2])
    if not 1 <= frame_px <= smallest:
        size = f"{array.shape[1]} x {array.shape[0]}"
        allowed = f"1 to {smallest}, the short side of this {size} photograph"
        raise MotionError(
            refusal("frame_px", frame_px, allowed, "use a smaller frame or a larger photograph")
        )
    return array
