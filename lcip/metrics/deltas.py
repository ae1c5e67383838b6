"""Bjøntegaard deltas: how two rate–quality curves differ on average, in rate or in quality.

G. Bjøntegaard, *Calculation of average PSNR differences between RD-curves*, VCEG-M33, 2001. Rates
enter by their logarithm. The integrals are those of the `bjontegaard` package; only what its caller
must decide is decided here: which points, which interpolation, and that curves overlap.
"""

from typing import Any

import numpy as np

from lcip.errors import refusal
from lcip.metrics import checks
from lcip.metrics.checks import MetricError
from lcip.metrics.curves import Curve, positive_curve

FEWEST_POINTS = {"akima": 2, "pchip": 2, "cubic": 4}


def bd_rate_percent(
    anchor_rate: Any, anchor_quality: Any, test_rate: Any, test_quality: Any, *, interpolation: str
) -> float:
    """BD-rate in per cent: 100 (10^d − 1), d = mean over quality of log10 r_test − log10 r_anchor.

    The mean runs over the qualities that both curves reach; negative where the test codec needs
    less. A `Curve` can be passed starred: `bd_rate_percent(*anchor, *test, interpolation="akima")`.

    Args:
        interpolation: of log-rate as a function of quality: `"akima"` or `"pchip"` (piecewise, they
            pass through every point) or `"cubic"` (one cubic fitted to all points). The choice can
            move the result by several per cent, so state it beside the number.

    Raises:
        MetricError: values that are not finite, rates not above 0 or repeated, too few points,
            quality that does not rise with every step of rate, curves that share no quality.

    >>> low, high = [1, 2, 4], [2, 4, 8]
    >>> round(bd_rate_percent(high, [30, 33, 36], low, [30, 33, 36], interpolation="pchip"), 9)
    -50.0
    """
    import bjontegaard  # here, because it imports matplotlib.pyplot

    anchor = _rising(_points(anchor_rate, anchor_quality, "anchor", interpolation), "anchor")
    test = _rising(_points(test_rate, test_quality, "test", interpolation), "test")
    _overlap("quality", anchor.quality, test.quality)
    return float(bjontegaard.bd_rate(*anchor, *test, interpolation, False, min_overlap=0))


def bd_quality(
    anchor_rate: Any, anchor_quality: Any, test_rate: Any, test_quality: Any, *, interpolation: str
) -> float:
    """BD-quality, in the unit of quality (dB, percentage points): mean of q_test − q_anchor.

    The mean runs over log10 rate, over the rates that both curves cover; positive where the test
    codec is better. Arguments and errors as in `bd_rate_percent`, but quality need not rise.

    >>> rate = [1, 2, 4]
    >>> round(bd_quality(rate, [30, 33, 36], rate, [31, 34, 37], interpolation="akima"), 9)
    1.0
    """
    import bjontegaard

    anchor = _points(anchor_rate, anchor_quality, "anchor", interpolation)
    test = _points(test_rate, test_quality, "test", interpolation)
    _overlap("rate", anchor.rate, test.rate)
    return float(bjontegaard.bd_psnr(*anchor, *test, interpolation, False, min_overlap=0))


def mean_rate_change_percent(anchor_rate: Any, test_rate: Any) -> float:
    """Mean of pointwise changes: 100 · mean_i (r_test,i / r_anchor,i − 1), in per cent.

    Point i of both must have the same quality, as where one model is coded in two ways. This is
    what the thesis's Table 2.1 calls BD-rate (−6.95 % and −8.33 %); the Bjøntegaard integrals of
    the same points are −6.88 % and −8.2 %.

    >>> mean_rate_change_percent([1.0, 2.0], [0.5, 1.5])  # -50 % and -25 %
    -37.5
    """
    anchor, test = checks.array("anchor_rate", anchor_rate), checks.array("test_rate", test_rate)
    checks.same_shape(anchor, test, ("anchor_rate", "test_rate"))
    for name, rates in (("anchor_rate", anchor), ("test_rate", test)):
        if rates.min() <= 0:
            raise MetricError(refusal(name, rates.min().item(), "above 0", "remove the point"))
    return float(100 * np.mean(test / anchor - 1))


def _points(rate: Any, quality: Any, name: str, interpolation: str) -> Curve:
    if interpolation not in FEWEST_POINTS:
        step = "state the one that the number is compared under"
        raise MetricError(refusal("interpolation", interpolation, FEWEST_POINTS, step))
    points, fewest = positive_curve(rate, quality, name), FEWEST_POINTS[interpolation]
    if len(points.rate) < fewest:
        what, step = f"number of points of {name}", "add points, or choose 'pchip'"
        allowed = f"{fewest} or more for {interpolation}"
        raise MetricError(refusal(what, len(points.rate), allowed, step))
    return points


def _rising(points: Curve, name: str) -> Curve:
    falls = np.flatnonzero(np.diff(points.quality) <= 0)
    if len(falls):
        i = int(falls[0])
        got = f"{points.quality[i]:g} then {points.quality[i + 1]:g}"
        what = f"quality of {name} from rate {points.rate[i]:g} to {points.rate[i + 1]:g}"
        step = "keep the points of lower_convex_hull, or give extend_flat an epsilon"
        raise MetricError(refusal(what, got, "rising with every step", step))
    return points


def _overlap(name: str, anchor: np.ndarray, test: np.ndarray) -> None:
    if max(anchor.min(), test.min()) >= min(anchor.max(), test.max()):
        got = f"{test.min():g} to {test.max():g}"
        allowed = f"an overlap with the anchor's {anchor.min():g} to {anchor.max():g}"
        raise MetricError(refusal(f"{name} of test", got, allowed, "measure points in common"))
