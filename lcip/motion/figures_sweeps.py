"""Figures of the sweeps and of random motion: tables in, figure out. Colours are strides."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from lcip.motion.summary import density
from lcip.plotting import GREY, PALETTE, house_style, new_figure

COLOURS = dict(zip((2, 4, 8, 16, 32), (PALETTE[0], PALETTE[1], PALETTE[2], PALETTE[3], PALETTE[4]),
                   strict=True))  # fmt: skip
AXES = {
    "translation_x": ("horizontal translation", "px"),
    "rotation": ("rotation", "degrees"),
    "scale_x": ("horizontal scale", "ratio"),
    "shear_x": ("horizontal shear", "degrees"),
}
PUBLISHED = {
    "translation_x": "translation_px", "rotation": "rotation_deg", "scale_x": "scale_x",
    "shear_x": "shear_deg",
}  # fmt: skip
PUBLISHED_TOP = 0.04
FOUR_IN, ROW_IN, DENSITY_ROW_IN = 5.2, 1.35, 1.9


def highest(means: pd.DataFrame) -> float:
    """The top of the y axis: the published 0.04, or the next 0.02 above what is to be shown."""
    return max(PUBLISHED_TOP, float(np.ceil(means["mean"].max() / 0.02) * 0.02))


def four_panels(means: pd.DataFrame, published: pd.DataFrame, title: str) -> Figure:
    """One network's mean error over each motion, a line a layer, ± one deviation over the images.

    `means` as from `summary.curves`; `published` as from `published.curves`, drawn thin and grey.
    """
    with house_style():
        figure = new_figure(FOUR_IN)
        figure.suptitle(title, fontsize=10)
        for axes, kind in zip(figure.subplots(2, 2, sharey=True).flat, AXES, strict=True):
            _draw_published(axes, published[published["transform"] == PUBLISHED[kind]])
            for stride, own in means[means["transform"] == kind].groupby("stride"):
                _draw_band(axes, own, COLOURS[stride])
            axes.set(xlabel="{} ({})".format(*AXES[kind]), ylim=(0, highest(means)))
        figure.supylabel("NRMSE (share of the range R)", fontsize=10)
        strides = sorted(set(means["stride"]))
        handles = [*_stride_lines(strides), Line2D([], [], color=GREY, linewidth=0.8)]
        labels = [*(f"stride {s}" for s in strides), "published, other networks"]
        figure.legend(handles, labels, loc="outside lower center", ncols=5)
    return figure


def _draw_band(axes: Axes, own: pd.DataFrame, colour: str) -> None:
    low, high = own["mean"] - own["deviation"], own["mean"] + own["deviation"]
    axes.fill_between(own["parameter"], low, high, color=colour, alpha=0.15, linewidth=0)
    axes.plot(own["parameter"], own["mean"], color=colour)


def _draw_published(axes: Axes, panel: pd.DataFrame) -> None:
    for _, own in panel.groupby("model_layer"):
        axes.plot(own["parameter_value"], own["nrmse"], color=GREY, linewidth=0.6, alpha=0.6)


def _stride_lines(strides: Sequence[int]) -> list[Line2D]:
    return [Line2D([], [], color=COLOURS[stride]) for stride in strides]


def all_networks(means: pd.DataFrame, published: Mapping[str, pd.DataFrame]) -> Figure:
    """A line of panels a network, a column a motion: trained solid, control dashed.

    `published` gives the digitised curves of the networks that have them, drawn dotted.
    """
    names = list(dict.fromkeys(means["network"]))
    with house_style():
        figure = new_figure(ROW_IN * len(names) + 0.8)
        grid = figure.subplots(len(names), len(AXES), sharex="col", sharey="row", squeeze=False)
        for line, name in zip(grid, names, strict=True):
            for axes, kind in zip(line, AXES, strict=True):
                own = means[(means["network"] == name) & (means["transform"] == kind)]
                _draw_lines(axes, own)
                _draw_dotted(axes, published.get(name), PUBLISHED[kind])
                top = highest(means[means["network"] == name])
                axes.set(ylim=(0, top), yticks=np.arange(0, top + 0.01, 0.02))
            line[-1].annotate(name, (1.04, 0.5), xycoords="axes fraction", rotation=270,
                              va="center", fontsize=9)  # fmt: skip
        for axes, kind in zip(grid[-1], AXES, strict=True):
            axes.set(xlabel="{}\n({})".format(*AXES[kind]))
        figure.supylabel("NRMSE (share of the range R)", fontsize=10)
        _legend_of_lines(figure, sorted(set(means["stride"])))
    return figure


def _draw_lines(axes: Axes, own: pd.DataFrame) -> None:
    for (weights, stride), line in own.groupby(["weights", "stride"]):
        look = "--" if weights == "random" else "-"
        width = 0.9 if weights == "random" else 1.2
        colour = COLOURS[stride]
        axes.plot(line["parameter"], line["mean"], look, color=colour, linewidth=width)


def _draw_dotted(axes: Axes, published: pd.DataFrame | None, transform: str) -> None:
    if published is not None:
        panel = published[published["transform"] == transform]
        for stride, own in panel.groupby("stride"):
            colour = COLOURS[stride]
            axes.plot(own["parameter_value"], own["nrmse"], ":", color=colour, linewidth=0.9)


def _legend_of_lines(figure: Figure, strides: Sequence[int]) -> None:
    looks = {"trained": "-", "random weights": "--", "published": ":"}
    handles = [*_stride_lines(strides), *(Line2D([], [], color=GREY, linestyle=look)
                                          for look in looks.values())]  # fmt: skip
    labels = [*(f"stride {stride}" for stride in strides), *looks]
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels) // 2)


class Densities(NamedTuple):
    """One panel: a network's errors by layer, `layers` maps a label to (stride, errors)."""

    title: str
    layers: Mapping[str, tuple[int, Sequence[float]]]


def density_figure(
    panels: Sequence[Densities], published: pd.DataFrame, highest_nrmse: float
) -> Figure:
    """Densities of the error under random motion, a panel a network; published ones thin, grey."""
    places, lines = np.linspace(0, highest_nrmse, 300), -(-len(panels) // 2)
    with house_style():
        figure = new_figure(DENSITY_ROW_IN * lines + 0.5)
        grid = figure.subplots(lines, 2, sharex=True, squeeze=False)
        for axes, panel in zip(grid.flat, panels, strict=False):
            for _, own in published.groupby("model_layer"):
                axes.plot(own["nrmse"], own["density"], color=GREY, linewidth=0.6, alpha=0.7)
            for label, (stride, errors) in panel.layers.items():
                height = density(errors, places)
                axes.plot(places, height, color=COLOURS[stride], label=label, linewidth=1.3)
            axes.set(title=panel.title, xlim=(0, highest_nrmse), ylim=(0, None))
            axes.set_yscale("function", functions=(np.sqrt, np.square))
            axes.legend(fontsize=8, handlelength=1.6)
        for axes in list(grid.flat)[len(panels) :]:
            axes.remove()
        figure.supxlabel("NRMSE (share of the range R)", fontsize=10)
        figure.supylabel("density (per unit of NRMSE, root scale)", fontsize=10)
    return figure


class Dots(NamedTuple):
    """One line of the comparison: what it is, its stride, its mean, None where there is none."""

    label: str
    stride: int
    trained: float | None
    control: float | None
    published: float | None


def dots_figure(lines: Sequence[Dots], bands: Mapping[str, tuple[float, float]]) -> Figure:
    """Mean errors as marks, a line a layer: trained filled, control open, published a cross.

    `bands` are shaded stretches of the x axis, by name.
    """
    with house_style():
        figure = new_figure(0.24 * len(lines) + 1.2)
        axes = figure.subplots()
        for (name, (low, high)), colour in zip(bands.items(), ("#e8e8e8",), strict=False):
            axes.axvspan(low, high, color=colour, zorder=0, label=name)
        for place, line in enumerate(lines):
            colour, at = COLOURS[line.stride], len(lines) - 1 - place
            for value, mark, face in (
                (line.control, "o", "white"), (line.trained, "o", colour),
                (line.published, "x", colour),
            ):  # fmt: skip
                if value is not None and np.isfinite(value):
                    axes.plot(value, at, mark, color=colour, markerfacecolor=face, markersize=6)
        labels = [line.label for line in reversed(lines)]
        axes.set_yticks(range(len(lines)), labels, fontsize=8)
        axes.set(xlabel="mean NRMSE (share of the range R)", ylabel="network, layer (name)")
        axes.set_xlim(0, None)
        axes.set_ylim(-0.7, len(lines) - 0.3)
        _legend_of_marks(figure, axes, sorted({line.stride for line in lines}))
    return figure


def _legend_of_marks(figure: Figure, axes: Axes, strides: Sequence[int]) -> None:
    look = {"linestyle": "", "color": GREY}
    handles = {
        "trained": Line2D([], [], marker="o", **look),
        "random weights": Line2D([], [], marker="o", markerfacecolor="white", **look),
        "published": Line2D([], [], marker="x", **look),
    }
    handles |= {f"stride {s}": line for s, line in zip(strides, _stride_lines(strides),
                                                       strict=True)}  # fmt: skip
    bands, names = axes.get_legend_handles_labels()
    handles |= dict(zip(names, bands, strict=True))
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=4)
