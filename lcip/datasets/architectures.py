"""Networks as torchvision builds them, without their weights; those come from `backbone`.

torchvision's constructors can also download. Here they are called so that they never do.

A residual block of torchvision adds and rectifies inside its own `forward`, where the sum cannot be
seen from outside. Here the sum is a module of its own, `add`, after which the ReLU works as before:
`layer2.0.add` is the sum, `layer2.0` the same rectified. Weights and outputs are torchvision's.
"""

import torch
from torch import nn

from lcip import runtime  # noqa: F401  (before torchvision)
from lcip.datasets.errors import DatasetError
from lcip.errors import refusal

# isort: split
from torchvision import models
from torchvision.models.resnet import BasicBlock


class Sum(nn.Module):
    """Two tensors added."""

    def forward(self, one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        return one + other


class Block(BasicBlock):
    """torchvision's block of two 3 x 3 convolutions, its sum a module."""

    def __init__(self, *arguments, **keywords) -> None:  # noqa: ANN002, ANN003
        super().__init__(*arguments, **keywords)
        self.add = Sum()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        branch = self.relu(self.bn1(self.conv1(x)))
        branch = self.bn2(self.conv2(branch))
        kept = x if self.downsample is None else self.downsample(x)
        return self.relu(self.add(branch, kept))


ARCHITECTURES = {
    "resnet18": lambda: models.ResNet(Block, [2, 2, 2, 2]),
    "resnet34": lambda: models.ResNet(Block, [3, 4, 6, 3]),
    "densenet121": lambda: models.densenet121(weights=None),
    "squeezenet1_0": lambda: models.squeezenet1_0(weights=None),
    "mobilenet_v2": lambda: models.mobilenet_v2(weights=None),
}


def untrained(name: str) -> nn.Module:
    """A network of torchvision with the random numbers from which its training starts.

    They come from torch's global generator: seed that first.
    """
    if name not in ARCHITECTURES:
        step = "choose one of these names"
        raise DatasetError(refusal("architecture", name, ARCHITECTURES, step))
    return ARCHITECTURES[name]()
