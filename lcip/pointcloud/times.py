"""How long each step of the codec takes on this machine, one cloud at a time.

The least wall time of some repetitions: what else the machine does only adds to it. Times are this
machine's, and no two runs agree to the last digit.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lcip import coding
from lcip.errors import LcipError, refusal
from lcip.pointcloud.classifier import PointClassifier, folded
from lcip.pointcloud.codec import Codec


class Steps(NamedTuple):
    """Seconds for one cloud.

    Attributes:
        transform_s: points to symbols, by the exact encoder.
        write_s: symbols to a packet.
        read_s: the packet to symbols.
        classify_s: symbols to logits.
    """

    transform_s: float
    write_s: float
    read_s: float
    classify_s: float

    @property
    def encode_s(self) -> float:
        """What the sender does: points to a packet."""
        return self.transform_s + self.write_s

    @property
    def decode_s(self) -> float:
        """What the receiver does: the packet to logits."""
        return self.read_s + self.classify_s

    @property
    def whole_s(self) -> float:
        """The same network in one place, where nothing is coded."""
        return self.transform_s + self.classify_s


def least_seconds(call: Callable[[], object], repeats: int) -> float:
    """The least wall time of `repeats` calls, after one that is not counted."""
    if repeats < 1:
        raise LcipError(refusal("repeats", repeats, "at least 1", "time it once at least"))
    call()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return min(times)


def steps(codec: Codec, points: np.ndarray, repeats: int) -> Steps:
    """The four steps of a codec on a cloud (P, 3) of the unit ball."""
    symbols, packet = codec.symbols(points), codec.encode(points)
    return Steps(
        transform_s=least_seconds(lambda: codec.symbols(points), repeats),
        write_s=least_seconds(lambda: _packet(codec, symbols), repeats),
        read_s=least_seconds(lambda: codec.decode(packet), repeats),
        classify_s=least_seconds(lambda: codec.logits(symbols[None]), repeats),
    )


def _packet(codec: Codec, symbols: np.ndarray) -> bytes:
    return coding.pack_packet(codec.payload(symbols), codec.identity)


def classifier_seconds(points: np.ndarray, repeats: int) -> float:
    """PointNet without transforms and without a bottleneck on a cloud (P, 3), random weights."""
    classifier = folded(PointClassifier().eval(), "random weights", bytes(32))
    return least_seconds(lambda: classifier.logits([points]), repeats)
