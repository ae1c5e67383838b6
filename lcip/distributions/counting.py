"""Distributions learned while decoding: nothing is sent, both sides count what has gone by.

Channel after channel, rows from the top, each from the left. Symbol s of a channel is coded with

    P(s) = (α·p(s) + n(s)) / (α + N)

where n(s) counts the symbols of this channel that equal s so far, N is their sum, and p is a
*prior*: any integer tables, one a channel, which stand for α symbols seen beforehand. The escape is
a symbol like the others; the bits behind it are equiprobable, as in `lcip.coding`.

Two refinements, both known from lossless coding, let the counts follow the picture:

* **forgetting**: when the counts of a channel sum to more than `memory` symbols, all are halved, so
  that symbols far above weigh less;
* **contexts**: the mean magnitude of the four neighbours already known (left and above twice,
  above left and above right once), against the mean magnitude under the prior, chooses one of
  several sets of counts. A symbol counts fully in its own set and by a `share` in the others.

Everything is an integer: p(s) is a frequency out of 2^16, a count of one is 2^16, and totals stay
below 2^40, so a stream decodes alike on every machine (the loops are in `counting_loops`).

Sources: Cleary and Witten, "Data compression using adaptive coding and partial string matching"
(1984); Krichevsky and Trofimov, "The performance of universal encoding" (1981).
"""

from dataclasses import dataclass

import numpy as np

from lcip import coding
from lcip.coding.rangecoder import SPARE_BYTES
from lcip.coding.stream import ESCAPE_BYTES, as_bytes, check_status
from lcip.distributions.counting_loops import ONE, read, weigh, write
from lcip.errors import LcipError, refusal

FOREVER = 1 << 22  # symbols of a channel: more than any image has, so nothing is forgotten
LEAST_SCALE = ONE // 20  # mean magnitude of the quietest channels, for their contexts
MOST_EIGHTHS = 1 << 12
BYTES_EACH = 6  # a share of 1 in less than 2^40, and a byte more


@dataclass(frozen=True)
class Rule:
    """How a prior and the counts become a distribution.

    Attributes:
        prior_weight: α, how many symbols the prior counts for: 1 to 65,536.
        memory: symbols after which the counts are halved; `FOREVER` for never.
        thresholds: bounds between the contexts, in eighths of the channel's mean magnitude,
            rising; () for one context.
        share: what a symbol counts in the other contexts, out of 2^16.
    """

    prior_weight: int
    memory: int
    thresholds: tuple[int, ...]
    share: int

    def __post_init__(self) -> None:
        limits = {"prior_weight": (1, ONE), "memory": (2, FOREVER), "share": (0, ONE)}
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if type(value) is not int or not low <= value <= high:
                allowed = f"an integer from {low} to {high}"
                raise LcipError(refusal(name, value, allowed, f"change {name}"))
        given = (0, *self.thresholds)
        rising = all(type(t) is int for t in given) and sorted(set(given)) == list(given)
        if not rising or given[-1] > MOST_EIGHTHS:
            allowed = f"integers from 1 to {MOST_EIGHTHS}, rising"
            raise LcipError(refusal("thresholds", self.thresholds, allowed, "sort them"))

    @property
    def facts(self) -> bytes:
        """What decides a byte, for the identity of a method."""
        return repr(self).encode()

    @property
    def numbers(self) -> tuple[int, int, int]:
        """Prior weight, greatest sum of counts, share: as the loops want them."""
        return self.prior_weight, self.memory * ONE, self.share


def bounds(tables: coding.Tables, rule: Rule) -> np.ndarray:
    """Where contexts part: int64 (M, K − 1) for 8·2^16 times the weighted sum of six neighbours."""
    frequencies = np.diff(tables.cumulative.astype(np.int64), axis=1)  # (M, L − 1)
    place = np.arange(frequencies.shape[1])
    inside = place < tables.sizes[:, None] - 1
    magnitude = np.abs(place + tables.offsets[:, None].astype(np.int64))  # (M, L − 1)
    scale = np.maximum((frequencies * magnitude * inside).sum(axis=1), LEAST_SCALE)  # (M,)
    return 6 * scale[:, None] * np.array(rule.thresholds, np.int64).reshape(1, -1)


def encode(symbols: np.ndarray, tables: coding.Tables, rule: Rule) -> bytes:
    """Bytes of the symbols (M, h, w), int32; table j is the prior of channel j."""
    symbols = np.array(symbols, np.int32, order="C")
    places = symbols.reshape(len(symbols), -1) - tables.offsets[:, None].astype(np.int64)
    escapes = np.count_nonzero((places < 0) | (places >= tables.sizes[:, None] - 1))
    buffer = np.empty(BYTES_EACH * symbols.size + ESCAPE_BYTES * escapes + SPARE_BYTES, np.uint8)
    length = write(symbols, *_prior(tables), bounds(tables, rule), *rule.numbers, buffer)
    return buffer[:length].tobytes()


def decode(
    data: bytes, shape: tuple[int, int, int], tables: coding.Tables, rule: Rule
) -> np.ndarray:
    """The int32 symbols of `shape` whose bytes are exactly `data`.

    Raises:
        StreamError: `encode` writes no such bytes for any symbols of that shape.
    """
    symbols = np.zeros(shape, np.int32)
    arguments = (*_prior(tables), bounds(tables, rule), *rule.numbers)
    status, count = read(as_bytes(data), symbols, *arguments)
    check_status(status, count, symbols.size, len(data))
    return symbols


def channel_bits(symbols: np.ndarray, tables: coding.Tables, rule: Rule) -> np.ndarray:
    """−log2 P of every channel, escapes included: float64 (M,)."""
    symbols = np.array(symbols, np.int32, order="C")
    bits = np.zeros(len(symbols))
    weigh(symbols, *_prior(tables), bounds(tables, rule), *rule.numbers, bits)
    return bits


def _prior(tables: coding.Tables) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The tables as writable int64 arrays (one type, so that the loops compile once)."""
    arrays = (tables.cumulative, tables.sizes, tables.offsets)
    return tuple(np.array(array, np.int64) for array in arrays)
