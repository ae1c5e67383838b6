"""Figures of edge and cloud: cost against rate, and what a message costs on the way."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lcip.plotting import GREY, PALETTE, house_style, new_figure
from lcip.pointcloud.edge_cloud import (
    CLOUD_ONLY,
    EDGE,
    POINTNET,
    SHARED,
    Ways,
    flat,
    shared_interval,
)
from lcip.pointcloud.models import SIZES

HEIGHT_IN = 4.9
LABEL_RATE = "bitrate of the link (bit/s)"
DASHES = {EDGE: (0, (5, 2)), CLOUD_ONLY: (0, (1, 1.2)), SHARED: "-"}
COLOURS = dict(zip((POINTNET, *SIZES), PALETTE, strict=False))
CLOUD_COLOURS = (PALETTE[4], PALETTE[5], GREY)
MARKS = "os^Dv"
BAR_IN = 0.34


def cost_against_rate(
    panels: Mapping[str, Ways], rates: np.ndarray, per_second: float, cost_label: str
) -> Figure:
    """Cost of every way against the bitrate, a panel each; both axes logarithmic.

    The grey band is where a shared way costs least; the thick pale line is the least cost.

    Args:
        panels: title to ways; all panels have ways of the same names.
        rates: bit/s, ascending.
        per_second: 1 for seconds, watts for joules.
    """
    with house_style():
        figure = new_figure(HEIGHT_IN)
        all_axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axes, (title, ways) in zip(all_axes, panels.items(), strict=True):
            _draw(axes, ways, rates, per_second)
            axes.set(title=title, xlabel=LABEL_RATE, xscale="log", yscale="log")
            axes.set_xlim(rates[0], rates[-1])
        all_axes[0].set_ylabel(cost_label)
        handles, labels = all_axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3)
    return figure


def _draw(axes: Axes, ways: Ways, rates: np.ndarray, per_second: float) -> None:
    everything = flat(ways)
    least = np.min([way.cost(rates, per_second) for way in everything], axis=0)
    axes.plot(rates, least, color="#cccccc", linewidth=6, solid_capstyle="butt", zorder=1)
    where = shared_interval(ways, per_second)
    if where is not None:
        axes.axvspan(*np.clip(where, rates[0], rates[-1]), color="#efefef", zorder=0)
    for kind, group in ways.items():
        for index, way in enumerate(group):
            colour = _colour(kind, index, way.name)
            axes.plot(
                rates,
                way.cost(rates, per_second),
                label=way.name,
                color=colour,
                linestyle=DASHES[kind],
                marker=MARKS[index],
                markevery=(5 + 7 * index, 24),
                markerfacecolor=colour if kind == SHARED else "white",
            )


def _colour(kind: str, index: int, name: str) -> str:
    """A network has its colour wherever it runs."""
    if kind == CLOUD_ONLY:
        return CLOUD_COLOURS[index % len(CLOUD_COLOURS)]
    return COLOURS[name.split(": ")[1]]


def message_parts(parts: pd.DataFrame, x_label: str) -> Figure:
    """Stacked horizontal bars: rows are messages, columns what they are made of, in bits."""
    with house_style():
        figure = new_figure(1.1 + BAR_IN * len(parts))
        axes = figure.subplots()
        left = np.zeros(len(parts))
        for index, column in enumerate(parts):
            width = parts[column].to_numpy(float)
            axes.barh(parts.index, width, left=left, color=_shade(index), label=column)
            left += width
        for row, total in enumerate(left):
            axes.annotate(f"{total:,.0f}", (total, row), (4, 0), textcoords="offset points",
                          va="center", fontsize=9)  # fmt: skip
        axes.invert_yaxis()
        axes.margins(x=0.12)
        axes.grid(False, axis="y")
        axes.set(xlabel=x_label, ylabel="message (name)")
        figure.legend(loc="outside upper center", ncols=len(parts.columns))
    return figure


def _shade(index: int) -> str:
    return (PALETTE[1], PALETTE[2], "#b8b8b8")[index % 3]


def rate_ends(rows: pd.DataFrame) -> Sequence[str]:
    """The rates of a table of `edge_cloud.best` in words, for alt texts."""
    return [f"{name} from {_rate(low)} to {_rate(high)}" for name, low, high in rows.itertuples()]


def _rate(value: float) -> str:
    if value == 0 or np.isinf(value):
        return "0" if value == 0 else "any faster link"
    return f"{value:,.3g} bit/s"
