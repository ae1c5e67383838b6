"""MobileNet 1.0 up to block 12: depthwise 3 x 3 and pointwise convolutions in turn, stride 32.

The layers are those of Keras' MobileNet, under its names. Where Keras halves the resolution it pads
right and below only, so that samples look at other places than with symmetric padding: their
offset is found, not typed in (see `geometry`).

Source: A. Howard et al., "MobileNets", arXiv:1704.04861; weights of Keras' applications.
"""

from collections import OrderedDict
from collections.abc import Mapping

import numpy as np
import torch
from torch import nn

BATCH_NORM_EPSILON = 1e-3  # of Keras' BatchNormalization
CHANNELS = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024)
HALVING = (2, 4, 6, 12)  # blocks of stride 2; so is the first convolution


def new_model() -> nn.Sequential:
    """The layers with He's random numbers (normal, by fan-in), batch norm folded in: biases 0."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    _add(layers, "conv1", nn.Conv2d(3, 32, 3, 2))
    channels = 32
    for block, made in enumerate(CHANNELS, start=1):
        halves = block in HALVING
        kind = {"stride": 2} if halves else {"padding": 1}
        _add(layers, f"conv_dw_{block}", nn.Conv2d(channels, channels, 3, groups=channels, **kind))
        _add(layers, f"conv_pw_{block}", nn.Conv2d(channels, made, 1))
        channels = made
    return nn.Sequential(layers)


def load(model: nn.Sequential, tensors: Mapping[str, np.ndarray]) -> nn.Sequential:
    """Copy Keras' arrays into `model`, each batch norm folded into the convolution before it."""
    for name, part in model.named_children():
        if isinstance(part, nn.Conv2d):
            weight, bias = _folded(tensors, name)
            part.weight.data.copy_(torch.from_numpy(weight))
            part.bias.data.copy_(torch.from_numpy(bias))
    return model


def prepare(picture: torch.Tensor) -> torch.Tensor:
    """RGB in [0, 1] to [-1, 1]."""
    return 2 * picture - 1


def _add(layers: "OrderedDict[str, nn.Module]", name: str, convolution: nn.Conv2d) -> None:
    nn.init.kaiming_normal_(convolution.weight, mode="fan_in", nonlinearity="relu")
    nn.init.zeros_(convolution.bias)
    if convolution.stride == (2, 2):
        layers[f"{name}_pad"] = nn.ZeroPad2d((0, 1, 0, 1))
    layers[name] = convolution
    layers[f"{name}_relu"] = nn.ReLU6(inplace=True)


def _folded(tensors: Mapping[str, np.ndarray], name: str) -> tuple[np.ndarray, np.ndarray]:
    """(out, in / groups, k, k) and (out,): s w and beta - s mean, s = gamma / sqrt(var + eps)."""
    kernel = tensors.get(f"{name}/kernel")
    if kernel is None:
        kernel = tensors[f"{name}/depthwise_kernel"].transpose(0, 1, 3, 2)  # (k, k, 1, C)
    gamma, beta, mean, variance = (
        tensors[f"{name}_bn/{part}"].astype(np.float64)
        for part in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    gain = gamma / np.sqrt(variance + BATCH_NORM_EPSILON)
    weight = kernel.transpose(3, 2, 0, 1) * gain[:, None, None, None]  # (out, in, k, k)
    return weight.astype(np.float32), (beta - mean * gain).astype(np.float32)
