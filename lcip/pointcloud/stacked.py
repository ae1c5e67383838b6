"""Models of one size for several λ, trained together as one stack.

Every parameter of L models stands in one tensor (L, …), every layer is one batched product, and the
models share the batch, the quantisation noise and the dropout mask of a step. No gradient crosses
from one model to another, so that each ends where it would have ended alone.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from lcip import runtime  # noqa: F401  (before compressai)
from lcip.pointcloud import pooled
from lcip.pointcloud.layers import GAIN
from lcip.pointcloud.models import DROPOUT, HIDDEN, TAIL_MASS, PointCodecModel

# isort: split
from compressai.entropy_models import EntropyBottleneck

MOMENTUM = 0.1  # of batch norm's running means
BOTTLENECK = "bottleneck."


class StackedOutput(NamedTuple):
    """bits (L, B) and logits (L, B, 40)."""

    bits: Tensor
    logits: Tensor


class StackedModel(nn.Module):
    """L models of one size.

    Args:
        models: of equal size; their values are copied.
        quantised: codecs have noise and a rate. Without, the same layers are a plain classifier
            of points, and its bits are zero.
    """

    def __init__(self, models: Sequence[PointCodecModel], *, quantised: bool) -> None:
        super().__init__()
        first = models[0]
        self.num_models, self.num_latents = len(models), first.num_latents
        self.quantised = quantised
        self.blocks = [_Shape(b.linear.groups, b.order) for b in first.encoder.blocks]
        self.bottleneck = EntropyBottleneck(self.num_models * self.num_latents, tail_mass=TAIL_MASS)
        parameters = dict(first.named_parameters())
        for name in _own_names(first):
            value = torch.stack([model.state_dict()[name] for model in models])
            if name in parameters:
                # Batch norm takes away what the layer before it adds: no gradient gets there.
                cancelled = name.startswith("encoder.blocks") and name.endswith("linear.bias")
                self.register_parameter(_key(name), nn.Parameter(value, not cancelled))
            else:
                self.register_buffer(_key(name), value)
        self._copy_bottlenecks([model.bottleneck for model in models])

    def __getitem__(self, name: str) -> Tensor:
        """The stacked parameter or buffer (L, …) of the name that it has in one model."""
        return getattr(self, _key(name))

    @torch.no_grad()
    def _copy_bottlenecks(self, bottlenecks: Sequence[EntropyBottleneck]) -> None:
        for name, ours in self.bottleneck.named_parameters():
            ours.copy_(torch.cat([dict(b.named_parameters())[name] for b in bottlenecks]))

    @torch.no_grad()
    def copy_to(self, models: Sequence[PointCodecModel]) -> None:
        """Write the values of the stack into its models."""
        for index, model in enumerate(models):
            state = model.state_dict()
            for name in _own_names(model):
                state[name].copy_(self[name][index])
            here = slice(index * self.num_latents, (index + 1) * self.num_latents)
            ours = dict(self.bottleneck.named_parameters())
            for name, theirs in model.bottleneck.named_parameters():
                theirs.copy_(ours[name][here])

    @torch.no_grad()
    def update_medians(self) -> None:
        """Move the quantiles to where the learned densities have them (by bisection)."""
        self.bottleneck._update_quantiles()

    def forward(self, clouds: Tensor) -> StackedOutput:
        """Clouds (B, k, 3), the same for all models."""
        y = GAIN * self["encoder.gain.vector"][:, :, None] * self.pooled_features(clouds)
        y_hat, bits = self._quantised(y) if self.quantised else (y, y.new_zeros(y.shape[::2]))
        return StackedOutput(bits, self._logits(y_hat.mT))  # (L, N, B) → (L, B, N)

    def pooled_features(self, clouds: Tensor) -> Tensor:
        """The maximum over points of the last layer's features: (B, k, 3) → (L, N, B)."""
        x = clouds.flatten(0, 1).T.contiguous()  # (B, k, 3) → (3, B·k)
        layers = [self._layer(index) for index in range(len(self.blocks))]
        widest = max(layer.weight.shape[1] for layer in layers)
        some = pooled.models_at_once(self.num_models, widest, x.shape[1], x.device)
        if not self.training:
            return pooled.running_features(x, len(clouds), some, self._folded(layers))
        statistics: list[pooled.Statistics] = []
        flat = [tensor for layer in layers for tensor in layer]
        features = pooled.PooledFeatures.apply(x, len(clouds), some, statistics, *flat)
        self._update_running(statistics, x.shape[1])
        return features

    def _layer(self, index: int) -> pooled.LayerParameters:
        name, shape = f"encoder.blocks.{index}", self.blocks[index]
        weight = _dense(self[f"{name}.linear.weight"], shape.groups)[:, shape.order]
        scale, shift = self[f"{name}.norm.weight"], self[f"{name}.norm.bias"]
        return pooled.LayerParameters(weight, scale[:, :, None], shift[:, :, None])

    def _folded(self, layers: list[pooled.LayerParameters]) -> list[tuple[Tensor, Tensor]]:
        """W', b' with the running means."""
        rows = []
        for index, (weight, scale, shift) in enumerate(layers):
            name, order = f"encoder.blocks.{index}", self.blocks[index].order
            mean, variance = (self[f"{name}.norm.running_{of}"] for of in ("mean", "var"))
            factor = scale * torch.rsqrt(variance + pooled.EPSILON)[:, :, None]
            bias = self[f"{name}.linear.bias"][:, order] - mean
            rows.append((factor * weight, shift + factor * bias[:, :, None]))
        return rows

    @torch.no_grad()
    def _update_running(self, statistics: list[pooled.Statistics], num_points: int) -> None:
        for index, (mean, variance) in enumerate(statistics):
            name, order = f"encoder.blocks.{index}", self.blocks[index].order
            mean = mean[:, :, 0] + self[f"{name}.linear.bias"][:, order]
            unbiased = variance[:, :, 0] * num_points / (num_points - 1)
            self[f"{name}.norm.running_mean"].lerp_(mean, MOMENTUM)
            self[f"{name}.norm.running_var"].lerp_(unbiased, MOMENTUM)

    def _quantised(self, y: Tensor) -> tuple[Tensor, Tensor]:
        """ŷ (L, N, B), with noise or rounded, and bits (L, B)."""
        if self.training:
            noise = torch.empty(y.shape[1], 1, y.shape[2], device=y.device).uniform_(-0.5, 0.5)
            y_hat = y + noise[:, 0]
        else:
            medians = self.bottleneck.quantiles[:, 0, 1].detach().view(*y.shape[:2], 1)
            y_hat = torch.round(y - medians) + medians
        flat = y_hat.flatten(0, 1)[:, None]  # (L·N, 1, B)
        # Both ends of the unit interval at once: half as many small operations.
        ends = torch.cat((flat - 0.5, flat + 0.5), dim=2)
        lower, upper = self.bottleneck._logits_cumulative(ends, stop_gradient=False).chunk(2, dim=2)
        likelihood = torch.sigmoid(upper) - torch.sigmoid(lower)
        likelihood = self.bottleneck.likelihood_lower_bound(likelihood)
        return y_hat, -likelihood.log2().view(y.shape).sum(dim=1)

    def _logits(self, y_hat: Tensor) -> Tensor:
        """The decoders: (L, B, N) → (L, B, 40). Layers are numbered as in `models.decoder`."""
        h = GAIN * self["decoder.0.vector"][:, None] * y_hat
        h = functional.relu(self._norm(self._linear(1, h)))
        h = self._linear(4, h)
        mask = functional.dropout(h.new_ones(h.shape[1:]), DROPOUT, self.training)
        return self._linear(6, h * mask)

    def _linear(self, index: int, h: Tensor) -> Tensor:
        weight, bias = self[f"decoder.{index}.weight"], self[f"decoder.{index}.bias"]
        return torch.baddbmm(bias[:, None], h, weight.mT)

    def _norm(self, h: Tensor) -> Tensor:
        """Batch norm of the hidden layer: of L·512 channels at once."""
        together = h.transpose(0, 1).flatten(1)  # (L, B, 512) → (B, L·512)
        mean, variance, weight, bias = (
            self[f"decoder.2.{name}"].view(-1)
            for name in ("running_mean", "running_var", "weight", "bias")
        )
        together = functional.batch_norm(
            together, mean, variance, weight, bias, self.training, MOMENTUM, pooled.EPSILON
        )
        return together.view(-1, self.num_models, HIDDEN[0]).transpose(0, 1)


class _Shape(NamedTuple):
    groups: int
    order: Tensor


def _key(name: str) -> str:
    return name.replace(".", "/")  # a module's own tensors may have no dots in their names


def _own_names(model: PointCodecModel) -> Iterator[str]:
    """The floating-point state that is stacked here: all but the bottleneck's."""
    for name, value in model.state_dict().items():
        if value.is_floating_point() and not name.startswith(BOTTLENECK):
            yield name


def _dense(weight: Tensor, groups: int) -> Tensor:
    """Grouped weights (L, C', C/G) as matrices (L, C', C), zero outside the blocks."""
    if groups == 1:
        return weight
    _, outputs, inputs = weight.shape
    blocks = torch.ones(outputs // groups, inputs, device=weight.device)
    return weight.repeat(1, 1, groups) * torch.block_diag(*[blocks] * groups)
