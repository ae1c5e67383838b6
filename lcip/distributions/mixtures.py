"""Gaussian mixtures as integer tables: what Balcilar et al. send in place of a distribution.

A mixture of K Gaussians for one channel is 3K − 1 bytes: K means, K standard deviations, K − 1
weights. The decoder turns bytes into a table of probabilities by integer arithmetic alone:

    μ_k = (byte − 128)/32 · scale      scale: mean magnitude of the channel's static distribution
    σ_k = 2^(byte/16 − 4)              1/16 to 3,922 symbols
    w_k = byte/256 of what the weights before it leave; the last takes the rest
    P(s) = F(s + ½) − F(s − ½),  F(x) = Σ_k w_k Φ((x − μ_k)/σ_k)

with Φ, the normal distribution's integral, from a table of integers between which it is linear.
"""

from functools import cache
from math import isqrt

import numpy as np

from lcip.coding import Tables
from lcip.coding.rangecoder import PRECISION

PHI_BITS = 30  # Φ = 1 is 2^30
STEPS = 128  # entries of the table of Φ for each standard deviation
FURTHEST = 6  # standard deviations; beyond, Φ is 0 or 1
FRACTION = 12  # binary places between two entries
SERIES_BITS = 160  # the series of Φ(6) has terms up to e^18 that all but cancel
MOST_MAGNITUDE = 2048  # of symbols in a table; the others escape
REACH = 4  # standard deviations that a table holds
LEAST_SCALE = 1 << (PRECISION - 2)  # a quarter of a symbol, for means in channels that are quiet


@cache
def phi_table() -> np.ndarray:
    """2^30·Φ(i/128) for i = 0 … 769, int64, by its power series in whole numbers.

    Φ(z) = ½ + (1/√(2π)) Σ_n (−1)^n z^(2n+1) / (2^n n! (2n + 1))
    """
    one = 1 << SERIES_BITS
    # π to 50 places: 1/√(2π) in the same units.
    pi = 314159265358979323846264338327950288419716939937510
    root = isqrt(one * one * 10**50 // (2 * pi))
    found = []
    for i in range(FURTHEST * STEPS + 2):
        z_squared = one * i * i // STEPS**2
        power, total, n = one * i // STEPS, 0, 0
        while power:
            total += power // (2 * n + 1)
            n += 1
            power = -(power * z_squared >> SERIES_BITS) // (2 * n)
            power += power == -1  # a negative remainder rounds down for ever
        phi = one // 2 + (root * total >> SERIES_BITS)
        found.append(phi >> (SERIES_BITS - PHI_BITS))
    return np.array(found, np.int64)


@cache
def sigmas() -> np.ndarray:
    """σ of every byte out of 2^16: ⌊2^16 · 2^(byte/16 − 4)⌋, int64 (256,), by roots."""
    return np.array([isqrt(isqrt(isqrt(isqrt(1 << (12 * 16 + b))))) for b in range(256)], np.int64)


def scales(tables: Tables) -> np.ndarray:
    """The mean magnitude of every channel under its table in 2^-16 symbols, at least ¼: (M,)."""
    frequencies = np.diff(tables.cumulative.astype(np.int64), axis=1)  # (M, L − 1)
    place = np.arange(frequencies.shape[1])
    inside = place < tables.sizes[:, None] - 1
    magnitude = np.abs(place + tables.offsets[:, None].astype(np.int64))
    return np.maximum((frequencies * magnitude * inside).sum(axis=1), LEAST_SCALE)


def normal(z: np.ndarray) -> np.ndarray:
    """2^30·Φ of z in units of 2^-19 (128 entries of 2^12 places): int64, any shape."""
    table = phi_table()
    size = np.minimum(np.abs(z), FURTHEST * STEPS << FRACTION)
    entry, rest = size >> FRACTION, size & ((1 << FRACTION) - 1)
    upper = table[entry] + ((table[entry + 1] - table[entry]) * rest >> FRACTION)
    return np.where(z < 0, (1 << PHI_BITS) - upper, upper)


def components(sent: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means, deviations and weights, all in 2^-16: int64 (n, K) each.

    Args:
        sent: bytes (n, 3K − 1) as integers: means, deviations, weights.
        scale: (n,) of `scales`.
    """
    count = (sent.shape[1] + 1) // 3
    sent = sent.astype(np.int64)
    means = (sent[:, :count] - 128) * scale[:, None] >> 5
    left, weights = np.full(len(sent), 1 << PRECISION, np.int64), []
    for byte in sent[:, 2 * count :].T:
        weights.append(left * byte >> 8)
        left = left - weights[-1]
    return means, sigmas()[sent[:, count : 2 * count]], np.stack([*weights, left], axis=1)


def masses(sent: np.ndarray, scale: np.ndarray, first: int, last: int) -> np.ndarray:
    """2^30·P(s) for s = first … last: int64 (n, last − first + 1); what is missing lies outside."""
    means, deviations, weights = components(sent, scale)
    edges = (2 * np.arange(first, last + 2, dtype=np.int64) - 1) << (PRECISION - 1)  # s − ½
    total = np.zeros((len(sent), len(edges)), np.int64)
    for mean, deviation, weight in zip(means.T, deviations.T, weights.T, strict=True):
        z = ((edges - mean[:, None]) << (FRACTION + 7)) // deviation[:, None]  # 2^7 = STEPS
        total += weight[:, None] * normal(z)
    return np.diff(total >> PRECISION, axis=1)


def table_of(sent: np.ndarray, scale: int) -> tuple[np.ndarray, int, int]:
    """Counts, first symbol and escape count of one channel's mixture, for `Tables.from_counts`."""
    means, deviations, _ = components(sent[None], np.array([scale]))
    low = int((means - REACH * deviations).min()) >> PRECISION
    high = int((means + REACH * deviations).max()) >> PRECISION
    first = max(min(low, MOST_MAGNITUDE), -MOST_MAGNITUDE)
    last = max(min(high + 1, MOST_MAGNITUDE), -MOST_MAGNITUDE)
    counts = masses(sent[None], np.array([scale]), first, last)[0]
    return counts, first, (1 << PHI_BITS) - int(counts.sum())


def replaced(static: Tables, channels: np.ndarray, sent: np.ndarray) -> Tables:
    """The static tables, those of `channels` replaced by the mixtures that were sent for them."""
    if not len(channels):
        return static
    scale = scales(static)
    found = [table_of(row, scale[j]) for j, row in zip(channels, sent, strict=True)]
    mixed = Tables.from_counts(*map(list, zip(*found, strict=True)))
    width = max(static.cumulative.shape[1], mixed.cumulative.shape[1])
    cumulative = np.full((len(static), width), 1 << PRECISION, np.int32)
    cumulative[:, : static.cumulative.shape[1]] = static.cumulative
    cumulative[channels] = 1 << PRECISION
    cumulative[channels, : mixed.cumulative.shape[1]] = mixed.cumulative
    sizes, offsets = static.sizes.copy(), static.offsets.copy()
    sizes[channels], offsets[channels] = mixed.sizes, mixed.offsets
    return Tables(cumulative, sizes, offsets)
