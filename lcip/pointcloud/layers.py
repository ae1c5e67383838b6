"""What the point-cloud networks are made of: layers that treat every point alike, and a gain.

A convolution of kernel size 1 over points is one small matrix applied to every point. Written as a
matrix product over all points of all clouds at once, (B·P, C) times (C, C'), it is what processors
do best; results and parameters are those of `Conv1d(kernel_size=1, groups=…)`.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

GAIN = 10.0  # thesis §3: unit steps of the quantiser would leave nothing of values near unit scale


class PointLinear(nn.Module):
    """z = W x + b for every point, in `groups` independent blocks of channels.

    Input (M, C), output (M, C'), both grouped in order: output block k sees input block k only.
    Initial values as in `torch.nn.Conv1d`: uniform within ±1/√(C/groups).
    """

    def __init__(self, in_channels: int, out_channels: int, groups: int) -> None:
        super().__init__()
        fan_in = in_channels // groups
        bound = 1 / math.sqrt(fan_in)
        self.groups = groups
        self.weight = nn.Parameter(torch.empty(out_channels, fan_in).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(out_channels).uniform_(-bound, bound))

    def forward(self, x: Tensor) -> Tensor:
        """(M, C) → (M, C')."""
        if self.groups == 1:
            return functional.linear(x, self.weight, self.bias)
        parts = zip(
            x.chunk(self.groups, dim=1),
            self.weight.chunk(self.groups),
            self.bias.chunk(self.groups),
            strict=True,
        )
        return torch.cat([functional.linear(*part) for part in parts], dim=1)

    def dense_weight(self) -> Tensor:
        """The same map as one matrix (C', C), zero outside the blocks."""
        return torch.block_diag(*self.weight.detach().chunk(self.groups))


def shuffled(num_channels: int, groups: int) -> Tensor:
    """Where the channels of a shuffle come from: reshape (G, C/G), transpose, flatten.

    >>> shuffled(6, 2).tolist()
    [0, 3, 1, 4, 2, 5]
    """
    return torch.arange(num_channels).reshape(groups, -1).T.flatten()  # (G, C/G) → (C,)


class Block(nn.Module):
    """One encoder block: grouped linear, shuffle of the channels (1: none), batch norm, ReLU."""

    def __init__(self, in_channels: int, out_channels: int, groups: int, shuffle: int) -> None:
        super().__init__()
        self.linear = PointLinear(in_channels, out_channels, groups)
        self.norm = nn.BatchNorm1d(out_channels)
        self.shuffle = shuffle
        self.register_buffer("order", shuffled(out_channels, shuffle), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """(M, C) → (M, C')."""
        z = self.linear(x)
        if self.shuffle > 1:
            z = z[:, self.order]
        return functional.relu(self.norm(z))


class Gain(nn.Module):
    """y = 10·v ⊙ x with a trained vector v, one at the start."""

    def __init__(self, num_channels: int) -> None:
        super().__init__()
        self.vector = nn.Parameter(torch.ones(num_channels))

    def forward(self, x: Tensor) -> Tensor:
        """(B, N) → (B, N)."""
        return GAIN * self.vector * x
