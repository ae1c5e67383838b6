"""The optical-flow equation, and what each operation of a network does to it, in numbers.

A moving picture I(x, y, t) whose points keep their brightness obeys (Horn and Schunck, 1981)

    I_x v_x + I_y v_y + I_t = 0,

here with v the velocity of what moves, in samples a frame. `residual` measures how far a pair of
frames is from it, as a share of what moves at all:

    residual = rms(I_x v_x + I_y v_y + I_t) / rms(I_t)

with central differences in space on the mean of both frames and a difference in time, over the
samples `margin` away from the border. 0: the equation holds. 1: v explains nothing. (Above 1 it
would be better to say that nothing moves.) Central differences are second-order: for a picture
blurred with σ samples and moved by d, they are off by about (d² + 2) / 24 of I_xxx / I_x or so;
halving the motion of a smooth picture shows it.
"""

import numpy as np

from lcip.errors import refusal
from lcip.motion.affine import MotionError


def residual(
    before: np.ndarray, after: np.ndarray, velocity: tuple[float, float], margin: int
) -> float:
    """How far two frames (..., H, W) are from the equation with this velocity (x, y).

    Raises:
        MotionError: unequal frames, a margin that leaves nothing, or frames that do not differ.
    """
    now, then = (np.asarray(frame, np.float64) for frame in (after, before))
    if now.shape != then.shape or now.ndim < 2 or min(now.shape[-2:]) <= 2 * max(margin, 1):
        given = f"{then.shape}, {now.shape}, margin {margin}"
        allowed = "two equal shapes (..., H, W), sides above twice the margin"
        raise MotionError(refusal("frames", given, allowed, "use larger frames, less margin"))
    middle, in_time = (now + then) / 2, now - then
    down, across = np.gradient(middle, axis=(-2, -1))
    left = across * velocity[0] + down * velocity[1] + in_time
    inner = (..., slice(margin, now.shape[-2] - margin), slice(margin, now.shape[-1] - margin))
    moved = rms(in_time[inner])
    if moved == 0:
        allowed = "frames between which something changes"
        raise MotionError(refusal("change between the frames", 0, allowed, "move the picture"))
    return rms(left[inner]) / moved


def rms(array: np.ndarray) -> float:
    """√ mean of squares."""
    return float(np.sqrt(np.mean(np.square(array))))


def local_maximum(array: np.ndarray, reach: int) -> np.ndarray:
    """M(p) = largest value at most `reach` samples away on either axis: (..., H, W) alike.

    Beyond the border its nearest sample stands in. Every sample stays: max pooling is this and
    then a change of scale.
    """
    if reach < 0:
        raise MotionError(refusal("reach", reach, "0 or more", "give the window's half width"))
    for axis in (-2, -1):
        width = [(0, 0)] * array.ndim
        width[axis] = (reach, reach)
        padded = np.pad(array, width, mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=axis)
        array = windows.max(axis=-1)
    return array


def convolve(array: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Channels (C, H, W) with filters (F, C, k, k): (F, H, W), zeros beyond the border.

    As in a network, the kernel is not turned round: f(r) weighs the sample at p + r.
    """
    half = kernel.shape[-1] // 2
    padded = np.pad(array, ((0, 0), (half, half), (half, half)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape[-2:], axis=(1, 2))
    return np.einsum("chwij,fcij->fhw", windows, kernel, optimize=True)


def blur(array: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian of `sigma` samples along the last two axes, the nearest sample beyond the border."""
    reach = max(1, int(np.ceil(4 * sigma)))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights /= weights.sum()
    for axis in (-2, -1):
        width = [(0, 0)] * array.ndim
        width[axis] = (reach, reach)
        padded = np.pad(array, width, mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(padded, len(weights), axis=axis)
        array = windows @ weights
    return array
