"""Error of a predicted feature tensor, relative to the range of the true one."""

import math
from typing import Any

import numpy as np

from lcip.errors import refusal
from lcip.metrics import checks
from lcip.metrics.checks import MetricError


def nrmse(predicted: Any, actual: Any, *, mask: Any, value_range: float | str) -> float:
    """Root mean squared error over R: (1/R) sqrt(mean_i (p_i − a_i)^2), i over the masked elements.

    Args:
        predicted, actual: arrays of equal shape.
        mask: booleans, True where an element counts, of the arrays' shape or broadcast to it as
            (H, W) is to (C, H, W); None counts every element.
        value_range: R as a number, or `"actual"`: max − min of the counted elements of `actual`.
            The thesis (chapter 4) takes the range of the tensor after masking.

    Raises:
        MetricError: unequal shapes, a mask that does not fit or counts nothing, counted values that
            are not finite, a range that is not above 0.

    >>> round(nrmse([1.0, 2.0, 9.0], [1.0, 4.0, 0.0], mask=None, value_range=10), 9)
    0.532290647
    >>> mask = [True, True, False]  # sqrt((1 + 4) / 2) / 4
    >>> round(nrmse([1.0, 2.0, 9.0], [0.0, 4.0, 0.0], mask=mask, value_range="actual"), 9)
    0.395284708
    """
    p, a = checks.plain("predicted", predicted), checks.plain("actual", actual)
    checks.same_shape(p, a, ("predicted", "actual"))
    chosen = _chosen(mask, a.shape)
    p, a = checks.array("predicted", p[chosen]), checks.array("actual", a[chosen])
    p, a = p.astype(np.float64), a.astype(np.float64)
    return math.sqrt(np.mean((p - a) ** 2)) / _range(value_range, a)


def nrmse_from_psnr_db(psnr_db: float, *, peak: float, value_range: float) -> float:
    """The NRMSE of a signal whose PSNR is known: (peak / R) · 10^(−PSNR / 20).

    The thesis (chapter 4) takes peak = 255 and R = 256 for video.

    >>> round(nrmse_from_psnr_db(27, peak=255, value_range=256), 4)
    0.0445
    """
    peak, reach = checks.positive("peak", peak), checks.positive("value_range", value_range)
    return peak / reach * 10 ** (-float(checks.array("psnr_db", psnr_db)) / 20)


def psnr_db_from_nrmse(nrmse: float, *, peak: float, value_range: float) -> float:
    """The inverse of `nrmse_from_psnr_db`: −20 log10(NRMSE · R / peak), in dB.

    >>> round(psnr_db_from_nrmse(0.04, peak=255, value_range=256), 2)
    27.92
    """
    peak, reach = checks.positive("peak", peak), checks.positive("value_range", value_range)
    return -20 * math.log10(checks.positive("nrmse", nrmse) * reach / peak)


def _chosen(mask: Any, shape: tuple[int, ...]) -> np.ndarray:
    if mask is None:
        return np.ones(shape, dtype=bool)
    mask = checks.plain("mask", mask)
    if mask.dtype != bool or not _broadcasts(mask.shape, shape):
        got, allowed = f"{mask.dtype} {mask.shape}", f"bool, {shape} or broadcast to it"
        raise MetricError(refusal("mask", got, allowed, "compare it with a threshold, or crop it"))
    if not mask.any():
        step = "choose a smaller motion or a larger picture"
        raise MetricError(refusal("mask", "False everywhere", "True somewhere", step))
    return np.broadcast_to(mask, shape)


def _broadcasts(smaller: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    pairs = zip(reversed(smaller), reversed(shape), strict=False)
    return len(smaller) <= len(shape) and all(n in (1, size) for n, size in pairs)


def _range(value_range: float | str, actual: np.ndarray) -> float:
    if isinstance(value_range, str) and value_range != "actual":
        allowed = "a number or 'actual'"
        raise MetricError(refusal("value_range", value_range, allowed, "state one of these"))
    if isinstance(value_range, str):
        value_range = np.ptp(actual).item()
    return checks.positive("value_range", value_range)
