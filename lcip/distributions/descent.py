"""h_{s,q} and its gradient by matrix products: what the encoder's search for a better q needs.

The search evaluates h_{s,q} and the gradient of its input some tens of times an image, for one
image and with weights that stay. PyTorch's grouped transposed convolutions and their bookkeeping
take several times as long as the arithmetic; here every layer is one batch of matrix products,
forward over what each output position sees, backward over what each input position has reached.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from torch import nn

from lcip.distributions.integers import shuffled
from lcip.distributions.networks import ChannelShuffle


class Layer(NamedTuple):
    """A transposed convolution along the bins.

    Attributes:
        forth: (G, outputs/G, K · inputs/G), for what an output position sees.
        back: (G, inputs/G, K · outputs/G), for what an input position has reached.
        bias: (outputs, 1).
        stride, kernel: of the convolution.
        shuffle: groups of the shuffle behind it, or 1.
    """

    forth: np.ndarray
    back: np.ndarray
    bias: np.ndarray
    stride: int
    kernel: int
    shuffle: int


def layer_of(module: nn.ConvTranspose1d, shuffle: int) -> Layer:
    """The weights, arranged for both directions."""
    groups, kernel = module.groups, module.kernel_size[0]
    weight = module.weight.detach().double().numpy()  # (inputs, outputs/G, K)
    split = weight.reshape(groups, -1, weight.shape[1], kernel)  # (G, in/G, out/G, K)
    forth = split[..., ::-1].transpose(0, 2, 3, 1)  # (G, out/G, K, in/G)
    back = split.transpose(0, 1, 3, 2)  # (G, in/G, K, out/G)
    return Layer(
        np.ascontiguousarray(forth.reshape(*forth.shape[:2], -1)),
        np.ascontiguousarray(back.reshape(*back.shape[:2], -1)),
        module.bias.detach().double().numpy()[:, None],
        module.stride[0],
        kernel,
        shuffle,
    )


def columns(x: np.ndarray, groups: int, kernel: int, step: int, count: int) -> np.ndarray:
    """Windows of every `step`-th position: (C, n) → (G, K · C/G, count)."""
    channels = len(x)
    taps = [x[:, k : k + step * (count - 1) + 1 : step] for k in range(kernel)]
    stacked = np.stack([tap.reshape(groups, channels // groups, count) for tap in taps], axis=1)
    return stacked.reshape(groups, -1, count)  # from (G, K, C/G, count)


def forward(layer: Layer, x: np.ndarray) -> np.ndarray:
    """The convolution without shuffle: (inputs, n) → (outputs, stride · n)."""
    half, (channels, n) = layer.kernel // 2, x.shape
    spread = np.zeros((channels, layer.stride * n + 2 * half))
    spread[:, half : half + layer.stride * n : layer.stride] = x
    seen = columns(spread, len(layer.forth), layer.kernel, 1, layer.stride * n)
    return (layer.forth @ seen).reshape(len(layer.bias), -1) + layer.bias


def backward(layer: Layer, gradient: np.ndarray) -> np.ndarray:
    """The gradient of its input: (outputs, stride · n) → (inputs, n)."""
    half, n = layer.kernel // 2, gradient.shape[1] // layer.stride
    padded = np.pad(gradient, ((0, 0), (half, half)))
    reached = columns(padded, len(layer.back), layer.kernel, layer.stride, n)
    product = layer.back @ reached  # (G, inputs/G, n)
    return product.reshape(-1, n)


class Descent:
    """h_{s,q}, forward and backward, for one image in double precision."""

    def __init__(self, h_sq: Sequence[nn.Module]) -> None:
        modules = [*h_sq, None]
        self.layers = [
            layer_of(module, behind.groups if isinstance(behind, ChannelShuffle) else 1)
            for module, behind in zip(modules, modules[1:], strict=False)
            if isinstance(module, nn.ConvTranspose1d)
        ]

    def __call__(self, q_hat: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """q̂ (M_q, B/8) → logits (M_y, B), and what `gradient` needs."""
        x, active = q_hat, []
        for layer in self.layers[:-1]:
            x = shuffled(forward(layer, x), layer.shuffle)
            active.append(x > 0)
            x = x * active[-1]
        return forward(self.layers[-1], x), active

    def gradient(self, gradient: np.ndarray, active: list[np.ndarray]) -> np.ndarray:
        """∂L/∂logits (M_y, B) → ∂L/∂q̂ (M_q, B/8)."""
        g = backward(self.layers[-1], gradient)
        for layer, passed in zip(self.layers[-2::-1], active[::-1], strict=True):
            g = shuffled(g * passed, len(g) // layer.shuffle)  # the shuffle's inverse
            g = backward(layer, g)
        return g
