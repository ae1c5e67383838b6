"""Gaussian probabilities of whole numbers: what a conditional entropy model gives to the coder.

    p(s) = Φ((s + ½ − μ)/σ) − Φ((s − ½ − μ)/σ),      f = N(μ, σ²)
    p(s) = Σ_k w_k [Φ((s + ½ − μ)/(c_k σ)) − Φ((s − ½ − μ)/(c_k σ))],  Σ_k w_k = 1   (a mixture)

As in CompressAI, no scale is below 0.11 and no probability below 1e-9. Integer tables exist for 64
scales, a constant ratio apart: a symbol names the table of the nearest one.

Sources: Ballé et al. 2018; Minnen et al. 2018; Cheng et al. 2020 (mixtures); thesis §1, (1.2).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.optimize import minimize
from scipy.special import ndtr, softmax

from lcip import coding
from lcip.errors import LcipError, refusal

LEAST_SCALE, LARGEST_SCALE, NUM_SCALES = 0.11, 256.0, 64
LEAST_PROBABILITY = 1e-9
TAIL = 5.2  # standard deviations on either side that a table spans: 2e-7 is left to the escape
MOST_COMPONENTS = 4
STARTS = np.array([0.5, 2.0, 5.0])  # of the factors behind the first, which begins at 1
SAMPLE = 50_000  # symbols that a mixture is fitted to

SCALES = np.geomspace(LEAST_SCALE, LARGEST_SCALE, NUM_SCALES)


def probability(symbols: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """p(s), float64 of the broadcast shape.

    The area is taken on the lower tail, where differences of Φ keep their digits.

    >>> round(float(probability(np.array(0), np.array(0.0), np.array(0.5))), 4)
    0.6827
    """
    distance = np.abs(symbols - mean)
    return ndtr((0.5 - distance) / scale) - ndtr((-0.5 - distance) / scale)


def bits(symbols: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """−log2 p(s)."""
    return -np.log2(np.maximum(probability(symbols, mean, scale), LEAST_PROBABILITY))


@dataclass(frozen=True)
class Mixture:
    """A shape that all symbols share: `weights` (K,) of sum 1, `factors` (K,) of the scale."""

    weights: np.ndarray
    factors: np.ndarray

    def bits(self, symbols: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """−log2 Σ_k w_k p_k(s)."""
        total = sum(
            w * probability(symbols, mean, np.maximum(c * scale, LEAST_SCALE))
            for w, c in zip(self.weights, self.factors, strict=True)
        )
        return -np.log2(np.maximum(total, LEAST_PROBABILITY))


def fit_mixture(
    symbols: np.ndarray, mean: np.ndarray, scale: np.ndarray, *, components: int, seed: int
) -> Mixture:
    """The weights and factors of least mean bits on a random sample of the symbols (1-D arrays)."""
    if not 1 <= components <= MOST_COMPONENTS:
        step = "choose another number of components"
        raise LcipError(refusal("components", components, f"1 to {MOST_COMPONENTS}", step))
    count = min(SAMPLE, len(symbols))
    chosen = np.random.default_rng(seed).choice(len(symbols), count, replace=False)
    s, m, o = symbols[chosen], mean[chosen], scale[chosen]

    def loss(free: np.ndarray) -> float:
        return float(_mixture(free, components).bits(s, m, o).mean())

    start = np.append(np.zeros(components - 1), np.log([1.0, *STARTS[: components - 1]]))
    found = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-6})
    return _mixture(found.x, components)


def _mixture(free: np.ndarray, components: int) -> Mixture:
    """From unbounded numbers: K − 1 logits of the weights, K logarithms of the factors."""
    weights = softmax(np.append(free[: components - 1], 0.0))
    return Mixture(weights, np.exp(free[components - 1 :]))


def scale_index(scale: np.ndarray) -> np.ndarray:
    """The table of the nearest of `SCALES`, by ratio: int32 of the same shape."""
    step = np.log(SCALES[1] / SCALES[0])
    place = np.rint(np.log(scale / LEAST_SCALE) / step)
    return np.clip(place, 0, NUM_SCALES - 1).astype(np.int32)


@cache
def tables() -> coding.Tables:
    """One integer table for each of `SCALES`, mean 0."""
    rows, offsets = [], []
    for scale in SCALES:
        reach = int(np.ceil(TAIL * scale + 0.5))
        rows.append(probability(np.arange(-reach, reach + 1), np.array(0.0), np.array(scale)))
        offsets.append(-reach)
    escapes = [max(1.0 - float(row.sum()), 0.0) for row in rows]
    return coding.Tables.from_pmf(rows, offsets, escapes)
