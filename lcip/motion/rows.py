"""Rows of this chapter's tables: what identifies one, how two tables agree, means over images."""

from collections.abc import Sequence

import pandas as pd

from lcip.errors import refusal
from lcip.motion.affine import MotionError
from lcip.motion.compare import Settings
from lcip.motion.frames import Transform
from lcip.motion.tap import Network

LINES = ("transform", "parameter", "unit")


def facts(
    network: Network, layer: str, transform: Transform, image: str, settings: Settings
) -> dict[str, object]:
    """Everything that a measurement depends on, as the first columns of its row."""
    return {
        "network": network.name,
        "weights": network.weights,
        "layer": layer,
        "stride": network.layer(layer).stride,
        "transform": transform.kind,
        "parameter": float(transform.amount),
        "unit": transform.unit,
        "image": image,
        "frame_px": settings.frame_px,
        "input_interpolation": settings.input_interpolation,
        "latent_interpolation": settings.latent_interpolation,
        "erosion_fraction": float(settings.erosion),
    }


def agreement(live: pd.DataFrame, recorded: pd.DataFrame, values: Sequence[str]) -> pd.DataFrame:
    """The rows of `live` that `recorded` holds too, with `<value>_recorded` and `gap` added.

    Rows are the same where all columns but `values` are equal; `gap` is the largest absolute
    difference among the values. Rows that were never recorded are left out: under other parameters
    than the book's there is nothing to compare with.
    """
    missing = [value for value in values if value not in live]
    if missing:
        raise MotionError(refusal("values", missing, live.columns, "choose measured columns"))
    keys = [column for column in live if column not in values]
    both = live.merge(recorded, on=keys, suffixes=("", "_recorded"), validate="1:1")
    gaps = [(both[value] - both[f"{value}_recorded"]).abs() for value in values]
    return both.assign(gap=pd.concat(gaps, axis=1).max(axis=1))


def label(kind: str, amount: float, unit: str) -> str:
    """A transform in words.

    >>> label("translation_x", 35.0, "px"), label("scale_x", 1.2, "ratio")
    ('translation_x 35 px', 'scale_x 1.2')
    """
    words = {"none": "", "ratio": f" {amount:g}"}
    return kind + words.get(unit, f" {amount:g} {unit}")


def mean_over_images(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    """Mean of `value` over the images: a line for each transform, a column for each stride."""
    if value not in rows:
        raise MotionError(refusal("value", value, rows.columns, "choose a measured column"))
    lines = [label(*line) for line in zip(*(rows[name] for name in LINES), strict=True)]
    transforms = pd.Series(lines, rows.index, name="motion")
    return (
        rows.groupby([transforms, "stride"], sort=False)[value].mean().unstack().sort_index(axis=1)
    )


def part_left(rows: pd.DataFrame) -> pd.DataFrame:
    """What warping leaves of the error of doing nothing, a mean over the images of either first.

    Lines and columns as in `mean_over_images`, without the identity, where nothing is to be left.
    """
    moved = rows[rows["transform"] != "identity"]
    return mean_over_images(moved, "nrmse") / mean_over_images(moved, "unmoved_nrmse")
