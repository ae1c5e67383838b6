r"""Some points of a cloud of any size: the same ones in whatever order the cloud lists them.

Every point $x$ gets a key, a 64-bit hash of its three coordinates and the seed, and the points of
the smallest keys are kept. A good hash spreads keys evenly, so that this is a random subset; but
where a point stands in the file has no say in it, a point that occurs twice counts once, and one
pass with memory for the kept points is enough ("bottom-k sampling": E. Cohen and H. Kaplan,
"Summarizing Data Using Bottom-k Sketches", PODC 2007). The hash is the finaliser of SplitMix64
(G. Steele et al., "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014), chained over the
coordinates.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from lcip.datasets.errors import DatasetError
from lcip.errors import refusal

STEP = 0x9E3779B97F4A7C15
FACTORS = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))


class Draw(NamedTuple):
    """Distinct points float64 (M, 3), ordered by their keys, of a cloud of `num_seen` points."""

    points: np.ndarray
    num_seen: int


def keys(points: np.ndarray, seed: int) -> np.ndarray:
    """A 64-bit hash of each point of float64 (N, 3), equal for equal points: uint64 (N,).

    >>> keys(np.array([[0.0, 1.0, 2.0], [-0.0, 1.0, 2.0]]), seed=0).tolist()
    [2972743567207657577, 2972743567207657577]
    """
    words = np.ascontiguousarray(points + 0.0).view(np.uint64)  # + 0.0: −0 becomes 0
    state = _mixed(np.full(len(points), seed, dtype=np.uint64))
    for axis in range(3):
        state = _mixed(state ^ words[:, axis])
    return state


def _mixed(state: np.ndarray) -> np.ndarray:
    state = state + np.uint64(STEP)
    for shift, factor in FACTORS:
        state = (state ^ (state >> np.uint64(shift))) * np.uint64(factor)
    return state ^ (state >> np.uint64(31))


def draw_distinct(chunks: Iterable[np.ndarray], num_points: int, seed: int) -> Draw:
    """At most `num_points` distinct points of float64 chunks (n, 3); all, where there are fewer.

    Raises `DatasetError` where `seed` is no whole number from 0 to 2^63 − 1, `ValueError` with the
    reason where a coordinate is NaN or infinite, or where there is no point.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        next_step = "give one, e.g. 0"
        raise DatasetError(refusal("seed", seed, "whole numbers from 0 to 2^63 − 1", next_step))
    kept, key, seen = np.zeros((0, 3)), np.zeros(0, np.uint64), 0
    for chunk in finite(chunks):
        seen += len(chunk)
        fresh = chunk + 0.0
        fresh_key = keys(fresh, seed)
        if len(key) == num_points:
            near = fresh_key < key[-1]
            fresh, fresh_key = fresh[near], fresh_key[near]
        if len(fresh):
            kept, key = _smallest(
                np.concatenate([kept, fresh]), np.concatenate([key, fresh_key]), num_points
            )
    return Draw(kept, seen)


def _smallest(points: np.ndarray, key: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The `count` distinct points of the smallest keys, in the order of the keys."""
    order = np.lexsort((*points.T[::-1], key))
    points, key = points[order], key[order]
    new = np.ones(len(points), dtype=bool)
    new[1:] = (points[1:] != points[:-1]).any(axis=1)
    return points[new][:count], key[new][:count]


def finite(chunks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """The chunks (n, 3) as they come; `ValueError` at their end if a coordinate was not finite."""
    seen, bad, first = 0, 0, 0
    for chunk in chunks:
        wrong = ~np.isfinite(chunk).all(axis=1)
        if wrong.any():
            first = first if bad else seen + int(wrong.argmax())
            bad += int(wrong.sum())
        seen += len(chunk)
        if not bad:
            yield chunk
    if not seen:
        raise ValueError("it has no points")
    if bad:
        raise ValueError(f"{bad} of {seen} points NaN or infinite, first {first}")
