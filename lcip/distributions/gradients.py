"""What pulls at a latent: the gradient of its rate, in a usual codec and in this chapter's.

A usual factorised codec has a smooth density f_j for each channel and charges −log2 of its mass
around y, P(y) = F(y + ½) − F(y − ½). So (thesis §2, "dRdy_standard")

    ∂R/∂y = −(f(y + ½) − f(y − ½)) / (P(y) ln 2)        bits.

With distributions made of the image's own histogram, the channel costs N Σ_b p_b ℓ_b bits, where
ℓ_b = −log2 p̂_b; a sample between the bins k and k + 1 shares its mass between them, so that

    ∂R/∂y = ℓ_{k+1} − ℓ_k,

the slope of the code lengths joined by straight lines (thesis §2, "dRdy_proposed"). Here p̂ is held
fixed. If it moved along, as p̂ = p, nothing would change: Σ_b p_b ∂(−log2 p_b) = −Σ_b ∂p_b / ln 2 =
0, for the mass stays 1. In between, where p̂ is what a network makes of p, the term that is left out
is not 0; the thesis takes it for small.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lcip.images import factorized

LEAST_LIKELIHOOD = 1e-9  # CompressAI's bound: rarer than that costs no more


class Pull(NamedTuple):
    """Code length and its slope at some values of y, in bits and bits a unit of y."""

    bits: np.ndarray
    slope: np.ndarray


def standard(codec: factorized.Codec, channel: int, y: np.ndarray) -> Pull:
    """Under the learned density of a channel; y is float (n,), less the median as symbols are."""
    density = codec.model.entropy_bottleneck
    median = factorized.medians(codec.model)[channel]
    given = torch.from_numpy(np.asarray(y, np.float32)).requires_grad_()
    samples = (given + median).expand(codec.num_channels, 1, -1)  # (M, 1, n)
    likelihood, _, _ = density._likelihood(samples)
    bits = -likelihood[channel, 0].clamp(min=LEAST_LIKELIHOOD).log2()
    (slope,) = torch.autograd.grad(bits.sum(), given)
    return Pull(bits.detach().numpy().astype(float), slope.numpy().astype(float))


def proposed(lengths_bits: np.ndarray, lowest: int, y: np.ndarray) -> Pull:
    """Under code lengths ℓ (B,) of the symbols lowest, lowest + 1, …, joined by straight lines.

    >>> proposed(np.array([4.0, 1.0, 2.0]), -1, np.array([-0.5, 0.25]))
    Pull(bits=array([2.5 , 1.25]), slope=array([-3.,  1.]))
    """
    place = np.asarray(y, float) - lowest
    k = np.clip(np.floor(place).astype(int), 0, len(lengths_bits) - 2)
    slope = lengths_bits[k + 1] - lengths_bits[k]
    return Pull(lengths_bits[k] + (place - k) * slope, slope)


class Place(NamedTuple):
    """An image and a channel of its latent."""

    image: int
    channel: int


def most_moved(sent_bits: np.ndarray, static_bits: np.ndarray) -> Place:
    """Where the likeliest symbol of the sent distribution costs most under the static one.

    Args:
        sent_bits: float (I, M, B), code lengths of I images.
        static_bits: float (M, B).
    """
    likeliest = sent_bits.argmin(axis=2)  # (I, M)
    channels = np.arange(len(static_bits))
    dearer = static_bits[channels, likeliest] - sent_bits.min(axis=2)  # (I, M)
    return Place(*(int(i) for i in np.unravel_index(dearer.argmax(), dearer.shape)))


def channel_rate_bits(histogram: Tensor, lengths_bits: Tensor, num_samples: int) -> Tensor:
    """N Σ_b p_b ℓ_b: what a channel costs, from its histogram (B,)."""
    return num_samples * (histogram * lengths_bits).sum()
