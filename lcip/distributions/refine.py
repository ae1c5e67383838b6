"""Let the encoder look for a better q than h_{a,q} answers with.

h_{a,q} knows an image's distributions only through what it learned on others. For the image at hand
the cost of any q is known exactly,

    J(q̂) = N Σ_j H(p_j, p̂_j(q̂)) + R_q(q̂)        bits of the file,

and the decoder does not mind how q was found. So the encoder starts at h_{a,q}'s answer, descends:
q̂ is rounded forward, its gradient passes as if it were not, and the best q̂ met is kept. R_q is read
from the integer tables; its slope at a symbol is half the difference between its neighbours' code
lengths. N is the image's own number of positions, so that a large image buys more side information
than a small one.

Everything runs in double precision: another machine's last digits then hardly ever lead to another
symbol. Where they do, the file is another, equally valid one.
"""

import copy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lcip import coding
from lcip.distributions.model import DistributionModel

STEPS = 40
LEARNING_RATE = 0.05  # of Adam, in units of q's rounding
REACH = 64  # symbols beyond are priced like ±64


@dataclass(frozen=True)
class Refiner:
    """Descent on the cost of q.

    Attributes:
        model: in double precision, frozen.
        lengths: float64 (M_q, 2 · REACH + 1), bits of the symbols −REACH … REACH of each channel.
    """

    model: DistributionModel
    lengths: Tensor

    def __call__(self, p: np.ndarray, num_positions: int) -> np.ndarray:
        """The symbols of q, s_q = round(q − m_q): (M_y, B) distributions → int64 (M_q, B/8).

        Args:
            p: the image's distributions, rows summing to 1.
            num_positions: N, how many symbols each row of p stands for.
        """
        target = torch.from_numpy(p).double()[None]
        with torch.no_grad():
            q = (self.model.analyse(target)[0] - self.model.medians()).requires_grad_()
        optimizer = torch.optim.Adam([q], lr=LEARNING_RATE)
        best, least = q.detach().round(), np.inf
        for _ in range(STEPS):
            symbols = q.detach().round()
            cost, slope = self.cost(q + (symbols - q).detach(), target, num_positions, symbols)
            if cost.item() < least:
                best, least = symbols, cost.item()
            optimizer.zero_grad()
            cost.backward()
            q.grad += slope
            optimizer.step()
        return best.long().numpy()

    def cost(
        self, q: Tensor, target: Tensor, num_positions: int, symbols: Tensor
    ) -> tuple[Tensor, Tensor]:
        """J in bits, and the slope of its R_q: q − m_q (M_q, B/8) → a scalar, (M_q, B/8)."""
        log2_p_hat = self.model.log2_p_hat((q + self.model.medians())[None])
        latent_bits = -num_positions * (target * log2_p_hat).sum()
        place = symbols.long().clamp(1 - REACH, REACH - 1) + REACH
        side_bits = self.lengths.gather(1, place).sum()
        slope = (self.lengths.gather(1, place + 1) - self.lengths.gather(1, place - 1)) / 2
        return latent_bits + side_bits, slope


def refiner(model: DistributionModel, q_tables: coding.Tables) -> Refiner:
    """The refiner of a fitted model with its integer tables of q."""
    double = copy.deepcopy(model).double().eval().requires_grad_(False)
    symbols = np.tile(np.arange(-REACH, REACH + 1, dtype=np.int32), len(q_tables.sizes))
    indexes = np.repeat(np.arange(len(q_tables.sizes), dtype=np.int32), 2 * REACH + 1)
    lengths = coding.symbol_bits(symbols, indexes, q_tables).reshape(-1, 2 * REACH + 1)
    return Refiner(double, torch.from_numpy(lengths))
