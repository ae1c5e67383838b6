"""The committed codecs by their rate: notebooks ask for bits, not for λ."""

from typing import NamedTuple

import numpy as np

from lcip import results
from lcip.errors import LcipError, refusal
from lcip.pointcloud import evaluate
from lcip.pointcloud.codec import weights_name


class Rated(NamedTuple):
    """A codec's name, and the mean payload of a test cloud as measured."""

    name: str
    payload_bits: float


def rated(size: str, num_points: int) -> list[Rated]:
    """The committed codecs of one size and P that have been measured, by rate.

    Raises:
        LcipError: there is none.
    """
    frame = results.read_measured(evaluate.TABLE).frame
    rows = frame[(frame["size"] == size) & (frame["num_points"] == num_points)]
    names = [weights_name(size, num_points, lmbda) for lmbda in rows["lmbda"]]
    there = set(evaluate.models())
    found = zip(names, rows["payload_bits"], strict=True)
    kept = [Rated(name, float(bits)) for name, bits in found if name in there]
    if not kept:
        allowed = (
            ", ".join(sorted({n.removeprefix(evaluate.FOLDER).rpartition("-")[0] for n in there}))
            or "none yet"
        )
        what = "size and number of points"
        raise LcipError(refusal(what, f"{size}-p{num_points}", allowed, "choose one of them"))
    return sorted(kept, key=lambda one: one.payload_bits)


def nearest(size: str, num_points: int, bits: float) -> Rated:
    """The codec of this size and P whose mean payload is nearest to a wish."""
    return min(rated(size, num_points), key=lambda one: abs(one.payload_bits - bits))


def spread(size: str, num_points: int, count: int) -> list[Rated]:
    """`count` of them (or all, where there are fewer), from the lowest rate to the highest."""
    found = rated(size, num_points)
    places = np.linspace(0, len(found) - 1, min(count, len(found)))
    return [found[k] for k in places.round().astype(int)]


def sizes(num_points: int) -> list[str]:
    """The sizes of which there are measured codecs for P points, smallest first."""
    frame = results.read_measured(evaluate.TABLE).frame
    names, rows = set(evaluate.models()), frame[frame["num_points"] == num_points]
    keys = zip(rows["size"], rows["num_points"], rows["lmbda"], strict=True)
    there = {key[0] for key in keys if weights_name(*key) in names}
    return [size for size in ("micro", "lite", "full") if size in there]
