"""Where a layer looks, three answers, and what each is worth to the prediction.

* **window**: the middle of the receptive field, from kernels, strides and paddings (`geometry`). It
  is right for filters without a preference, as untrained ones.
* **sensitivity**: the centre of mass of (∂y / ∂x)², where the layer really listens within its
window.
  Training may put it anywhere.
* **tile**: (s - 1) / 2, the middle of the s x s pixels that would be a sample's own if the layer
were
  a shrunk picture. It is what one gets by shrinking the motion field like a picture, not asking.

A translation is blind to the difference: its field is the same everywhere. Every other motion reads
v(s u + o) at the wrong place, and the larger its field's slope, the more that costs.
"""

from collections.abc import Sequence
from math import ceil

import numpy as np
import torch

from lcip import metrics
from lcip.errors import refusal
from lcip.motion.affine import Affine, MotionError
from lcip.motion.compare import Comparison, Settings, predict
from lcip.motion.tap import Layer, Network

PATCHES = 2
"""Patches along each side of the photograph in which the sensitivity is taken."""


def scan(
    found: Comparison, layer: Layer, motion: Affine, settings: Settings, offsets_px: Sequence[float]
) -> list[float]:
    """NRMSE of the prediction for each offset that one might believe in, over one mask for all."""
    tries = [predict(found.still, layer, motion, settings, offset) for offset in offsets_px]
    mask = np.logical_and.reduce([found.mask, *(complete for _, complete in tries)])
    if not mask.any():
        step = "scan smaller offsets, or use a larger frame or a lower erosion"
        raise MotionError(refusal("offsets_px", list(offsets_px), "a common mask", step))
    return [
        metrics.nrmse(predicted, found.actual, mask=mask, value_range="actual")
        for predicted, _ in tries
    ]


def sensitivity_px(network: Network, name: str, photograph: np.ndarray) -> tuple[float, float]:
    """The centre (x, y) of a layer's squared gradient, relative to stride * u, in input pixels.

        e(p) = Σ_channels Σ_colours (∂ y_c(u) / ∂ x(p))²,   centre = Σ p e(p) / Σ e(p) - s u

    summed over all channels, over one sample u of each of PATCHES x PATCHES patches of the
    photograph.
    """
    layer = network.layer(name)
    index, side = _first_whole(layer), patch_px(layer)
    patches = _patches(photograph, side).requires_grad_(True)
    output = network.outputs(patches, name)
    energy = np.zeros((side, side))
    for channel in range(layer.channels):
        heard = output[:, channel, index, index].sum()
        (gradient,) = torch.autograd.grad(heard, patches, retain_graph=True)
        energy += gradient.double().square().sum(dim=(0, 1)).numpy()
    places, total = np.arange(side) - layer.stride * index, energy.sum()
    return float(energy.sum(0) @ places / total), float(energy.sum(1) @ places / total)


def patch_px(layer: Layer) -> int:
    """The side of the photograph's patches that `sensitivity_px` needs: they end with a window."""
    return int(layer.stride * _first_whole(layer) + _first_px(layer) + layer.receptive_px)


def _first_whole(layer: Layer) -> int:
    """The first sample whose window needs no padding."""
    return max(0, ceil(-_first_px(layer) / layer.stride))


def _first_px(layer: Layer) -> float:
    """Where the window of sample 0 begins."""
    return layer.offset_px - (layer.receptive_px - 1) / 2


def beliefs_px(network: Network, name: str, photograph: np.ndarray) -> dict[str, float]:
    """The three answers in input pixels; the sensitivity is the mean of both axes."""
    layer = network.layer(name)
    return {
        "window": layer.offset_px,
        "sensitivity": float(np.mean(sensitivity_px(network, name, photograph))),
        "tile": layer.tile_offset_px,
    }


def _patches(photograph: np.ndarray, side: int) -> torch.Tensor:
    """Squares spread over a uint8 photograph: (PATCHES², 3, side, side) in [0, 1]."""
    height, width = photograph.shape[:2]
    if side > min(height, width):
        allowed = f"at most {min(height, width)}, the short side of this photograph"
        step = "use a larger photograph or an earlier layer"
        raise MotionError(refusal("patch that the layer needs (px)", side, allowed, step))
    tops, lefts = (np.linspace(0, s - side, PATCHES).astype(int) for s in (height, width))
    cut = [photograph[t : t + side, x : x + side] for t in tops for x in lefts]
    return torch.from_numpy(np.stack(cut)).permute(0, 3, 1, 2).float() / 255
