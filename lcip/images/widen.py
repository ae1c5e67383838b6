"""Start a wide codec from a narrow one, without changing what it does.

The channels of the narrow model become the first channels of the wide one, with the same weights.
What the added channels of a layer send to the old ones is zero, so the old channels compute what
they did; what they receive is random, so that they have something to say when training asks for it.
The added latent channels whisper at first, and take over the density of the narrow model's quietest
channel: with the broad density of a new model they would cost more than all the others, and the
training would begin by undoing what was learned.

Source: Chen, Goodfellow, Shlens, "Net2Net: Accelerating learning via knowledge transfer", ICLR
2016, whose function-preserving growth this is, with zeros instead of copies.
"""

import torch
from torch import Tensor, nn

from lcip import runtime  # noqa: F401  (before compressai)
from lcip.errors import LcipError, refusal

# isort: split
from compressai.models import FactorizedPrior

WHISPER = 0.1  # added latent channels: share of their random weights


@torch.no_grad()
def widen(narrow: FactorizedPrior, wide: FactorizedPrior) -> None:
    """Copy `narrow` into the first channels of `wide`; silence the other channels' effect on them.

    Both are (N, M) models of one architecture; the wide one brings its own random weights.

    Raises:
        LcipError: the wide model has fewer channels somewhere.
    """
    if wide.N < narrow.N or wide.M < narrow.M:
        given = (narrow.N, narrow.M)
        next_step = "start a model from one that is no wider"
        raise LcipError(refusal("(N, M) to start from", given, (wide.N, wide.M), next_step))
    for old, new in zip(narrow.g_a, wide.g_a, strict=True):
        widen_layer(old, new)
    for old, new in zip(narrow.g_s, wide.g_s, strict=True):
        widen_layer(old, new)
    quiet = quietest_channel(narrow)
    new_densities = dict(wide.entropy_bottleneck.named_parameters())
    for name, old_density in narrow.entropy_bottleneck.named_parameters():
        new_densities[name][: narrow.M] = old_density
        new_densities[name][narrow.M :] = old_density[quiet]
    wide.g_a[-1].weight[narrow.M :] *= WHISPER
    wide.g_a[-1].bias[narrow.M :] = narrow.entropy_bottleneck.quantiles[quiet, 0, 1]


def quietest_channel(model: FactorizedPrior) -> int:
    """The latent channel whose median symbol costs the fewest bits."""
    at_median = model.entropy_bottleneck.quantiles[:, :, 1:2]  # (M, 1, 1)
    likelihood, _, _ = model.entropy_bottleneck._likelihood(at_median)
    return int(likelihood.flatten().argmax())


def widen_layer(old: nn.Module, new: nn.Module) -> None:
    """One convolution, transposed convolution, or GDN."""
    if isinstance(old, nn.ConvTranspose2d):  # weight (in, out, kernel, kernel)
        copy_block(old.weight.transpose(0, 1), new.weight.transpose(0, 1))
        new.bias[: len(old.bias)] = old.bias
    elif isinstance(old, nn.Conv2d):  # weight (out, in, kernel, kernel)
        copy_block(old.weight, new.weight)
        new.bias[: len(old.bias)] = old.bias
    else:  # a new GDN couples no two channels: off its diagonal gamma is zero already
        new.beta[: len(old.beta)] = old.beta
        new.gamma[: len(old.gamma), : len(old.gamma)] = old.gamma


def copy_block(old: Tensor, new: Tensor) -> None:
    """(out, in, …): the old block, and zeros from the added inputs to the old outputs."""
    num_out, num_in = old.shape[:2]
    new[:num_out, :num_in] = old
    new[:num_out, num_in:] = 0
