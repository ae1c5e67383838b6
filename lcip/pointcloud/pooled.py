"""The encoder's features for a stack of models at once, with gradients where they are needed.

Two facts make training much cheaper than layer-by-layer differentiation, and change no result:

* Batch norm needs the mean and the variance of z = W h + b over all points, and both follow from
  the first two moments of its *input*: E z = W E h + b and Var z = diag(W Cov(h) Wᵀ). So batch norm
  folds into the matrix, z' = W' h + b', before any z is computed: one pass over the points, not
  four.
* Behind the last layer only the points that reach a maximum matter. The others have no gradient of
  their own; they act through the two moments alone.

Shapes: L models, B clouds of k points each, M = B·k points, channels before points (L, C, M), which
keeps every product one long matrix product.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

EPSILON = 1e-5  # of batch norm
DENSE_POINTS = 64  # of a cloud: up to here, products with all the zeros are the quicker ones
FEW_CHANNELS = 32  # up to here, points are picked from every channel's row
ELEMENTS_AT_ONCE = 1 << 20  # of one layer's features: what a processor's cache still holds


class LayerParameters(NamedTuple):
    """One layer of L models: weight (L, C', C) dense, scale and shift of batch norm (L, C', 1)."""

    weight: Tensor
    scale: Tensor
    shift: Tensor


class Statistics(NamedTuple):
    """What batch norm keeps running means of: E W h, without bias, and Var W h: (L, C', 1) each."""

    mean: Tensor
    variance: Tensor


class _Folded(NamedTuple):
    """A layer with batch norm folded in, and the small graph behind it."""

    inputs: tuple[Tensor, ...]  # weight, scale, shift, E h, E h hᵀ
    weight: Tensor
    bias: Tensor
    statistics: Statistics


def fold(layer: LayerParameters, mean: Tensor, second: Tensor) -> tuple[Tensor, Tensor, Statistics]:
    """W' and b' of relu(W' h + b') = relu(norm(W h)), from E h (L, C, 1) and E h hᵀ (L, C, C)."""
    covariance = second - mean @ mean.mT
    variance = ((layer.weight @ covariance) * layer.weight).sum(dim=2, keepdim=True)
    output_mean = layer.weight @ mean
    factor = layer.scale * torch.rsqrt(variance.clamp_min(0) + EPSILON)
    statistics = Statistics(output_mean.detach(), variance.detach())
    return factor * layer.weight, layer.shift - factor * output_mean, statistics


def _fold_with_graph(layer: LayerParameters, h: Tensor) -> _Folded:
    mean, second = h.mean(dim=2, keepdim=True), h @ h.mT / h.shape[2]
    inputs = tuple(t.detach().requires_grad_() for t in (*layer, mean, second))
    with torch.enable_grad():
        weight, bias, statistics = fold(LayerParameters(*inputs[:3]), *inputs[3:])
    return _Folded(inputs, weight, bias, statistics)


class PooledFeatures(torch.autograd.Function):
    """max over points of the last layer's relu(W' h + b'): (C₀, M) → (L, N, B)."""

    @staticmethod
    def forward(ctx, x, num_clouds, models_at_once, statistics, *parameters):
        """`parameters`: weight, scale, shift of each layer in turn, for all L models.

        Each layer's `Statistics` are appended to the list `statistics`.
        """
        ctx.parts, pooled = [], []
        total = parameters[0].shape[0]
        for start in range(0, total, models_at_once):
            part = [p[start : start + models_at_once] for p in parameters]
            layers = [LayerParameters(*part[i : i + 3]) for i in range(0, len(part), 3)]
            record, output = _forward(x, layers, num_clouds)
            ctx.parts.append(record)
            pooled.append(output)
        for layers in zip(*([f.statistics for f in r.folded] for r in ctx.parts), strict=True):
            statistics.append(Statistics(*(torch.cat(t) for t in zip(*layers, strict=True))))
        return torch.cat(pooled)

    @staticmethod
    def backward(ctx, gradient):
        """Gradients of the parameters; the points themselves want none."""
        sizes = [len(part.at) for part in ctx.parts]
        rows = zip(ctx.parts, gradient.split(sizes), strict=True)
        gradients = [_backward(part, g) for part, g in rows]
        ctx.parts = None
        return None, None, None, None, *(torch.cat(g) for g in zip(*gradients, strict=True))


class _Record(NamedTuple):
    """What the way back needs: each layer's input and folding, where the maxima are, their sign."""

    features: list[Tensor]
    folded: list[_Folded]
    at: Tensor
    pooled: Tensor


def _forward(x: Tensor, layers: list[LayerParameters], num_clouds: int) -> tuple[_Record, Tensor]:
    features, folded = [x.expand(len(layers[0].weight), *x.shape)], []
    for layer in layers[:-1]:
        folded.append(_fold_with_graph(layer, features[-1]))
        weight, bias = folded[-1].weight.detach(), folded[-1].bias.detach()
        features.append(torch.baddbmm(bias, weight, features[-1]).relu_())
    folded.append(_fold_with_graph(layers[-1], features[-1]))
    weight, bias = folded[-1].weight.detach(), folded[-1].bias.detach()
    values, at = largest(features[-1], weight, num_clouds)
    pooled = values.add_(bias).relu_()
    return _Record(features, folded, at, pooled), pooled


def largest(h: Tensor, weight: Tensor, num_clouds: int) -> tuple[Tensor, Tensor]:
    """The largest W' h of each cloud and its point: (l, C, M), (l, N, C) → twice (l, N, B).

    Points are counted over all M, cloud after cloud.
    """
    num_points = h.shape[2] // num_clouds
    clouds_at_once = max(1, ELEMENTS_AT_ONCE // (num_points * weight.shape[1] * len(weight)))
    values, places = [], []
    for first in range(0, num_clouds, clouds_at_once):
        some = min(clouds_at_once, num_clouds - first)
        z = weight @ h[:, :, first * num_points : (first + some) * num_points]
        best = z.view(*z.shape[:2], some, num_points).max(dim=3)
        values.append(best.values)
        starts = torch.arange(first, first + some, device=h.device) * num_points
        places.append(best.indices + starts)
    return torch.cat(values, dim=2), torch.cat(places, dim=2)


def _backward(record: _Record, gradient: Tensor) -> list[Tensor]:
    """Gradients of weight, scale, shift of each layer in turn; gradient (l, N, B)."""
    gradient = gradient * (record.pooled > 0)
    h, layer = record.features[-1], record.folded[-1]
    several = len(record.features) > 1
    d_bias = gradient.sum(dim=2, keepdim=True)
    if h.shape[2] <= DENSE_POINTS * gradient.shape[2]:
        d_z = h.new_zeros(*gradient.shape[:2], h.shape[2]).scatter_(2, record.at, gradient)
        d_weight = d_z @ h.mT
        d_h = layer.weight.detach().mT @ d_z if several else None
    else:
        d_weight, d_h = _sparse_products(h, layer.weight.detach(), record.at, gradient, several)
    grads = _through_fold(layer, d_weight, d_bias)
    gradients = [grads[:3]]
    if several:
        gradients += _backward_hidden(record, _through_moments(d_h, h, *grads[3:]))
    return [g for layer in reversed(gradients) for g in layer]


def _sparse_products(
    h: Tensor, weight: Tensor, at: Tensor, gradient: Tensor, several: bool
) -> tuple[Tensor, Tensor | None]:
    """d_z hᵀ (l, N, C) and W'ᵀ d_z (l, C, M), where d_z is zero but at the maxima."""
    if h.shape[1] > FEW_CHANNELS:
        return _products_by_rows(h, weight, at, gradient, several)
    places = at.flatten(1)[:, None].expand(-1, h.shape[1], -1)  # (l, C, N·B)
    found = h.gather(2, places).view(len(h), h.shape[1], *at.shape[1:])
    d_weight = (found * gradient[:, None]).sum(dim=3).mT  # (l, C, N, B) → (l, N, C)
    if not several:
        return d_weight, None
    products = weight.mT[:, :, :, None] * gradient[:, None]  # (l, C, N, B)
    return d_weight, torch.zeros_like(h).scatter_add_(2, places, products.flatten(2))


def _products_by_rows(
    h: Tensor, weight: Tensor, at: Tensor, gradient: Tensor, several: bool
) -> tuple[Tensor, Tensor | None]:
    """The same with a point's channels side by side in memory, one model after the other."""
    d_weights, d_hs = [], []
    for rows, w, places, g in zip(h.mT.contiguous(), weight, at, gradient, strict=True):
        bags = functional.embedding_bag(places, rows, per_sample_weights=g, mode="sum")
        d_weights.append(bags)
        if several:
            products = (g[:, :, None] * w[:, None]).flatten(0, 1)  # (N, B, C) → (N·B, C)
            d_hs.append(torch.zeros_like(rows).index_add_(0, places.flatten(), products).T)
    return torch.stack(d_weights), torch.stack(d_hs) if several else None


def _backward_hidden(record: _Record, d_h: Tensor) -> list[Sequence[Tensor]]:
    """From the gradient behind the last but one layer to the front, last layer first."""
    gradients = []
    for index in range(len(record.features) - 2, -1, -1):
        h, folded = record.features[index], record.folded[index]
        d_z = torch.ops.aten.threshold_backward(d_h, record.features[index + 1], 0)
        grads = _through_fold(folded, d_z @ h.mT, d_z.sum(dim=2, keepdim=True))
        gradients.append(grads[:3])
        if index > 0:
            d_h = _through_moments(folded.weight.detach().mT @ d_z, h, *grads[3:])
    return gradients


def _through_fold(folded: _Folded, d_weight: Tensor, d_bias: Tensor) -> tuple[Tensor, ...]:
    outputs = (folded.weight, folded.bias)
    return torch.autograd.grad(outputs, folded.inputs, (d_weight, d_bias))


def _through_moments(d_h: Tensor, h: Tensor, d_mean: Tensor, d_second: Tensor) -> Tensor:
    """Add what every point contributes through E h and E h hᵀ; changes `d_h`."""
    num_points = h.shape[2]
    # A product and a sum: the fused call is some ten times slower for so few channels.
    return d_h.add_(((d_second + d_second.mT) / num_points) @ h).add_(d_mean / num_points)


def models_at_once(num_models: int, widest: int, num_points: int, device: torch.device) -> int:
    """How many models to take together: all of them where launches cost more than memory."""
    if device.type != "cpu":
        return num_models
    return min(num_models, max(1, ELEMENTS_AT_ONCE // (widest * num_points)))


@torch.no_grad()
def running_features(
    x: Tensor, num_clouds: int, some: int, layers: list[tuple[Tensor, Tensor]]
) -> Tensor:
    """The same with matrices folded beforehand, `some` models at once: (C₀, M) → (L, N, B)."""
    outputs = []
    for start in range(0, len(layers[0][0]), some):
        rows = [(w[start : start + some], b[start : start + some]) for w, b in layers]
        h = x.expand(len(rows[0][0]), *x.shape)
        for weight, bias in rows[:-1]:
            h = torch.baddbmm(bias, weight, h).relu_()
        weight, bias = rows[-1]
        values, _ = largest(h, weight, num_clouds)
        outputs.append(values.add_(bias).relu_())
    return torch.cat(outputs)
