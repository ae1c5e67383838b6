"""Residuals coded with the distributions of chapter 2: sent with the frame, trained on photographs.

A residual is not what those networks were trained on, and they are not trained again: what they
send is the shape of *these* values' histogram, whatever made them. Each frame stands by itself.
"""

from typing import NamedTuple

import numpy as np

from lcip import artifacts
from lcip.coding import StreamError
from lcip.distributions import methods
from lcip.errors import refusal
from lcip.images.factorized import Codec

SENT = {"sent": "adaptive", "sent-counted": "hybrid"}
"""Names of these coders, and of the methods of chapter 2 behind them."""
LENGTH_BYTES = 3


class SentCoder(NamedTuple):
    """The interface of `ResidualCoder` around a method of chapter 2."""

    chapter_2: methods.Method

    def encode(self, residual: np.ndarray, indexes: np.ndarray) -> bytes:
        """The length of the side stream, that stream, the residual's: bytes in one piece.

        `indexes` must be the channels, int32 (M, h, w): these methods have one table a channel.
        """
        coded = self.chapter_2.encode(np.ascontiguousarray(residual, np.int32))
        return len(coded.side).to_bytes(LENGTH_BYTES, "big") + coded.side + coded.latent

    def decode(self, data: bytes, indexes: np.ndarray) -> np.ndarray:
        """What `encode` was given. Raises StreamError."""
        end = LENGTH_BYTES + int.from_bytes(data[:LENGTH_BYTES], "big")
        if len(data) < end:
            step = "get the file again"
            raise StreamError(refusal("length of a residual", len(data), f"{end} or more", step))
        return self.chapter_2.decode(data[LENGTH_BYTES:end], data[end:], indexes.shape)


def available(codec: Codec, family: str, quality: int) -> dict[str, methods.Method]:
    """The methods behind `SENT` that this image codec has weights for, by the names used here."""
    if f"distributions/adaptive-{family}-q{quality}" not in artifacts.weights_names():
        return {}
    return {
        name: methods.method_of(method, codec, family, quality) for name, method in SENT.items()
    }
