"""What every metric asks of its arrays: finite numbers, equal shapes, one kind, a range."""

from typing import Any

import numpy as np

from lcip.errors import LcipError, refusal


class MetricError(LcipError):
    """Arguments of which a metric would make a wrong or meaningless number."""


def plain(name: str, values: Any) -> np.ndarray:
    """`values` as a NumPy array, of whatever type and content; ragged lists are refused."""
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        values = values.float() if str(values.dtype) == "torch.bfloat16" else values
        return values.numpy()
    try:
        return np.asarray(values)
    except ValueError as error:
        step = "give every row the same length"
        raise MetricError(refusal(name, f"ragged ({error})", "one shape", step)) from None


def array(name: str, values: Any) -> np.ndarray:
    """`values` (NumPy, torch or nested lists) as a finite, non-empty array of real numbers."""
    result = plain(name, values)
    if result.dtype.kind not in "iuf":
        step = "convert it to integers or floats"
        raise MetricError(refusal(f"dtype of {name}", str(result.dtype), "real numbers", step))
    if result.size == 0:
        raise MetricError(refusal(f"shape of {name}", result.shape, "non-empty", "pass values"))
    if not np.isfinite(result).all():
        count = int((~np.isfinite(result)).sum())
        step = "find where it was computed, or mask it"
        raise MetricError(refusal(name, f"{count} of {result.size} not finite", "finite", step))
    return result


def same_shape(first: np.ndarray, second: np.ndarray, names: tuple[str, str]) -> None:
    """Refuse two arrays that would only fit by broadcasting."""
    if first.shape != second.shape:
        what, allowed = f"shape of {names[1]}", f"{first.shape}, the shape of {names[0]}"
        raise MetricError(refusal(what, second.shape, allowed, "crop or reshape one of them"))


def positive(name: str, value: Any) -> float:
    """`value` as a finite float above zero."""
    number = isinstance(value, int | float | np.integer | np.floating)
    if not number or isinstance(value, bool) or not np.isfinite(value) or value <= 0:
        allowed = "a finite number above 0"
        raise MetricError(refusal(name, value, allowed, f"state {name} in the data's own unit"))
    return float(value)


def images(first: Any, second: Any, peak: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Two arrays of equal shape and one kind of number, with values from 0 to `peak`."""
    peak = positive("peak", peak)
    pair = array("a", first), array("b", second)
    same_shape(*pair, ("a", "b"))
    _same_kind(*pair)
    for name, values in zip("ab", pair, strict=True):
        _in_range(name, values, peak)
    if peak > 1 and all(_looks_unit_range(values) for values in pair):
        got = f"{peak:g} while both images lie between 0 and 1"
        allowed = "1 for floating-point images in the unit range"
        raise MetricError(refusal("peak", got, allowed, "state peak=1, or multiply both images"))
    return *pair, peak


def _same_kind(first: np.ndarray, second: np.ndarray) -> None:
    if (first.dtype.kind == "f") != (second.dtype.kind == "f"):
        got = f"{first.dtype} and {second.dtype}"
        step = "convert one, and its range, explicitly"
        raise MetricError(refusal("dtypes of a and b", got, "both integer or both float", step))


def _in_range(name: str, values: np.ndarray, peak: float) -> None:
    if values.dtype == np.uint8 and peak != 255:
        step = "state peak=255, or divide both images by 255"
        raise MetricError(refusal(f"peak of the uint8 image {name}", peak, "255", step))
    low, high = values.min().item(), values.max().item()
    if low < 0 or high > peak:
        got, allowed = f"{low:g} to {high:g}", f"0 to peak = {peak:g}"
        step = "clamp it, or state the peak that belongs to its range"
        raise MetricError(refusal(f"range of {name}", got, allowed, step))


def _looks_unit_range(values: np.ndarray) -> bool:
    """Float, at most 1, and with fractions: pixels of the unit range, not levels 0 and 1."""
    return bool(
        values.dtype.kind == "f" and values.max() <= 1 and (values != np.rint(values)).any()
    )
