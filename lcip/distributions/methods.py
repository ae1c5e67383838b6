"""Ways to tell the decoder which distributions code an image: one interface, chosen by name.

    method = method_of("adaptive", codec, "small", 3)
    side, latent = method.encode(symbols)            # (M, h, w) int32 to two byte strings
    symbols = method.decode(side, latent, symbols.shape)

All methods code the very same symbols s = round(y − m) of one base codec, so they differ in bytes
only, and the picture is the same. A method lives in a module of its own that has

    own_weights(family, quality) -> list[str]        names of weights beside the base codec's
    own_identity(family, quality) -> bytes           what sets it apart from others of its name
    make(codec, family, quality) -> Method

where the identity names everything beside the base codec that decides a byte: the identity of
fitted weights, or constants such as a prior's weight. It opens no base codec.
"""

import hashlib
from importlib import import_module
from types import ModuleType
from typing import NamedTuple, Protocol

import numpy as np

from lcip import coding
from lcip.errors import LcipError, refusal
from lcip.images import factorized

MODULES = {
    "static": "lcip.distributions.static",
    "ideal": "lcip.distributions.ideal",
    "balcilar2022": "lcip.distributions.balcilar2022",
    "backward": "lcip.distributions.backward",
    "adaptive": "lcip.distributions.adaptive",
    "hybrid": "lcip.distributions.hybrid",
    "local": "lcip.distributions.local",
}
METHOD_NAMES = tuple(MODULES)
BOUNDS = ("ideal",)  # these estimate, and write nothing
FILE_METHODS = tuple(name for name in METHOD_NAMES if name not in BOUNDS)


class Coded(NamedTuple):
    """What a method writes for one image: the distributions, and the latent coded with them."""

    side: bytes
    latent: bytes


class Estimate(NamedTuple):
    """−log2 p, with the same integer tables that write the bytes.

    Attributes:
        channel_bits: float64 (M,), of the latent's channels, escapes included.
        side_bits: of the side information.
        escapes: symbols that no table holds, where the method counts them.
    """

    channel_bits: np.ndarray
    side_bits: float
    escapes: int | None = None

    @property
    def latent_bits(self) -> float:
        """The sum over the channels."""
        return float(self.channel_bits.sum())

    @property
    def total_bits(self) -> float:
        """Latent and side information."""
        return self.latent_bits + self.side_bits


class Method(Protocol):
    """One way to code the symbols of a base codec.

    Attributes:
        name: one of `METHOD_NAMES`.
        identity: 32 bytes that differ wherever another method, base codec or weight would write
            other bytes; made with `identity_of`.
    """

    name: str
    identity: bytes

    def encode(self, symbols: np.ndarray) -> Coded:
        """int32 (M, h, w), any values, to bytes. A bound (`BOUNDS`) raises LcipError."""
        ...

    def decode(self, side: bytes, latent: bytes, shape: tuple[int, int, int]) -> np.ndarray:
        """The int32 symbols of that shape.

        Raises:
            StreamError: `encode` never writes these two byte strings for that shape.
        """
        ...

    def estimated_bits(self, symbols: np.ndarray) -> Estimate:
        """What the symbols cost in −log2 p, side information apart."""
        ...

    def spent_bits(self, side: bytes, symbols: np.ndarray) -> Estimate:
        """What they cost with the side information of a file, whatever `encode` would choose now.

        Raises:
            StreamError: `encode` never writes such side information.
        """
        ...


def method_of(name: str, codec: factorized.Codec, family: str, quality: int) -> Method:
    """A method on top of a base codec, with the fitted weights that belong to it, if it has any.

    Raises:
        LcipError: no such method; no weights for it, or weights fitted to another base codec.
    """
    return module_of(name).make(codec, family, quality)


def identity_of(base: bytes, name: str, own: bytes) -> bytes:
    """The identity of a method: SHA-256 of the base codec's identity, its name and its own facts.

    >>> identity_of(bytes(32), "static", b"").hex()[:16]
    'f5de7a3f4408eaa6'
    """
    return hashlib.sha256(base + name.encode() + b"\0" + own).digest()


def module_of(name: str) -> ModuleType:
    """The module of a method."""
    if name not in MODULES:
        raise LcipError(refusal("method", name, METHOD_NAMES, "choose one of them"))
    return import_module(MODULES[name])


def channel_indexes(shape: tuple[int, int, int]) -> np.ndarray:
    """The channel of every symbol of a latent (M, h, w), flat: its table, where each has one."""
    return np.repeat(np.arange(shape[0], dtype=np.int32), shape[1] * shape[2])


def encode_with(tables: coding.Tables, symbols: np.ndarray) -> bytes:
    """A latent (M, h, w) coded channel after channel, channel j with table j."""
    return coding.encode(symbols.ravel(), channel_indexes(symbols.shape), tables)


def decode_with(tables: coding.Tables, latent: bytes, shape: tuple[int, int, int]) -> np.ndarray:
    """What `encode_with` wrote: int32 of `shape`. Raises StreamError."""
    return coding.decode(latent, channel_indexes(shape), tables).reshape(shape)


def estimate_with(tables: coding.Tables, symbols: np.ndarray, side_bits: float) -> Estimate:
    """−log2 p of a latent (M, h, w), channel j with table j."""
    bits = coding.symbol_bits(symbols.ravel(), channel_indexes(symbols.shape), tables)
    channel_bits = bits.reshape(len(symbols), -1).sum(axis=1)  # (M,)
    return Estimate(channel_bits, side_bits, count_escapes(tables, symbols))


def count_escapes(tables: coding.Tables, symbols: np.ndarray) -> int:
    """How many symbols of a latent (M, h, w) lie outside the table of their channel."""
    place = symbols.reshape(len(symbols), -1) - tables.offsets[:, None].astype(np.int64)
    return int(((place < 0) | (place >= tables.sizes[:, None] - 1)).sum())
