"""Bars: one value an item, and the probabilities of a discrete distribution."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from lcip.errors import refusal
from lcip.plotting.curves import Curve, curve_look
from lcip.plotting.show import FigureError
from lcip.plotting.style import PALETTE, house_style, new_figure

ROW_IN = 0.2
PMF_HEIGHT_IN = 3.4


def bars(
    items: Sequence[str],
    series: Mapping[str, Sequence[float]],
    *,
    item_label: str,
    value_label: str,
    number_format: str | None,
    groups: Sequence[str] | None = None,
) -> Figure:
    """Horizontal bars, the first item on top, one bar a series side by side.

    Args:
        number_format: as "{:.1f}", writes each value at its bar's end; None writes none.
        groups: for a single series, the group of every item; each group has its own colour.
    """
    _check(items, series)
    if groups is not None:
        _check_groups(items, series, groups)
    with house_style():
        figure = new_figure(1.0 + ROW_IN * max(4, len(items) * len(series)))
        axes = figure.subplots()
        thick = 0.8 / len(series)
        for index, (label, values) in enumerate(series.items()):
            rows = np.arange(len(items)) + (index - (len(series) - 1) / 2) * thick
            drawn = axes.barh(rows, values, height=thick, color=PALETTE[index + 1], label=label)
            if number_format is not None:
                texts = [number_format.format(value) for value in values]
                axes.bar_label(drawn, texts, padding=3, fontsize=8)
        axes.set_yticks(np.arange(len(items)), items)
        axes.invert_yaxis()
        axes.margins(x=0.12, y=0.01)
        axes.grid(False, axis="y")
        axes.set(xlabel=value_label, ylabel=item_label)
        if groups is not None:
            _colour_groups(figure, axes.patches, groups)
        elif len(series) > 1:
            figure.legend(loc="outside upper center", ncols=len(series))
    return figure


def _colour_groups(figure: Figure, patches: Sequence[Patch], groups: Sequence[str]) -> None:
    firsts = {}
    for patch, group in zip(patches, groups, strict=True):
        firsts.setdefault(group, patch)
        patch.set_facecolor(PALETTE[list(firsts).index(group) + 1])
    figure.legend(firsts.values(), firsts, loc="outside upper center", ncols=len(firsts))


def pmf_steps(curves: Sequence[Curve], *, x_label: str, y_label: str) -> Figure:
    """Distributions over integers, as steps: `x` the integers, `y` the probabilities.

    A `Curve` of kind "bound", as an average or an ideal, is a dotted outline; others are filled.
    """
    if not curves:
        raise FigureError(refusal("curves", curves, "at least one", "give the curves to draw"))
    with house_style():
        figure = new_figure(PMF_HEIGHT_IN)
        axes = figure.subplots()
        seen = {"bound": 0}
        for curve in curves:
            index = seen.setdefault(curve.kind, 1)  # black, the first colour, is kept for text
            seen[curve.kind] += 1
            look = {k: v for k, v in curve_look(curve, index).items() if "marker" not in k}
            x, y = np.asarray(curve.x, float), np.asarray(curve.y, float)
            axes.step(x, y, where="mid", label=curve.label, **look)
            if curve.kind != "bound":
                axes.fill_between(x, y, step="mid", alpha=0.25, linewidth=0, color=look["color"])
        axes.set(xlabel=x_label, ylabel=y_label)
        axes.set_ylim(bottom=0)
        axes.legend(loc="upper right")
    return figure


def _check(items: Sequence[str], series: Mapping[str, Sequence[float]]) -> None:
    lengths = {label: len(values) for label, values in series.items()}
    if not items or not series or set(lengths.values()) != {len(items)}:
        raise FigureError(
            refusal(
                "lengths of the series",
                lengths,
                f"one value for each of the {len(items)} items, at least one item",
                "give every series a value for every item",
            )
        )
    if len(series) > len(PALETTE) - 1:
        raise FigureError(
            refusal("series", len(series), f"1 to {len(PALETTE) - 1}", "draw two figures")
        )


def _check_groups(
    items: Sequence[str], series: Mapping[str, Sequence[float]], groups: Sequence[str]
) -> None:
    many = len(set(groups)) > len(PALETTE) - 1
    if len(series) != 1 or len(groups) != len(items) or many:
        found = f"{len(groups)} for {len(items)} items and {len(series)} series"
        allowed = f"one an item, at most {len(PALETTE) - 1} different, beside one series"
        raise FigureError(refusal("groups", found, allowed, "give every item its group"))
