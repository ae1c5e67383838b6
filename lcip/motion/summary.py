"""The chapter's two large tables, summed up: curves, dips, means, densities."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import gaussian_kde

from lcip.errors import refusal
from lcip.motion.affine import MotionError

LAYER = ["network", "weights", "layer", "stride"]
DEEPEST_STRIDE = 8
"""The last stride at which ±30 px hold a dip with both of its neighbours, more than once."""


def curves(sweeps: pd.DataFrame) -> pd.DataFrame:
    """`mean` and `deviation` of the error over the images, for each layer, motion and amount."""
    grouped = sweeps.groupby([*LAYER, "transform", "parameter"], sort=False)["nrmse"]
    found = grouped.agg(mean="mean", deviation=lambda each: each.std(ddof=0), images="count")
    return found.reset_index()


def dips(sweeps: pd.DataFrame, largest_stride: int) -> pd.DataFrame:
    """How deep the mean error dips at each whole stride, one row a layer and multiple.

        depth = 1 - e(k s) / min(e(k s - s/2), e(k s + s/2)),      k ≠ 0

    for translations k s whose half-stride neighbours are in the table, too; strides up to
    `largest_stride`. The identity is left out: there the error is 0 by construction.

    Raises:
        MotionError: no dip with both of its neighbours is in the table.
    """
    means = curves(sweeps[sweeps["transform"] == "translation_x"])
    rows = []
    for which, own in means[means["stride"] <= largest_stride].groupby(LAYER, sort=False):
        error, stride = dict(zip(own["parameter"], own["mean"], strict=True)), which[-1]
        for shift in sorted(error):
            beside = (shift - stride / 2, shift + stride / 2)
            if shift and shift % stride == 0 and all(place in error for place in beside):
                lower = min(error[place] for place in beside)
                rows.append((*which, shift, error[shift], lower, 1 - error[shift] / lower))
    if not rows:
        step = "sweep translations by every half stride"
        raise MotionError(refusal("dips", "none", "a shift and both of its neighbours", step))
    return pd.DataFrame(rows, columns=[*LAYER, "shift_px", "nrmse", "beside_nrmse", "depth"])


def shallowest(found: pd.DataFrame) -> pd.DataFrame:
    """The least depth of each layer's dips, and how many there are."""
    grouped = found.groupby(LAYER, sort=False)["depth"]
    return grouped.agg(least_depth="min", mean_depth="mean", dips="count").reset_index()


def means(random: pd.DataFrame) -> pd.DataFrame:
    """Mean, deviation and 95th percentile of the error of each layer over its draws."""
    grouped = random.groupby(LAYER, sort=False)
    found = grouped["nrmse"].agg(
        mean="mean",
        deviation=lambda each: each.std(ddof=0),
        high=lambda each: each.quantile(0.95),
        draws="count",
    )
    return found.assign(valid=grouped["valid_fraction"].mean()).reset_index()


def trained_and_control(table: pd.DataFrame, value: str) -> pd.DataFrame:
    """`trained` and `control` of each network's layer, side by side; NaN where one is missing."""
    control = table["weights"] == "random"
    side = control.map({True: "control", False: "trained"}).rename("side")
    wide = table.assign(side=side).pivot(
        index=["network", "layer", "stride"], columns="side", values=value
    )
    order = table.drop_duplicates(["network", "layer", "stride"])
    return wide.reindex(
        index=pd.MultiIndex.from_frame(order[["network", "layer", "stride"]]),
        columns=["trained", "control"],
    )


def density(values: Sequence[float], places: np.ndarray) -> np.ndarray:
    """A smooth histogram of `values`, a Gaussian kernel by Scott's rule; its area is 1."""
    return gaussian_kde(np.asarray(values))(places)
