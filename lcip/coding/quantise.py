"""Counts to frequencies: integers of sum 2^16, each at least 1, that lose the fewest bits.

With probabilities p and frequencies f, a message costs Σ p log2(2^16 / f) bits a symbol. Moving one
unit to a slot gains p log2(1 + 1/f) there, so the best f are found by always giving the next unit
to the slot that gains most. With log(1 + 1/f) ≈ 2 / (2f + 1), which the logarithm's series makes
exact up to 1/(12 f^3), the comparison is one of integers: c_i (2 f_j + 1) against c_j (2 f_i + 1),
the apportionment of Sainte-Laguë (1910) with at least one seat for everyone. No float takes part,
so equal counts give equal tables everywhere.
"""

import numpy as np

from lcip.coding.compiling import compiled
from lcip.coding.rangecoder import TOTAL


def quantise(counts: np.ndarray) -> np.ndarray:
    """Frequencies (n,) int64 ≥ 1 of sum 2^16 in proportion to counts (n,) int64, 0 to 2^40.

    >>> quantise(np.array([3, 1]))
    array([49152, 16384])
    >>> quantise(np.array([5, 0, 0]))
    array([65534,     1,     1])
    """
    rare = counts * TOTAL < counts.sum()
    shared = counts * (TOTAL - rare.sum()) // counts[~rare].sum()
    frequencies = np.where(rare, 1, np.maximum(shared, 1))
    apportion(counts, frequencies)
    return frequencies


@compiled
def most_wanting(counts, frequencies):
    """The slot that gains most from one more unit: greatest c / (2f + 1), the first of equals."""
    best = 0
    for i in range(1, counts.size):
        if counts[i] * (2 * frequencies[best] + 1) > counts[best] * (2 * frequencies[i] + 1):
            best = i
    return best


@compiled
def least_missing(counts, frequencies):
    """The slot above 1 that loses least by one unit fewer: least c / (2f - 1); -1 if all are 1."""
    best = -1
    for i in range(counts.size):
        if frequencies[i] > 1 and (
            best < 0
            or counts[i] * (2 * frequencies[best] - 1) < counts[best] * (2 * frequencies[i] - 1)
        ):
            best = i
    return best


@compiled
def apportion(counts, frequencies):
    """Give or take single units until the sum is 2^16 and no move from slot to slot gains."""
    missing = TOTAL - frequencies.sum()
    while True:
        giver = least_missing(counts, frequencies) if missing <= 0 else -1
        taker = most_wanting(counts, frequencies) if missing >= 0 else -1
        if missing == 0 and (
            giver < 0
            or counts[taker] * (2 * frequencies[giver] - 1)
            <= counts[giver] * (2 * frequencies[taker] + 1)
        ):
            return
        if giver >= 0:
            frequencies[giver] -= 1
            missing += 1
        if taker >= 0:
            frequencies[taker] += 1
            missing -= 1
