"""Where the bits of one cloud's packet went: estimate, payload, packet, and each symbol's share."""

from dataclasses import dataclass

import numpy as np

from lcip import coding
from lcip.pointcloud.codec import Codec


@dataclass(frozen=True)
class Account:
    """A packet, counted.

    Attributes:
        estimated_bits: −Σ log2 p of the symbols under the model's integer tables.
        payload_bits: what the entropy coder wrote, whole bytes.
        file_bits: the packet, with what names the model and checks the rest.
        symbols: int32 (N,); symbol_bits: the share of each in the estimate, (N,).
        num_escapes: symbols outside their tables.
    """

    estimated_bits: float
    payload_bits: int
    file_bits: int
    symbols: np.ndarray
    symbol_bits: np.ndarray
    num_escapes: int

    @property
    def overhead_bits(self) -> int:
        """Of the packet, around the payload."""
        return self.file_bits - self.payload_bits

    def dearest(self, count: int) -> list[tuple[int, int, float]]:
        """Number, symbol and bits of the `count` dearest features, dearest first."""
        order = np.argsort(-self.symbol_bits, kind="stable")[:count]
        return [(int(k), int(self.symbols[k]), float(self.symbol_bits[k])) for k in order]


def account(codec: Codec, packet: bytes) -> Account:
    """Count the bits of a packet of this codec. Raises StreamError as `Codec.decode` does."""
    payload = coding.unpack_packet(packet, codec.identity)
    symbols = codec.read_payload(payload)
    features = np.arange(codec.num_latents)
    bits = coding.symbol_bits(symbols, features, codec.tables)
    return Account(
        float(bits.sum()), 8 * len(payload), 8 * len(packet), symbols, bits, escapes(codec, symbols)
    )


def escapes(codec: Codec, symbols: np.ndarray) -> int:
    """How many symbols (N,) lie outside their tables."""
    slots = symbols.astype(np.int64) - codec.tables.offsets
    # A table's last slot is its escape.
    return int(((slots < 0) | (slots >= codec.tables.sizes - 1)).sum())
