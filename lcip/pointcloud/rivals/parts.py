"""A long measurement in parts, each kept when it is done, so that a stopped run goes on.

Parts lie in `_build/pointcloud/`, in a folder whose name is a digest of everything that they depend
on. When the table is written they are removed: what is kept is never older than the last run.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from lcip import datasets, paths

PLACE = Path("_build") / "pointcloud"


class Parts:
    """The parts of one table; `facts` is everything that their numbers depend on."""

    def __init__(self, name: str, facts: Mapping[str, object]) -> None:
        text = json.dumps({"name": name, **facts}, sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()[:12]
        self.folder = paths.root() / PLACE / f"{name}-{digest}"
        self._seconds = 0.0

    def part(self, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """The rows of one part: read if they are there, else made and kept."""
        path = self.folder / f"{name}.csv"
        if not path.is_file():
            began = time.monotonic()
            rows = make()
            self.folder.mkdir(parents=True, exist_ok=True)
            with paths.atomic_write(path) as temporary:
                rows.assign(part_seconds=time.monotonic() - began).to_csv(temporary, index=False)
        kept = pd.read_csv(path, float_precision="round_trip")
        self._seconds += float(kept["part_seconds"].iloc[0])
        return kept.drop(columns="part_seconds")

    def seconds(self) -> float:
        """How long the parts read so far took, whenever they were made."""
        return self._seconds

    def remove(self) -> None:
        """Forget the parts."""
        shutil.rmtree(self.folder, ignore_errors=True)


def digest(clouds: datasets.PointClouds) -> str:
    """SHA-256 of the points, which tells one drawing of points from another."""
    return hashlib.sha256(np.ascontiguousarray(clouds.points)).hexdigest()
