"""The base codec's static distributions over the bins of a histogram, as logarithms in integers.

Bin b of B stands for the symbol b − B/2. Within a static table its probability is its frequency out
of 2^16; outside it is that of the escape and the bits behind it, so the logarithms are minus the
bits that the static codec really spends (`gap.static_code_lengths_bits`). To predict a
*correction*, h_{s,q} answers with logits that are added:

    p̂_j = softmax(log p_static,j + h_{s,q}(q̂)_j)

The logarithms are computed from the integer tables by integers, so encoder and decoder, on any two
machines, correct the same distribution.
"""

import numpy as np

from lcip.coding import Tables
from lcip.coding.rangecoder import PRECISION

LOG_BITS = 16  # logarithms are whole numbers of 2^-16 bit
MANTISSA = 30  # binary places within the integer logarithm


def lowest_symbol(num_bins: int) -> int:
    """The symbol of bin 0."""
    return -(num_bins // 2)


def integer_log2(values: np.ndarray) -> np.ndarray:
    """⌊2^16 log2 v⌋ of integers 1 ≤ v < 2^30, at most one too small, by squaring: int64.

    >>> integer_log2(np.array([1, 2, 3])).tolist()
    [0, 65536, 103872]
    """
    values = np.asarray(values, np.int64)
    result = floor_log2(values)
    mantissa = values << (MANTISSA - result)  # 1 ≤ mantissa / 2^30 < 2
    for _ in range(LOG_BITS):
        mantissa = mantissa * mantissa >> MANTISSA
        bit = mantissa >> (MANTISSA + 1)
        result, mantissa = 2 * result + bit, mantissa >> bit
    return result


def floor_log2(values: np.ndarray) -> np.ndarray:
    """⌊log2 v⌋ of integers v ≥ 1: int64. (The exponent of a whole float64 below 2^53 is exact.)"""
    return np.frexp(values.astype(np.float64))[1].astype(np.int64) - 1


def static_log2(tables: Tables, num_bins: int) -> np.ndarray:
    """log2 of the static distributions in 2^-16 bit: int64 (M, B), all ≤ 0."""
    symbols = lowest_symbol(num_bins) + np.arange(num_bins)  # (B,)
    place = symbols - tables.offsets[:, None].astype(np.int64)  # (M, B)
    escape = tables.sizes[:, None].astype(np.int64) - 1  # (M, 1)
    outside = (place < 0) | (place >= escape)
    frequencies = np.maximum(np.diff(tables.cumulative, axis=1), 1)  # (M, L − 1); 1 where unused
    slots = np.where(outside, escape, place)
    log2 = np.take_along_axis(integer_log2(frequencies), slots, axis=1) - (PRECISION << LOG_BITS)
    distance = np.maximum(np.where(place < 0, -place, place - escape + 1), 1)
    behind = 2 + 2 * floor_log2(distance)  # bits behind the escape: a side, and Elias gamma
    return log2 - np.where(outside, behind << LOG_BITS, 0)


def static_logits(tables: Tables, num_bins: int) -> np.ndarray:
    """The same as natural logarithms, for training: float32 (M, B); exp sums to nearly 1."""
    return (static_log2(tables, num_bins) * (np.log(2) / 2**LOG_BITS)).astype(np.float32)
