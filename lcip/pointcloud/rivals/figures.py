"""Bits against accuracy of those who send the cloud itself, and of those who send its class alone.

A coder has a point for each number of points and setting. As in the thesis (§3.4) a curve keeps the
points on their lower convex hull: what one gets who chooses both well.
"""

import pandas as pd
from matplotlib.figure import Figure

from lcip import metrics
from lcip.errors import refusal
from lcip.plotting import GREY, PALETTE, Curve, draw_curves, house_style, new_figure
from lcip.plotting.show import FigureError

RATES = ("estimated_bits", "payload_bits", "file_bits")
RATE_LABEL = "rate (bits a cloud)"
ACCURACY_LABEL = "top-1 accuracy (%)"
HEIGHT_IN = 4.6
LEAST_BITS = 4.0
PUBLISHED = {"tmc13": "TMC13", "octattention": "OctAttention", "ipdae": "IPDAE", "draco": "Draco"}
PUBLISHED_CLASSIFIER = "PointNet"
COLOURS = {
    "TMC13": PALETTE[0],
    "octree with prior": PALETTE[1],
    "octree from scratch": PALETTE[4],
    "Draco, smallest file": PALETTE[2],
    "Draco, level 10": PALETTE[5],
}
PUBLISHED_COLOURS = {"tmc13": PALETTE[0], "draco": PALETTE[5]}  # as the same coder measured here
TITLES = {
    ("octree", "trained prior"): "octree with prior",
    ("octree", "from scratch"): "octree from scratch",
    ("tmc13", "v14"): "TMC13",
    ("draco", "smallest file"): "Draco, smallest file",
    ("draco", "level 10"): "Draco, level 10",
}


def hull_curves(measured: pd.DataFrame, rate_column: str) -> pd.DataFrame:
    """The points of `pointcloud/input_codecs` that no mixture of the same coder's others beats.

    Columns codec, variant, title, rate_bits, accuracy, grid, num_points, setting; by rising rate
    within a coder and variant, all its grids together.

    Args:
        rate_column: "payload_bits" (what is coded), "file_bits" (all that is written) or
            "estimated_bits".
    """
    if rate_column not in RATES:
        raise FigureError(refusal("rate_column", rate_column, RATES, "choose one of them"))
    parts = []
    for (codec, variant), rows in measured.groupby(["codec", "variant"], sort=False):
        keep = metrics.lower_convex_hull(rows[rate_column], rows["test_accuracy_percent"])
        points = rows.iloc[keep][["grid", "num_points", "setting"]].assign(
            codec=codec,
            variant=variant,
            title=TITLES.get((codec, variant), f"{codec}, {variant}"),
            rate_bits=rows[rate_column].iloc[keep].astype(float),
            accuracy=rows["test_accuracy_percent"].iloc[keep],
        )
        parts.append(points)
    columns = [
        "codec",
        "variant",
        "title",
        "rate_bits",
        "accuracy",
        "grid",
        "num_points",
        "setting",
    ]
    return pd.concat(parts, ignore_index=True)[columns]


def published_curves(published: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The published input codecs with PointNet: their points by rising rate, by name."""
    chosen = published[published["classifier"] == PUBLISHED_CLASSIFIER]
    return {
        codec: chosen[chosen["codec"] == codec].sort_values("bits", ignore_index=True)
        for codec in PUBLISHED
        if (chosen["codec"] == codec).any()
    }


def input_codec_panel(measured: pd.DataFrame, published: pd.DataFrame) -> Figure:
    """Measured coders (solid: ours; dashed: others'), published points dotted, labels as marks.

    Args:
        measured: `pointcloud/input_codecs`. Drawn is its payload: the geometry that is coded,
            without headers, as the thesis counts TMC13; of Draco, the file without its header.
        published: `pc_rate_accuracy_points`.
    """
    curves = hull_curves(measured[measured["codec"] != "label"], "payload_bits")
    with house_style():
        figure = new_figure(HEIGHT_IN)
        axes = figure.subplots()
        draw_curves(axes, [*_measured_curves(curves), *_published_curves(published)])
        for row in measured[measured["codec"] == "label"].itertuples():
            at = (max(row.payload_bits, LEAST_BITS), row.test_accuracy_percent)
            mark = "*" if row.variant == "stream" else "p"
            label = f"label alone, as a {row.variant}"
            axes.plot(*at, mark, markersize=11, color=PALETTE[3], label=label, linestyle="none")
        axes.set(xlabel=RATE_LABEL, ylabel=ACCURACY_LABEL, xscale="log")
        axes.set_ylim(0, 100)
        handles, names = axes.get_legend_handles_labels()
        figure.legend(handles, names, loc="outside right upper")
    return figure


def _measured_curves(curves: pd.DataFrame) -> list[Curve]:
    """One curve for each coder and variant, from `LEAST_BITS` on: chance costs no bits."""
    found = []
    for (codec, title), rows in curves.groupby(["codec", "title"], sort=False):
        shown = rows[rows["rate_bits"] >= LEAST_BITS]
        kind = "learned" if codec == "octree" else "traditional"
        colour = COLOURS.get(title)
        found.append(Curve(title, shown["rate_bits"], shown["accuracy"], kind, colour))
    return found


def _published_curves(published: pd.DataFrame) -> list[Curve]:
    return [
        Curve(
            f"{PUBLISHED[codec]}, published",
            rows["bits"],
            rows["acc_top1_percent"],
            "bound",
            colour=PUBLISHED_COLOURS.get(codec, GREY),
        )
        for codec, rows in published_curves(published).items()
    ]
