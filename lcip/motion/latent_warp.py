"""Warp integer symbols by integer vectors, in integers: the same prediction on every machine.

A vector counts pixels; a latent sample is `STRIDE` = 16 of them. At sample u the reading position
is u + v / 16, and bilinear weights there are whole sixteenths on each axis, so

    prediction(u) = ⌊ (Σ weight · symbol + 128) / 256 ⌋,    Σ weight = 256,

four products, a sum and a shift. A decoder that rounded differently in one sample would add every
later residual to a wrong number; here nothing can round differently. Outside the latent its nearest
sample stands in. The symbols are s = round(y - m) with m the median of each channel; as the weights
sum to 1, warping s is warping y.
"""

import numpy as np

from lcip.errors import refusal
from lcip.images.factorized import STRIDE
from lcip.motion.affine import MotionError

HALF = STRIDE * STRIDE // 2


def warp(symbols: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """The symbols (M, h, w) read at u + vectors(u) / 16, rounded: int32 (M, h, w).

    Args:
        vectors: integers (h, w, 2), (x, y) in pixels: where the sample came from.
    """
    channels, height, width = symbols.shape
    _check(symbols, vectors, (height, width))
    y, x = np.mgrid[:height, :width]
    x, y = STRIDE * x + vectors[..., 0], STRIDE * y + vectors[..., 1]
    flat = symbols.reshape(channels, height * width)
    total = np.full(symbols.shape, HALF, np.int64)
    for row, row_weight in _taps(y, height):
        for column, column_weight in _taps(x, width):
            total += np.take(flat, row * width + column, axis=1) * (row_weight * column_weight)
    return (total // STRIDE**2).astype(np.int32)


def warp_picture(picture: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """A picture (H, W, 3) whose 16 x 16 blocks come from where `vectors` (h, w, 2) say.

    Whole pixels; outside the picture its nearest pixel stands in.
    """
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width]
    own = vectors[y // STRIDE, x // STRIDE]
    x = np.clip(x + own[..., 0], 0, width - 1)
    y = np.clip(y + own[..., 1], 0, height - 1)
    return picture[y, x]


def _taps(position: np.ndarray, size: int) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """The two samples around each position (in sixteenths) and their weights, sum 16."""
    whole, part = position // STRIDE, position % STRIDE
    clipped = (np.clip(whole + tap, 0, size - 1) for tap in (0, 1))
    return tuple(zip(clipped, (STRIDE - part, part), strict=True))


def _check(symbols: np.ndarray, vectors: np.ndarray, shape: tuple[int, int]) -> None:
    kinds = (symbols.dtype.kind, vectors.dtype.kind)
    if vectors.shape != (*shape, 2) or not set(kinds) <= set("iu"):
        found = f"{symbols.dtype} symbols, {vectors.dtype} vectors of shape {vectors.shape}"
        allowed = f"integers; vectors of shape {(*shape, 2)} in pixels"
        step = "give one whole vector a latent sample"
        raise MotionError(refusal("what is to be warped", found, allowed, step))
