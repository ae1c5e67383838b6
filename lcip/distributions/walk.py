"""What a network does to the shape of what it is given, layer by layer: for tables and drawings.

>>> from lcip.distributions import networks
>>> steps = walk(networks.AnalysisQ(networks.configuration("small")), (96, 256))
>>> steps[0].shape_in, steps[-1].shape_out
((96, 256), (16, 32))
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn

Shape = tuple[int, int]  # channels, bins


@dataclass(frozen=True)
class Step:
    """A convolution along the bins, and what follows it until the next one.

    Attributes:
        transposed: whether it multiplies the number of bins, instead of dividing it.
        kernel, groups, stride: of the convolution.
        then: the names of the layers behind it, as ("ChannelShuffle", "ReLU").
        shape_in, shape_out: (channels, bins) before and after all of that.
        num_weights: without biases.
    """

    transposed: bool
    kernel: int
    groups: int
    stride: int
    then: tuple[str, ...]
    shape_in: Shape
    shape_out: Shape
    num_weights: int

    @property
    def macs(self) -> int:
        """Multiply-accumulates for one image: every weight, once for each position it visits.

        A convolution's weights visit the positions of its result; a transposed one's those of what
        it is given.
        """
        return self.num_weights * (self.shape_in if self.transposed else self.shape_out)[1]


def walk(network: nn.Module, shape: Shape) -> list[Step]:
    """Send zeros of a shape (channels, bins) through a network; its steps in the order they ran."""
    ran: list[tuple[nn.Module, Shape, Shape]] = []

    def note(layer: nn.Module, given: tuple[torch.Tensor, ...], result: torch.Tensor) -> None:
        ran.append((layer, tuple(given[0].shape[1:]), tuple(result.shape[1:])))

    leaves = [layer for layer in network.modules() if not list(layer.children())]
    hooks = [layer.register_forward_hook(note) for layer in leaves]
    try:
        with torch.no_grad():
            network(torch.zeros(1, *shape))
    finally:
        for hook in hooks:
            hook.remove()
    return [step(part) for part in parts(ran)]


def parts(ran: list[tuple[nn.Module, Shape, Shape]]) -> Iterator[list[tuple]]:
    """Cut the layers that ran before each convolution."""
    starts = [n for n, (layer, *_) in enumerate(ran) if is_convolution(layer)]
    for start, stop in zip(starts, [*starts[1:], len(ran)], strict=True):
        yield ran[start:stop]


def step(part: list[tuple[nn.Module, Shape, Shape]]) -> Step:
    """A convolution and its followers as one step."""
    convolution, shape_in, _ = part[0]
    return Step(
        transposed=isinstance(convolution, nn.ConvTranspose1d),
        kernel=convolution.kernel_size[0],
        groups=convolution.groups,
        stride=convolution.stride[0],
        then=tuple(type(layer).__name__ for layer, *_ in part[1:]),
        shape_in=shape_in,
        shape_out=part[-1][2],
        num_weights=convolution.weight.numel(),
    )


def is_convolution(layer: nn.Module) -> bool:
    """Whether a layer is a convolution along one axis, transposed or not."""
    return isinstance(layer, nn.Conv1d | nn.ConvTranspose1d)
