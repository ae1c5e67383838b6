"""A rival: send a Gaussian mixture of 8 bits a parameter for each channel that is worth it.

Balcilar et al. fit K Gaussians to the latent's channels and code these with the mixtures, 3K − 1
parameters a channel, K from 1 to 3. Which K, and which channels keep their static distribution, is
decided for every image by what the bytes really come to:

    side stream:  K in 2 bits (0: no channel), a flag for every channel with an adaptive
                  probability, then the parameters of the flagged channels, 8 bits each

The authors' code is not public; how parameters become bytes is ours (`mixtures`).

Source: M. Balcilar, B. Damodaran, P. Hellier, "Reducing the amortization gap of entropy bottleneck
in end-to-end image compression", PCS 2022; thesis §2.
"""

from dataclasses import dataclass

import numpy as np

from lcip.coding import StreamError, Tables
from lcip.coding.adaptive import put_adaptive_bit, start_counts, take_adaptive_bit
from lcip.coding.compiling import compiled
from lcip.coding.rangecoder import (
    IMPOSSIBLE,
    SPARE_BYTES,
    finish,
    put,
    slot,
    start_decoder,
    start_encoder,
    take,
    verify,
)
from lcip.coding.stream import as_bytes, check_status
from lcip.distributions import mixture_fit, mixtures
from lcip.distributions.histogram import channel_counts
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

NAME = "balcilar2022"
MOST_COMPONENTS = 3
K_BITS, PARAMETER_BITS = 2, 8
FIT_MAGNITUDE = 512  # the fit looks no further; the rest counts at the end


@dataclass(frozen=True)
class Choice:
    """What is sent for one image.

    Attributes:
        components: K, 0 if no channel is adapted.
        channels: their indices, rising: int64 (C,).
        sent: their parameters: int64 (C, 3K − 1) of 0 to 255.
    """

    components: int
    channels: np.ndarray
    sent: np.ndarray


NOTHING = Choice(0, np.empty(0, np.int64), np.empty((0, 0), np.int64))


@dataclass(frozen=True)
class Balcilar2022:
    """Mixtures for some channels, the base codec's tables for the others."""

    static: Tables
    identity: bytes
    name: str = NAME

    def encode(self, symbols: np.ndarray) -> Coded:
        """The symbols (M, h, w) with the choice that makes both streams smallest."""
        chosen, tables, _ = self.choose(symbols)
        return Coded(self.write(chosen), encode_with(tables, symbols))

    def decode(self, side: bytes, latent: bytes, shape: tuple[int, int, int]) -> np.ndarray:
        """The symbols. Raises StreamError where `encode` never writes such streams."""
        return decode_with(self.tables(self.read(side)), latent, shape)

    def estimated_bits(self, symbols: np.ndarray) -> Estimate:
        """−log2 p under the tables that `encode` uses; of the side stream the bits it takes."""
        return self.choose(symbols)[2]

    def spent_bits(self, side: bytes, symbols: np.ndarray) -> Estimate:
        """The same with the choice in a side stream. Raises StreamError like `decode`."""
        return self.priced(self.read(side), symbols)[2]

    def tables(self, chosen: Choice) -> Tables:
        """What codes the latent."""
        return mixtures.replaced(self.static, chosen.channels, chosen.sent)

    def choose(self, symbols: np.ndarray) -> tuple[Choice, Tables, Estimate]:
        """The best of K = 0 to 3, its tables and its cost."""
        near = np.clip(symbols, -FIT_MAGNITUDE, FIT_MAGNITUDE)
        lowest, num_bins = int(near.min()), int(np.ptp(near)) + 1
        counts = channel_counts(near, lowest=lowest, num_bins=num_bins)
        candidates = [NOTHING]
        for components in range(1, MOST_COMPONENTS + 1):
            sent = mixture_fit.fit(counts, lowest, mixtures.scales(self.static), components)
            candidates.append(self.worthwhile(sent, symbols))
        found = [self.priced(candidate, symbols) for candidate in candidates]
        return min(found, key=lambda priced: priced[2].total_bits)

    def worthwhile(self, sent: np.ndarray, symbols: np.ndarray) -> Choice:
        """The channels whose mixture saves more bits than its parameters cost."""
        everywhere = mixtures.replaced(self.static, np.arange(len(sent)), sent)
        static = estimate_with(self.static, symbols, 0.0).channel_bits
        saving = static - estimate_with(everywhere, symbols, 0.0).channel_bits
        channels = np.flatnonzero(saving > PARAMETER_BITS * sent.shape[1])
        if not len(channels):
            return NOTHING
        return Choice((sent.shape[1] + 1) // 3, channels, sent[channels])

    def priced(self, chosen: Choice, symbols: np.ndarray) -> tuple[Choice, Tables, Estimate]:
        """A candidate with its tables and cost."""
        tables = self.tables(chosen)
        side_bits, _ = write_side(self.flags(chosen), chosen.sent, chosen.components)
        return chosen, tables, estimate_with(tables, symbols, side_bits)

    def flags(self, chosen: Choice) -> np.ndarray:
        """1 for every channel that is adapted: int64 (M,)."""
        flags = np.zeros(len(self.static), np.int64)
        flags[chosen.channels] = 1
        return flags

    def write(self, chosen: Choice) -> bytes:
        """The side stream."""
        return write_side(self.flags(chosen), chosen.sent, chosen.components)[1]

    def read(self, side: bytes) -> Choice:
        """What `write` wrote.

        Raises:
            StreamError: it never writes these bytes.
        """
        flags = np.zeros(len(self.static), np.int64)
        sent = np.zeros((len(flags), 3 * MOST_COMPONENTS - 1), np.int64)
        status, components = read_choice(as_bytes(side), flags, sent)
        check_status(status, 0, int(sent.size), len(side))
        channels = np.flatnonzero(flags)
        if not components:
            return NOTHING
        if not len(channels):
            allowed = "one or more, or no components"
            raise StreamError(refusal("adapted channels", 0, allowed, "get the file again"))
        return Choice(components, channels, sent[: len(channels), : 3 * components - 1])


def write_side(flags: np.ndarray, sent: np.ndarray, components: int) -> tuple[float, bytes]:
    """The side stream, and the bits of the choices in it."""
    buffer = np.empty(2 * flags.size + sent.size + SPARE_BYTES, np.uint8)
    flag_bits, length = write_choice(flags, np.ascontiguousarray(sent).ravel(), components, buffer)
    return K_BITS + flag_bits + PARAMETER_BITS * sent.size, buffer[:length].tobytes()


@compiled
def write_choice(flags, sent, components, buffer):
    """K, flags, parameters; returns the bits of the flags and the number of bytes."""
    state = np.empty(3, np.uint64)
    counts = start_counts(1)
    bits = 0.0
    start_encoder(state)
    put(state, buffer, components, 1, K_BITS)
    if components > 0:
        for flag in flags:
            bits += np.log2(counts.sum() / counts[0, flag])
            put_adaptive_bit(state, buffer, counts, 0, flag)
        for parameter in sent:
            put(state, buffer, parameter, 1, PARAMETER_BITS)
    return bits, finish(state, buffer)


@compiled
def read_choice(data, flags, sent):
    """Fill flags (M,) and the first rows of `sent`; returns (status, K)."""
    state = np.empty(3, np.uint64)
    counts = start_counts(1)
    start_decoder(state, data)
    components = slot(state, K_BITS)
    if components > MOST_COMPONENTS:
        return IMPOSSIBLE, np.int64(0)
    take(state, data, components, 1, K_BITS)
    adapted = 0
    if components > 0:
        for channel in range(flags.size):
            flags[channel] = take_adaptive_bit(state, data, counts, 0)
            if flags[channel] > 1:
                return IMPOSSIBLE, np.int64(0)
            adapted += flags[channel]
    for row in range(adapted):
        for column in range(3 * components - 1):
            value = slot(state, PARAMETER_BITS)
            if value >= 1 << PARAMETER_BITS:
                return IMPOSSIBLE, np.int64(0)
            take(state, data, value, 1, PARAMETER_BITS)
            sent[row, column] = value
    return verify(state, data), components


def own_weights(family: str, quality: int) -> list[str]:
    """None."""
    return []


def own_identity(family: str, quality: int) -> bytes:
    """Nothing beside the base codec."""
    return b""


def make(codec: factorized.Codec, family: str, quality: int) -> Balcilar2022:
    """The method on top of a base codec."""
    identity = identity_of(codec.identity, NAME, own_identity(family, quality))
    return Balcilar2022(codec.tables, identity)
