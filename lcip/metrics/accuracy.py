"""Accuracy of a classifier, and how far a finite test set lets one trust it."""

import math
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np

from lcip.errors import refusal
from lcip.metrics import checks
from lcip.metrics.checks import MetricError


class Accuracy(NamedTuple):
    """Share of correct items in per cent, its 95 % Wilson interval, and the counts behind it."""

    percent: float
    low_percent: float
    high_percent: float
    num_correct: int
    num_items: int


def accuracy_percent(predicted: Any, actual: Any) -> Accuracy:
    """Top-1 accuracy of integer labels, with its 95 % Wilson score interval.

    Args:
        predicted, actual: integer labels of equal shape (items,).

    >>> accuracy_percent([1, 2, 3, 4], [1, 2, 3, 0]).percent
    75.0
    """
    p, a = checks.array("predicted", predicted), checks.array("actual", actual)
    checks.same_shape(a, p, ("actual", "predicted"))
    for name, labels in (("predicted", p), ("actual", a)):
        if labels.dtype.kind not in "iu" or labels.ndim != 1:
            got = f"{labels.dtype} {labels.shape}"
            step = "take the arg max of the scores first"
            raise MetricError(refusal(name, got, "integer labels of shape (items,)", step))
    correct = int(np.count_nonzero(p == a))
    low, high = wilson_interval(correct, a.size, confidence=0.95)
    return Accuracy(100 * correct / a.size, 100 * low, 100 * high, correct, a.size)


def wilson_interval(num_correct: int, num_items: int, *, confidence: float) -> tuple[float, float]:
    """Wilson's score interval for a share k/n: shares p with |k/n − p| <= z sqrt(p (1 − p) / n).

    (k + z^2/2 ± z sqrt(k (n − k) / n + z^2/4)) / (n + z^2), where z is the normal quantile of
    (1 + confidence) / 2. Unlike the textbook interval it stays within 0 to 1 and has a width at
    k = 0 and k = n (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927).

    >>> low, high = wilson_interval(0, 10, confidence=0.95)
    >>> low, round(high, 4)  # z^2 / (10 + z^2)
    (0.0, 0.2775)
    """
    if not 0 < confidence < 1:
        raise MetricError(refusal("confidence", confidence, "between 0 and 1", "state 0.95, say"))
    k, n = int(num_correct), int(num_items)
    if not 0 <= k <= n or n == 0 or k != num_correct or n != num_items:
        allowed = "0 <= num_correct <= num_items, num_items at least 1"
        got = f"{num_correct} of {num_items}"
        raise MetricError(refusal("num_correct", got, allowed, "count the items again"))
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    centre, reach = k + z * z / 2, z * math.sqrt(k * (n - k) / n + z * z / 4)
    low, high = (centre - reach) / (n + z * z), (centre + reach) / (n + z * z)
    return max(low, 0.0) if k else 0.0, min(high, 1.0) if k < n else 1.0
