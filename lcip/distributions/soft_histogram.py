"""Histograms of float latents, through which gradients pass: soft, hard, straight-through.

Bin i stands for the integer b_i = lowest + i; its height is the mean over the N samples of a
channel of a kernel K(u), u = y − b_i:

    soft               K(u) = max(0, 1 − |u|): each sample is shared by its two neighbouring bins
    hard               K(u) = 1 where −½ ≤ u < ½, else 0: each sample belongs to one bin
    straight-through   forward the hard heights, backward the soft gradient

The hard kernel is half-open, so a sample midway between two bins is counted once, in the upper one;
the thesis's |u| ≤ ½ counts it twice. A sample beyond the outermost bins is moved to the nearest of
them: it keeps its mass, and no gradient reaches it. So every row sums to 1, whatever comes in.

With k = ⌊y⌋ and a = y − k the soft kernel gives bin k the mass (1 − a)/N and bin k + 1 the mass
a/N; hence, for a loss L of the heights p,

    ∂L/∂y = (∂L/∂p_{k+1} − ∂L/∂p_k) / N,

at an integer y the slope to its right. Only two bins a sample are ever touched: time and memory
grow with the number of samples, not with samples times bins.

Source: thesis §2 (histogram layer and its gradient).
"""

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from lcip.errors import LcipError, refusal

KERNELS = ("soft", "hard", "straight-through")


def histogram(latents: Tensor, *, kernel: str, lowest: int, num_bins: int) -> Tensor:
    """The histogram of every channel.

    Args:
        latents: float (…, N): N samples a channel, as in (M, N) or (batch, M, N).
        kernel: `soft`, `hard` or `straight-through`.
        lowest: b_0, the integer of the first bin.
        num_bins: B, 2 or more.

    Returns:
        (…, B), of the latents' kind (half precision becomes float32); rows sum to 1.

    Raises:
        LcipError: an unknown kernel, latents that are no floats or hold a NaN, a channel without
            samples, fewer than two bins.

    >>> y = torch.tensor([[0.25, 1.0]])
    >>> histogram(y, kernel="soft", lowest=0, num_bins=3).tolist()
    [[0.375, 0.625, 0.0]]
    >>> histogram(y, kernel="hard", lowest=0, num_bins=3).tolist()
    [[0.5, 0.5, 0.0]]
    """
    _check(latents, kernel, num_bins)
    if latents.dtype in (torch.float16, torch.bfloat16):
        latents = latents.float()
    if kernel == "hard":
        return _hard_heights(latents.detach(), lowest, num_bins)
    return _Histogram.apply(latents, kernel == "soft", lowest, num_bins)


def cell(latents: Tensor, lowest: int, num_bins: int) -> tuple[Tensor, Tensor]:
    """The lower one of the two bins beside each sample, and the sample's distance from it.

    Returns:
        k: int64 like `latents`, 0 to B − 2; a: float, 0 to 1, so that y − lowest = k + a for
        samples within the bins.
    """
    place = (latents - lowest).clamp(0, num_bins - 1)
    k = place.floor().clamp(max=num_bins - 2)
    return k.long(), place - k


class _Histogram(torch.autograd.Function):
    """Soft or hard heights forward; the soft kernel's derivative, by its formula, backward."""

    @staticmethod
    def forward(ctx, latents: Tensor, soft: bool, lowest: int, num_bins: int) -> Tensor:
        k, a = cell(latents, lowest, num_bins)
        inside = (latents >= lowest) & (latents < lowest + num_bins - 1)
        ctx.save_for_backward(k, inside)
        if soft:
            return _add(k, 1 - a, num_bins) + _add(k + 1, a, num_bins)
        return _hard_heights(latents, lowest, num_bins)

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        k, inside = ctx.saved_tensors  # both (…, N); gradient is (…, B)
        slope = gradient.gather(-1, k + 1) - gradient.gather(-1, k)
        return slope * inside / k.shape[-1], None, None, None


def _hard_heights(latents: Tensor, lowest: int, num_bins: int) -> Tensor:
    """Share of the samples with −½ ≤ y − b_i < ½; counted in integers, so that none gets lost."""
    bins = (latents - lowest + 0.5).floor().clamp(0, num_bins - 1).long()
    flat = (bins + _row_starts(bins, num_bins)).flatten()
    counts = torch.bincount(flat, minlength=bins[..., 0].numel() * num_bins)
    counts = counts.view(*bins.shape[:-1], num_bins)
    return counts.to(latents.dtype) / bins.shape[-1]


def _add(bins: Tensor, mass: Tensor, num_bins: int) -> Tensor:
    """Sum each sample's mass into its bin, divided by N: (…, N) → (…, B)."""
    flat = mass.new_zeros(bins[..., 0].numel() * num_bins)
    flat.index_add_(0, (bins + _row_starts(bins, num_bins)).flatten(), mass.flatten())
    return flat.view(*bins.shape[:-1], num_bins) / bins.shape[-1]


def _row_starts(bins: Tensor, num_bins: int) -> Tensor:
    """Where each row's bins begin in the flattened histogram: (…, 1)."""
    rows = bins.shape[:-1]
    return torch.arange(rows.numel(), device=bins.device).view(*rows, 1) * num_bins


def _check(latents: Tensor, kernel: str, num_bins: int) -> None:
    if kernel not in KERNELS:
        raise LcipError(refusal("kernel", kernel, KERNELS, "choose one of them"))
    if num_bins < 2:
        raise LcipError(refusal("num_bins", num_bins, "2 or more", "widen the histogram"))
    if not latents.is_floating_point() or latents.ndim == 0 or latents.numel() == 0:
        found = f"{latents.dtype} {tuple(latents.shape)}"
        allowed = "floats of shape (…, N), N ≥ 1"
        step = "for integer symbols there is lcip.distributions.channel_counts"
        raise LcipError(refusal("latents", found, allowed, step))
    if latents.isnan().any():
        step = "find where the latents stop being numbers"
        raise LcipError(refusal("latents", "NaN", "numbers; infinities are clamped", step))
