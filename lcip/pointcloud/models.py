"""PointNet with a bottleneck of bits: encoder, entropy model, decoder, in three sizes.

    x (P×3) → h for every point → max over points → gain → y (N) → round → ŷ → gain → MLP → t̂ (40)

PointNet(x₁ … x_P) = (γ ∘ π)(h(x₁), …, h(x_P)) with π the maximum over points, so the order of the
points cannot matter and points may be missing or doubled (Qi et al., CVPR 2017). There are no input
or feature transforms. The entropy model is CompressAI's `EntropyBottleneck`: one learned density
for each of the N numbers, noise of unit width in training, rounding about the medians afterwards.

Two facts that the thesis's text leaves out and its code has: a second gain at the decoder's input,
and neither batch norm nor ReLU behind the layer of 256. Both are kept. Source: thesis §3, table
3.1.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from lcip import runtime  # noqa: F401  (before compressai)
from lcip.errors import LcipError, refusal
from lcip.pointcloud.layers import Block, Gain

# isort: split
from compressai.entropy_models import EntropyBottleneck

NUM_CLASSES = 40
TAIL_MASS = 1e-4
DROPOUT = 0.3
HIDDEN = (512, 256)


class Layers(NamedTuple):
    """Channels behind each encoder layer, and the number of groups of each layer."""

    channels: tuple[int, ...]
    groups: tuple[int, ...]


SIZES = {
    "full": Layers((64, 64, 64, 128, 1024), (1, 1, 1, 1, 1)),
    "lite": Layers((8, 8, 16, 16, 32), (1, 1, 1, 2, 4)),
    "micro": Layers((16,), (1,)),
}


class Output(NamedTuple):
    """What the network makes of a batch: y (B, N), bits (B,), logits (B, 40)."""

    y: Tensor
    bits: Tensor
    logits: Tensor


def layers_of(size: str) -> Layers:
    """The encoder layers of a size; refused where there is no such size."""
    if size not in SIZES:
        raise LcipError(refusal("size", size, SIZES, "choose one of them"))
    return SIZES[size]


class Encoder(nn.Module):
    """g_a: blocks for every point, maximum over points, gain. (B, P, 3) → (B, N)."""

    def __init__(self, layers: Layers) -> None:
        super().__init__()
        inputs = (3, *layers.channels[:-1])
        following = (*layers.groups[1:], 1)
        # Channels are shuffled only where the next layer is grouped too; others see all of them.
        shuffles = [
            groups if groups > 1 and after > 1 else 1
            for groups, after in zip(layers.groups, following, strict=True)
        ]
        rows = zip(inputs, layers.channels, layers.groups, shuffles, strict=True)
        self.blocks = nn.Sequential(*(Block(*row) for row in rows))
        self.gain = Gain(layers.channels[-1])

    def features(self, x: Tensor) -> Tensor:
        """Before the maximum: (B, P, 3) → (B, P, N)."""
        batch, num_points, _ = x.shape
        h = self.blocks(x.reshape(batch * num_points, 3))  # (B, P, 3) → (B·P, 3) → (B·P, N)
        return h.reshape(batch, num_points, -1)  # (B·P, N) → (B, P, N)

    def forward(self, x: Tensor) -> Tensor:
        """(B, P, 3) → y (B, N)."""
        # `max` hands its gradient to one point of those that share the maximum; `amax` is slower.
        return self.gain(self.features(x).max(dim=1).values)  # (B, P, N) → (B, N)


def decoder(num_latents: int) -> nn.Sequential:
    """g_s: gain and a multilayer perceptron. ŷ (B, N) → logits (B, 40)."""
    return nn.Sequential(
        Gain(num_latents),
        nn.Linear(num_latents, HIDDEN[0]),
        nn.BatchNorm1d(HIDDEN[0]),
        nn.ReLU(),
        nn.Linear(HIDDEN[0], HIDDEN[1]),
        nn.Dropout(DROPOUT),
        nn.Linear(HIDDEN[1], NUM_CLASSES),
    )


class PointCodecModel(nn.Module):
    """Encoder, entropy model and decoder of one size."""

    def __init__(self, size: str) -> None:
        super().__init__()
        layers = layers_of(size)
        self.size, self.num_latents = size, layers.channels[-1]
        self.encoder = Encoder(layers)
        self.bottleneck = EntropyBottleneck(self.num_latents, tail_mass=TAIL_MASS)
        self.decoder = decoder(self.num_latents)

    def forward(self, x: Tensor) -> Output:
        """(B, P, 3) → latents, bits and logits; noise in training, rounding otherwise."""
        y = self.encoder(x)
        y_hat, likelihoods = self.bottleneck(y)
        return Output(y, -likelihoods.log2().sum(dim=1), self.decoder(y_hat))

    @torch.no_grad()
    def update_medians(self) -> None:
        """Move the quantiles to where the learned densities have them (by bisection)."""
        self.bottleneck._update_quantiles()

    @property
    def medians(self) -> Tensor:
        """The median of every latent's density, (N,)."""
        return self.bottleneck.quantiles[:, 0, 1].detach()
