"""All trained models of the chapter in one table, `data/measured/pointcloud/modelnet40.csv`.

    python -m lcip.pointcloud.evaluate

Joins the tables of the curves (`curve`), which met the test set when they were trained, after
checking them: every committed stream is read back and scored again, and must give its row.
"""

import argparse
import hashlib
import re
import time
from collections.abc import Sequence

import numpy as np
import pandas as pd
from tqdm import tqdm

from lcip import artifacts, datasets, results, runtime
from lcip.errors import LcipError, refusal
from lcip.pointcloud import codec as codecs
from lcip.pointcloud import testset
from lcip.pointcloud.codec import Codec
from lcip.pointcloud.models import SIZES
from lcip.pointcloud.recipes import NUM_POINTS
from lcip.pointcloud.testset import CodedSet, Score

TABLE = "pointcloud/modelnet40"
FOLDER = "pointcloud/"
# Other weights of the chapter, such as those of reconstructions, have other names.
CODEC = re.compile(rf"{FOLDER}({'|'.join(SIZES)})-p\d+-l[\d.e+]+")


def table_name(size: str, num_points: int) -> str:
    """The name of a curve's table.

    >>> table_name("micro", 1024)
    'pointcloud/curve-micro-p1024'
    """
    return f"pointcloud/curve-{size}-p{num_points}"


def row(codec: Codec, score: Score) -> dict[str, object]:
    """One trained model; bits are means over the test clouds."""
    card = codec.card
    return {
        "size": card["size"],
        "num_points": card["num_points"],
        "lmbda": float(card["lmbda"]),
        "seed": card["seed"],
        "epochs": card["epochs"],
        "validation_accuracy_percent": card["validation"]["accuracy_percent"],
        "test_accuracy_percent": score.accuracy.percent,
        "test_accuracy_low_percent": score.accuracy.low_percent,
        "test_accuracy_high_percent": score.accuracy.high_percent,
        "estimated_bits": score.estimated_bits,
        "payload_bits": score.payload_bits,
        "file_bits": score.file_bits,
        "num_test": score.accuracy.num_items,
        "train_seconds": card["train_seconds"],
        "device": card["device"],
    }


def comparison(
    codec: Codec, score: Score, coded: CodedSet, table: pd.DataFrame | None = None
) -> pd.DataFrame:
    """A score beside the recorded row of its model, and how far apart they may be.

    Where all of the K `coded` clouds were scored, hardly: 0.1 points of accuracy, as logits are
    floating point, and 10^-6 bits. A sample of n may be six standard errors off, √(1 − n/K)·σ/√n.
    """
    live, recorded = row(codec, score), recorded_row(codec, table)
    right = recorded["test_accuracy_percent"] / 100
    spread = {
        "test_accuracy_percent": (0.1, 100 * (right * (1 - right)) ** 0.5),
        "estimated_bits": (1e-6, codec.estimated_bits(coded.symbols).std()),
        "payload_bits": (1e-6, coded.payload_bits_of.std()),
        "file_bits": (1e-6, 0.0),
    }
    num = score.accuracy.num_items
    error = ((1 - num / len(coded.payloads)) / num) ** 0.5
    return pd.DataFrame(
        {
            "live": {name: live[name] for name in spread},
            "recorded": {name: recorded[name] for name in spread},
            "tolerance": {name: least + 6 * error * s for name, (least, s) in spread.items()},
        }
    )


def recorded_row(codec: Codec, table: pd.DataFrame | None = None) -> pd.Series:
    """The row that belongs to this model, in `pointcloud/modelnet40` if no table is given."""
    frame = results.read_measured(TABLE).frame if table is None else table
    keys = {name: codec.card[name] for name in ("size", "num_points", "lmbda", "seed")}
    rows = frame[(frame[list(keys)] == list(keys.values())).all(axis=1)]
    if len(rows) != 1:
        step = "run python -m lcip.pointcloud.evaluate"
        raise LcipError(refusal(f"rows of {TABLE} for {keys}", len(rows), "exactly one", step))
    return rows.iloc[0]


def models() -> list[str]:
    """The names of all committed codecs of this chapter, by size, number of points and λ."""
    names = [name for name in artifacts.weights_names() if CODEC.fullmatch(name)]
    return sorted(names, key=_order)


def _order(name: str) -> tuple[int, int, float]:
    size, num_points, lmbda = name.removeprefix(FOLDER).split("-")
    return list(SIZES).index(size), int(num_points[1:]), float(lmbda[1:])


def digest(clouds: datasets.PointClouds) -> str:
    """SHA-256 of the points, which tells one drawing of points from another."""
    return hashlib.sha256(np.ascontiguousarray(clouds.points)).hexdigest()


def curves() -> list[str]:
    """The names of the measured tables of curves, by size and number of points."""
    names = [table_name(size, number) for size in SIZES for number in NUM_POINTS]
    return [name for name in names if name in results.measured_names()]


def check(frame: pd.DataFrame, name: str) -> None:
    """Score a committed stream once more. Raises LcipError where its row says something else."""
    codec = codecs.load(name)
    coded = testset.load_test_set(codec, name)
    rows = comparison(codec, testset.score(codec, coded), coded, frame)
    far = rows[(rows["live"] - rows["recorded"]).abs() > rows["tolerance"]]
    if len(far):
        step = (
            f"measure the curve again: python -m lcip.pointcloud.curve --size {codec.card['size']}"
        )
        step += f" --num-points {codec.card['num_points']}"
        raise LcipError(refusal(f"the stream {name}", far.to_dict(), "as its row says", step))


def main(arguments: Sequence[str] | None = None) -> None:
    """Check all streams, and write the table."""
    parser = argparse.ArgumentParser(
        prog="python -m lcip.pointcloud.evaluate", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--seed", type=int, default=1234, help="of the process; nothing is drawn")
    given = parser.parse_args(arguments)
    runtime.setup(given.seed, threads=1)
    began = time.monotonic()
    parts = [results.read_measured(name) for name in curves()]
    frame = pd.concat([part.frame for part in parts], ignore_index=True)
    for name in tqdm(models(), desc="streams"):
        check(frame, name)
    results.write_measured(
        TABLE,
        frame,
        command="python -m lcip.pointcloud.evaluate",
        seed=given.seed,
        datasets={k: v for part in parts for k, v in part.provenance["datasets"].items()},
        weights={name: artifacts.weights_identity(name).hex() for name in models()},
        wall_seconds=time.monotonic() - began,
    )


if __name__ == "__main__":
    main()
