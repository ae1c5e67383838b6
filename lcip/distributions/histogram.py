"""Histograms of a latent's symbols, channel by channel, and their entropies."""

import numpy as np

from lcip.errors import LcipError, refusal


def channel_counts(symbols: np.ndarray, *, lowest: int, num_bins: int) -> np.ndarray:
    """How often each symbol occurs in each channel, in time and memory linear in their number.

    Args:
        symbols: integers (M, …), M channels.
        lowest: the symbol of bin 0; bin b counts the symbol lowest + b.
        num_bins: B.

    Returns:
        int64 (M, B); row j sums to the number of symbols in channel j.

    Raises:
        LcipError: a symbol outside the bins.

    >>> channel_counts(np.array([[0, 0, 1], [-1, 1, 1]]), lowest=-1, num_bins=3)
    array([[0, 2, 1],
           [1, 0, 2]])
    """
    flat = symbols.reshape(len(symbols), -1).astype(np.int64) - lowest  # (M, N)
    outside = flat[(flat < 0) | (flat >= num_bins)]
    if outside.size:
        allowed = f"{lowest} to {lowest + num_bins - 1}"
        next_step = "widen the bins (lowest, num_bins)"
        raise LcipError(refusal("symbol", int(outside[0]) + lowest, allowed, next_step))
    channel = np.arange(len(flat))[:, None] * num_bins  # (M, 1)
    counts = np.bincount((flat + channel).ravel(), minlength=len(flat) * num_bins)
    return counts.reshape(len(flat), num_bins)


def probabilities(counts: np.ndarray) -> np.ndarray:
    """p_j = counts_j / Σ counts_j: float64 (M, B), every row sums to 1.

    This is the distribution that codes these very symbols in the fewest bits: Σ −log2 p̂ = N·(H(p) +
    KL(p ‖ p̂)) is least where p̂ = p. A channel without symbols is refused.
    """
    totals = counts.sum(axis=1, keepdims=True)
    if not totals.all():
        empty = int(np.flatnonzero(totals[:, 0] == 0)[0])
        next_step = "leave channels without symbols out"
        raise LcipError(refusal(f"number of symbols in channel {empty}", 0, "1 or more", next_step))
    return counts / totals


def entropy_bits(p: np.ndarray) -> np.ndarray:
    """H(p) = −Σ p log2 p along the last axis, in bits a symbol; 0·log 0 = 0.

    >>> entropy_bits(np.array([[0.5, 0.25, 0.25], [1.0, 0.0, 0.0]]))
    array([1.5, 0. ])
    """
    return _surprise(p, p) + 0.0  # no −0.0


def jensen_shannon_bits(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Jensen-Shannon divergence along the last axis: 0 for equal, 1 bit for disjoint distributions.

    JS(p, q) = H((p + q)/2) − (H(p) + H(q))/2: what coding both with their mean costs, a symbol.

    >>> jensen_shannon_bits(np.array([1.0, 0.0]), np.array([0.0, 1.0])).item()
    1.0
    """
    return entropy_bits((p + q) / 2) - (entropy_bits(p) + entropy_bits(q)) / 2


def _surprise(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """−Σ p log2 q along the last axis, with 0·log 0 = 0."""
    return -np.sum(p * np.log2(q, out=np.zeros_like(q), where=q > 0), axis=-1)
