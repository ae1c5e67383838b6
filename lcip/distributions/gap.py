"""The amortisation gap: the bits a static distribution wastes on one image.

Coding n symbols whose true distribution is p with the distribution p̂ costs n·(H(p) + KL(p ‖ p̂))
bits. The first term is the least that any distribution of single symbols could cost; the second is
the gap. Here p is the image's own histogram (thesis §2: p̂* = p) and p̂ the model's integer tables,
so that both terms are bits that a coder would really write.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from lcip import coding
from lcip.distributions.histogram import channel_counts, entropy_bits, jensen_shannon_bits
from lcip.distributions.histogram import probabilities as normalised


@dataclass(frozen=True)
class Gap:
    """What one latent costs, channel by channel; all arrays float64 (M,), in bits.

    Attributes:
        static_bits: under the model's static tables.
        ideal_bits: under the image's own distributions, sent free of charge: a bound, not a codec.
    """

    static_bits: np.ndarray
    ideal_bits: np.ndarray

    @property
    def gap_bits(self) -> float:
        """Σ_j n_j·KL(p_j ‖ p̂_j)."""
        return float(self.static_bits.sum() - self.ideal_bits.sum())

    @property
    def gap_percent(self) -> float:
        """The gap as a share of the static cost."""
        return 100 * self.gap_bits / float(self.static_bits.sum())


def static_code_lengths_bits(tables: coding.Tables, *, lowest: int, num_bins: int) -> np.ndarray:
    """Bits that each symbol of each channel costs under the tables, escapes included.

    Returns:
        float64 (M, B): entry (j, b) is the cost of the symbol lowest + b in channel j.
    """
    num_channels = len(tables.sizes)
    symbols = np.tile(np.arange(lowest, lowest + num_bins, dtype=np.int32), num_channels)
    indexes = np.repeat(np.arange(num_channels, dtype=np.int32), num_bins)
    lengths = coding.symbol_bits(symbols, indexes, tables)
    return lengths.reshape(num_channels, num_bins)


def measure(symbols: np.ndarray, tables: coding.Tables) -> Gap:
    """The gap of one latent.

    Args:
        symbols: integers (M, h, w).
        tables: the model's static tables, one a channel.
    """
    lowest, num_bins = int(symbols.min()), int(np.ptp(symbols)) + 1
    counts = channel_counts(symbols, lowest=lowest, num_bins=num_bins)
    lengths = static_code_lengths_bits(tables, lowest=lowest, num_bins=num_bins)
    ideal = counts.sum(axis=1) * entropy_bits(normalised(counts))
    return Gap(static_bits=(counts * lengths).sum(axis=1), ideal_bits=ideal)


@dataclass(frozen=True)
class Pair:
    """Two images whose best distributions differ, and the channel where they differ most."""

    first: int
    second: int
    channel: int
    divergence_bits: float


def most_different(distributions: Sequence[np.ndarray]) -> Pair:
    """The two images with the largest Σ_j JS(p_j, q_j), and the channel that adds most to it.

    Args:
        distributions: one float (M, B) per image, all over the same bins.
    """
    best = Pair(0, 0, 0, -1.0)
    for first, second in combinations(range(len(distributions)), 2):
        divergence = jensen_shannon_bits(distributions[first], distributions[second])  # (M,)
        total = float(divergence.sum())
        if total > best.divergence_bits:
            best = Pair(first, second, int(divergence.argmax()), total)
    return best
