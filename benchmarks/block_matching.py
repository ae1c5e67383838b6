"""Exhaustive block matching: box filters against the loops of the definition, in time a sample.

    python benchmarks/block_matching.py

Both search a 224 x 224 frame of 8-bit samples with a block of 31 x 31 and a reach of 11, and the
latent-like 28 x 28 one with 3 x 3 and 5, as the thesis does, and must find the same vectors. The
baseline loops over samples and displacements in Python, with one NumPy sum a block; it is timed on
samples drawn at random and scaled up, as the whole frame would take minutes.
"""

import time

import numpy as np

from lcip import runtime
from lcip.motion.block_matching import displacements, match

SIDES = ((224, 31, 11), (28, 3, 5))
SAMPLES = 40
REPETITIONS = 3


def frames(side: int) -> tuple[np.ndarray, np.ndarray]:
    """Smooth noise, and the same moved by (4, -2) with a little noise on top."""
    rng = np.random.default_rng(side)
    world = rng.integers(0, 256, (side + 8, side + 8)).astype(np.int64)
    for axis in (0, 1):
        world = (world + np.roll(world, 1, axis) + np.roll(world, 2, axis)) // 3
    noise = rng.integers(-3, 4, (side, side))
    return world[2 : side + 2, 8:][:side, :side] + noise, world[4 : side + 4, 4 : side + 4]


def loops(now: np.ndarray, then: np.ndarray, block: int, reach: int, y: int, x: int) -> tuple:
    """The vector of one sample; `now` and `then` are extended by half a block and more."""
    half, best = block // 2, None
    here = now[y : y + block, x : x + block]
    for dx, dy in displacements(reach):
        there = then[y + reach + dy :, x + reach + dx :][:block, :block]
        cost = int(((here - there) ** 2).sum())
        if best is None or cost < best[0]:
            best = cost, (dx, dy)
    assert here.shape == (2 * half + 1,) * 2
    return best[1]


def main() -> None:
    """Print one line a frame size."""
    runtime.setup(seed=0, threads=1)
    for side, block, reach in SIDES:
        current, earlier = frames(side)
        times = []
        for _ in range(REPETITIONS):
            began = time.perf_counter()
            found = match(current, earlier, block, reach, None)
            times.append(time.perf_counter() - began)
        now = np.pad(current, block // 2, mode="edge")
        then = np.pad(earlier, block // 2 + reach, mode="edge")
        chosen = np.random.default_rng(0).integers(0, side, (SAMPLES, 2)).tolist()
        began = time.perf_counter()
        slow = [loops(now, then, block, reach, y, x) for y, x in chosen]
        slow_s = (time.perf_counter() - began) / SAMPLES * side**2
        assert slow == [tuple(found.vectors[y, x]) for y, x in chosen]
        print(
            f"{side} x {side}, block {block}, reach {reach}: loops {slow_s:.1f} s, "
            f"box filters {min(times):.3f} s, {slow_s / min(times):.0f} times as fast"
        )


if __name__ == "__main__":
    main()
