"""The method in one module: h_{a,q}, q's densities and h_{s,q}, around the static distributions.

    p (M_y × B) → h_{a,q} → q → rounded → q̂ → h_{s,q} → logits → softmax over the bins → p̂

Two choices go beyond the thesis, and each can be switched off:

* `corrects`: the logits are added to those of the static distribution, so that the networks learn
  what is special about an image, and begin as good as the static codec;
* `standardises`: h_{a,q} sees (p − p_static) / √(p_static + ε). A bin's sampling noise has about
  that standard deviation, so rare bins, whose heights differ by thousandths, count as much for the
  network as they do for the rate (to second order KL is half the sum of these squares).

The decoder knows nothing of the second: it is the encoder's affair.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from lcip import runtime  # noqa: F401  (before compressai)
from lcip.distributions.networks import AnalysisQ, Configuration, SynthesisQ

# isort: split
from compressai.entropy_models import EntropyBottleneck

FLOOR = 1e-3  # ε of the standardised distributions: about one sample in a thousand


class Prediction(NamedTuple):
    """What the networks make of a batch of distributions.

    Attributes:
        log2_p_hat: (batch, M_y, B), log2 of the distributions that the decoder will use.
        side_bits: (batch,), −log2 of the likelihood of q̂.
        q_hat: (batch, M_q, B/8).
    """

    log2_p_hat: Tensor
    side_bits: Tensor
    q_hat: Tensor


class DistributionModel(nn.Module):
    """The trainable part of the adaptive codec.

    Args:
        config: sizes of the networks.
        static_logits: float (M_y, B), natural logarithms of the static distributions
            (`prior.static_logits`).
        corrects: whether h_{s,q} answers with a correction of the static logits.
        standardises: whether h_{a,q} sees standardised differences, or p itself.
    """

    def __init__(
        self,
        config: Configuration,
        static_logits: Tensor,
        *,
        corrects: bool,
        standardises: bool,
    ) -> None:
        super().__init__()
        self.config, self.corrects, self.standardises = config, corrects, standardises
        self.h_aq, self.h_sq = AnalysisQ(config), SynthesisQ(config)
        self.bottleneck = EntropyBottleneck(config.M_q)
        self.register_buffer("static_logits", static_logits.clone(), persistent=False)

    @property
    def options(self) -> dict[str, bool]:
        """What, beside the sizes, must be known to build the module again."""
        return {"corrects": self.corrects, "standardises": self.standardises}

    def static_of(self, num_bins: int) -> Tensor:
        """The static logits of the middle bins: (M_y, num_bins).

        The networks are convolutions and take any number of bins, so a fit need not look at those
        that no symbol falls into.
        """
        margin = (self.config.num_bins - num_bins) // 2
        return self.static_logits[:, margin : margin + num_bins]

    def analyse(self, p: Tensor) -> Tensor:
        """Distributions (batch, M_y, B) → q (batch, M_q, B/8), not rounded."""
        if self.standardises:
            p_static = self.static_of(p.shape[-1]).exp()
            p = (p - p_static) / (p_static + FLOOR).sqrt()
        return self.h_aq(p)

    def log2_p_hat(self, q_hat: Tensor) -> Tensor:
        """q̂ (batch, M_q, B/8) → log2 p̂ (batch, M_y, B); Σ_b p̂ = 1."""
        logits = self.h_sq(q_hat)
        if self.corrects:
            logits = logits + self.static_of(logits.shape[-1])
        return functional.log_softmax(logits, dim=-1) / math.log(2)

    def medians(self) -> Tensor:
        """The medians of q's densities: (M_q, 1)."""
        return self.bottleneck.quantiles[:, 0, 1:2].detach()

    def update_medians(self) -> None:
        """Move the medians to where the learned densities have them (by bisection)."""
        self.bottleneck._update_quantiles()

    def forward(self, p: Tensor, *, straight_through: bool) -> Prediction:
        """Distributions (batch, M_y, B) to what the decoder will have.

        In training the rate is that of q with uniform noise; with `straight_through` h_{s,q} sees
        rounded values nevertheless, and their gradient passes as if nothing had been rounded. In
        evaluation both are rounded.
        """
        q = self.analyse(p)
        q_hat, likelihoods = self.bottleneck(q)
        if self.training and straight_through:
            rounded = (q - self.medians()).round() + self.medians()
            q_hat = q + (rounded - q).detach()
        side_bits = -likelihoods.log2().sum(dim=(1, 2))
        return Prediction(self.log2_p_hat(q_hat), side_bits, q_hat)


def initialise(model: DistributionModel, *, scaled: bool, init_scale: float) -> None:
    """The weights that a fit begins with.

    Args:
        scaled: He's variances and no biases, so that what passes through the layers neither shrinks
            nor swells; else PyTorch's own, a third of these variances.
        init_scale: width of q's densities.

    Where a correction is predicted, the last layer is zero: the fit begins with the static
    distributions themselves.

    Source: He et al., "Delving deep into rectifiers", ICCV 2015.
    """
    model.bottleneck = EntropyBottleneck(model.config.M_q, init_scale=init_scale)
    # Noise does not look at the quantiles; they are found by bisection when validating.
    model.bottleneck.quantiles.requires_grad_(False)
    if scaled:
        for layer in (*model.h_aq, *model.h_sq):
            scale_layer(layer)
    if model.corrects:
        nn.init.zeros_(model.h_sq[-1].weight)
        nn.init.zeros_(model.h_sq[-1].bias)


def scale_layer(layer: nn.Module) -> None:
    """Variance 2 / (number of inputs of an output) for a convolution's weights, no bias."""
    if isinstance(layer, nn.Conv1d | nn.ConvTranspose1d):
        inputs = layer.in_channels // layer.groups * layer.kernel_size[0]
        if isinstance(layer, nn.ConvTranspose1d):
            inputs /= layer.stride[0]  # the other taps meet the zeros between two values
        nn.init.normal_(layer.weight, 0.0, math.sqrt(2 / inputs))
        nn.init.zeros_(layer.bias)


@torch.no_grad()
def scale_q(model: DistributionModel, p: Tensor, deviation: float) -> None:
    """Let q deviate by `deviation` at the middle bins: the gain before the first rounding."""
    q = model.analyse(p)
    middle = q.shape[-1] // 2
    last = model.h_aq[-1]
    factor = deviation / q[..., middle - 2 : middle + 3].std()
    last.weight.mul_(factor)
    last.bias.mul_(factor)
