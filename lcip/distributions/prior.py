"""The base codec's static distributions over the bins of a histogram, as logarithms in integers.

Bin b of B stands for the symbol b − B/2. A static table gives most of them a frequency out of 2^16;
the mass of its escape is laid over the bins outside, half as much on every bin further out, never
less than 2^-24. To predict a *correction*, h_{s,q} answers with logits that are added to these:

    p̂_j = softmax(log p_static,j + h_{s,q}(q̂)_j)

The logarithms are computed from the integer tables by integers, so encoder and decoder, on any two
machines, correct the same distribution.
"""

import numpy as np

from lcip.coding import Tables

LOG_BITS = 16  # logarithms are whole numbers of 2^-16 bit
SPARE_BITS = 8  # weights are out of 2^24
MANTISSA = 30  # of the integer logarithm


def lowest_symbol(num_bins: int) -> int:
    """The symbol of bin 0."""
    return -(num_bins // 2)


def static_weights(tables: Tables, num_bins: int) -> np.ndarray:
    """The static distributions, in proportion to int64 (M, B) of about 2^24 a row, all ≥ 1."""
    symbols = lowest_symbol(num_bins) + np.arange(num_bins)  # (B,)
    place = symbols - tables.offsets[:, None].astype(np.int64)  # (M, B)
    last = tables.sizes[:, None].astype(np.int64) - 2
    distance = np.maximum(-place, place - last)  # 1, 2, … outside the table
    frequencies = np.diff(tables.cumulative.astype(np.int64), axis=1)  # (M, L − 1)
    escapes = np.take_along_axis(frequencies, last + 1, axis=1)  # (M, 1)
    tails = (escapes << SPARE_BITS) >> np.clip(distance + 1, 0, 62)
    within = np.clip(place, 0, np.maximum(last, 0))
    inside = np.take_along_axis(frequencies, within, axis=1) << SPARE_BITS
    return np.where(distance <= 0, inside, np.maximum(tails, 1))


def integer_log2(values: np.ndarray) -> np.ndarray:
    """⌊2^16 log2 v⌋ of integers 1 ≤ v < 2^31, within one unit, by squaring: int64.

    >>> integer_log2(np.array([1, 2, 3])).tolist()
    [0, 65536, 103872]
    """
    values = np.asarray(values, np.int64)
    # frexp: the exponent of an integer below 2^53 is exact.
    result = np.frexp(values.astype(np.float64))[1].astype(np.int64) - 1
    mantissa = values << (MANTISSA - result)  # 1 ≤ mantissa / 2^30 < 2
    for _ in range(LOG_BITS):
        mantissa = mantissa * mantissa >> MANTISSA
        bit = mantissa >> (MANTISSA + 1)
        result, mantissa = 2 * result + bit, mantissa >> bit
    return result


def static_log2(tables: Tables, num_bins: int) -> np.ndarray:
    """log2 of the static distributions up to a constant a row, in 2^-16 bit: int64 (M, B)."""
    return integer_log2(static_weights(tables, num_bins))


def static_logits(tables: Tables, num_bins: int) -> np.ndarray:
    """The same as natural logarithms, for training: float32 (M, B), softmax gives p_static."""
    return (static_log2(tables, num_bins) * (np.log(2) / 2**LOG_BITS)).astype(np.float32)
