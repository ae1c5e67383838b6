"""Every cloud through every coder, in bytes: what they cost, whatever a classifier says of them.

A *place* is what decides the decoded clouds: grid, setting and P. Coders on the same grid decode to
the same points, so their accuracy is looked up once. Every payload of our own is read back here and
compared, so that what is classified is what a decoder gives.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from lcip import coding
from lcip.coding.packet import LARGEST_PAYLOAD
from lcip.datasets import normalise_unit_ball
from lcip.pointcloud.rivals import draco, octree, voxels
from lcip.pointcloud.rivals.octree import Counts
from lcip.pointcloud.rivals.prior import POINTS, Prior

DRACO_BITS = tuple(range(1, 11))
DRACO = "draco"
VARIANTS = ("from scratch", "trained prior")


class Place(NamedTuple):
    """What decides the decoded clouds: `grid` is a name of `voxels.GRIDS`, or "draco"."""

    grid: str
    setting_name: str
    setting: int
    num_points: int

    @property
    def name(self) -> str:
        """A name for files."""
        return f"{self.grid}-{self.setting}-p{self.num_points}"


def places() -> Iterator[Place]:
    """All of them."""
    for points in POINTS:
        for grid in voxels.GRIDS:
            yield from (Place(grid, "scale", scale, points) for scale in voxels.SCALES)
        yield from (Place(DRACO, "quantization_bits", bits, points) for bits in DRACO_BITS)


def decoded(place: Place, points: np.ndarray) -> np.ndarray:
    """The distinct points that a receiver gets for a cloud (P, 3): float32 (V, 3)."""
    if place.grid == DRACO:
        data = draco.encode(points, place.setting, draco.PUBLISHED_LEVEL)
        return voxels.distinct(draco.decode(data))
    grid = voxels.grid(place.grid)
    return grid.points(grid.cells(points, place.setting), place.setting)


def received(place: Place, points: np.ndarray) -> np.ndarray:
    """What the classifier sees: decoded points, centred and scaled to the unit ball anew.

    Rounding shrinks and moves a cloud (`trunc` most), and a classifier was trained on clouds in the
    unit ball. The thesis does the same. On held-out training clouds it is worth 2 to 11 points of
    accuracy where `trunc` is coarse, and next to nothing elsewhere. A single point stands at zero.
    """
    found = decoded(place, points)
    return normalise_unit_ball(found) if len(found) > 1 else np.zeros((1, 3), np.float32)


def measure(place: Place, clouds: np.ndarray, prior: Prior) -> pd.DataFrame:
    """A row for each coder and variant on this grid, over clouds (B, P, 3)."""
    if place.grid == DRACO:
        return _draco(place, clouds)
    grid = voxels.grid(place.grid)
    depth = grid.depth(place.setting)
    leaves = [np.unique(c) for c in octree.codes_of(grid.cell_of(clouds, place.setting), depth)]
    starts = (octree.scratch(), prior.counts(place.grid, place.num_points))
    rows = [
        _row(place, "octree", variant, [_octree(x, depth, place, counts, prior) for x in leaves])
        for variant, counts in zip(VARIANTS, starts, strict=True)
    ]
    return pd.DataFrame(rows)


class Cost(NamedTuple):
    """Bits of one cloud."""

    estimated_bits: float
    payload_bits: int
    file_bits: int


def _octree(leaves: np.ndarray, depth: int, place: Place, counts: Counts, prior: Prior) -> Cost:
    """Encode, pack, unpack, decode, compare."""
    coded = octree.encode_codes(leaves, depth, counts)
    length = len(coded.data) + coding.PACKET_OVERHEAD
    if len(coded.data) <= LARGEST_PAYLOAD:
        packet = coding.pack_packet(coded.data, prior.identity)
        assert coding.unpack_packet(packet, prior.identity) == coded.data
        assert len(packet) == length
    found = octree.decode_codes(coded.data, depth, place.num_points, counts)
    assert np.array_equal(found, leaves)
    return Cost(coded.estimated_bits, 8 * len(coded.data), 8 * length)


def _draco(place: Place, clouds: np.ndarray) -> pd.DataFrame:
    encoders: dict[str, Callable[[np.ndarray], bytes]] = {
        "level 10": lambda cloud: draco.encode(cloud, place.setting, draco.PUBLISHED_LEVEL),
        "smallest file": lambda cloud: draco.encode_small(cloud, place.setting),
    }
    rows = []
    for variant, encode in encoders.items():
        sizes = [8 * len(encode(cloud)) for cloud in clouds]
        head = 8 * draco.HEADER_BYTES
        costs = [Cost(size - head, size - head, size) for size in sizes]
        rows.append(_row(place, DRACO, variant, costs))
    return pd.DataFrame(rows)


def _row(place: Place, codec: str, variant: str, costs: list[Cost]) -> dict[str, object]:
    estimated, payload, file = (np.array(column, np.float64) for column in zip(*costs, strict=True))
    return {
        "codec": codec,
        "variant": variant,
        **place._asdict(),
        "has_estimate": codec != DRACO,
        "estimated_bits": float(estimated.mean()),
        "payload_bits": float(payload.mean()),
        "file_bits": float(file.mean()),
        "least_file_bits": float(file.min()),
        "num_test": len(costs),
    }
