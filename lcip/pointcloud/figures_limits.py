"""Figures of the bound: rates and accuracies no codec can reach, and how it shares out errors."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from lcip import metrics
from lcip.plotting import GREY, PALETTE, Curve, draw_curves, house_style, new_figure

HEIGHT_IN = 4.4
LEAST_BITS = 0.5
MARKS = {"full": "o", "lite": "s", "micro": "^"}


def bound_and_codecs(
    bounds: Mapping[str, pd.DataFrame],
    published: Mapping[str, metrics.Curve],
    measured: Mapping[str, metrics.Curve],
    goal: float,
) -> Figure:
    """The bounds, the published curves (dashed, estimated) and ours (solid, payload), bits as log.

    Args:
        bounds: what `limits.bound` gives, by the name of its prior.
        published, measured: curves by size; a size that is not trained is left out of `measured`.
        goal: the accuracy whose bits are compared; a thin line.
    """
    with house_style():
        figure = new_figure(HEIGHT_IN)
        axes = figure.subplots()
        named = [_bound_curve(name, rows) for name, rows in bounds.items()]
        draw_curves(axes, named)
        for index, (size, curve) in enumerate(published.items(), start=1):
            look = {"color": PALETTE[index], "linestyle": (0, (4, 2)), "linewidth": 1.2}
            axes.plot(*curve, label=f"{size}, published (estimated)", **look)
            if size in measured:
                look = {"color": PALETTE[index], "marker": MARKS.get(size, "o"), "markersize": 4}
                axes.plot(*measured[size], label=f"{size}, ours (payload)", **look)
        axes.axhline(goal, color=GREY, linewidth=0.8)
        axes.set(xlabel="rate (bits a cloud)", ylabel="top-1 accuracy (%)", xscale="log")
        axes.set(xlim=(LEAST_BITS, 1000), ylim=(0, 101))
        axes.set_xticks([0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000])
        axes.xaxis.set_major_formatter("{x:g}")
        axes.minorticks_off()
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside right upper")
    return figure


def _bound_curve(name: str, rows: pd.DataFrame) -> Curve:
    shown = rows[rows["bits"] > 0]
    colour = "black" if name == "test" else None
    return Curve(f"bound, {name} prior", shown["bits"], shown["accuracy_percent"], "bound", colour)


def published_gap(again: pd.DataFrame, published: pd.DataFrame) -> Figure:
    """How far above the bound the published one lies, and our repetition of it.

    Args:
        again, published: columns accuracy_percent and excess_bits.
    """
    with house_style():
        figure = new_figure(3.2)
        axes = figure.subplots()
        looks = {"color": PALETTE[2], "linewidth": 3.5, "label": "repeated here"}
        axes.plot(again["accuracy_percent"], 1000 * again["excess_bits"], **looks)
        looks = {"color": "black", "marker": ".", "markersize": 3, "linestyle": "none"}
        y = 1000 * published["excess_bits"]
        axes.plot(published["accuracy_percent"], y, label="published", **looks)
        axes.set(
            xlabel="top-1 accuracy (%)", ylabel="excess over the bound\n(thousandths of a bit)"
        )
        axes.set_xlim(0, 100)
        axes.legend(loc="upper right")
    return figure


def named_classes(p: np.ndarray, outputs: np.ndarray, level: float) -> Figure:
    """How often each class comes, and how often the best channel names it; in falling order.

    Args:
        p, outputs: (K,) probabilities that sum to 1.
        level: the water level θ: what lies below is never named.
    """
    order = np.argsort(-p, kind="stable")
    with house_style():
        figure = new_figure(3.2)
        axes = figure.subplots()
        axes.bar(range(len(p)), 100 * p[order], color="#cccccc", label="comes")
        marks = {"color": PALETTE[1], "marker": "o", "markersize": 4, "linestyle": "none"}
        axes.plot(range(len(p)), 100 * outputs[order], label="is named", **marks)
        water = {"color": PALETTE[6], "linewidth": 1.6, "label": "water level θ"}
        axes.axhline(100 * level, **water)
        axes.set(xlabel="class (index, by falling frequency)", ylabel="share (%)")
        axes.legend(loc="upper right")
    return figure
