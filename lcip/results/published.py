"""Published tables: what the thesis, its slides and the papers print; never written by code."""

import re

import pandas as pd

from lcip import paths
from lcip.errors import refusal
from lcip.results.tables import ResultsError

NAME = re.compile(r"[a-z0-9_]+")


def read_published(name: str) -> pd.DataFrame:
    """The table `data/published/<name>.csv`; its column `source` says where each row was read.

    Raises `ResultsError` for a table that does not exist and for a row without a source.

    >>> read_published("motion_layers")["cumulative_stride"].tolist()
    [2, 8, 16, 16, 32]
    """
    path = paths.data_file(f"published/{name}.csv") if NAME.fullmatch(str(name)) else None
    if path is None or not path.is_file():
        step = "choose one of these; data/published/README.md describes them"
        raise ResultsError(refusal("published table", name, published_names(), step))
    frame = pd.read_csv(path, float_precision="round_trip")
    if "source" not in frame or frame["source"].isna().any():
        step = "restore the file from the repository, or say where the row was read"
        raise ResultsError(refusal(f"source in {name!r}", "missing", "a label in every row", step))
    return frame


def published_names() -> list[str]:
    """The names that `read_published` takes, sorted."""
    return sorted(path.stem for path in (paths.root() / "data" / "published").glob("*.csv"))
