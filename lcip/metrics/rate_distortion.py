"""How few bits do: the rate–distortion function of a finite source, with proof of each digit.

R(D) = min I(X; Y) over all channels W(y|x) with E d(X, Y) ≤ D. Of the Lagrangian I + λ E d one
alternates between the best channel for given frequencies q of the outputs and the frequencies that
this channel has (S. Arimoto; R. E. Blahut, both IEEE Trans. Inf. Theory 18, 1972):

    W(y|x) = q(y) e^(−λ d(x, y)) / Z(x),    q'(y) = Σ_x p(x) W(y|x) = q(y) c(y).

Every step also bounds the minimum from both sides (Blahut's theorem): with F = −Σ_x p(x) ln Z(x)

    F − max_y ln c(y)  ≤  min (I + λ E d)  ≤  F − Σ_y q'(y) ln c(y),

so the loop ends when the two agree, not when nothing seems to move any more. All of it is computed
with logarithms, so no probability is too small.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from lcip.errors import refusal
from lcip.metrics import checks
from lcip.metrics.checks import MetricError

MOST_ITERATIONS = 200_000
FINEST_BITS = 1e-12
"""Tolerances below this would ask for more digits than double precision has."""
MOST_CHORDS = 200
ROUNDING = 1e-12


class RatePoint(NamedTuple):
    """A channel for one slope: its distortion and rate, and what no channel goes below.

    `lower_bits` ≤ R(`distortion`) ≤ `rate_bits`. `outputs` (M,): how often each y is sent.
    """

    slope: float
    distortion: float
    rate_bits: float
    lower_bits: float
    outputs: np.ndarray
    num_iterations: int


class RateBounds(NamedTuple):
    """R(D) lies between these."""

    lower_bits: float
    upper_bits: float


class _Source(NamedTuple):
    """ln p (K,), d − its row's minimum (K, M), and the mean of these minima."""

    log_prior: np.ndarray
    excess: np.ndarray
    least: float


class _Step(NamedTuple):
    """Frequencies ln q (M,), ln Z (K,), ln c (M,), and bounds on the Lagrangian in nats."""

    log_q: np.ndarray
    log_z: np.ndarray
    log_c: np.ndarray
    upper: float
    lower: float


def blahut_arimoto(
    prior: Any, distortion: Any, *, slope: float, tolerance_bits: float
) -> RatePoint:
    """The point of R(D) where its tangent falls by `slope` nats for a unit of distortion.

    Args:
        prior: probabilities of the source's letters (K,), with sum 1.
        distortion: d(x, y) of every letter and output (K, M).
        slope: λ ≥ 0; `math.inf` asks for the least distortion there is.
        tolerance_bits: the two bounds end no further apart.

    Raises:
        MetricError: no distribution, another shape, a negative slope, no agreement after
            `MOST_ITERATIONS` (ask for a larger tolerance).

    >>> point = blahut_arimoto([0.5, 0.5], [[0, 1], [1, 0]], slope=math.log(9), tolerance_bits=1e-9)
    >>> round(point.distortion, 6), round(point.rate_bits, 6)  # 1 − h(0.1)
    (0.1, 0.531004)
    """
    tolerance = _tolerance(tolerance_bits)
    if not slope >= 0:
        step = "give λ in nats for a unit of distortion"
        raise MetricError(refusal("slope", slope, "0 or more, or math.inf", step))
    return _tangent(_source(prior, distortion), float(slope), tolerance)


def rate_at_distortion(
    prior: Any, distortion: Any, *, at: float, tolerance_bits: float
) -> RateBounds:
    """R(`at`) in bits, between two bounds at most `tolerance_bits` apart.

    Below: the highest tangent at `at`. Above: time shared between two channels whose distortions
    lie on either side. Where always sending the best single y will do, both are 0.

    Raises:
        MetricError: as `blahut_arimoto`; `at` below the least distortion that any channel has.

    >>> bounds = rate_at_distortion([0.5, 0.5], [[0, 1], [1, 0]], at=0.5, tolerance_bits=1e-6)
    >>> bounds
    RateBounds(lower_bits=0.0, upper_bits=0.0)
    """
    tolerance = _tolerance(tolerance_bits)
    source, wanted = _source(prior, distortion), float(checks.array("at", at))
    largest = _largest(source)
    if wanted < source.least - ROUNDING:
        step = "allow more distortion"
        raise MetricError(refusal("at", wanted, f"{source.least:g} to {largest:g}", step))
    if wanted >= largest - ROUNDING:
        return RateBounds(0.0, 0.0)
    if wanted <= source.least + ROUNDING:
        end = _tangent(source, math.inf, tolerance)
        return RateBounds(end.lower_bits, end.rate_bits)
    return _between(source, wanted, tolerance)


def _between(source: _Source, wanted: float, tolerance: float) -> RateBounds:
    """Narrow two points around `wanted`, by the point whose tangent is parallel to their chord.

    On a straight piece of the curve chord and tangent are one, so that it ends there at once.
    """
    shy = RatePoint(0.0, _largest(source), 0.0, 0.0, np.empty(0), 0)
    bold, lower = _tangent(source, math.inf, tolerance / 4), 0.0
    for _ in range(MOST_CHORDS):
        chord = (bold.rate_bits - shy.rate_bits) / (shy.distortion - bold.distortion)
        upper = shy.rate_bits + chord * (shy.distortion - wanted)
        if upper - lower <= tolerance:
            return RateBounds(lower, upper)
        point = _tangent(source, chord * math.log(2), tolerance / 4)
        lower = max(lower, point.lower_bits + chord * (point.distortion - wanted))
        shy, bold = (point, bold) if point.distortion > wanted else (shy, point)
    got, step = f"{upper - lower:.3g} bits apart", "ask for a larger tolerance"
    what = f"bounds after {MOST_CHORDS} chords at {wanted:g}"
    raise MetricError(refusal(what, got, f"at most {tolerance:g}", step))


def _largest(source: _Source) -> float:
    return source.least + float((np.exp(source.log_prior) @ source.excess).min())


def _tangent(source: _Source, slope: float, tolerance: float) -> RatePoint:
    """Iterate at one slope until upper and lower bound agree.

    A step of c^s instead of c, with s doubled as long as that helps: outputs that the best channel
    never sends would else fade slowly. The bounds hold for any q, however it was found.
    """
    log_kernel = _log_kernel(source, slope)
    outputs = log_kernel.shape[1]
    stretch, best = 1.0, _bounds(source, log_kernel, np.full(outputs, -math.log(outputs)))
    for num_iterations in range(1, MOST_ITERATIONS + 1):
        if best.upper - best.lower <= tolerance * math.log(2):
            return _point(source, log_kernel, slope, best, num_iterations)
        log_q = best.log_q + stretch * best.log_c
        new = _bounds(source, log_kernel, log_q - _log_sum(log_q, axis=0))
        if new.upper <= best.upper or stretch == 1:
            stretch, best = 2 * stretch, new
        else:
            stretch = 1.0
    got = f"{(best.upper - best.lower) / math.log(2):.3g} bits apart"
    what = f"bounds after {MOST_ITERATIONS} iterations at slope {slope:g}"
    step = "ask for a larger tolerance"
    raise MetricError(refusal(what, got, f"at most {tolerance:g}", step))


def _log_kernel(source: _Source, slope: float) -> np.ndarray:
    """−λ times the excess distortion (K, M); at an infinite slope 0 and −∞."""
    if math.isinf(slope):
        return np.where(source.excess == 0, 0.0, -np.inf)
    return -slope * source.excess


def _bounds(source: _Source, log_kernel: np.ndarray, log_q: np.ndarray) -> _Step:
    """The two bounds on the Lagrangian, in nats, from output frequencies q (M,)."""
    log_z = _log_sum(log_q + log_kernel, axis=1)  # (K,)
    log_c = _log_sum((source.log_prior - log_z)[:, None] + log_kernel, axis=0)  # (M,)
    free = -np.exp(source.log_prior) @ log_z
    sent = np.exp(log_q + log_c)
    upper = free - sent @ np.where(sent > 0, log_c, 0.0)
    return _Step(log_q, log_z, log_c, float(upper), float(free - log_c.max()))


def _point(
    source: _Source, log_kernel: np.ndarray, slope: float, step: _Step, num_iterations: int
) -> RatePoint:
    channel = np.exp(step.log_q + log_kernel - step.log_z[:, None])  # (K, M)
    excess = float(np.exp(source.log_prior) @ (channel * source.excess).sum(axis=1))
    paid = slope * excess if excess else 0.0
    bits = [max(0.0, (bound - paid) / math.log(2)) for bound in (step.upper, step.lower)]
    outputs = np.exp(step.log_q + step.log_c)
    return RatePoint(slope, source.least + excess, *bits, outputs, num_iterations)


def _tolerance(bits: float) -> float:
    if checks.positive("tolerance_bits", bits) < FINEST_BITS:
        allowed, step = f"at least {FINEST_BITS:g}", "ask for fewer digits"
        raise MetricError(refusal("tolerance_bits", bits, allowed, step))
    return float(bits)


def _log_sum(values: np.ndarray, axis: int) -> np.ndarray:
    """ln Σ e^values along an axis; −∞ where all are."""
    top = values.max(axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return np.log(np.exp(values - top).sum(axis=axis)) + top.squeeze(axis)


def _source(prior: Any, distortion: Any) -> _Source:
    p, d = checks.array("prior", prior), checks.array("distortion", distortion)
    if p.ndim != 1 or p.min() < 0 or abs(p.sum() - 1) > 1e-9:
        got, step = f"shape {p.shape}, sum {p.sum():g}", "divide the counts by their sum"
        raise MetricError(refusal("prior", got, "probabilities (K,) with sum 1", step))
    if d.ndim != 2 or len(d) != len(p):
        step = "give d(x, y) of every letter x and output y"
        raise MetricError(refusal("shape of distortion", d.shape, f"({len(p)}, outputs)", step))
    p, d = p[p > 0].astype(np.float64), d[p > 0].astype(np.float64)
    least = d.min(axis=1)
    excess = d - least[:, None]
    if not excess.any():
        allowed, step = "outputs that differ for some letter", "there is nothing to choose"
        raise MetricError(refusal("distortion", "the same for all outputs", allowed, step))
    return _Source(np.log(p), excess, float(p @ least))
