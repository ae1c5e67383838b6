"""From the learned densities of a trained model to the integer tables that code its symbols.

p_j(s) = F_j(m_j + s + ½) − F_j(m_j + s − ½) with F_j the learned distribution function of latent j
and m_j its median, computed once in double precision when training ends.
"""

import numpy as np
import torch

from lcip import coding
from lcip.pointcloud.models import PointCodecModel

ESCAPE_MASS = 2e-4
"""Chance of a symbol outside its table. Test clouds do step outside what training has seen, and the
escape should not be dear: at 2e-4 it costs 12 bits and a distance, and all others 0.0003 bits."""

LARGEST_REACH = 4096


@torch.no_grad()
def latent_pmfs(model: PointCodecModel, lowest: int, highest: int) -> np.ndarray:
    """p_j(s) for s = lowest … highest: float64 (N, highest − lowest + 1)."""
    bottleneck = PointCodecModel(model.size).bottleneck.double()
    state = model.bottleneck.state_dict()
    floats = {k: v.cpu().double() for k, v in state.items() if v.is_floating_point()}
    bottleneck.load_state_dict(floats, strict=False)
    steps = torch.arange(lowest, highest + 1, dtype=torch.float64)
    samples = model.medians.cpu().double()[:, None, None] + steps  # (N, 1, S)
    likelihood, _, _ = bottleneck._likelihood(samples)
    return likelihood[:, 0].numpy()


def build_tables(model: PointCodecModel) -> coding.Tables:
    """One table a latent: the symbols that hold all but `ESCAPE_MASS` of its density."""
    pmfs = latent_pmfs(model, -LARGEST_REACH, LARGEST_REACH)
    ranges = [kept_range(pmf) for pmf in pmfs]
    rows = [pmf[first:last] for pmf, (first, last) in zip(pmfs, ranges, strict=True)]
    scaled = [row / row.sum() * (1 - ESCAPE_MASS) for row in rows]
    offsets = np.array([first - LARGEST_REACH for first, _ in ranges])
    return coding.Tables.from_pmf(scaled, offsets, np.full(len(rows), ESCAPE_MASS))


def kept_range(pmf: np.ndarray) -> tuple[int, int]:
    """The slice [first, last) that leaves at most half of `ESCAPE_MASS` on either side.

    >>> kept_range(np.array([0.0, 0.00005, 0.5, 0.49995, 0.0]))
    (2, 4)
    """
    below, above = np.cumsum(pmf), np.cumsum(pmf[::-1])
    first = int(np.searchsorted(below, ESCAPE_MASS / 2, side="right"))
    last = len(pmf) - int(np.searchsorted(above, ESCAPE_MASS / 2, side="right"))
    return (first, last) if first < last else (int(np.argmax(pmf)), int(np.argmax(pmf)) + 1)
