"""How near the reconstructions come to ModelNet40's test clouds, from the bytes of our streams.

    python -m lcip.pointcloud.reconstruction_evaluate

For each codec with a reconstruction: the symbols of its coded test set are decoded, turned into
points, and compared with the clouds that were coded. The only place where these networks meet the
test set. Writes `data/measured/pointcloud/reconstruction.csv`.
"""

import argparse
import time
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import torch

from lcip import artifacts, datasets, results, runtime
from lcip.errors import LcipError, refusal
from lcip.metrics.points import d1_of_error_db
from lcip.pointcloud import codec as codecs
from lcip.pointcloud import evaluate, reconstruction, testset
from lcip.pointcloud.chamfer import one_way
from lcip.pointcloud.reconstruction import Reconstructor

TABLE = "pointcloud/reconstruction"
PEAK = 2.0  # for D1: the side of the box around the unit ball
CLOUDS_AT_ONCE = 256


def row(reconstructor: Reconstructor, clouds: datasets.PointClouds) -> dict[str, object]:
    """One codec: means over the test clouds, of which it coded the first P points."""
    card = reconstructor.card
    coded = testset.load_test_set(reconstructor.codec, card["codec"])
    points = clouds.coordinates(slice(None), card["num_points"])
    parts = [
        distances(points[k : k + CLOUDS_AT_ONCE], reconstructor.points(symbols))
        for k, symbols in enumerate_parts(coded.symbols)
    ]
    found = np.concatenate(parts)
    return {
        "size": card["size"],
        "num_points": card["num_points"],
        "lmbda": float(card["lmbda"]),
        "num_outputs": card["num_outputs"],
        "payload_bits": float(coded.payload_bits_of.mean()),
        "validation_chamfer": card["validation"]["chamfer"],
        "chamfer": float(found[:, 0].mean()),
        "d1_psnr_db": float(found[:, 1].mean()),
        "num_test": len(found),
        "train_seconds": card["train_seconds"],
        "device": card["device"],
    }


def distances(references: np.ndarray, made: np.ndarray) -> np.ndarray:
    """Chamfer distance, and D1-PSNR in dB with `PEAK`: clouds (B, P, 3), (B, M, 3) → (B, 2)."""
    given, shown = torch.from_numpy(references), torch.from_numpy(made)
    ways = torch.stack([one_way(given, shown), one_way(shown, given)]).double().numpy()  # (2, B)
    d1 = [d1_of_error_db(error, PEAK) for error in ways.max(axis=0)]
    return np.stack([ways.sum(axis=0), d1], axis=1)


def enumerate_parts(symbols: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Symbols (K, N) some hundred clouds at once, each part with where it starts."""
    for start in range(0, len(symbols), CLOUDS_AT_ONCE):
        yield start, symbols[start : start + CLOUDS_AT_ONCE]


def recorded_row(reconstructor: Reconstructor) -> pd.Series:
    """The row of the table that belongs to a reconstruction; LcipError where there is none."""
    frame = results.read_measured(TABLE).frame
    keys = {name: reconstructor.card[name] for name in ("size", "num_points", "lmbda")}
    rows = frame[(frame[list(keys)] == list(keys.values())).all(axis=1)]
    if len(rows) != 1:
        step = "run python -m lcip.pointcloud.reconstruction_evaluate"
        raise LcipError(refusal(f"rows of {TABLE} for {keys}", len(rows), "exactly one", step))
    return rows.iloc[0]


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the table, one row a network."""
    parser = argparse.ArgumentParser(
        prog="python -m lcip.pointcloud.reconstruction_evaluate",
        description=__doc__.splitlines()[0],
    )
    parser.add_argument("--seed", type=int, default=1234, help="of the process; nothing is drawn")
    given = parser.parse_args(arguments)
    runtime.setup(given.seed, threads=1)
    began = time.monotonic()
    clouds = datasets.modelnet40("test")
    found = [reconstruction.load(codecs.load(name)) for name in reconstruction.models()]
    names = [name for r in found for name in (r.card["codec"], r.card["name"])]
    results.write_measured(
        TABLE,
        pd.DataFrame([row(reconstructor, clouds) for reconstructor in found]),
        command="python -m lcip.pointcloud.reconstruction_evaluate",
        seed=given.seed,
        datasets={"modelnet40/test": evaluate.digest(clouds)},
        weights={name: artifacts.weights_identity(name).hex() for name in names},
        wall_seconds=time.monotonic() - began,
    )


if __name__ == "__main__":
    main()
