"""Where to compute: at the sensor, in the cloud, or on both sides of a thin link.

A way to an answer computes for some time and sends some bits. On a link of r bit/s it takes

    T(r) = c + b / r,

c all that does not depend on the rate (computation, slower by a factor at the sensor and quicker in
the cloud, and the signal's way), b all bits that travel, headers included. The energy that the
sensor spends, with a transmitter of w watts, has the same form: c joules for computation and w·b/r
for sending. In s = 1/r every way is a straight line, and two of them meet once at most, at

    r* = w · (b_i − b_j) / (c_j − c_i)                                    (w = 1 for time).

The best way at every rate is the lower envelope of the lines: the slower the link, the fewer bits.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lcip import coding
from lcip.errors import LcipError, refusal

SENSOR, CLOUD = "sensor", "cloud"
PLACES = (SENSOR, CLOUD)


class LinkError(LcipError):
    """A link, a way or a setting that cannot be."""


@dataclass(frozen=True)
class Carrier:
    """What a network puts around a message.

    Attributes:
        header_bytes: of every packet.
        largest_payload_bytes: of a packet; a longer message is cut. None: any length.
    """

    name: str
    header_bytes: int
    largest_payload_bytes: int | None

    def __post_init__(self) -> None:
        least = {"header_bytes": 0, "largest_payload_bytes": 1}
        for field, lowest in least.items():
            value = getattr(self, field)
            if value is not None and value < lowest:
                step = f"change the carrier {self.name}"
                raise LinkError(refusal(field, value, f"at least {lowest}", step))

    def packets(self, payload_bytes: float) -> int:
        """How many packets a message takes; an empty one takes one, too."""
        if self.largest_payload_bytes is None:
            return 1
        return max(1, math.ceil(payload_bytes / self.largest_payload_bytes))

    def bits(self, payload_bytes: float) -> float:
        """All bits of a message, headers included (its bytes may be a mean, hence a fraction)."""
        if not 0 <= payload_bytes < math.inf:
            step = "give the bytes of a message"
            raise LinkError(refusal("payload_bytes", payload_bytes, "at least 0", step))
        return 8 * (payload_bytes + self.packets(payload_bytes) * self.header_bytes)


BARE = Carrier("bare link", 0, None)
CARRIERS = {
    carrier.name: carrier
    for carrier in (
        BARE,
        # LoRaWAN L2 1.0.4: MHDR 1, FHDR 7, FPort 1, MIC 4; EU868 data rates 0 and 5 (RP002-1.0.4).
        Carrier("LoRaWAN, 250 bit/s", 13, 51),
        Carrier("LoRaWAN, 5,470 bit/s", 13, 222),
        # RFC 768 and RFC 791 or 8200, on links of 1,500 bytes a packet.
        Carrier("UDP over IPv4", 8 + 20, 1500 - 28),
        Carrier("UDP over IPv6", 8 + 40, 1500 - 48),
    )
}


@dataclass(frozen=True)
class Setting:
    """Who computes how fast, how far apart they are, and who waits for the answer.

    Attributes:
        edge_slowdown: how many times longer the sensor's computer takes than the one measured.
        cloud_speedup: how many times quicker the cloud's is than the one measured.
        round_trip_s: of an empty message and its echo.
        answer_at: `sensor` (the label travels back) or `cloud` (it is wanted there).
    """

    edge_slowdown: float
    cloud_speedup: float
    round_trip_s: float
    carrier: Carrier
    answer_at: str

    def __post_init__(self) -> None:
        _require("edge_slowdown", self.edge_slowdown)
        _require("cloud_speedup", self.cloud_speedup)
        if self.cloud_speedup == 0:
            step = "1 is the computer that was measured"
            raise LinkError(refusal("cloud_speedup", 0, "a number above 0", step))
        _require("round_trip_s", self.round_trip_s)
        if self.answer_at not in PLACES:
            raise LinkError(refusal("answer_at", self.answer_at, PLACES, "choose one of them"))


@dataclass(frozen=True)
class Way:
    """One way to an answer: its cost is fixed + per_second · bits / rate."""

    name: str
    fixed: float
    bits: float

    def __post_init__(self) -> None:
        _require(f"fixed cost of {self.name}", self.fixed)
        _require(f"bits of {self.name}", self.bits)

    def cost(self, rate: np.ndarray, per_second: float) -> np.ndarray:
        """Seconds (`per_second` 1) or joules (`per_second` watts of sending) at bit rates."""
        return self.fixed + per_second * self.bits / np.asarray(rate, float)


class Stretch(NamedTuple):
    """The rates, in bit/s, between which one way costs least; from 0, or to infinity."""

    name: str
    lowest_rate: float
    highest_rate: float


def label_bytes(num_classes: int) -> int:
    """Bytes that name one of `num_classes` equally likely classes: the longest that we write.

    >>> label_bytes(40)
    1
    """
    tables = coding.Tables.from_pmf(
        [np.full(num_classes, 1 / num_classes)], np.zeros(1, int), [0.0]
    )
    labels = np.arange(num_classes)[:, None]
    return max(len(coding.encode(label, np.zeros(1, int), tables)) for label in labels)


def at_edge(name: str, compute_s: float, label: int, setting: Setting) -> Way:
    """All computed at the sensor; a label of `label` bytes is sent where the cloud waits."""
    fixed = setting.edge_slowdown * compute_s
    if setting.answer_at == SENSOR:
        return Way(name, fixed, 0.0)
    return Way(name, fixed + setting.round_trip_s / 2, setting.carrier.bits(label))


def through_link(
    name: str, edge_s: float, cloud_s: float, payload_bytes: float, label: int, setting: Setting
) -> Way:
    """A message of some bytes goes up; a label comes down where the sensor waits.

    Args:
        edge_s, cloud_s: seconds of computation before sending and after, as measured.
    """
    fixed = setting.edge_slowdown * edge_s + cloud_s / setting.cloud_speedup
    bits = setting.carrier.bits(payload_bytes)
    if setting.answer_at == CLOUD:
        return Way(name, fixed + setting.round_trip_s / 2, bits)
    return Way(name, fixed + setting.round_trip_s, bits + setting.carrier.bits(label))


def crossover(first: Way, second: Way, per_second: float) -> float | None:
    """The rate r* at which two ways cost the same; None where one costs less at every rate.

    >>> crossover(Way("few bits, slow", 3.0, 10), Way("many bits, quick", 1.0, 110), 1.0)
    50.0
    """
    bits, fixed = second.bits - first.bits, first.fixed - second.fixed
    return per_second * bits / fixed if bits * fixed > 0 else None


def envelope(ways: Sequence[Way], per_second: float) -> list[Stretch]:
    """Which way costs least, from the slowest link to the fastest.

    Walks from infinite rate (least fixed cost) downwards: of the ways with fewer bits, the next is
    the one met first, at the highest r*. Of several that are met at once the one of fewest bits is
    taken; ways that are never the best are not listed.
    """
    if not ways:
        raise LinkError(refusal("ways", ways, "at least one", "say what is compared"))
    current, top, stretches = min(ways, key=lambda w: (w.fixed, w.bits)), math.inf, []
    while True:
        met = [(crossover(way, current, per_second), -way.bits, way) for way in ways]
        ahead = [m for m in met if m[2].bits < current.bits and m[0] is not None]
        rate, _, following = max(ahead, key=lambda m: m[:2], default=(0.0, 0.0, current))
        rate = min(rate, top)  # three lines through one point, but for rounding
        stretches.append(Stretch(current.name, rate, top))
        if following is current:
            return stretches[::-1]
        current, top = following, rate


def _require(name: str, value: float) -> None:
    if not (isinstance(value, int | float) and 0 <= value < math.inf):
        raise LinkError(refusal(name, value, "a number of 0 or more", f"change {name}"))
