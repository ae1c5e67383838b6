"""Numbers of chapter 2 on the cost of its networks, from what was counted while they ran."""

import pandas as pd

from lcip.results.extractors import OWN, extractor
from lcip.results.measured import read_measured

TABLE = "distributions/complexity"


def costs(family: str) -> pd.DataFrame:
    """Weights and work of a family: one row a model, ours and hyperprior, both networks summed."""
    rows = read_measured(TABLE).frame
    rows = rows[rows["family"] == family]
    return rows.groupby("model")[["num_weights", "mac_per_pixel"]].sum()


@extractor(OWN)
def times_less_work(family: str) -> float:
    """How many times the work of ours a hyperprior's networks take, a pixel of a Kodak image."""
    both = costs(family)["mac_per_pixel"]
    return both["hyperprior"] / both["ours"]


@extractor(OWN)
def percent_less(family: str, column: str) -> float:
    """By how much ours has less of `num_weights` or `mac_per_pixel` than a hyperprior, in %."""
    both = costs(family)[column]
    return 100 * (1 - both["ours"] / both["hyperprior"])


@extractor(OWN)
def millions(table: str, column: str, family: str) -> float:
    """A number of parameters of a family, in millions."""
    rows = read_measured(table).frame
    return rows.set_index("family").loc[family, column] / 1e6
