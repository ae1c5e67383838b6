"""Where did this block come from? Exhaustive block matching at every sample, exact in integers.

For the sample at p of the current frame, and every displacement d of the search, compare the
b x b block around p with the block of the earlier frame around p + d:

    SSD(p, d) = Σ_channels Σ_r (current(p + r) - earlier(p + d + r))²,   |r_x|, |r_y| ≤ (b - 1) / 2

The vector v(p) is the d of the least SSD, |d_x|, |d_y| ≤ reach: current(p) ≈ earlier(p + v(p)), the
same field as in `affine`, which says where a thing *was*. Among equal sums the **shortest d** wins,
|d|² first; of equally long ones the upper (smaller d_y), then the left one (smaller d_x). So where
nothing moves, or nothing can be told (a flat wall), the answer is 0.

**Borders.** Beyond the frame its nearest sample stands in, as in `warp.read`, so every sample has
a vector; `complete` marks those whose whole search stayed inside the frame.

**Exactly.** Sums of integers have no rounding, so ties are ties on every machine. Floating-point
frames are first rounded to 2^16 steps of the range that both share.

**Fast.** For one displacement, all blocks together are one picture of squared differences behind a
box filter, which costs two running sums whatever b is: (2 reach + 1)² passes over the picture in
place of (2 reach + 1)² b² operations a sample.

Source: the search of the thesis (chapter 4): b = 31 and reach 11 in the input, b = 3 and reach 5 in
a layer. Its public routine takes the first minimum and leaves vectors near the border zero.
"""

from typing import NamedTuple

import numpy as np

from lcip.errors import refusal
from lcip.motion.affine import MotionError

FLOAT_STEPS = 2**16 - 1
"""Steps to which floating-point frames are rounded: finer than 8-bit pictures by 2^8."""
MOST_COST = 2**62


class Matches(NamedTuple):
    """Vectors (h, w, 2) int64 as (d_x, d_y), their SSD (h, w) int64, and `complete` (h, w).

    For floating-point frames the SSD is in squares of the rounding step.
    """

    vectors: np.ndarray
    cost: np.ndarray
    complete: np.ndarray


class Places(NamedTuple):
    """Where blocks are centred: at first, first + step, ..., `count` = (h, w) of them.

    A layer of stride s that looks at s u + o asks for the blocks `Places(o, s, (h, w))` of its
    input, o rounded.
    """

    first: int
    step: int
    count: tuple[int, int]


def match(
    current: np.ndarray, earlier: np.ndarray, block: int, reach: int, places: Places | None
) -> Matches:
    """Exhaustive search for the blocks of `current` in `earlier`.

    Args:
        current, earlier: (H, W), or (C, H, W) whose channels share one vector: their sums add up.
        block: side of the block, odd, at most the frame's.
        reach: largest displacement on either axis, 0 to the frame's side - 1.
        places: which blocks to search; None for one around every sample.

    Raises:
        MotionError: an even block, a search or block larger than the frame, unequal frames, values
            that are not finite.
    """
    now, then = _integer_planes(current, earlier)
    _check_search(now.shape[1:], block, reach)
    places = places or Places(0, 1, now.shape[1:])
    pad = block // 2
    now, then = _extended(now, pad), _extended(then, pad + reach)
    kind = _cost_type(now, then, block)
    now, then = now.astype(kind), then.astype(kind)
    best, vectors = None, np.zeros((*places.count, 2), np.int64)
    for dx, dy in displacements(reach):
        top, left = reach + dy, reach + dx
        shifted = then[:, top : top + now.shape[1], left : left + now.shape[2]]
        cost = _box_sums(((now - shifted) ** 2).sum(0, dtype=kind), block, places)
        if best is None:  # the first displacement is 0
            best = cost
            continue
        better = cost < best
        best[better], vectors[better] = cost[better], (dx, dy)
    complete = _complete((current.shape[-2], current.shape[-1]), pad + reach, places)
    return Matches(vectors, best.astype(np.int64), complete)


def surface(
    current: np.ndarray, earlier: np.ndarray, block: int, reach: int, at: tuple[int, int]
) -> np.ndarray:
    """Mean SSD of one block for every displacement: float64 (2 reach + 1, 2 reach + 1), d_y first.

    `at` = (x, y) is the block's middle. Refuses what `match` refuses, and a middle outside.
    """
    now, then = _integer_planes(current, earlier)
    _check_search(now.shape[1:], block, reach)
    (x, y), (height, width) = at, now.shape[1:]
    if not (0 <= x < width and 0 <= y < height):
        allowed = f"(x, y) inside this {width} x {height} frame"
        raise MotionError(refusal("middle of the block", at, allowed, "choose another place"))
    here = _extended(now, block // 2)[:, y : y + block, x : x + block]
    there = _extended(then, block // 2 + reach)[:, y : y + block + 2 * reach]
    there = there[:, :, x : x + block + 2 * reach]
    windows = np.lib.stride_tricks.sliding_window_view(there, (block, block), axis=(1, 2))
    differences = windows - here[:, None, None]
    return np.square(differences).sum(axis=(0, 3, 4)) / block**2


def displacements(reach: int) -> list[tuple[int, int]]:
    """All (d_x, d_y) of a search, in the order in which they win ties.

    >>> displacements(1)
    [(0, 0), (0, -1), (-1, 0), (1, 0), (0, 1), (-1, -1), (1, -1), (-1, 1), (1, 1)]
    """
    steps = range(-reach, reach + 1)
    return sorted(
        ((dx, dy) for dy in steps for dx in steps), key=lambda d: (d[0] ** 2 + d[1] ** 2, d[::-1])
    )


def _integer_planes(current: np.ndarray, earlier: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both frames as int64 (C, H, W)."""
    frames = [np.asarray(frame) for frame in (current, earlier)]
    shapes = [frame.shape for frame in frames]
    if shapes[0] != shapes[1] or frames[0].ndim not in (2, 3) or 0 in shapes[0]:
        allowed = "two equal shapes (H, W) or (C, H, W), no side 0"
        raise MotionError(refusal("frames", shapes, allowed, "cut both frames alike"))
    if any(frame.dtype.kind == "f" for frame in frames):
        frames = _rounded(*(frame.astype(np.float64) for frame in frames))
    elif any(frame.dtype.kind not in "iu" for frame in frames):
        kinds = [str(frame.dtype) for frame in frames]
        raise MotionError(refusal("frames", kinds, "integers or floats", "convert them first"))
    return tuple(frame.astype(np.int64).reshape(-1, *shapes[0][-2:]) for frame in frames)


def _rounded(*frames: np.ndarray) -> list[np.ndarray]:
    """Floating-point frames in steps of their common range / FLOAT_STEPS."""
    if not all(np.isfinite(frame).all() for frame in frames):
        step = "mask or replace NaN and infinity first"
        raise MotionError(refusal("frames", "not finite everywhere", "finite numbers", step))
    low, high = min(f.min() for f in frames), max(f.max() for f in frames)
    scale = FLOAT_STEPS / (high - low) if high > low else 0.0
    return [np.rint((frame - low) * scale) for frame in frames]


def _check_search(shape: tuple[int, int], block: int, reach: int) -> None:
    smallest, size = min(shape), f"{shape[1]} x {shape[0]}"
    if block % 2 == 0 or not 1 <= block <= smallest:
        allowed = f"odd numbers from 1 to {smallest}, the short side of this {size} frame"
        step = "use an odd block, which has a middle, that fits into the frame"
        raise MotionError(refusal("block", block, allowed, step))
    if not 0 <= reach < smallest:
        allowed = f"0 to {smallest - 1}: one less than the short side of this {size} frame"
        raise MotionError(refusal("reach", reach, allowed, "search less far, or in larger frames"))


def _cost_type(now: np.ndarray, then: np.ndarray, block: int) -> type:
    """The narrowest integer that no sum of squares can leave."""
    spread = max(int(now.max()), int(then.max())) - min(int(now.min()), int(then.min()))
    most = spread**2 * block**2 * len(now)
    if most >= MOST_COST:
        allowed = "a range whose squares sum to less than 2^62 over a block"
        raise MotionError(refusal("range of the frames", spread, allowed, "scale them down"))
    return np.int32 if most < 2**31 else np.int64


def _extended(planes: np.ndarray, by: int) -> np.ndarray:
    return np.pad(planes, ((0, 0), (by, by), (by, by)), mode="edge")


def _box_sums(picture: np.ndarray, block: int, places: Places) -> np.ndarray:
    """Sums over b x b blocks of an extended picture, at `places`.

    Running sums may wrap around; their differences, taken modulo 2^32 or 2^64, do not.
    """
    rows = _window_sums(picture, block, places.first, places.step, places.count[0])
    columns = _window_sums(rows.T, block, places.first, places.step, places.count[1])
    return columns.T


def _window_sums(array: np.ndarray, block: int, first: int, step: int, count: int) -> np.ndarray:
    """Sums of `block` neighbours along the first axis, from first, first + step, ..."""
    running = np.zeros((len(array) + 1, array.shape[1]), array.dtype)
    np.cumsum(array, axis=0, out=running[1:])
    start = np.clip(first + step * np.arange(count), 0, len(array) - block)
    return running[start + block] - running[start]


def _complete(shape: tuple[int, int], margin: int, places: Places) -> np.ndarray:
    """Places at least `margin` samples away from every border: bool (h, w)."""
    centres = (places.first + places.step * np.arange(count) for count in places.count)
    y, x = ((c >= margin) & (c < side - margin) for c, side in zip(centres, shape, strict=True))
    return y[:, None] & x[None, :]
