"""What training clouds teach the octree coder: where its counts begin.

    python -m lcip.pointcloud.rivals.prior

For every grid and number of points, all of ModelNet40's training clouds (their first P points) are
walked through at every scale, and zeros and ones counted in each of the rich contexts. The result
is a table of small integers, `data/weights/pointcloud/octree-prior`, which sender and receiver
both have. The counts are scaled to a sum of at most `STRENGTH` in each context: what a cloud itself
shows can then still move them.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tqdm import tqdm

from lcip import artifacts, datasets, runtime
from lcip.errors import refusal
from lcip.pointcloud.rivals import octree, voxels
from lcip.pointcloud.rivals import octree_loops as loops
from lcip.pointcloud.rivals.errors import RivalError
from lcip.pointcloud.rivals.octree import Counts

NAME = "pointcloud/octree-prior"
POINTS = tuple(2**k for k in range(3, 11))  # 8 … 1,024, as in the thesis
STRENGTH = 500


@dataclass(frozen=True)
class Prior:
    """Trained counts by name of grid and number of points: integer arrays (contexts, 2)."""

    tables: dict[tuple[str, int], np.ndarray]
    identity: bytes

    def counts(self, grid: str, num_points: int) -> Counts:
        """Where counts begin for clouds of P points on a grid; for another P those of the nearest.

        Raises:
            RivalError: a grid that was not counted.
        """
        trained = [points for name, points in self.tables if name == grid]
        if not trained:
            names = sorted({name for name, _ in self.tables})
            raise RivalError(refusal("grid", grid, names, "choose one of these"))
        best = min(trained, key=lambda p: max(p / num_points, num_points / p))
        return Counts(loops.RICH, self.tables[grid, best].astype(np.int64))


def scaled(seen: np.ndarray) -> np.ndarray:
    """Zeros and ones (C, 2) to where counts begin: 2n + 1, brought to a sum of `STRENGTH` or less.

    >>> scaled(np.array([[0, 0], [3, 1], [10**6, 10**6 - 1]])).tolist()
    [[1, 1], [7, 3], [250, 249]]
    """
    doubled = 2 * seen.astype(np.int64) + 1
    total = doubled.sum(axis=1, keepdims=True)
    fitted = np.maximum(1, doubled * STRENGTH // np.maximum(total, 1))
    return np.where(total > STRENGTH, fitted, doubled).astype(np.int16)


def count(grid: str, clouds: np.ndarray) -> np.ndarray:
    """Zeros and ones in each rich context over clouds (B, P, 3) at every scale: int64 (C, 2)."""
    seen = np.zeros((loops.NUM_RICH, 2), np.int64)
    chosen = voxels.grid(grid)
    for scale in voxels.SCALES:
        depth = chosen.depth(scale)
        for codes in octree.codes_of(chosen.cell_of(clouds, scale), depth):
            loops.count_tree(np.unique(codes), depth, loops.RICH, seen)
    return seen


def save(tables: dict[tuple[str, int], np.ndarray], facts: dict[str, object]) -> None:
    """Write the tables and their card."""
    card = {
        "architecture": f"octree coder, {loops.NUM_RICH} contexts",
        "steps": None,
        "seed": None,
        "lmbda": None,
        "validation": None,
        "strength": STRENGTH,
        "environment": runtime.environment_report(),
        **facts,
    }
    tensors = {f"{grid}.p{points}": torch.from_numpy(t) for (grid, points), t in tables.items()}
    artifacts.save_weights(NAME, tensors, card, half=False)


def load() -> Prior:
    """The committed prior.

    Raises:
        ArtifactError: it is missing, or changed.
    """
    weights = artifacts.load_weights(NAME)
    tables = {}
    for name, tensor in weights.tensors.items():
        grid, points = name.split(".p")
        tables[grid, int(points)] = tensor.numpy()
    return Prior(tables, weights.identity)


def main(arguments: Sequence[str] | None = None) -> None:
    """Count, and write the prior."""
    parser = argparse.ArgumentParser(
        prog="python -m lcip.pointcloud.rivals.prior", description=__doc__.splitlines()[0]
    )
    parser.parse_args(arguments)
    runtime.setup(seed=0, threads=1)
    began = time.monotonic()
    clouds = datasets.modelnet40("train")
    tables = {}
    for grid in tqdm(voxels.GRIDS, desc="grids"):
        for points in tqdm(POINTS, desc=f"points, {grid}"):
            tables[grid, points] = scaled(count(grid, clouds.coordinates(slice(None), points)))
    facts = {
        "data": f"ModelNet40 train, {len(clouds.points)} clouds",
        "command": "python -m lcip.pointcloud.rivals.prior",
        "train_seconds": round(time.monotonic() - began, 1),
    }
    save(tables, facts)


if __name__ == "__main__":
    main()
