"""Figures of rate and accuracy over sizes, numbers of points, and classes."""

from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from lcip import metrics
from lcip.plotting import GREY, PALETTE, SEQUENTIAL, house_style, new_figure
from lcip.pointcloud.rate_accuracy import Curves
from lcip.pointcloud.recipes import NUM_POINTS

RATE_LABEL = "rate (bits a cloud)"
ACCURACY_LABEL = "top-1 accuracy (%)"
PANELS_IN = 4.3
MARKS = "ovs^DPX*"
REFERENCES = {"with transforms": 89.2, "without": 87.1}
"""Accuracy of PointNet on what is not compressed: the dashed lines of the thesis's figure 3.3."""
PUBLISHED_STYLE, MEASURED_STYLE = (0, (2, 1.5)), "-"
LABEL_LOOK = {"marker": "*", "markersize": 11, "color": PALETTE[3], "linestyle": "none"}
NAMED_CLASSES = 8
ROW_IN = 0.155


def point_colours() -> dict[int, str]:
    """A colour for each number of points, the darker the more; legible on white."""
    shades = matplotlib.colormaps[SEQUENTIAL](np.linspace(0.78, 0.08, len(NUM_POINTS)))
    return {n: to_hex(shade) for n, shade in zip(NUM_POINTS, shades, strict=True)}


def panels(
    published: Mapping[str, Curves] | None,
    measured: Mapping[str, Curves],
    *,
    rate_name: str,
    anchor: tuple[str, metrics.Curve] | None,
    label: tuple[float, float] | None,
    bits_range: tuple[float, float],
) -> Figure:
    """One panel a size, one colour and mark a number of points, and the two reference lines.

    Args:
        published: curves by size and number of points, drawn dashed; None draws none.
        measured: the same of this book, drawn solid; a size without any has an empty panel.
        rate_name: which bits the axis counts, as "estimated"; all curves must be of that kind.
        anchor: name and curve of a coder of whole clouds, dotted.
        label: bits and accuracy of a sender that classifies and sends the label alone, a star.
        bits_range: ends of the axes, which are logarithmic.
    """
    with house_style():
        figure = new_figure(PANELS_IN)
        all_axes = figure.subplots(1, len(measured), sharey=True)
        for axes, size in zip(np.atleast_1d(all_axes), measured, strict=True):
            _panel(axes, (published or {}).get(size, {}), measured[size], anchor)
            if label is not None:
                axes.plot(*label, **LABEL_LOOK)
            axes.set(title=size, xscale="log", xlim=bits_range, ylim=(0, 100))
            axes.xaxis.set_major_formatter("{x:g}")
            axes.set_xlabel(f"{rate_name} rate\n(bits a cloud)")
        np.atleast_1d(all_axes)[0].set_ylabel(ACCURACY_LABEL)
        _legend(figure, published is not None, anchor, label is not None)
    return figure


def _panel(
    axes: Axes, published: Curves, measured: Curves, anchor: tuple[str, metrics.Curve] | None
) -> None:
    for height in REFERENCES.values():
        axes.axhline(height, color=GREY, linestyle=(0, (6, 3)), linewidth=1.0)
    if anchor is not None:
        axes.plot(*anchor[1], color=PALETTE[1], linestyle="dotted", linewidth=1.8)
    for number, colour in point_colours().items():
        if number in published:
            axes.plot(*published[number], color=colour, linestyle=PUBLISHED_STYLE, linewidth=1.0)
        if number in measured:
            mark = MARKS[NUM_POINTS.index(number)]
            axes.plot(*measured[number], color=colour, marker=mark, markersize=4)


def _legend(
    figure: Figure, published: bool, anchor: tuple[str, metrics.Curve] | None, label: bool
) -> None:
    marked = zip(reversed(point_colours().items()), reversed(MARKS), strict=True)
    lines = [
        Line2D([], [], color=colour, marker=mark, markersize=4, label=f"P = {number}")
        for (number, colour), mark in marked
    ]
    if published:
        lines.append(
            Line2D([], [], color="black", linestyle=PUBLISHED_STYLE, lw=1.0, label="published")
        )
    if anchor is not None:
        lines.append(Line2D([], [], color=PALETTE[1], linestyle="dotted", lw=1.8, label=anchor[0]))
    if label:
        lines.append(Line2D([], [], **LABEL_LOOK, label="label alone, as a packet"))
    dashes = " and ".join(f"{height:g}" for height in REFERENCES.values())
    text = f"PointNet: {dashes} %"
    lines.append(Line2D([], [], color=GREY, linestyle=(0, (6, 3)), lw=1.0, label=text))
    figure.legend(handles=lines, loc="outside lower center", ncols=4)


def class_scatter(table: pd.DataFrame, rate_column: str) -> Figure:
    """Each class by its mean rate and its accuracy, the least recognised ones with their names."""
    with house_style():
        figure = new_figure(4.4)
        axes = figure.subplots()
        x, y = table[rate_column], table["accuracy_percent"]
        reach = [y - table["low_percent"], table["high_percent"] - y]
        axes.errorbar(x, y, reach, fmt="none", ecolor="#bbbbbb", linewidth=0.8)
        axes.plot(x, y, "o", color=PALETTE[1], markersize=5)
        least = table.nsmallest(NAMED_CLASSES, "accuracy_percent")
        for number, (name, row) in enumerate(least.sort_values(rate_column).iterrows()):
            at, side = (row[rate_column], row["accuracy_percent"]), ("right", "left")[number % 2]
            shift = (6 if side == "left" else -6, -3)
            text = str(name).replace("_", " ")
            axes.annotate(text, at, shift, textcoords="offset points", fontsize=7.5, ha=side)
        kind = rate_column.removesuffix("_bits")
        axes.set(xlabel=f"mean {kind} rate of the class (bits a cloud)", ylabel=ACCURACY_LABEL)
        axes.set_ylim(-2, 102)
    return figure


def class_by_rate(accuracies: pd.DataFrame, rates: Sequence[float], rate_name: str) -> Figure:
    """Accuracy of every class (rows) at every rate (columns), written into coloured cells.

    Args:
        accuracies: per cent, one row a class, one column a model, from the lowest rate on.
        rates: mean bits a cloud of each model.
        rate_name: which bits, as "payload".
    """
    with house_style():
        figure = new_figure(ROW_IN * len(accuracies) + 1.0)
        axes = figure.subplots()
        values = accuracies.to_numpy(float)
        drawn = axes.imshow(values, cmap=SEQUENTIAL, vmin=0, vmax=100, aspect="auto")
        for (i, j), value in np.ndenumerate(values):
            ink = "white" if value < 60 else "black"
            axes.text(j, i, f"{value:.0f}", ha="center", va="center", fontsize=6.5, color=ink)
        axes.set_xticks(range(values.shape[1]), [f"{rate:.0f}" for rate in rates], fontsize=8)
        names = [str(name).replace("_", " ") for name in accuracies.index]
        axes.set_yticks(range(len(names)), names, fontsize=6.5)
        axes.set(xlabel=f"mean {rate_name} (bits a cloud)", ylabel="class (name)")
        axes.grid(False)
        bar = figure.colorbar(drawn, ax=axes, label=ACCURACY_LABEL, fraction=0.045)
        bar.ax.set_xticks([])
    return figure


def input_panel(published: pd.DataFrame, highest_bits: float) -> Figure:
    """The published curves of the coders of whole clouds alone (thesis figure 3.3 d)."""
    from lcip.pointcloud.rivals.figures import PUBLISHED, published_curves

    with house_style():
        figure = new_figure(PANELS_IN)
        axes = figure.subplots()
        looks = zip(published_curves(published).items(), PALETTE[1:], MARKS, strict=False)
        for (codec, rows), colour, mark in looks:
            label = f"{PUBLISHED[codec]}, published"
            line = {"color": colour, "marker": mark, "linestyle": PUBLISHED_STYLE, "label": label}
            axes.plot(rows["bits"], rows["acc_top1_percent"], markersize=4, **line)
        axes.set(xlabel=RATE_LABEL, ylabel=ACCURACY_LABEL, xlim=(0, highest_bits), ylim=(0, 100))
        axes.legend(loc="lower right")
    return figure
