"""The encoder's half of `mixtures`: bytes whose mixture codes a channel's symbols in few bits.

A search, not an algebra: starting from a guess, every byte in turn is moved up or down as long as
the channel's cost falls, with steps that become smaller. The cost is that of the integer masses
which the decoder will compute, so nothing is lost between the fit and the code. All channels are
searched at once; each keeps its own best bytes.
"""

import numpy as np

from lcip.distributions import mixtures
from lcip.distributions.mixtures import PHI_BITS

STEPS = (16, 8, 4, 2, 1, 1)
LEAST_MASS = 2.0**-16  # what the rarest symbol gets in an integer table


def fit(counts: np.ndarray, lowest: int, scale: np.ndarray, num_components: int) -> np.ndarray:
    """Bytes (M, 3K − 1) for histograms (M, B) of channels of the given scales; int64."""
    sent = start(counts, lowest, scale, num_components)
    cost = cost_bits(sent, counts, lowest, scale)
    for step in STEPS:
        for place in range(sent.shape[1]):
            for move in (step, -step):
                tried = sent.copy()
                tried[:, place] = np.clip(tried[:, place] + move, 0, 255)
                tried_cost = cost_bits(tried, counts, lowest, scale)
                better = tried_cost < cost
                sent[better], cost = tried[better], np.minimum(cost, tried_cost)
    return sent


def start(counts: np.ndarray, lowest: int, scale: np.ndarray, num_components: int) -> np.ndarray:
    """One mean for all components; deviations half, once and twice that of the channel."""
    symbols = lowest + np.arange(counts.shape[1])
    p = counts / counts.sum(axis=1, keepdims=True)
    mean = p @ symbols  # (M,)
    deviation = np.sqrt(np.maximum(p @ symbols**2 - mean**2, 0.05))
    spread = {1: (1.0,), 2: (0.6, 1.6), 3: (0.4, 1.0, 2.2)}[num_components]
    means = np.rint(128 + 32 * mean / (scale / 2**16))[:, None] + np.zeros(num_components)
    deviations = np.rint(16 * (np.log2(deviation[:, None] * spread) + 4))
    shares = [256 // (num_components - k) for k in range(num_components - 1)]
    weights = np.tile(shares, (len(counts), 1)).reshape(len(counts), -1)
    sent = np.concatenate([means, deviations, weights], axis=1)
    return np.clip(sent, 0, 255).astype(np.int64)


def cost_bits(sent: np.ndarray, counts: np.ndarray, lowest: int, scale: np.ndarray) -> np.ndarray:
    """−Σ n(s) log2 P(s) of every channel: float64 (M,)."""
    masses = mixtures.masses(sent, scale, lowest, lowest + counts.shape[1] - 1)
    p = np.maximum(masses / (1 << PHI_BITS), LEAST_MASS)
    return -(counts * np.log2(p)).sum(axis=1)
