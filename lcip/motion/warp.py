"""Read an array between its samples, and say which readings are complete.

A reading at position x mixes the samples around it: with i = floor(x) and f = x - i,

    nearest    the sample at floor(x + 1/2)
    bilinear   samples i, i + 1        weights 1 - f, f
    bicubic    samples i - 1 ... i + 2  weights of Keys (1981) with a = -1/2

and likewise on the other axis. At whole positions each gives the sample itself, to the bit.
Bilinear reading is exact for pictures that are linear in x and y, bicubic for quadratic ones.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy import sparse

from lcip.errors import refusal
from lcip.motion.affine import MotionError

KERNELS = ("nearest", "bilinear", "bicubic")


class Mixing(NamedTuple):
    """`weights` (P, H W), sparse: what each position mixes of an array; and what is complete."""

    weights: sparse.csr_matrix
    complete: np.ndarray


class Readings(NamedTuple):
    """`values` (C, ...) and, for each position, whether all samples that it mixes are good."""

    values: np.ndarray
    complete: np.ndarray


def read(
    array: np.ndarray, positions: np.ndarray, kernel: str, good: np.ndarray | None
) -> Readings:
    """Read `array` (C, H, W) at `positions` (..., 2), which are (x, y) in samples.

    Args:
        kernel: "nearest", "bilinear" or "bicubic".
        good: bool (H, W), the samples that may be used; None for all. Outside the array the nearest
            sample stands in, and the reading is not complete. A sample of weight 0 does not count.

    Returns:
        Values in the array's own floating type; rounding apart, a weighted mean of its samples.
    """
    channels, height, width = array.shape
    flat = array.reshape(channels, height * width)
    values = np.zeros((channels, *positions.shape[:-1]), array.dtype)
    complete = np.ones(positions.shape[:-1], bool)
    for x, y, weight in _taps(positions, kernel):
        inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
        index = np.clip(y, 0, height - 1) * width + np.clip(x, 0, width - 1)
        usable = inside if good is None else inside & good.ravel()[index]
        complete &= usable | (weight == 0)
        values += np.take(flat, index, axis=1) * weight.astype(array.dtype)
    return Readings(values, complete)


def mixing(
    positions: np.ndarray, shape: tuple[int, int], kernel: str, good: np.ndarray | None
) -> Mixing:
    """`read` as a matrix, for many arrays of one `shape` (H, W) read at the same positions.

    `weights @ columns`, with the samples of an array row by row in each column, gives its values at
    the positions, row by row. Arguments and `complete` (positions, flat) as in `read`.
    """
    height, width = shape
    flat = positions.reshape(-1, 2)  # (P, 2)
    complete, columns, values = np.ones(len(flat), bool), [], []
    for x, y, weight in _taps(flat, kernel):
        inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
        index = np.clip(y, 0, height - 1) * width + np.clip(x, 0, width - 1)
        usable = inside if good is None else inside & good.ravel()[index]
        complete &= usable | (weight == 0)
        columns.append(index.astype(np.int32))
        values.append(weight.astype(np.float32))
    # Rows of equal length, so that nothing needs to be sorted.
    starts = np.arange(len(flat) + 1, dtype=np.int32) * len(values)
    parts = (np.stack(values, axis=1).ravel(), np.stack(columns, axis=1).ravel(), starts)
    return Mixing(sparse.csr_matrix(parts, (len(flat), height * width)), complete)


def _taps(positions: np.ndarray, kernel: str) -> Iterator[tuple[np.ndarray, ...]]:
    """(x index, y index, weight) of each sample mixed, but for those that weigh 0 everywhere."""
    across, down = (list(_axis_taps(positions[..., axis], kernel)) for axis in (0, 1))
    for y, weight_y in down:
        for x, weight_x in across:
            weight = weight_y * weight_x
            if weight.any():
                yield x, y, weight


def _axis_taps(x: np.ndarray, kernel: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(index, weight) of each sample mixed along one axis."""
    if kernel not in KERNELS:
        raise MotionError(refusal("interpolation", kernel, KERNELS, "choose one of them"))
    if kernel == "nearest":
        yield np.floor(x + 0.5).astype(np.int64), np.ones_like(x)
        return
    whole = np.floor(x)
    taps = (0, 1) if kernel == "bilinear" else (-1, 0, 1, 2)
    weigh = _linear if kernel == "bilinear" else _keys
    for tap in taps:
        yield whole.astype(np.int64) + tap, weigh(np.abs(x - whole - tap))


def _linear(distance: np.ndarray) -> np.ndarray:
    """1 - d, for d up to 1."""
    return 1 - distance


def _keys(distance: np.ndarray) -> np.ndarray:
    """Keys' cubic with a = -1/2, the one value that reproduces quadratics, for d up to 2."""
    d = distance
    near = (1.5 * d - 2.5) * d * d + 1
    far = ((-0.5 * d + 2.5) * d - 4) * d + 2
    return np.where(d <= 1, near, far)
