"""The method of the thesis: squeeze the image's own distributions, send them, code with them.

    symbols → histograms p → h_{a,q} → q → s_q = round(q − m_q) → side stream
                                            s_q → h_{s,q} in integers → tables → latent stream

Only the encoder's half uses floating point: whatever s_q it settles on is sent, and both sides
compute the tables from s_q in integers (`integers`). So a stream decodes to the same symbols
everywhere. Symbols beyond the histogram's bins are counted in its outermost ones and coded by the
tables' escapes.

An image much smaller than those of the fit may not be worth its side information. Then the search
for s_q (`refine`) settles on zeros. They take some 20 to 30 bytes all the same, which a thumbnail
loses against `static`.

Source: thesis §2; what is predicted is a correction of the static distribution's logits.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lcip.coding import Tables
from lcip.distributions import fitted, side
from lcip.distributions.histogram import channel_counts
from lcip.distributions.integers import MOST_Q, ExactSynthesis
from lcip.distributions.methods import (
    Coded,
    Estimate,
    decode_with,
    encode_with,
    estimate_with,
    identity_of,
)
from lcip.distributions.prior import lowest_symbol
from lcip.images import factorized

NAME = "adaptive"


@dataclass(frozen=True)
class Adaptive:
    """Distributions sent as side information.

    Attributes:
        analyse: h_{a,q}, rounding, and a search for something better (`refine`): distributions
            float32 (M_y, B) and the number of positions behind them → s_q, integers (M_q, B/8).
        synthesis: h_{s,q} and the tables, in integers.
        q_tables: one a channel of q, or one a value.
        q_shape: (M_q, B/8).
    """

    analyse: Callable[[np.ndarray, int], np.ndarray]
    synthesis: ExactSynthesis
    q_tables: Tables
    q_shape: tuple[int, int]
    identity: bytes
    name: str = NAME

    def encode(self, symbols: np.ndarray) -> Coded:
        """The symbols (M, h, w) with the distributions that make the two streams smallest."""
        s_q = self.quantised(symbols)
        tables = self.synthesis.tables(s_q)
        return Coded(side.write(s_q, self.q_tables), encode_with(tables, symbols))

    def decode(self, side_stream: bytes, latent: bytes, shape: tuple[int, int, int]) -> np.ndarray:
        """The symbols. Raises StreamError where `encode` never writes such streams."""
        s_q = side.read(side_stream, self.q_shape, self.q_tables)
        return decode_with(self.synthesis.tables(s_q), latent, shape)

    def estimated_bits(self, symbols: np.ndarray) -> Estimate:
        """−log2 p under the very tables that `encode` uses."""
        return self.choose(symbols)[2]

    def spent_bits(self, side_stream: bytes, symbols: np.ndarray) -> Estimate:
        """−log2 p under the tables of a side stream. Raises StreamError like `decode`."""
        s_q = side.read(side_stream, self.q_shape, self.q_tables)
        return self.priced(s_q, symbols)[2]

    def choose(self, symbols: np.ndarray) -> tuple[np.ndarray, Tables, Estimate]:
        """s_q (M_q, B/8) for these symbols, its tables, and what both streams then cost."""
        return self.priced(self.quantised(symbols), symbols)

    def priced(self, s_q: np.ndarray, symbols: np.ndarray) -> tuple[np.ndarray, Tables, Estimate]:
        """What s_q leads to."""
        tables = self.synthesis.tables(s_q)
        return s_q, tables, estimate_with(tables, symbols, side.bits(s_q, self.q_tables))

    def quantised(self, symbols: np.ndarray) -> np.ndarray:
        """What h_{a,q} and the search make of the image's distributions: int32 (M_q, B/8)."""
        p = distributions(symbols, self.synthesis.static.shape[1])
        s_q = self.analyse(p, symbols[0].size)
        return np.clip(s_q, -MOST_Q, MOST_Q).astype(np.int32)


def distributions(symbols: np.ndarray, num_bins: int) -> np.ndarray:
    """The histograms of an image's symbols (M, h, w) over B bins: float32 (M, B), rows sum to 1.

    Symbols beyond the bins are counted in the outermost ones.
    """
    lowest = lowest_symbol(num_bins)
    within = np.clip(symbols, lowest, lowest + num_bins - 1)
    counts = channel_counts(within, lowest=lowest, num_bins=num_bins)
    return (counts / np.prod(symbols.shape[1:])).astype(np.float32)


def own_weights(family: str, quality: int) -> list[str]:
    """The fitted networks."""
    return [fitted.weights_name(family, quality)]


def own_identity(family: str, quality: int) -> bytes:
    """The identity of the fitted networks, from their card."""
    return fitted.weights_identity(family, quality)


def make(codec: factorized.Codec, family: str, quality: int) -> Adaptive:
    """The method with the networks that were fitted to this base codec.

    Raises:
        ArtifactError: there are none (the message lists those there are).
        LcipError: they were fitted to another base codec.
    """
    found = fitted.load(family, quality, codec)
    return Adaptive(
        found.refiner,
        found.synthesis,
        found.q_tables,
        found.config.q_shape,
        identity_of(codec.identity, NAME, found.identity),
    )
