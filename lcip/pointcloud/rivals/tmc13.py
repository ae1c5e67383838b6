"""TMC13, MPEG's reference coder of point clouds (G-PCC), release 14.

    python -m lcip.pointcloud.rivals.tmc13 [--bits FILE.npz]

Its encoder is no Python package. Where its program `tmc3` is on the PATH, it is run on every test
cloud, first P points, at scale S, all other settings as they are by default:

    tmc3 --mode=0 --uncompressedDataPath=cloud.ply --compressedStreamPath=cloud.bin --inputScale=S

Elsewhere `--bits` takes what such a run has written down: an archive of `points` (8,), `scales`
(9,), `positions_bits` and `file_bits` (8, 9, clouds). Either way the table
`data/measured/pointcloud/tmc13.csv` gets a row for every P and S.

*Positions* is the size that the encoder prints for the coded geometry, 72 bits at least: the thesis
calls this the rate. *File* is all that it writes, parameter sets included. The decoded cloud is
exactly the set of distinct points of trunc(S·x) in steps of 1/S (`voxels.GRIDS["trunc"]`).
"""

import argparse
import hashlib
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from tqdm import tqdm

from lcip import datasets, results, runtime
from lcip.errors import refusal
from lcip.pointcloud.rivals.errors import RivalError
from lcip.pointcloud.rivals.parts import Parts, digest
from lcip.pointcloud.rivals.prior import POINTS
from lcip.pointcloud.rivals.voxels import SCALES, checked_scale

TABLE = "pointcloud/tmc13"
COMMAND = "python -m lcip.pointcloud.rivals.tmc13"
PROGRAM = "tmc3"
PRINTED = re.compile(r"positions bitstream size\s+(\d+)\s*B")
ARRAYS = ("points", "scales", "positions_bits", "file_bits")
SECONDS_A_CLOUD = 120


class Written(NamedTuple):
    """What the encoder wrote for a cloud."""

    positions_bits: int
    file_bits: int


def program() -> str:
    """Where `tmc3` is. Raises RivalError where it is not on the PATH."""
    found = shutil.which(PROGRAM)
    if found is None:
        allowed = f"the program {PROGRAM} on the PATH"
        step = (
            "build release-v14.0 of MPEG's mpeg-pcc-tmc13, or read the committed table with "
            f"lcip.results.read_measured({TABLE!r}), or pass measured bits with --bits"
        )
        raise RivalError(refusal("TMC13", "not installed", allowed, step))
    return found


def run(points: np.ndarray, scale: int) -> Written:
    """Encode points (P, 3) with the installed encoder.

    Raises:
        RivalError: no encoder, a scale that is none, an encoder that fails or prints no size.
        DatasetError: not a cloud.
    """
    tmc3, scale = program(), checked_scale(scale)
    with tempfile.TemporaryDirectory() as folder:
        cloud, stream = Path(folder) / "cloud.ply", Path(folder) / "cloud.bin"
        datasets.write_points_ply(cloud, points)
        paths = (f"--uncompressedDataPath={cloud}", f"--compressedStreamPath={stream}")
        printed = _called([tmc3, "--mode=0", *paths, f"--inputScale={scale}"])
        match = PRINTED.search(printed)
        if match is None or not stream.is_file():
            given = " ".join(printed.split())[-200:] or "nothing"
            allowed = "a line 'positions bitstream size … B', and a stream"
            step = "use release v14.0 of TMC13, whose output this was written for"
            raise RivalError(refusal(f"what {PROGRAM} printed", given, allowed, step))
        return Written(8 * int(match[1]), 8 * stream.stat().st_size)


def _called(command: list[str]) -> str:
    """What a program prints; refused where it fails."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=SECONDS_A_CLOUD
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RivalError(f"{command[0]} did not run: {error}. Next: run it by hand.") from error
    if done.returncode != 0:
        said = " ".join((done.stderr or done.stdout).split())[-300:]
        text = f"{command[0]} ended with status {done.returncode}: {said}. Next: run it by hand."
        raise RivalError(text)
    return done.stdout


def read_bits(path: Path) -> dict[str, np.ndarray]:
    """The archive of a finished run, checked."""
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as stored:
            found = {name: stored[name] for name in ARRAYS}
    # A damaged zip raises a family of unrelated errors; each means the same to the user.
    except Exception as error:
        step = "give the archive that a run over all clouds wrote"
        reason = " ".join(str(error).split()) or type(error).__name__
        allowed = f"an .npz of {', '.join(ARRAYS)}"
        raise RivalError(refusal("--bits", f"{path} ({reason})", allowed, step)) from error
    wanted = (len(found["points"]), len(found["scales"]))
    for name in ARRAYS[2:]:
        if found[name].shape[:2] != wanted or found[name].ndim != 3 or not found[name].size:
            allowed, step = f"{wanted} and the clouds", "give the archive as it was written"
            raise RivalError(refusal(f"shape of {name}", found[name].shape, allowed, step))
    return found


def row(num_points: int, scale: int, positions: np.ndarray, file: np.ndarray) -> dict[str, object]:
    """One P and S; bits are means over clouds, beside their standard deviation and extremes."""
    return {
        "num_points": int(num_points),
        "scale": int(scale),
        "positions_bits": float(positions.mean()),
        "positions_deviation_bits": float(positions.std(ddof=1)) if positions.size > 1 else 0.0,
        "positions_least_bits": int(positions.min()),
        "positions_most_bits": int(positions.max()),
        "file_bits": float(file.mean()),
        "file_least_bits": int(file.min()),
        "num_test": int(positions.size),
    }


def rows_of(bits: dict[str, np.ndarray]) -> pd.DataFrame:
    """The table of an archive."""
    positions, files = bits["positions_bits"], bits["file_bits"]
    return pd.DataFrame(
        [
            row(points, scale, positions[i, j], files[i, j])
            for i, points in enumerate(bits["points"])
            for j, scale in enumerate(bits["scales"])
        ]
    )


def measure(clouds: datasets.PointClouds, parts: Parts) -> pd.DataFrame:
    """Run the encoder on all clouds; each P and S is kept when it is done."""
    program()
    todo = [(points, scale) for points in POINTS for scale in SCALES]
    return pd.concat(
        [
            parts.part(f"p{points}-s{scale}", lambda p=points, s=scale: _measured(clouds, p, s))
            for points, scale in tqdm(todo, desc="TMC13")
        ],
        ignore_index=True,
    )


def _measured(clouds: datasets.PointClouds, num_points: int, scale: int) -> pd.DataFrame:
    written = [run(c, scale) for c in clouds.coordinates(slice(None), num_points)]
    positions, file = np.array(written).T
    return pd.DataFrame([row(num_points, scale, positions, file)])


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__.splitlines()[0])
    parser.add_argument("--bits", type=Path, help="archive of a run instead of running the encoder")
    given = parser.parse_args(arguments)
    runtime.setup(seed=0, threads=1)
    began = time.monotonic()
    clouds = datasets.modelnet40("test")
    sources = {"modelnet40/test": digest(clouds)}
    parts = Parts("tmc13", sources)
    if given.bits is None:
        frame, command = measure(clouds, parts), COMMAND
    else:
        frame, command = rows_of(read_bits(given.bits)), f"{COMMAND} --bits {given.bits.name}"
        sources[given.bits.name] = hashlib.sha256(given.bits.read_bytes()).hexdigest()
    results.write_measured(
        TABLE,
        frame,
        command=command,
        seed=None,
        datasets=sources,
        wall_seconds=max(parts.seconds(), time.monotonic() - began),
    )
    parts.remove()


if __name__ == "__main__":
    main()
