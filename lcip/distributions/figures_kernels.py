"""Figures of the histogram layer: its three kernels, the memory that it takes."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lcip import plotting
from lcip.plotting import PALETTE, Curve

COLOURS = PALETTE[1:]
TITLES = {
    "soft": "soft: shared by two neighbours",
    "hard": "hard: all in one bin",
    "straight-through": "straight-through: hard values, soft slopes (dotted)",
}


def soft(u: np.ndarray) -> np.ndarray:
    """max(0, 1 − |u|)."""
    return np.maximum(0, 1 - np.abs(u))


def hard(u: np.ndarray) -> np.ndarray:
    """1 where −½ ≤ u < ½, else 0."""
    return ((u >= -0.5) & (u < 0.5)).astype(float)


def kernels(num_bins: int) -> Figure:
    """What each bin 0, 1, … gets of a sample at y, for the three kernels (thesis figure 2.4)."""
    with plotting.house_style():
        figure = plotting.new_figure(5.0)
        panels = figure.subplots(len(TITLES), 1, sharex=True, sharey=True)
        for axes, (name, title) in zip(panels, TITLES.items(), strict=True):
            for bin_ in range(num_bins):
                _kernel(axes, name, bin_)
            axes.set(title=title, xticks=range(num_bins), ylim=(0, 1.12), yticks=[0, 0.5, 1])
            axes.label_outer()
        panels[-1].set(xlabel="sample y (symbols)")
        figure.supylabel("mass that a bin gets (0 to 1)", fontsize=10)
    return figure


def _kernel(axes: Axes, name: str, bin_: int) -> None:
    """The kernel of one bin."""
    colour = COLOURS[bin_ % len(COLOURS)]
    triangle, box = ([bin_ - 1, bin_, bin_ + 1], [0, 1, 0]), _box(bin_)
    main = triangle if name == "soft" else box
    axes.plot(*main, color=colour)
    axes.fill_between(*main, alpha=0.15, linewidth=0, color=colour)
    if name == "straight-through":
        axes.plot(*triangle, color=colour, linestyle=":", linewidth=2)
    if name != "soft":
        axes.plot(bin_ - 0.5, 1, "o", color=colour, markersize=6)
        axes.plot(bin_ + 0.5, 1, "o", color=colour, markerfacecolor="white", markersize=6, zorder=1)


def _box(bin_: int) -> tuple[list[float], list[float]]:
    return [bin_ - 0.5, bin_ - 0.5, bin_ + 0.5, bin_ + 0.5], [0, 1, 1, 0]


def memory(
    num_samples: Sequence[int],
    ours: Mapping[str, Sequence[int]],
    dense: Mapping[str, Sequence[int]],
) -> Figure:
    """Bytes that a histogram and its gradient make, against samples: ours solid, dense dashed.

    Args:
        num_samples: N, increasing.
        ours, dense: bytes for every N, by the same words for the number of bins.
    """
    curves = [
        Curve(f"{name}, {label}", num_samples, np.array(values) / 2**20, kind)
        for name, kind, lines in (("ours", "learned", ours), ("dense", "traditional", dense))
        for label, values in lines.items()
    ]
    return plotting.line_chart(
        curves,
        x_label="samples N of a channel (count)",
        y_label="tensors made, forward and backward (MiB)",
        x_range=None,
        y_range=None,
        references=None,
        x_scale="log",
        y_scale="log",
    )
