"""Training distributions: histograms of cached latents, drawn before the fit begins.

Nothing upstream of the histograms is trained, so they need not be made anew in every step. Only the
bins that some training symbol falls into are kept; all others are zero.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lcip.distributions.latents import Latents, window
from lcip.distributions.networks import TOTAL_STRIDE
from lcip.distributions.prior import lowest_symbol
from lcip.distributions.recipes import CROP_POSITIONS, Recipe
from lcip.distributions.soft_histogram import histogram


@dataclass(frozen=True)
class Examples:
    """Distributions over the middle bins of a histogram.

    Attributes:
        heights: float16 (E, M, W); the W middle ones of B bins, all others are 0.
        num_bins: B.
    """

    heights: np.ndarray
    num_bins: int

    def take(self, indexes: np.ndarray) -> Tensor:
        """Some distributions, float32 (n, M, W), rows summing to 1."""
        heights = torch.from_numpy(self.heights[indexes]).float()
        return heights / heights.sum(dim=-1, keepdim=True)

    def whole(self, heights: Tensor) -> Tensor:
        """(n, M, W) with the outer bins, all 0: (n, M, B)."""
        margin = (self.num_bins - heights.shape[-1]) // 2
        return torch.nn.functional.pad(heights, (margin, margin))


def distribution(latents: list[np.ndarray], num_bins: int) -> Tensor:
    """The histograms of several latents (h, w, M) together: float32 (M, B)."""
    flat = np.concatenate([latent.reshape(-1, latent.shape[-1]) for latent in latents])  # (n, M)
    samples = torch.from_numpy(flat.T.astype(np.float32))
    return histogram(samples, kernel="hard", lowest=lowest_symbol(num_bins), num_bins=num_bins)


def part(latent: np.ndarray, smallest: float, draw: np.random.Generator) -> np.ndarray:
    """A random part of a latent (h, w, M), each side at least the share `smallest` of the whole."""
    height, width = (max(1, round(side * draw.uniform(smallest, 1.0))) for side in latent.shape[:2])
    return window(latent, height, width, draw)


def copy_of(
    views: list[np.ndarray], recipe: Recipe, copy: int, draw: np.random.Generator
) -> list[np.ndarray]:
    """The parts of a photograph's views that one training histogram is made of."""
    if recipe.crops:
        return [window(views[0], CROP_POSITIONS, CROP_POSITIONS, draw)]
    smallest = recipe.smallest_part if copy else 1.0
    return [part(view, smallest, draw) for view in views]


def draw_examples(
    latents: Latents, photographs: np.ndarray, recipe: Recipe, *, num_bins: int, seed: int
) -> Examples:
    """`recipe.copies` histograms of every photograph."""
    draw = np.random.default_rng(seed)
    heights = [
        distribution(copy_of(latents.of(photograph), recipe, copy, draw), num_bins).half().numpy()
        for photograph in photographs.tolist()
        for copy in range(recipe.copies)
    ]
    return narrowed(np.stack(heights))


def narrowed(heights: np.ndarray) -> Examples:
    """Distributions (E, M, B) without the outer bins that none of them uses.

    As many are cut on either side, a multiple of the networks' stride, so that bins and the places
    of q keep their relation.
    """
    num_bins = heights.shape[-1]
    used = np.flatnonzero(heights.any(axis=(0, 1)))
    margin = min(int(used[0]), num_bins - 1 - int(used[-1])) // TOTAL_STRIDE * TOTAL_STRIDE
    margin = min(margin, num_bins // 2 - TOTAL_STRIDE)
    return Examples(np.ascontiguousarray(heights[..., margin : num_bins - margin]), num_bins)
