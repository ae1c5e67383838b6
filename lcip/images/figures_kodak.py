"""All of Kodak, measured here: curves beside their published kin, and both times of a codec."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from lcip import plotting
from lcip.images.figures import (
    LABELS,
    LIVE_COLOURS,
    RATE,
    THESIS_PSNR_DB,
    THESIS_RATE_BPP,
    in_order,
    kind,
    thesis_curve,
    title,
)
from lcip.images.race import KIN
from lcip.plotting import Curve, draw_curves, house_style, new_figure

TIMES = {
    "decode_seconds": "decoding (s a photograph)",
    "encode_seconds": "encoding (s a photograph)",
}
TIMES_HEIGHT_IN = 3.8
MARK = 7


def measured_and_published(
    curves: pd.DataFrame, points: pd.DataFrame, titles: Mapping[str, str]
) -> Figure:
    """Our mean curves, and dotted in the same colour the published curve of the same kind, on the
    axes of thesis Figure 1.1.

    Args:
        curves: `race.mean_curves` of images/kodak.
        points: the published points of thesis Figure 1.1.
        titles: a codec's name → how the legend calls it.
    """
    drawn = [
        Curve(titles[name], curve["rate_bpp"], curve["psnr_rgb_db"], kind(name), LIVE_COLOURS[name])
        for name, curve in in_order(curves)
    ]
    for name, kin in KIN.items():
        if name in set(curves["codec"]):
            found = thesis_curve(points, kin)
            label = f"{title(kin)}, published"
            drawn.append(Curve(label, found.x, found.y, "bound", LIVE_COLOURS[name]))
    return plotting.rd_curves(
        drawn,
        x_label=RATE,
        y_label=LABELS["psnr_rgb_db"],
        x_range=THESIS_RATE_BPP,
        y_range=THESIS_PSNR_DB,
    )


def both_times(table: pd.DataFrame, titles: Mapping[str, str]) -> Figure:
    """Time (logarithmic) against bits saved: decoding at the left, encoding at the right.

    Args:
        table: `race.kodak_table`.
        titles: a codec's name → how the legend calls it.
    """
    with house_style():
        figure = new_figure(TIMES_HEIGHT_IN)
        panels = figure.subplots(1, len(TIMES), sharey=True)
        for axes, (column, label) in zip(panels, TIMES.items(), strict=True):
            marks = [
                Curve(titles[name], [table.loc[name, column]], [table.loc[name, "psnr_percent"]],
                      kind(name), colour)
                for name, colour in LIVE_COLOURS.items()
                if name in table.index
            ]  # fmt: skip
            draw_curves(axes, marks)
            for line in axes.lines:
                line.set(linestyle="none", markersize=MARK)
            axes.set(xscale="log", xlabel=label)
            axes.label_outer()
        panels[0].set_ylabel("BD-rate against JPEG (%)")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right upper")
    return figure
