"""Motion for a latent: found on pictures or on symbols, sent as differences between neighbours.

Groups of 2 x 2 samples, 32 x 32 pixels, share a vector.

* **seen**: `block_matching` on the brightness of two frames, the block around the middle of where
  the group looks, whole pixels. The motion that a viewer sees, if all goes well.
* **searched**: the displacement whose warped symbols miss least, Σ |s - prediction|, by trying all
  of a grid. It need not be anything's motion; it is what leaves least.

A vector has to pay for itself: unless it takes a share of the cost of standing still away, it is 0.
"""

import numpy as np

from lcip import coding
from lcip.images.factorized import STRIDE
from lcip.motion.block_matching import Places, displacements, match
from lcip.motion.latent_warp import warp

GROUP = 2
"""Latent samples along each side of a group: one vector for 32 x 32 pixels."""
BLOCK_PX = 47  # the group's 32 pixels and a quarter of them around
REACH_PX = 20
MIDDLE_PX = 14  # of a group: between its two samples, which listen some 6 px beyond 16 u (ch. 42)
WORTH = 8  # a vector must take away one part in so many of the cost of standing still
WORTH_SQUARE = 4  # and so many squared levels a pixel: camera noise moves, too
SEARCH_REACH, SEARCH_STEP = 20, 4  # px: all quarters of a sample up to 5 / 4
LUMA = (77, 150, 29)  # of 256: BT.601's weights in whole numbers


def brightness(picture: np.ndarray) -> np.ndarray:
    """Whole-numbered luma, 0 to 255, of uint8 RGB (H, W, 3): int32 (H, W)."""
    return (picture.astype(np.int32) @ np.array(LUMA, np.int32)) >> 8


def seen(current: np.ndarray, earlier: np.ndarray) -> np.ndarray:
    """One vector a group, from two pictures uint8 (H, W, 3): int64 (h/2, w/2, 2) in pixels."""
    side = GROUP * STRIDE
    count = tuple(-(-length // side) for length in current.shape[:2])
    places = Places(MIDDLE_PX, side, count)
    frames = brightness(current), brightness(earlier)
    found = match(*frames, BLOCK_PX, REACH_PX, places)
    still = match(*frames, BLOCK_PX, 0, places).cost
    pays = found.cost < still - still // WORTH - WORTH_SQUARE * BLOCK_PX**2
    return np.where(pays[..., None], found.vectors, 0)


def searched(symbols: np.ndarray, earlier: np.ndarray) -> np.ndarray:
    """One vector a group, from symbols (M, h, w) of both frames: int64 (h/2, w/2, 2) in pixels."""
    shape = symbols.shape[1:]
    best, vectors = None, None
    for dx, dy in displacements(SEARCH_REACH // SEARCH_STEP):
        vector = np.array((dx, dy)) * SEARCH_STEP
        predicted = warp(earlier, np.broadcast_to(vector, (*shape, 2)))
        cost = group_sums(np.abs(symbols - predicted).sum(0))
        if best is None:
            best, vectors = cost - cost // WORTH, np.zeros((*cost.shape, 2), np.int64)
            continue
        better = cost < best
        best[better], vectors[better] = cost[better], vector
    return vectors


def group_sums(values: np.ndarray) -> np.ndarray:
    """Sums over groups of 2 x 2 samples of (h, w); the last ones may be smaller."""
    rows = np.add.reduceat(values, np.arange(0, values.shape[0], GROUP), axis=0)
    return np.add.reduceat(rows, np.arange(0, values.shape[1], GROUP), axis=1)


def spread(groups: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """What belongs to each group, for each of its samples: (h, w, ...)."""
    rows, columns = (np.arange(side) // GROUP for side in shape)
    return groups[rows[:, None], columns[None, :]]


def encode(vectors: np.ndarray, unit: int) -> bytes:
    """Vectors (h, w, 2), whole multiples of `unit`, as differences to the left neighbour's.

    The first of a line is held against the one above it. Differences d become 2d or -2d - 1 and go
    through the adaptive code for small numbers (`coding.encode_integers`).
    """
    steps = vectors // unit
    assert (steps * unit == vectors).all()
    change = _differences(steps)
    return coding.encode_integers(np.where(change < 0, -2 * change - 1, 2 * change).ravel())


def decode(data: bytes, shape: tuple[int, int], unit: int) -> np.ndarray:
    """What `encode` wrote for a grid of this shape. Raises StreamError."""
    folded = coding.decode_integers(data, shape[0] * shape[1] * 2).reshape(*shape, 2)
    change = np.where(folded % 2, -(folded + 1) // 2, folded // 2)
    change[:, 0] = np.cumsum(change[:, 0], axis=0)
    return np.cumsum(change, axis=1) * unit


def _differences(steps: np.ndarray) -> np.ndarray:
    first = np.diff(steps[:, :1], axis=0, prepend=0)
    return np.concatenate([first, np.diff(steps, axis=1)], axis=1)
