"""The encoder for inference: batch norm and gain folded away, weights on a grid of whole numbers.

**Folding.** In inference, batch norm is z ↦ s·(z − μ) + β with s = γ/√(σ² + ε): with the linear
layer before it, one linear layer, W' = s W and b' = s (b − μ) + β. The gain 10·v commutes with ReLU
and maximum where it is positive, so its magnitude goes into the last layer; its sign is kept and
applied at the end.

**Grid.** The folded weights are then rounded, once, to the finest grid on which all sums stay below
2^53 (see `exact`): weights get the bits that the inputs leave, and layers hand on
`ACTIVATION_BITS`, counted from what points in the unit ball can reach.
"""

from typing import NamedTuple

import numpy as np
import torch

from lcip.datasets import POINT_SCALE
from lcip.pointcloud.exact import EXACT_BITS, ExactEncoder, ExactLayer
from lcip.pointcloud.layers import GAIN
from lcip.pointcloud.models import Encoder, PointCodecModel

ACTIVATION_BITS = 24
LATTICE = 25  # points along each axis of the cube around the unit ball
MARGIN = 2.0  # between what a lattice reaches and what is allowed for
LARGEST_VARIANCE = 2.0**12  # of a hidden layer, where half precision ends at 65,504


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


def exact(model: PointCodecModel) -> ExactEncoder:
    """The folded encoder of a trained model with its weights rounded to the finest exact grid."""
    folded = fold(model.encoder)
    highest = reached(folded)
    layers: list[ExactLayer] = []
    exponent, largest = 0, np.full(3, float(POINT_SCALE + 1))  # inputs: whole numbers up to 2^15
    for index, layer in enumerate(folded.layers):
        weight = layer.weight / POINT_SCALE if index == 0 else layer.weight
        reach = (abs(weight) @ largest + abs(layer.bias) * 2.0**exponent).max()
        # |W x + b| < 2^(EXACT_BITS - 1) leaves one bit for the rounding of weights and bias.
        fine = EXACT_BITS - 2 - int(np.frexp(reach)[1])
        rows = np.rint(weight * 2.0**fine)
        bias = np.rint(layer.bias * 2.0 ** (fine + exponent))
        assert (abs(rows) @ largest + abs(bias)).max() < 2.0**EXACT_BITS
        exponent += fine
        if index == len(folded.layers) - 1:
            layers.append(ExactLayer(rows, bias, exponent, None))
            break
        ceiling = MARGIN * highest[index] * 2.0**exponent
        shift = max(0, int(np.frexp(ceiling.max())[1]) - ACTIVATION_BITS)
        exponent, largest = exponent - shift, np.ceil(ceiling * 2.0**-shift) + 1
        layers.append(ExactLayer(rows, bias, shift, largest))
    medians = np.rint(_double(model.medians) * 2.0**exponent)
    return ExactEncoder(tuple(layers), folded.sign, medians)


def reached(folded: FoldedEncoder) -> list[np.ndarray]:
    """The largest output of each hidden layer's channels, (C',), over the unit ball.

    Its inputs have three coordinates only, so that a lattice can try them all. Bounds by intervals,
    layer after layer, would be a thousand times larger, and cost as much of the precision.
    """
    axis = np.linspace(-1, 1, LATTICE)
    h = np.stack(np.meshgrid(axis, axis, axis), axis=-1).reshape(-1, 3)  # (lattice points, 3)
    h = h / np.maximum(np.linalg.norm(h, axis=1, keepdims=True), 1)  # corners go to the sphere
    highest = []
    for layer in folded.layers[:-1]:
        h = np.maximum(h @ layer.weight.T + layer.bias, 0)
        highest.append(h.max(axis=0))
    return highest


@torch.no_grad()
def tame(decoder: torch.nn.Sequential) -> None:
    """Scale the hidden layer of a decoder so that its variances fit into half precision.

    Two gains of ten make inputs of some hundreds, and variances of up to 10^5. Batch norm undoes
    any factor: W, b, μ are divided by 2^k and σ² by 4^k, which are exact, wherever σ² > 2^12.
    """
    linear, norm = decoder[1], decoder[2]
    halvings = ((norm.running_var / LARGEST_VARIANCE).clamp_min(1).log2() / 2).ceil()
    factor = 0.5**halvings
    linear.weight.mul_(factor[:, None])
    for tensor in (linear.bias, norm.running_mean):
        tensor.mul_(factor)
    norm.running_var.mul_(factor**2)
