"""Affine motion, in the input and in a layer: the exact counterpart of one in the other.

**Positions** are (x, y), x to the right and y down, in samples; the centre of the first sample is
at (0, 0), so an image of width W has its centre at ((W - 1) / 2, ...). A motion maps where a thing
*was* to where it *is*:

    T(p) = A p + t

and the moved picture is the still one read backwards, I'(q) = I(T⁻¹(q)). The **field** of that
reading is v(q) = T⁻¹(q) - q.

**In a layer** whose sample u looks at input position L(u) = s u + o (stride s, offset o), the same
motion reads L⁻¹ T⁻¹ L, whose field is

    ṽ(u) = v(s u + o) / s

the rule of the thesis, ṽ(x, y) ≈ v(s^k x, s^k y) / s^k for k layers of stride s, with the offset
that those layers really have. "≈" is about the network: a layer need not follow its input's motion.
The map from v to ṽ is exact.
"""

from dataclasses import dataclass

import numpy as np

from lcip.errors import LcipError, refusal


class MotionError(LcipError):
    """A motion, picture or layer that the experiments of this chapter cannot use."""


@dataclass(frozen=True, eq=False)
class Affine:
    """T(p) = `linear` p + `shift`; `linear` (2, 2) and `shift` (2,) act on (x, y), in float64."""

    linear: np.ndarray
    shift: np.ndarray

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Map points of shape (..., 2)."""
        return np.asarray(points) @ self.linear.T + self.shift

    def after(self, first: "Affine") -> "Affine":
        """`first`, then this one: T(first(p))."""
        return Affine(self.linear @ first.linear, self.linear @ first.shift + self.shift)

    def inverse(self) -> "Affine":
        """The motion back. Exact for a translation."""
        linear = np.linalg.inv(self.linear)
        return Affine(linear, -(linear @ self.shift))

    def field(self, points: np.ndarray) -> np.ndarray:
        """T(p) - p for points of shape (..., 2)."""
        return self(points) - points

    def at_layer(self, stride: int, offset_px: float) -> "Affine":
        """The same motion in samples of a layer that looks at s u + o: L⁻¹ T L.

        Its linear part is A unchanged, its shift (A o + t - o) / s with o the same on both axes.

        >>> translation(16, 0).at_layer(stride=8, offset_px=3.5).shift
        array([2., 0.])
        """
        offset = np.full(2, float(offset_px))
        return Affine(self.linear, (self.linear @ offset + self.shift - offset) / stride)


def identity() -> Affine:
    """T(p) = p."""
    return Affine(np.eye(2), np.zeros(2))


def translation(x_px: float, y_px: float) -> Affine:
    """T(p) = p + (x, y): to the right and down."""
    return Affine(np.eye(2), _finite("translation (px)", x_px, y_px))


def rotation(angle_deg: float, centre: tuple[float, float]) -> Affine:
    """Turn about `centre`, anticlockwise as seen on the screen, where y points down.

    >>> rotation(90, centre=(0, 0))(np.array([1.0, 0.0])).round(12)
    array([ 0., -1.])
    """
    (angle,) = np.deg2rad(_finite("rotation (deg)", angle_deg))
    cosine, sine = np.cos(angle), np.sin(angle)
    return about(np.array([[cosine, sine], [-sine, cosine]]), centre)


def scale(x_ratio: float, y_ratio: float, centre: tuple[float, float]) -> Affine:
    """Stretch away from `centre`: ratios above 1 enlarge. Both must be positive."""
    ratios = _finite("scale (ratio)", x_ratio, y_ratio)
    if (ratios <= 0).any():
        raise MotionError(
            refusal("scale (ratio)", (x_ratio, y_ratio), "positive numbers", "use 1 for no change")
        )
    return about(np.diag(ratios), centre)


def shear(x_deg: float, y_deg: float, centre: tuple[float, float]) -> Affine:
    """x + y tan(x_deg), y + x tan(y_deg), relative to `centre`; angles between -90 and 90.

    With y pointing down, a positive `x_deg` leans the bottom to the right.
    """
    angles = _finite("shear (deg)", x_deg, y_deg)
    slopes = np.tan(np.deg2rad(angles))
    if (np.abs(angles) >= 90).any() or abs(1 - slopes.prod()) < 1e-9:
        allowed = "angles between -90 and 90 that do not add up to 90"
        step = "use a smaller angle; a picture must not be sheared flat"
        raise MotionError(refusal("shear (deg)", (x_deg, y_deg), allowed, step))
    return about(np.array([[1.0, slopes[0]], [slopes[1], 1.0]]), centre)


def about(linear: np.ndarray, centre: tuple[float, float]) -> Affine:
    """The motion with this linear part that leaves `centre` where it is: t = c - A c."""
    fixed = _finite("centre (px)", *centre)
    return Affine(np.asarray(linear, dtype=np.float64), fixed - linear @ fixed)


def compose(*motions: Affine) -> Affine:
    """All of `motions`, the first one first."""
    total = identity()
    for motion in motions:
        total = motion.after(total)
    return total


def grid(height: int, width: int) -> np.ndarray:
    """Positions (x, y) of every sample, shape (height, width, 2), float64."""
    y, x = np.mgrid[:height, :width].astype(np.float64)
    return np.stack([x, y], axis=-1)


def _finite(name: str, *values: float) -> np.ndarray:
    numbers = np.array(values, dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise MotionError(refusal(name, values, "finite numbers", "choose an amount of motion"))
    return numbers
