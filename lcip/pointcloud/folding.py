"""The encoder for inference: batch norm and gain folded away, and arithmetic without rounding.

**Folding.** In inference, batch norm is z ↦ s·(z − μ) + β with s = γ/√(σ² + ε): with the linear
layer before it, one linear layer, W' = s W and b' = s (b − μ) + β. The gain 10·v commutes with ReLU
and maximum where it is positive, so its magnitude goes into the last layer; its sign is kept and
applied at the end.

**Exact arithmetic.** Floating-point sums depend on their order, which matrix libraries choose by
the number of rows, of threads, and by processor: a cloud encoded alone, in a batch or with its
points in another order could get another symbol. Here every number is an integer below 2^53 (in
units of a power of two), for which float64 products and sums are exact in any order. So the symbols
of a cloud are the same on every machine. Weights get the bits that the inputs leave; layers hand on
`ACTIVATION_BITS` bits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch

from lcip.datasets import POINT_SCALE
from lcip.pointcloud.layers import GAIN
from lcip.pointcloud.models import Encoder, PointCodecModel

EXACT_BITS = 53  # of float64: integers up to 2^53 are all there
ACTIVATION_BITS = 24
POINTS_AT_ONCE = 1 << 16  # bounds the memory of one matrix product


class FoldedLayer(NamedTuple):
    """relu(W x + b): weight (C', C) and bias (C',), float64."""

    weight: np.ndarray
    bias: np.ndarray


class FoldedEncoder(NamedTuple):
    """y = sign ⊙ max over points of the layers' output; `sign` (N,) is ±1."""

    layers: list[FoldedLayer]
    sign: np.ndarray

    def latents(self, points: np.ndarray) -> np.ndarray:
        """Float points (P, 3) → y (N,) in float64, before any grid."""
        h = np.asarray(points, np.float64)
        for layer in self.layers:
            h = np.maximum(h @ layer.weight.T + layer.bias, 0)
        return self.sign * h.max(axis=0)


def _double(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().cpu().double().numpy()


def fold(encoder: Encoder) -> FoldedEncoder:
    """Fold batch norm, channel shuffles and gain of a trained encoder into its linear layers."""
    layers = []
    for block in encoder.blocks:
        norm, order = block.norm, block.order.cpu().numpy()
        scale = _double(norm.weight) / np.sqrt(_double(norm.running_var) + norm.eps)
        weight = scale[:, None] * _double(block.linear.dense_weight())[order]
        shifted = _double(block.linear.bias)[order] - _double(norm.running_mean)
        layers.append(FoldedLayer(weight, scale * shifted + _double(norm.bias)))
    gain = GAIN * _double(encoder.gain.vector)
    last = layers.pop()
    layers.append(FoldedLayer(abs(gain)[:, None] * last.weight, abs(gain) * last.bias))
    return FoldedEncoder(layers, np.where(gain < 0, -1.0, 1.0))


class ExactLayer(NamedTuple):
    """relu(W x + b) in integers, then × 2^-shift, rounded; float64 arrays of whole numbers."""

    weight: np.ndarray
    bias: np.ndarray
    shift: int


@dataclass(frozen=True)
class ExactEncoder:
    """From points on the grid to symbols, in integers throughout.

    Attributes:
        layers: a hidden layer's shift is applied behind it; the last one's is the exponent of y.
        sign: (N,) ±1.
        medians: (N,) whole numbers of 2^-exponent.
    """

    layers: tuple[ExactLayer, ...]
    sign: np.ndarray
    medians: np.ndarray

    @property
    def exponent(self) -> int:
        """y is a whole number of 2^-exponent."""
        return self.layers[-1].shift

    def features(self, grid: np.ndarray) -> np.ndarray:
        """Integers before the maximum: grid points (P, 3) int16 → (P, N)."""
        h = grid.astype(np.float64)
        for layer in self.layers[:-1]:
            h = np.rint(np.maximum(h @ layer.weight.T + layer.bias, 0) * 2.0**-layer.shift)
        last = self.layers[-1]
        return np.maximum(h @ last.weight.T + last.bias, 0)

    def pooled(self, grid: np.ndarray) -> np.ndarray:
        """sign ⊙ maximum over points, in whole numbers of 2^-exponent: (P, 3) int16 → (N,)."""
        starts = range(0, len(grid), POINTS_AT_ONCE)
        parts = [self.features(grid[i : i + POINTS_AT_ONCE]).max(axis=0) for i in starts]
        return self.sign * np.max(parts, axis=0)

    def latents(self, grid: np.ndarray) -> np.ndarray:
        """y (N,) of one cloud."""
        return self.pooled(grid) * 2.0**-self.exponent

    def symbols(self, grid: np.ndarray) -> np.ndarray:
        """s = ⌊y − m + ½⌋ for grid points (P, 3) int16: int32 (N,)."""
        half = 2.0 ** (self.exponent - 1)
        return np.floor((self.pooled(grid) - self.medians + half) * 2.0**-self.exponent).astype(
            np.int32
        )

    def to_arrays(self) -> dict[str, np.ndarray]:
        """int64 arrays by name, to be stored with the weights."""
        arrays = {"sign": self.sign, "medians": self.medians}
        for index, layer in enumerate(self.layers):
            arrays |= {f"{index}.{name}": np.asarray(v) for name, v in layer._asdict().items()}
        return {name: array.astype(np.int64) for name, array in arrays.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "ExactEncoder":
        """What `to_arrays` gave."""
        count = sum(name.endswith(".shift") for name in arrays)
        layers = tuple(
            ExactLayer(
                arrays[f"{index}.weight"].astype(np.float64),
                arrays[f"{index}.bias"].astype(np.float64),
                int(arrays[f"{index}.shift"]),
            )
            for index in range(count)
        )
        sign, medians = (arrays[name].astype(np.float64) for name in ("sign", "medians"))
        return cls(layers, sign, medians)


def exact(model: PointCodecModel) -> ExactEncoder:
    """The folded encoder of a trained model with its weights rounded to the finest exact grid."""
    folded = fold(model.encoder)
    layers: list[ExactLayer] = []
    exponent, largest = 0, np.full(3, float(POINT_SCALE + 1))  # inputs: whole numbers up to 2^15
    for index, layer in enumerate(folded.layers):
        weight = layer.weight / POINT_SCALE if index == 0 else layer.weight
        reach = (abs(weight) @ largest + abs(layer.bias) * 2.0**exponent).max()
        # |W x + b| < 2^(EXACT_BITS - 1) leaves one bit for the rounding of weights and bias.
        fine = EXACT_BITS - 2 - int(np.frexp(reach)[1])
        rows = np.rint(weight * 2.0**fine)
        bias = np.rint(layer.bias * 2.0 ** (fine + exponent))
        bound = abs(rows) @ largest + abs(bias)
        assert bound.max() < 2.0**EXACT_BITS
        exponent += fine
        is_last = index == len(folded.layers) - 1
        shift = exponent if is_last else max(0, int(np.frexp(bound.max())[1]) - ACTIVATION_BITS)
        layers.append(ExactLayer(rows, bias, shift))
        if not is_last:
            exponent, largest = exponent - shift, np.ceil(bound * 2.0**-shift)
    medians = np.rint(_double(model.medians) * 2.0**exponent)
    return ExactEncoder(tuple(layers), folded.sign, medians)
