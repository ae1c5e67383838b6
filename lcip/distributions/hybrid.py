"""Past the thesis: the distribution that is sent becomes the prior of counts that adapt.

    side stream → tables of this image (`adaptive`) → prior of the counts (`counting`) → symbols

What is sent gives the first symbols of every channel a better start; the counts then correct what
the network got wrong. Old counts fade, so the distributions also follow the picture from its top to
its bottom; that is why this method can pass the ideal saving, which bounds whoever codes all of a
channel with one distribution. Side information is only sent where it lowers the sum.
"""

from dataclasses import dataclass

import numpy as np

from lcip.coding import Tables
from lcip.distributions import adaptive, counting, side
from lcip.distributions.methods import Coded, Estimate, identity_of
from lcip.images import factorized

NAME = "hybrid"
RULE = counting.Rule(prior_weight=40, memory=48, thresholds=(), share=0)


@dataclass(frozen=True)
class Hybrid:
    """The streams of `adaptive`, the latent coded with counts on top of its tables."""

    sent: adaptive.Adaptive
    rule: counting.Rule
    identity: bytes
    name: str = NAME

    def encode(self, symbols: np.ndarray) -> Coded:
        """The symbols (M, h, w) with the side information that makes both streams smallest."""
        s_q, prior, _ = self.choose(symbols)
        latent = counting.encode(symbols, prior, self.rule)
        return Coded(side.write(s_q, self.sent.q_tables), latent)

    def decode(self, side_stream: bytes, latent: bytes, shape: tuple[int, int, int]) -> np.ndarray:
        """The symbols. Raises StreamError where `encode` never writes such streams."""
        s_q = side.read(side_stream, self.sent.q_shape, self.sent.q_tables)
        return counting.decode(latent, shape, self.sent.synthesis.tables(s_q), self.rule)

    def estimated_bits(self, symbols: np.ndarray) -> Estimate:
        """−log2 of the probabilities that the counts give, and of the side information's."""
        return self.choose(symbols)[2]

    def spent_bits(self, side_stream: bytes, symbols: np.ndarray) -> Estimate:
        """The same with the s_q of a side stream. Raises StreamError like `decode`."""
        s_q = side.read(side_stream, self.sent.q_shape, self.sent.q_tables)
        return self.priced(s_q, symbols)[2]

    def choose(self, symbols: np.ndarray) -> tuple[np.ndarray, Tables, Estimate]:
        """s_q for these symbols, the prior that it gives, and what both streams cost."""
        own = self.sent.choose(symbols)[0]
        candidates = [own, np.zeros_like(own)] if own.any() else [own]
        found = [self.priced(s_q, symbols) for s_q in candidates]
        return min(found, key=lambda priced: priced[2].total_bits)

    def priced(self, s_q: np.ndarray, symbols: np.ndarray) -> tuple[np.ndarray, Tables, Estimate]:
        """One candidate for s_q."""
        prior = self.sent.synthesis.tables(s_q)
        bits = counting.channel_bits(symbols, prior, self.rule)
        return s_q, prior, Estimate(bits, side.bits(s_q, self.sent.q_tables))


def own_weights(family: str, quality: int) -> list[str]:
    """The fitted networks of `adaptive`."""
    return adaptive.own_weights(family, quality)


def own_identity(family: str, quality: int) -> bytes:
    """The fitted networks, and the rule."""
    return adaptive.own_identity(family, quality) + RULE.facts


def make(codec: factorized.Codec, family: str, quality: int) -> Hybrid:
    """The method with the networks that were fitted to this base codec. Raises like `adaptive`."""
    identity = identity_of(codec.identity, NAME, own_identity(family, quality))
    return Hybrid(adaptive.make(codec, family, quality), RULE, identity)
