"""h_{s,q} and the tables it leads to, in integers: the same distributions on every machine.

    q̂ = s_q + m_q  →  five layers  →  t_j(b) [bits]  →  c_j(b) ∝ 2^t_j(b)  →  integer tables

A floating-point sum depends on the order of its terms, which libraries choose by processor, threads
and batch; one unit of difference in one frequency, and the rest of a stream is noise. Here every
number is a whole number of some power of two, kept in float64 and below 2^53: such products and
sums are exact, hence equal in any order. Between layers the numbers are brought back to 14 binary
places by a shift that rounds half up, and are cut at ±2^16; the cut is what bounds the sums, so
that no image can exceed 2^53, and `ExactSynthesis` refuses weights that could.

The powers of two come from a table that integers make (`fractions_of_two`): machines differ in the
last bit of an exponential, too. Everything in this file but the matrix products is int64.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import isqrt
from typing import NamedTuple

import numpy as np
from torch import nn

from lcip.coding import CodingError, Tables
from lcip.distributions.networks import ChannelShuffle
from lcip.distributions.prior import LOG_BITS, lowest_symbol
from lcip.errors import refusal

EXACT_BITS = 53  # of float64: integers up to 2^53 are all there
ACTIVATION_BITS = 14  # binary places between layers
LARGEST_ACTIVATION = 2.0 ** (16 + ACTIVATION_BITS)
WEIGHT_BITS = 16  # binary places of weights, fewer in layers of large weights
MOST_Q = 2048  # |s_q| above it is never written
POWER_BITS = 30  # of 2^t at the likeliest bin
TABLE_BITS = 12  # of the fraction of t that are looked up
TAIL_BITS = 18  # bins beyond a share of 2^-18 on either side are left to the escape


class ExactLayer(NamedTuple):
    """A transposed convolution along the bins, in whole numbers.

    Attributes:
        weight: float64 (G, outputs/G, inputs/G · K), ready for a matrix product.
        bias: float64 (outputs,), in units of 2^-(weight_bits + ACTIVATION_BITS).
        weight_bits: binary places of the weights.
        stride, kernel: of the convolution.
        shuffle: groups of the shuffle behind it, or 1.
    """

    weight: np.ndarray
    bias: np.ndarray
    weight_bits: int
    stride: int
    kernel: int
    shuffle: int


def windows(x: np.ndarray, stride: int, kernel: int, groups: int) -> np.ndarray:
    """What each position of a transposed convolution sees: (C, n) → (G, C/G · K, stride · n).

    A transposed convolution is a plain one over its input with stride − 1 zeros behind every value,
    with its kernel turned around.
    """
    channels, n = x.shape
    spread = np.zeros((channels, stride * n + 2 * (kernel // 2)))
    spread[:, kernel // 2 : kernel // 2 + stride * n : stride] = x
    seen = np.lib.stride_tricks.sliding_window_view(spread, kernel, axis=1)  # (C, stride·n, K)
    ordered = seen.transpose(0, 2, 1).reshape(groups, channels // groups * kernel, stride * n)
    return np.ascontiguousarray(ordered)


def exact_layer(layer: nn.ConvTranspose1d, shuffle: int, scale: float) -> ExactLayer:
    """A layer's weights, times `scale`, as whole numbers.

    Scaling by powers of two and rounding are exact, and a product of two floats is rounded alike
    everywhere: the same weights give the same integers on every machine.
    """
    groups, kernel = layer.groups, layer.kernel_size[0]
    weight = layer.weight.detach().double().numpy() * scale  # (inputs, outputs/G, K)
    split = weight.reshape(groups, -1, weight.shape[1], kernel)[..., ::-1]  # (G, in/G, out/G, K)
    turned = split.transpose(0, 2, 1, 3)  # (G, out/G, in/G, K)
    flat = turned.reshape(groups, weight.shape[1], -1)  # (G, out/G, in/G · K)
    bias = layer.bias.detach().double().numpy() * scale
    bits = weight_bits(flat, bias)
    return ExactLayer(
        rounded(flat, bits),
        rounded(bias, bits + ACTIVATION_BITS),
        bits,
        layer.stride[0],
        kernel,
        shuffle,
    )


def rounded(x: np.ndarray, bits: int) -> np.ndarray:
    """x in whole numbers of 2^-bits, halves rounded up."""
    return np.floor(x * 2.0**bits + 0.5)


def weight_bits(weight: np.ndarray, bias: np.ndarray) -> int:
    """As many binary places as keep every possible sum below 2^53, at most `WEIGHT_BITS`."""
    bits = WEIGHT_BITS
    while bits > 0 and not is_exact(rounded(weight, bits), rounded(bias, bits + ACTIVATION_BITS)):
        bits -= 1
    return bits


def is_exact(weight: np.ndarray, bias: np.ndarray) -> bool:
    """Whether no sum can pass 2^53: Σ|w| · largest activation + |bias| + the rounding's half."""
    sums = np.abs(weight).sum(axis=2).ravel() * LARGEST_ACTIVATION  # (outputs,)
    return bool((sums + np.abs(bias) + 2.0**30 < 2.0**EXACT_BITS).all())


@dataclass(frozen=True)
class ExactSynthesis:
    """h_{s,q} in integers, and the tables behind it.

    Attributes:
        layers: of h_{s,q}; the last one's weights hold log2(e), so that it answers in bits.
        medians: (M_q,) whole numbers of 2^-14.
        static: int64 (M_y, B), log2 of what is corrected, in 2^-16 bit; zeros if nothing is.
    """

    layers: tuple[ExactLayer, ...]
    medians: np.ndarray
    static: np.ndarray

    def __post_init__(self) -> None:
        for index, layer in enumerate(self.layers):
            if not is_exact(layer.weight, layer.bias):
                largest = float(np.abs(layer.weight).sum(axis=2).max()) / 2.0**layer.weight_bits
                next_step = "fit h_sq again, with weight decay"
                allowed = f"sums of magnitudes below {2.0 ** (EXACT_BITS - 30 - 1):.0f}"
                raise CodingError(refusal(f"weights of layer {index}", largest, allowed, next_step))

    def log2(self, s_q: np.ndarray) -> np.ndarray:
        """log2 p̂ up to a constant a channel: symbols (M_q, B/8) → int64 (M_y, B), 2^-16 bit."""
        x = s_q.astype(np.float64) * 2.0**ACTIVATION_BITS + self.medians[:, None]
        for layer in self.layers[:-1]:
            x = shuffled(shifted(apply(layer, clipped(x)), layer.weight_bits), layer.shuffle)
            x = np.maximum(x, 0)
        last = self.layers[-1]
        correction = shifted(apply(last, clipped(x)), last.weight_bits + ACTIVATION_BITS - LOG_BITS)
        return self.static + clipped(correction).astype(np.int64)

    def counts(self, s_q: np.ndarray) -> np.ndarray:
        """p̂ as counts of about 2^30 at the likeliest bin: symbols (M_q, B/8) → int64 (M_y, B)."""
        bits = self.log2(s_q)
        return power_of_two(bits - bits.max(axis=1, keepdims=True))

    def tables(self, s_q: np.ndarray) -> Tables:
        """The integer tables of one message: symbols (M_q, B/8) → M_y tables."""
        return tables_of(self.counts(s_q))


def apply(layer: ExactLayer, x: np.ndarray) -> np.ndarray:
    """W x + b in units of 2^-(weight_bits + ACTIVATION_BITS): (inputs, n) → (outputs, stride·n)."""
    seen = windows(x, layer.stride, layer.kernel, len(layer.weight))
    return (layer.weight @ seen).reshape(len(layer.bias), -1) + layer.bias[:, None]


def shifted(x: np.ndarray, bits: int) -> np.ndarray:
    """x · 2^-bits, halves rounded up: exact in float64 below 2^52."""
    return rounded(x, -bits)


def clipped(x: np.ndarray) -> np.ndarray:
    """No activation beyond ±2^30, whatever the symbols: this bounds the sums."""
    return np.clip(x, -LARGEST_ACTIVATION, LARGEST_ACTIVATION)


def shuffled(x: np.ndarray, groups: int) -> np.ndarray:
    """`ChannelShuffle` of a (C, n) array."""
    channels, n = x.shape
    return x.reshape(groups, channels // groups, n).swapaxes(0, 1).reshape(channels, n)


@cache
def fractions_of_two() -> np.ndarray:
    """⌊2^(30 + i/4096)⌋ for i = 0 … 4095, within two units: int64, from integer square roots."""
    roots, root = [], 1 << 125  # 2 · 2^124: its square root is √2 · 2^62
    for _ in range(TABLE_BITS):
        roots.append(isqrt(root))
        root = roots[-1] << 62
    values = []
    for i in range(1 << TABLE_BITS):
        value = 1 << 62
        for place, factor in enumerate(roots):
            if i >> (TABLE_BITS - 1 - place) & 1:
                value = value * factor >> 62
        values.append(value >> (62 - POWER_BITS))
    return np.array(values, np.int64)


def power_of_two(bits: np.ndarray) -> np.ndarray:
    """⌊2^(30 + t)⌋ for t ≤ 0 in 2^-16 bit, t's fraction cut to 12 places: int64.

    >>> power_of_two(np.array([0, -65536, -65536 * 40])).tolist()
    [1073741824, 536870912, 0]
    """
    fraction = (bits >> (LOG_BITS - TABLE_BITS)) & ((1 << TABLE_BITS) - 1)
    whole = np.clip(-(bits >> LOG_BITS), 0, 63)
    return fractions_of_two()[fraction] >> whole


def tables_of(counts: np.ndarray) -> Tables:
    """Counts (M_y, B) as tables: bins whose tail holds less than 2^-18 are left to the escape."""
    totals = counts.sum(axis=1, keepdims=True)
    upward = counts.cumsum(axis=1)
    tail = totals >> TAIL_BITS
    first = (upward <= tail).sum(axis=1)  # (M_y,) bins below, with at most the tail's share
    last = (totals - upward > tail).sum(axis=1)  # the first bin with at most the tail above it
    rows, escapes = [], []
    for row, begin, end in zip(counts, first, last, strict=True):
        rows.append(row[begin : end + 1])
        escapes.append(int(row[:begin].sum() + row[end + 1 :].sum()))
    return Tables.from_counts(rows, first + lowest_symbol(counts.shape[1]), escapes)


def exact_synthesis(
    h_sq: Sequence[nn.Module], medians: np.ndarray, static: np.ndarray
) -> ExactSynthesis:
    """h_{s,q} in integers, from the trained network.

    Args:
        h_sq: the layers of `networks.SynthesisQ`.
        medians: float (M_q,), of q's densities.
        static: int64 (M_y, B) from `prior.static_log2`, or zeros where h_sq predicts all.
    """
    modules = list(h_sq)
    places = [i for i, module in enumerate(modules) if isinstance(module, nn.ConvTranspose1d)]
    layers = []
    for place in places:
        behind = modules[place + 1] if place + 1 < len(modules) else None
        groups = behind.groups if isinstance(behind, ChannelShuffle) else 1
        scale = float(np.log2(np.e)) if place == places[-1] else 1.0
        layers.append(exact_layer(modules[place], groups, scale))
    fixed = rounded(np.asarray(medians, np.float64), ACTIVATION_BITS)
    return ExactSynthesis(tuple(layers), fixed, np.asarray(static, np.int64))
