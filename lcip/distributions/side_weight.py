"""What another λ_q would do: side information bought for an image larger or smaller than it is.

L = R_y + λ_q R_q is least for the image at hand where a bit of side information saves a bit of
latent. Weighing R_q by c times that makes the encoder believe that the image has 1/c of its
positions: with too large a weight it sends too little, with too small a one too much. Here the
encoder's search (`refine`) is given such a weight, and what it then sends is priced at the image's
true size. (In training λ_q does the same to all images at once.)
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from lcip.distributions import side
from lcip.distributions.adaptive import distributions
from lcip.distributions.fitted import Fitted
from lcip.distributions.methods import estimate_with


class Spent(NamedTuple):
    """Estimated bits of side information and latent."""

    side_bits: float
    latent_bits: float

    @property
    def total_bits(self) -> float:
        """Both."""
        return self.side_bits + self.latent_bits


def spent(fitted: Fitted, symbols: np.ndarray, weight: float) -> Spent:
    """What an image costs whose side information was chosen with `weight` times the right λ_q.

    Args:
        symbols: int32 (M, h, w).
        weight: c above; 1 is right.
    """
    p = distributions(symbols, fitted.config.num_bins)
    s_q = fitted.refiner(p, symbols[0].size / weight).astype(np.int32)
    tables = fitted.synthesis.tables(s_q)
    return Spent(side.bits(s_q, fitted.q_tables), estimate_with(tables, symbols, 0.0).latent_bits)


def sweep(fitted: Fitted, latents: list[np.ndarray], weights: list[float]) -> pd.DataFrame:
    """Mean bits over some latents for each weight: columns weight, side_bits, latent_bits."""
    rows = []
    for weight in weights:
        found = np.mean([spent(fitted, symbols, weight) for symbols in latents], axis=0)
        rows.append({"weight": weight, "side_bits": found[0], "latent_bits": found[1]})
    return pd.DataFrame(rows)
