"""No side information: counts adapt while decoding, from the static distributions on.

    P(s) = (α·p_static(s) + n(s)) / (α + N)      for every channel, scanned row by row

No network, nothing sent, nothing fitted to an image but by decoding it: what any coding engineer
would ask for first (see `counting`). α was chosen on photographs kept from the base codec's
training (`python -m lcip.distributions.sweep`), one for all qualities.
"""

from dataclasses import dataclass

import numpy as np

from lcip.coding import Tables
from lcip.distributions import counting
from lcip.distributions.methods import Coded, Estimate, identity_of
from lcip.distributions.static import no_side
from lcip.images import factorized

NAME = "backward"
RULE = counting.Rule(prior_weight=60, memory=counting.FOREVER, thresholds=(), share=0)


@dataclass(frozen=True)
class Counted:
    """A prior that both sides have, and a rule to count from it."""

    prior: Tables
    rule: counting.Rule
    identity: bytes
    name: str

    def encode(self, symbols: np.ndarray) -> Coded:
        """The symbols (M, h, w), and nothing beside them."""
        return Coded(b"", counting.encode(symbols, self.prior, self.rule))

    def decode(self, side: bytes, latent: bytes, shape: tuple[int, int, int]) -> np.ndarray:
        """The symbols; a side stream that is not empty is refused with a StreamError."""
        no_side(self.name, side)
        return counting.decode(latent, shape, self.prior, self.rule)

    def estimated_bits(self, symbols: np.ndarray) -> Estimate:
        """−log2 of the probabilities that the counts give."""
        return Estimate(counting.channel_bits(symbols, self.prior, self.rule), 0.0)

    def spent_bits(self, side: bytes, symbols: np.ndarray) -> Estimate:
        """The same: nothing is chosen."""
        no_side(self.name, side)
        return self.estimated_bits(symbols)


def counted(codec: factorized.Codec, name: str, rule: counting.Rule) -> Counted:
    """The method of a name, counting by a rule from the base codec's own distributions."""
    return Counted(codec.tables, rule, identity_of(codec.identity, name, rule.facts), name)


def own_weights(family: str, quality: int) -> list[str]:
    """None."""
    return []


def own_identity(family: str, quality: int) -> bytes:
    """The rule."""
    return RULE.facts


def make(codec: factorized.Codec, family: str, quality: int) -> Counted:
    """The method on top of a base codec."""
    return counted(codec, NAME, RULE)
