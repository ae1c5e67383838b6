"""Rate–quality curves: reading one between its points, its convex hull, its flat extension."""

from typing import Any, NamedTuple

import numpy as np

from lcip.errors import refusal
from lcip.metrics import checks
from lcip.metrics.checks import MetricError

BETWEEN = ("linear", "log")


class Curve(NamedTuple):
    """Points of one codec in order of rising rate, rate and quality each in a unit of its own."""

    rate: np.ndarray
    quality: np.ndarray


def curve(rate: Any, quality: Any, name: str) -> Curve:
    """The points sorted by rate, repeated ones once; refused where a rate has two qualities.

    >>> curve([2, 1, 2], [30, 20, 30], "codec").rate
    array([1., 2.])
    """
    r, q = checks.array(f"rate of {name}", rate), checks.array(f"quality of {name}", quality)
    checks.same_shape(r, q, (f"the rates of {name}", f"the qualities of {name}"))
    if r.ndim != 1:
        step = "pass one number a point"
        raise MetricError(refusal(f"shape of {name}", r.shape, "(points,)", step))
    r, q = np.unique(np.stack([r, q], axis=1).astype(np.float64), axis=0).T
    twice = np.flatnonzero(np.diff(r) == 0)
    if r[0] < 0 or len(twice):
        got = float(r[twice[0]] if len(twice) else r[0])
        step = "keep the best point of each rate (lower_convex_hull does)"
        allowed = "0 or more, with one quality each"
        raise MetricError(refusal(f"a rate of {name}", got, allowed, step))
    return Curve(r, q)


def positive_curve(rate: Any, quality: Any, name: str) -> Curve:
    """As `curve`, and refused where a rate is 0, which has no logarithm."""
    points = curve(rate, quality, name)
    if points.rate[0] == 0:
        step = "leave out the point that costs nothing"
        raise MetricError(refusal(f"a rate of {name}", 0.0, "above 0, to take logarithms", step))
    return points


def rate_at_quality(rate: Any, quality: Any, *, at: float, interpolation: str) -> float:
    """The lowest rate at which the curve reaches the quality `at`.

    Between two points quality is a linear function of the rate (`"linear"`) or of its logarithm
    (`"log"`). The thesis's bits at 80 % follow from `"linear"`.

    Raises `MetricError` where `at` is below the quality of the lowest rate or above the highest.

    >>> rate_at_quality([10, 20, 40], [50.0, 70.0, 90.0], at=80, interpolation="linear")
    30.0
    """
    points = _points(rate, quality, interpolation)
    x = _abscissa(points.rate, interpolation)
    level = float(checks.array("at", at))
    first, highest = float(points.quality[0]), float(points.quality.max())
    if not first <= level <= highest:
        step = "choose a level that the curve reaches, or measure lower or higher rates"
        raise MetricError(refusal("at", level, f"{first:g} to {highest:g}", step))
    i = int(np.argmax(points.quality >= level))
    if i == 0:
        return float(points.rate[0])
    below, above = points.quality[i - 1], points.quality[i]
    found = x[i - 1] + (level - below) / (above - below) * (x[i] - x[i - 1])
    return float(10**found if interpolation == "log" else found)


def quality_at_rate(rate: Any, quality: Any, *, at: float, interpolation: str) -> float:
    """The quality of the curve at the rate `at`, between its points as in `rate_at_quality`.

    >>> quality_at_rate([10, 1000], [50.0, 70.0], at=100, interpolation="log")
    60.0
    """
    points = _points(rate, quality, interpolation)
    low, high = float(points.rate[0]), float(points.rate[-1])
    if not low <= float(checks.array("at", at)) <= high:
        step = "choose a rate inside the curve"
        raise MetricError(refusal("at", at, f"{low:g} to {high:g}", step))
    x = _abscissa(points.rate, interpolation)
    position = _abscissa(np.array([float(at)]), interpolation)
    return float(np.interp(position, x, points.quality)[0])


def lower_convex_hull(rate: Any, quality: Any) -> np.ndarray:
    """Indices of the points that no mixture of others beats, in order of rising rate.

    The hull of the points (rate, −quality) seen from below, from the lowest rate to the highest
    quality; points on a straight part and repeated points are left out. Indices rather than points,
    so that the λ behind each survivor can be looked up. The published curves are such hulls over λ.

    >>> lower_convex_hull([1, 2, 3, 4, 5], [10, 12, 30, 35, 34])
    array([0, 2, 3])
    """
    r, q = checks.array("rate", rate), checks.array("quality", quality)
    checks.same_shape(r, q, ("rate", "quality"))
    if r.ndim != 1:
        raise MetricError(refusal("shape of rate", r.shape, "(points,)", "flatten it"))
    r, q = r.astype(np.float64), q.astype(np.float64)
    hull: list[int] = []
    for i in np.lexsort((-q, r)):
        if hull and q[i] <= q[hull[-1]]:
            continue  # dearer and no better
        while len(hull) > 1 and not _above_chord(r, q, hull[-2], hull[-1], i):
            hull.pop()
        hull.append(int(i))
    return np.array(hull)


def extend_flat(rate: Any, quality: Any, *, to_rate: float, epsilon: float) -> Curve:
    """The curve with one more point: at `to_rate`, `epsilon` above the quality of its last point.

    A codec that has saturated gets no better with more bits; without the extension BD-quality
    looks only at the rates where the codec still improves. `epsilon` > 0 keeps quality strictly
    rising, as BD-rate needs, and moves Akima's result: the thesis's Table 3.2 follows from 1e-12
    (IPDAE: 1e-8) with only the test curve extended, to the highest rate of the anchor. A curve that
    already reaches `to_rate` is returned as it is.
    """
    points = curve(rate, quality, "curve")
    to_rate, epsilon = checks.positive("to_rate", to_rate), checks.positive("epsilon", epsilon)
    if points.rate[-1] >= to_rate:
        return points
    last = points.quality[-1] + epsilon
    if last == points.quality[-1]:
        allowed = f"more than {np.spacing(last):.1g} at a quality of {last:g}"
        raise MetricError(refusal("epsilon", epsilon, allowed, "choose a larger epsilon"))
    return Curve(np.append(points.rate, to_rate), np.append(points.quality, last))


def _points(rate: Any, quality: Any, interpolation: str) -> Curve:
    if interpolation not in BETWEEN:
        step = "state how to read between points"
        raise MetricError(refusal("interpolation", interpolation, BETWEEN, step))
    checked = positive_curve if interpolation == "log" else curve
    return checked(rate, quality, "curve")


def _abscissa(rate: np.ndarray, interpolation: str) -> np.ndarray:
    return np.log10(rate) if interpolation == "log" else rate


def _above_chord(r: np.ndarray, q: np.ndarray, i: int, j: int, k: int) -> bool:
    """Whether point j lies strictly above the straight line from i to k."""
    return bool((q[j] - q[i]) * (r[k] - r[i]) > (q[k] - q[i]) * (r[j] - r[i]))
