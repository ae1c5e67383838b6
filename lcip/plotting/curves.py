"""Curves: rate against quality, and any other line over a measured axis.

Learned codecs are solid with filled marks, traditional ones dashed with open marks, bounds dotted
without marks: the kind of a codec can be read without its colour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from lcip.errors import refusal
from lcip.plotting.show import FigureError
from lcip.plotting.style import GREY, PALETTE, house_style, new_figure

Kind = Literal["learned", "traditional", "bound"]
MARKS = "os^DvPX"
HEIGHT_IN = 4.4
LONGEST_INNER_LEGEND = 5


@dataclass(frozen=True)
class Curve:
    """One line: `x` and `y` of equal length, finite; `colour` None takes the palette's next."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    kind: Kind
    colour: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise FigureError(
                refusal(f"kind of {self.label}", self.kind, get_args(Kind), "choose one of them")
            )
        x, y = np.asarray(self.x, dtype=float), np.asarray(self.y, dtype=float)
        if x.ndim != 1 or x.shape != y.shape or not len(x):
            raise FigureError(
                refusal(
                    f"{self.label}: shapes of x and y",
                    (x.shape, y.shape),
                    "two equal lengths, at least 1",
                    "give one y for every x",
                )
            )
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise FigureError(
                refusal(self.label, "not finite", "finite x and y", "leave those points out")
            )


def rd_curves(
    curves: Sequence[Curve],
    *,
    x_label: str,
    y_label: str,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    references: Mapping[str, float] | None = None,
) -> Figure:
    """Rate on x, quality on y, one line a codec; the legend lists them in the order given.

    `references` are horizontal lines, as the accuracy without compression. A range of None fits
    the data.
    """
    return line_chart(
        curves,
        x_label=x_label,
        y_label=y_label,
        x_range=x_range,
        y_range=y_range,
        references=references,
        x_scale="linear",
        y_scale="linear",
    )


def line_chart(
    curves: Sequence[Curve],
    *,
    x_label: str,
    y_label: str,
    x_range: tuple[float, float] | None,
    y_range: tuple[float, float] | None,
    references: Mapping[str, float] | None,
    x_scale: Literal["linear", "log"],
    y_scale: Literal["linear", "log"],
) -> Figure:
    """As `rd_curves`, with the scale of each axis chosen: "linear" or "log"."""
    if not curves:
        raise FigureError(refusal("curves", curves, "at least one", "give the curves to draw"))
    with house_style():
        figure = new_figure(HEIGHT_IN)
        axes = figure.subplots()
        draw_curves(axes, curves)
        for label, height in (references or {}).items():
            axes.axhline(height, color=GREY, linestyle=(0, (6, 3)), linewidth=1.1, label=label)
        axes.set(xlabel=x_label, ylabel=y_label, xscale=x_scale, yscale=y_scale)
        axes.set(xlim=x_range, ylim=y_range)
        _legend(figure, axes)
    return figure


def marks(
    points: Sequence[Curve],
    *,
    x_label: str,
    y_label: str,
    x_scale: Literal["linear", "log"],
    y_scale: Literal["linear", "log"],
) -> Figure:
    """Marks without lines, filled for learned and open for traditional, listed in a legend.

    Each `Curve` is one item, usually of one point, with the mark and colour that it has in
    `rd_curves` of the same list.
    """
    figure = line_chart(
        points,
        x_label=x_label,
        y_label=y_label,
        x_range=None,
        y_range=None,
        references=None,
        x_scale=x_scale,
        y_scale=y_scale,
    )
    for line in (*figure.axes[0].lines, *_legend_lines(figure)):
        line.set(linestyle="none", markersize=7)
    return figure


def draw_curves(axes: Axes, curves: Sequence[Curve]) -> None:
    """Draw on given axes; marks and colours count within learned and within traditional apart."""
    seen = {kind: 0 for kind in get_args(Kind)}
    for curve in curves:
        index = seen[curve.kind]
        seen[curve.kind] += 1
        axes.plot(curve.x, curve.y, label=curve.label, **curve_look(curve, index))


def curve_look(curve: Curve, index: int) -> dict[str, object]:
    """Colour, dash and mark of the curve that is number `index` of its kind."""
    if curve.kind == "bound":
        dots = ("dotted", (0, (3, 1, 1, 1)))[index % 2]
        return {"color": curve.colour or GREY, "linestyle": dots, "linewidth": 1.8}
    look = {
        "color": curve.colour or PALETTE[index % len(PALETTE)],
        "marker": MARKS[index % len(MARKS)],
    }
    if curve.kind == "traditional":
        return look | {"linestyle": (0, (4, 2)), "markerfacecolor": "white"}
    return look | {"linestyle": "-"}


def _legend(figure: Figure, axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if len(labels) > LONGEST_INNER_LEGEND:
        figure.legend(handles, labels, loc="outside right upper")
    elif len(labels) > 1:
        axes.legend(handles, labels, loc="lower right")


def _legend_lines(figure: Figure) -> list[Line2D]:
    legends = [*figure.legends, figure.axes[0].get_legend()]
    return [line for legend in legends if legend for line in legend.get_lines()]
