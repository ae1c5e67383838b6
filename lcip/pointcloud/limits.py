"""How few bits could do: the rate–accuracy bound for whoever sends a class.

Nobody who sends R bits on average is right more often than the rate–distortion function of the
class allows, with the probability of error as distortion. `bound` computes it by the
Blahut–Arimoto algorithm to proven digits; `by_water_filling` has it in closed form (V. Erokhin,
1958; the water level is R. Gallager's):

    D = Σ_{p_k ≤ θ} p_k + (m − 1) θ,    R(D) = Σ_{p_k > θ} η(p_k) − η(1 − D) − (m − 1) η(θ),

η(x) = −x log2 x, m the number of classes with p_k > θ. The others are never named at all.
"""

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from lcip import artifacts, metrics
from lcip.errors import LcipError, refusal
from lcip.pointcloud import evaluate

PRIORS = ("test", "uniform")
PROOF_BITS = 1e-6
PUBLISHED_ITERATIONS = 20
PUBLISHED_SLOPES = np.linspace(0, 12, 1000)
PUBLISHED_EPSILON = 1e-12


class WaterFilling(NamedTuple):
    """The bound at one accuracy: bits, the level θ, and how many classes are ever named."""

    bits: float
    level: float
    num_named: int


def prior(name: str) -> np.ndarray:
    """Probabilities of the classes (K,): as frequent as in the test set, or all equally.

    The frequencies are read off the labels that come with a committed stream.
    """
    if name not in PRIORS:
        raise LcipError(refusal("prior", name, PRIORS, "choose one of them"))
    counts = test_counts()
    return np.full(len(counts), 1 / len(counts)) if name == "uniform" else counts / counts.sum()


def test_counts() -> np.ndarray:
    """How many test clouds each class of ModelNet40 has: int (K,)."""
    card = artifacts.load_stream(evaluate.models()[0]).card
    labels, lengths = np.array(card["label_runs"]).T
    return np.bincount(labels, weights=lengths, minlength=len(card["classes"])).astype(int)


def error_distortion(num_classes: int) -> np.ndarray:
    """d(k, j) = 1 where the class named is not the true one: (K, K)."""
    return 1.0 - np.eye(num_classes)


def entropy_bits(p: np.ndarray) -> float:
    """H = −Σ p log2 p."""
    return sum(_eta(float(share)) for share in p)


def bound(p: np.ndarray, accuracies_percent: np.ndarray) -> pd.DataFrame:
    """The least bits for each accuracy, as columns accuracy_percent, lower_bits, upper_bits, bits.

    Both bounds come from Blahut–Arimoto; `bits` is their middle, within `PROOF_BITS` / 2.
    """
    wrong = error_distortion(len(p))
    rows = [
        metrics.rate_at_distortion(p, wrong, at=1 - a / 100, tolerance_bits=PROOF_BITS)
        for a in accuracies_percent
    ]
    frame = pd.DataFrame(rows, columns=["lower_bits", "upper_bits"])
    frame.insert(0, "accuracy_percent", np.asarray(accuracies_percent, float))
    return frame.assign(bits=(frame["lower_bits"] + frame["upper_bits"]) / 2)


def bits_at(p: np.ndarray, accuracy_percent: float) -> float:
    """The least bits for one accuracy."""
    return float(bound(p, np.array([accuracy_percent]))["bits"].iloc[0])


def by_water_filling(p: np.ndarray, accuracy_percent: float) -> WaterFilling:
    """The bound in closed form.

    >>> round(by_water_filling(np.full(40, 1 / 40), 80).bits, 4)
    3.5429
    """
    if not 0 <= accuracy_percent <= 100:
        step = "give per cent"
        raise LcipError(refusal("accuracy_percent", accuracy_percent, "0 to 100", step))
    error, shares = 1 - accuracy_percent / 100, np.sort(p[p > 0])[::-1]
    if error >= 1 - shares[0] - 1e-12:
        return WaterFilling(0.0, float(shares[0]), 1)
    for named in range(len(shares), 1, -1):
        level = (error - shares[named:].sum()) / (named - 1)
        if level < shares[named - 1]:
            break
    level = max(0.0, float(level))
    kept = sum(_eta(float(share)) for share in shares[:named])
    return WaterFilling(kept - _eta(1 - error) - (named - 1) * _eta(level), level, named)


def excess_bits(p: np.ndarray, accuracies_percent: np.ndarray, bits: np.ndarray) -> np.ndarray:
    """How far rates lie above the bound at their accuracies, in bits."""
    least = [by_water_filling(p, float(accuracy)).bits for accuracy in accuracies_percent]
    return np.asarray(bits, float) - np.array(least)


def as_published(p: np.ndarray, slopes: np.ndarray, num_iterations: int) -> pd.DataFrame:
    """Rate and accuracy after some iterations at each slope, the way the published bound was made.

    From W(j|k) = p(j) on, `num_iterations` times q = Σ_k p(k) W(·|k) and W(j|k) ∝ q(j) e^(−λ d).
    The rate is taken against the q of the last iteration, not of the last W, as
    Σ p W log2(W / q + 1e-12): a little above the information that the channel carries as long as
    nothing has converged.
    """
    kernel = np.exp(-slopes[:, None, None] * error_distortion(len(p)))  # (S, K, K)
    channel = np.broadcast_to(p, kernel.shape)
    for _ in range(num_iterations):
        q = np.einsum("k,skj->sj", p, channel)  # (S, K)
        channel = q[:, None, :] * kernel
        channel = channel / channel.sum(axis=2, keepdims=True)
    logs = np.log2(channel / q[:, None, :] + PUBLISHED_EPSILON)
    return pd.DataFrame(
        {
            "slope": slopes,
            "bits": np.einsum("k,skj,skj->s", p, channel, logs),
            "accuracy_percent": 100 * np.einsum("k,skk->s", p, channel),
        }
    )


def _eta(share: float) -> float:
    return -share * math.log2(share) if share > 0 else 0.0
