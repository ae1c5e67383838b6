"""How a measured number is held against a printed one: the rule decides, nobody types a status."""

import re
from typing import NamedTuple

from lcip.errors import refusal
from lcip.results.tables import ResultsError

REPRODUCED, DIFFERS, BEYOND, NOT_ATTEMPTED = "reproduced", "differs", "beyond", "not attempted"
STATUSES = (REPRODUCED, DIFFERS, BEYOND, NOT_ATTEMPTED)
BETTER = ("", "lower", "higher")
GRAMMAR = "abs<=0.05, rel<=1%, in[27,41], at most, at least"
_NUMBER = r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?"
_DISTANCE = re.compile(rf"(abs|rel)<=({_NUMBER})(%?)")
_INTERVAL = re.compile(rf"in\[({_NUMBER}),({_NUMBER})\]")


class Verdict(NamedTuple):
    """A status and the sentence that explains it."""

    status: str
    reason: str


class Rule(NamedTuple):
    """The closed interval of measured values that count as reproduced, and how to say it."""

    low: float
    high: float
    text: str


def rule(comparison: str, value: float) -> Rule:
    """The interval that `comparison` allows around the printed `value`.

    `abs<=d`: value ± d. `rel<=p%`: value ± p % of its magnitude. `in[a,b]`: a to b. `at most` and
    `at least`: the printed value is a bound.

    >>> rule("abs<=0.5", 16.0)[:2]
    (15.5, 16.5)
    >>> rule("at most", 0.04)[:2]
    (-inf, 0.04)
    """
    if comparison == "at most":
        return Rule(float("-inf"), value, f"at most {value:g}")
    if comparison == "at least":
        return Rule(value, float("inf"), f"at least {value:g}")
    if match := _INTERVAL.fullmatch(comparison):
        low, high = float(match[1]), float(match[2])
        if low <= high:
            return Rule(low, high, f"{low:g} to {high:g}")
    match = _DISTANCE.fullmatch(comparison)
    if not match or (match[1] == "rel") != (match[3] == "%") or float(match[2]) < 0:
        step = "write the comparison in one of these forms"
        raise ResultsError(refusal("comparison", comparison, GRAMMAR, step))
    reach = float(match[2]) * (abs(value) / 100 if match[3] else 1)
    return Rule(value - reach, value + reach, f"{value:g} ± {reach:g}")


def judge(measured: float, value: float, comparison: str, better: str) -> Verdict:
    """Reproduced within the rule; beyond it on the side that is `better`; else it differs.

    >>> judge(28.4, 30.0, "abs<=1", better="lower")
    Verdict(status='beyond', reason='28.4 is better than 30 ± 1')
    """
    if better not in BETTER:
        raise ResultsError(refusal("better", better, "lower, higher or empty", "choose one"))
    allowed = rule(comparison, value)
    if allowed.low <= measured <= allowed.high:
        return Verdict(REPRODUCED, f"{measured:.6g} is within {allowed.text}")
    side = "lower" if measured < allowed.low else "higher"
    if side == better:
        return Verdict(BEYOND, f"{measured:.6g} is better than {allowed.text}")
    return Verdict(DIFFERS, f"{measured:.6g} is not within {allowed.text}")
