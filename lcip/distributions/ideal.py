"""The bound: every channel coded with its image's own distribution, which the decoder got for free.

    Σ_j n_j·H(p_j) bits,     p_j the histogram of channel j in this image

No file can hold this: whoever decodes does not have p_j. It is what remains if the amortisation gap
(`gap`) is closed entirely and nothing is paid for it, and it bounds every method that codes all of
a channel with one distribution.
"""

from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from lcip.coding import Tables
from lcip.distributions import gap
from lcip.distributions.methods import FILE_METHODS, Coded, Estimate, identity_of
from lcip.errors import LcipError, refusal
from lcip.images import factorized

NAME = "ideal"


@dataclass(frozen=True)
class Ideal:
    """Estimates only."""

    tables: Tables
    identity: bytes
    name: str = NAME

    def encode(self, symbols: np.ndarray) -> Coded:
        """Refused: a bound."""
        return refuse()

    def decode(self, side: bytes, latent: bytes, shape: tuple[int, int, int]) -> np.ndarray:
        """Refused: a bound."""
        return refuse()

    def estimated_bits(self, symbols: np.ndarray) -> Estimate:
        """n·H(p) of every channel of the symbols (M, h, w)."""
        return Estimate(gap.measure(symbols, self.tables).ideal_bits, 0.0)

    def spent_bits(self, side: bytes, symbols: np.ndarray) -> Estimate:
        """Refused: a bound has no files."""
        return refuse()


def refuse() -> NoReturn:
    """Say why there is no file."""
    step = (
        "choose one that writes files: the ideal distributions are a bound, as no decoder has them"
    )
    raise LcipError(refusal("method", NAME, FILE_METHODS, step))


def own_weights(family: str, quality: int) -> list[str]:
    """None."""
    return []


def own_identity(family: str, quality: int) -> bytes:
    """Nothing beside the base codec."""
    return b""


def make(codec: factorized.Codec, family: str, quality: int) -> Ideal:
    """The bound on top of a base codec."""
    identity = identity_of(codec.identity, NAME, own_identity(family, quality))
    return Ideal(codec.tables, identity)
