"""Let the encoder look for a better q than h_{a,q} answers with.

h_{a,q} knows an image's distributions only through what it learned on others. For the image at hand
the cost of any q is known exactly,

    J(q̂) = N Σ_j H(p_j, p̂_j(q̂)) + R_q(q̂)        bits of the file,

and the decoder does not mind how q was found. So the encoder starts at h_{a,q}'s answer, descends:
q̂ is rounded forward, its gradient passes as if it were not, and the best q̂ met is kept. R_q is read
from the integer tables; its slope is that of the straight line between the code lengths of the two
symbols beside q, which keeps a q that nothing depends on at rest near 0. N is the image's own
number of positions, so that a large image buys more side information than a small one.

Everything runs in double precision: another machine's last digits then hardly ever lead to another
symbol. Where they do, the file is another, equally valid one.
"""

import copy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lcip import coding
from lcip.distributions import side
from lcip.distributions.model import DistributionModel

STEPS = 40
LEARNING_RATE = 0.2  # of Adam, in units of q's rounding, at the start
LAST_SHARE = 0.2  # of the learning rate in the end
REACH = 64  # symbols beyond are priced like ±64


@dataclass(frozen=True)
class Refiner:
    """Descent on the cost of q.

    Attributes:
        model: in double precision, frozen.
        lengths: float64 (M_q, B/8, 2 · REACH + 1), bits of the symbols −REACH … REACH everywhere.
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
        for rate in np.linspace(1.0, LAST_SHARE, STEPS) * LEARNING_RATE:
            optimizer.param_groups[0]["lr"] = float(rate)
            optimizer.zero_grad()
            cost = self.differentiate(q, target, num_positions)
            if cost < least:
                best, least = q.detach().round(), cost
            optimizer.step()
        return best.long().numpy()

    def differentiate(self, q: Tensor, target: Tensor, num_positions: int) -> float:
        """J of the rounded q; its gradient goes to `q.grad`.

        Args:
            q: q − m_q, float64 (M_q, B/8).
            target: the image's distributions, float64 (1, M_y, B).
        """
        rounded = q + (q.round() - q).detach()
        log2_p_hat = self.model.log2_p_hat((rounded + self.model.medians())[None])
        latent_bits = -num_positions * (target * log2_p_hat).sum()
        latent_bits.backward()
        side_bits, slope = self.side(q.detach())
        q.grad += slope
        return latent_bits.item() + side_bits

    def side(self, q: Tensor) -> tuple[float, Tensor]:
        """R_q of the rounded q in bits, and the slope of its code lengths' interpolation at q."""
        side_bits = self.bits(q.round()).sum().item()
        return side_bits, self.bits(q.floor() + 1) - self.bits(q.floor())

    def bits(self, symbols: Tensor) -> Tensor:
        """Code lengths of symbols (M_q, B/8)."""
        place = symbols.long().clamp(-REACH, REACH) + REACH
        return self.lengths.gather(2, place[..., None])[..., 0]


def refiner(model: DistributionModel, q_tables: coding.Tables) -> Refiner:
    """The refiner of a fitted model with its integer tables of q."""
    double = copy.deepcopy(model).double().eval().requires_grad_(False)
    M_q, places = model.config.q_shape
    symbols = np.arange(-REACH, REACH + 1, dtype=np.int32)
    tables = side.indexes((M_q, places), len(q_tables))
    indexes = np.repeat(tables, len(symbols))
    lengths = coding.symbol_bits(np.tile(symbols, M_q * places), indexes, q_tables)
    lengths = lengths.reshape(M_q, places, -1)
    return Refiner(double, torch.from_numpy(lengths))
