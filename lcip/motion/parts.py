"""A long measurement in parts, each kept when it is done, so that a stopped run goes on.

Parts lie in `_build/motion/`, in a folder whose name is a digest of everything they depend on.
When the table is written they are removed: what is kept is never older than the last run.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from lcip import paths

PLACE = Path("_build") / "motion"


class Parts:
    """The parts of one table; `facts` is everything that their numbers depend on."""

    def __init__(self, table: str, facts: Mapping[str, object]) -> None:
        text = json.dumps({"table": table, **facts}, sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()[:12]
        self.folder = paths.root() / PLACE / f"{table.replace('/', '-')}-{digest}"
        self._names: list[str] = []

    def part(self, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """The rows of one part: read if they are there, else made and kept."""
        self._names.append(name)
        path = self._path(name)
        if not path.is_file():
            began = time.monotonic()
            rows = make()
            rows.attrs = {}
            self.folder.mkdir(parents=True, exist_ok=True)
            with paths.atomic_write(path) as temporary:
                rows.assign(part_seconds=time.monotonic() - began).to_csv(temporary, index=False)
        return self._read(name).drop(columns="part_seconds")

    def seconds(self) -> float:
        """How long the parts took, whenever they were made."""
        return sum(float(self._read(name)["part_seconds"].iloc[0]) for name in self._names)

    def remove(self) -> None:
        """Forget the parts."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.csv"

    def _read(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self._path(name), float_precision="round_trip")
