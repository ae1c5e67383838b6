"""The base codec's own distributions, the same for every image: what all others are measured by."""

from dataclasses import dataclass

import numpy as np

from lcip.coding import StreamError, Tables
from lcip.distributions.methods import (
    Coded,
    Estimate,
    decode_with,
    encode_with,
    estimate_with,
    identity_of,
)
from lcip.errors import refusal
from lcip.images import factorized

NAME = "static"


@dataclass(frozen=True)
class Static:
    """No side information; channel j has table j of the base codec."""

    tables: Tables
    identity: bytes
    name: str = NAME

    def encode(self, symbols: np.ndarray) -> Coded:
        """The symbols (M, h, w), and nothing beside them."""
        return Coded(b"", encode_with(self.tables, symbols))

    def decode(self, side: bytes, latent: bytes, shape: tuple[int, int, int]) -> np.ndarray:
        """The symbols; a side stream that is not empty is refused with a StreamError."""
        no_side(NAME, side)
        return decode_with(self.tables, latent, shape)

    def estimated_bits(self, symbols: np.ndarray) -> Estimate:
        """−log2 p under the base codec's tables."""
        return estimate_with(self.tables, symbols, side_bits=0.0)

    def spent_bits(self, side: bytes, symbols: np.ndarray) -> Estimate:
        """The same: nothing is chosen."""
        no_side(NAME, side)
        return self.estimated_bits(symbols)


def no_side(name: str, side: bytes) -> None:
    """Refuse side information where a method sends none."""
    if side:
        next_step = "get the file again"
        raise StreamError(refusal(f"side stream of {name!r}", len(side), "0 bytes", next_step))


def own_weights(family: str, quality: int) -> list[str]:
    """None."""
    return []


def own_identity(family: str, quality: int) -> bytes:
    """Nothing beside the base codec."""
    return b""


def make(codec: factorized.Codec, family: str, quality: int) -> Static:
    """The method on top of a base codec."""
    return Static(codec.tables, identity_of(codec.identity, NAME, own_identity(family, quality)))
