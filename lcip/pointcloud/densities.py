"""The entropy model alone, fitted to latents that stand still.

Minimises R = −(1/K) Σ_k Σ_n log₂ (F_n(y_kn + ½) − F_n(y_kn − ½)) over the parameters of the
cumulatives F_n, with K clouds and N latents, by Adam with a linearly falling learning rate. With
noise on y, this readies a fresh entropy model for training; with rounded y, it leaves a trained one
with the probabilities of the symbols that are really sent: training sees only noisy latents, to
which a latent that is always the same symbol still looks half a unit wide on either side.
"""

import torch
from torch import Tensor

from lcip import runtime  # noqa: F401  (before compressai)

# isort: split
from compressai.entropy_models import EntropyBottleneck

BATCH_SIZE = 128
LEAST_LIKELIHOOD = 1e-9  # as in CompressAI


def fit_densities(
    bottleneck: EntropyBottleneck,
    y: Tensor,
    *,
    rounded: bool,
    steps: int,
    learning_rate: float,
    seed: int,
) -> float:
    """Fit in place to latents y (K, N); returns a cloud's bits, mean over the last fifty steps.

    Args:
        rounded: round y about the medians, which stay; otherwise add noise of unit width.
        steps: of Adam, each on 128 latent vectors drawn with replacement.
        learning_rate: at the first step; falls to 0 with the last.
    """
    draw = torch.Generator().manual_seed(seed)
    if rounded:
        medians = bottleneck.quantiles[:, 0, 1].detach()
        y = torch.round(y - medians) + medians
    parameters = [p for name, p in bottleneck.named_parameters() if name != "quantiles"]
    optimizer = torch.optim.Adam(parameters, lr=learning_rate)
    bits = []
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = learning_rate * (1 - step / steps)
        rows = y[torch.randint(len(y), (BATCH_SIZE,), generator=draw)]
        if not rounded:
            rows = rows + torch.rand(rows.shape, generator=draw) - 0.5
        loss = bits_of(bottleneck, rows).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        bits.append(loss.item())
    return sum(bits[-50:]) / len(bits[-50:])


def bits_of(bottleneck: EntropyBottleneck, y_hat: Tensor) -> Tensor:
    """Bits of latents: ŷ (K, N) → (K,)."""
    flat = y_hat.T[:, None]  # (K, N) → (N, 1, K)
    lower = bottleneck._logits_cumulative(flat - 0.5, stop_gradient=False)
    upper = bottleneck._logits_cumulative(flat + 0.5, stop_gradient=False)
    # Towards the right, both ends are near one: mirrored there, differences keep their digits.
    sign = -torch.sign(lower + upper).detach()
    likelihood = (torch.sigmoid(sign * upper) - torch.sigmoid(sign * lower)).abs()
    return -likelihood.clamp_min(LEAST_LIKELIHOOD).log2().sum(dim=(0, 1))
