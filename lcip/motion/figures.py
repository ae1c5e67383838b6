"""Figures of this chapter: arrays in, figure out."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import NamedTuple

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lcip.errors import refusal
from lcip.motion.affine import MotionError
from lcip.motion.compare import Comparison
from lcip.plotting import GREY, PALETTE, SEQUENTIAL, house_style, new_figure

TILES = 3
VALUES_MAP = "viridis"
BLANK = "#9a9a9a"
GAP_SHARE = 16  # a gap between tiles is one sample for 16 of a tile's side, at least one
ROW_IN = 1.63
BAR_IN = 1.1
OFFSETS_IN = 3.6
SWEEP_ROW_IN = 2.1
LEGEND_IN = 0.6
TITLES = ("picture", "layer, actual", "layer, predicted", "|predicted - actual|")


class Row(NamedTuple):
    """A line of the residual figure: name, moved frame (H, W, 3) in [0, 1], comparison."""

    label: str
    picture: np.ndarray
    comparison: Comparison


def liveliest_channels(tensor: np.ndarray, count: int) -> np.ndarray:
    """The `count` channels of (C, h, w) with the largest variance, the largest first."""
    if not 1 <= count <= len(tensor):
        allowed = f"1 to {len(tensor)}, the channels of this layer"
        raise MotionError(refusal("channels to show", count, allowed, "show fewer channels"))
    return np.argsort(-tensor.var(axis=(1, 2)), kind="stable")[:count]


def mosaic(tensor: np.ndarray, mask: np.ndarray | None) -> np.ndarray:
    """TILES x TILES channels (9, h, w) in one array, row by row; NaN in gaps and where masked."""
    count, height, width = tensor.shape
    if count != TILES**2:
        raise MotionError(refusal("channels of a mosaic", count, f"{TILES**2}", "choose as many"))
    gap = max(1, height // GAP_SHARE)
    canvas = np.full([TILES * (side + gap) - gap for side in (height, width)], np.nan)
    for index, channel in enumerate(tensor):
        top, left = (index // TILES) * (height + gap), (index % TILES) * (width + gap)
        tile = channel if mask is None else np.where(mask, channel, np.nan)
        canvas[top : top + height, left : left + width] = tile
    return canvas


def value_limits(tensor: np.ndarray) -> tuple[float, float]:
    """The colour scale of a layer: from its 1st to its 99th percentile."""
    low, high = np.percentile(tensor, (1, 99))
    return float(low), float(high)


def residual_figure(
    rows: Sequence[Row], channels: np.ndarray, residual_max: float, title: str
) -> Figure:
    """The published layout: a line a motion; picture, layer as it is, as predicted, what is left.

    The first row's layer sets the colours of all values; residuals are coloured from 0 to
    `residual_max`. Grey is what the mask leaves out. `title` names picture, network and layer.
    """
    limits = value_limits(rows[0].comparison.actual[channels])
    with house_style():
        figure = new_figure(len(rows) * ROW_IN + BAR_IN)
        figure.suptitle(title, fontsize=10)
        grid = figure.subplots(len(rows), len(TITLES), squeeze=False)
        for axes, row in zip(grid, rows, strict=True):
            values, residuals = _draw_row(axes, row, channels, limits, residual_max)
        for axis, title in zip(grid[0], TITLES, strict=True):
            axis.set_title(title)
        _bar(figure, values, list(grid[:, 1:3].flat), "activation (no unit)", "both")
        _bar(figure, residuals, list(grid[:, 3]), "activation (no unit)", "max")
    return figure


def _draw_row(
    axes: np.ndarray, row: Row, channels: np.ndarray, limits: tuple, most: float
) -> tuple:
    actual, predicted = row.comparison.actual[channels], row.comparison.predicted[channels]
    axes[0].imshow(row.picture, interpolation="antialiased")
    axes[0].set_ylabel(row.label)
    values = _heat(axes[1], mosaic(actual, None), VALUES_MAP, limits)
    _heat(axes[2], mosaic(predicted, row.comparison.mask), VALUES_MAP, limits)
    residual = mosaic(np.abs(predicted - actual), row.comparison.mask)
    residuals = _heat(axes[3], residual, SEQUENTIAL, (0.0, most))
    for axis in axes:
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    return values, residuals


def _heat(axis: Axes, array: np.ndarray, name: str, limits: tuple[float, float]) -> object:
    colours = matplotlib.colormaps[name].with_extremes(bad=BLANK)
    return axis.imshow(array, cmap=colours, vmin=limits[0], vmax=limits[1], interpolation="nearest")


def _bar(figure: Figure, drawn: object, axes: list[Axes], label: str, extend: str) -> None:
    bar = figure.colorbar(
        drawn, ax=axes, location="bottom", label=label, aspect=30 if len(axes) > 5 else 14,
        extend=extend, shrink=0.9, pad=0.01,
    )  # fmt: skip
    bar.ax.set_yticks([])


class Sweep(NamedTuple):
    """One panel: a layer's error over the translation, and two lines to hold it against.

    `published` is (translation_px, nrmse) of another network's layer of the same stride, or None.
    """

    title: str
    shifts_px: Sequence[float]
    nrmse: Sequence[float]
    unmoved_nrmse: Sequence[float]
    published: tuple[Sequence[float], Sequence[float]] | None


def sweep_figure(panels: Sequence[Sweep]) -> Figure:
    """Error against translation: two panels a line, one a layer, in one scale."""
    with house_style():
        figure = new_figure(SWEEP_ROW_IN * ceil(len(panels) / 2) + LEGEND_IN)
        shape = ceil(len(panels) / 2), 2
        grid = list(figure.subplots(*shape, sharex=True, sharey=True, squeeze=False).flat)
        for axes, panel in zip(grid, panels, strict=False):
            _draw_sweep(axes, panel)
        grid[0].set_ylim(bottom=0)  # shared; after the last line, so that the top holds for all
        for axes in grid[len(panels) :]:
            axes.remove()
        figure.supxlabel("horizontal translation (px)", fontsize=10)
        figure.supylabel("NRMSE (% of the range R)", fontsize=10)
        labels = {line.get_label(): line for axes in grid[: len(panels)] for line in axes.lines}
        figure.legend(labels.values(), labels.keys(), loc="outside upper center", ncols=3)
    return figure


def _draw_sweep(axes: Axes, panel: Sweep) -> None:
    look = {"color": GREY, "linewidth": 1.2}
    unmoved, nrmse = (100 * np.asarray(part) for part in (panel.unmoved_nrmse, panel.nrmse))
    axes.plot(panel.shifts_px, unmoved, linestyle="--", label="doing nothing", **look)
    if panel.published is not None:
        label = "published, of another network"
        shifts_px, values = panel.published
        axes.plot(shifts_px, 100 * np.asarray(values), ":", color=PALETTE[2], label=label)
    axes.plot(panel.shifts_px, nrmse, color=PALETTE[1], label="predicted by warping")
    axes.set(title=panel.title, xlim=(min(panel.shifts_px), max(panel.shifts_px)))


class Belief(NamedTuple):
    """A layer's error for each offset believed in, in pixels; `listens_px` is its own centre."""

    label: str
    stride: int
    offsets_px: Sequence[float]
    nrmse: Sequence[float]
    listens_px: float

    @property
    def best_px(self) -> float:
        """The offset with the smallest error among those tried."""
        return float(self.offsets_px[int(np.argmin(self.nrmse))])


def offset_figure(panels: Mapping[str, Sequence[Belief]]) -> Figure:
    """Error against the offset believed in, one panel a network, one line a layer, in one scale.

    Each line is relative to its own lowest point; a ring marks where the layer listens.
    """
    with house_style():
        figure = new_figure(OFFSETS_IN)
        grid = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axes, (title, beliefs) in zip(grid, panels.items(), strict=True):
            for colour, belief in zip(PALETTE, beliefs, strict=False):
                _draw_belief(axes, belief, colour)
            axes.axvline(0, color=GREY, linewidth=1, zorder=0)
            axes.set(title=title, xlabel="offset believed in (strides)")
        grid[0].set_ylabel("NRMSE over its minimum (%)")
        figure.legend(*grid[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure


def _draw_belief(axes: Axes, belief: Belief, colour: str) -> None:
    places = np.asarray(belief.offsets_px) / belief.stride
    extra = 100 * (np.asarray(belief.nrmse) / np.min(belief.nrmse) - 1)
    own = belief.listens_px / belief.stride
    axes.plot(places, extra, color=colour, label=belief.label)
    height = np.interp(own, places, extra)
    axes.plot(own, height, "o", color=colour, markerfacecolor="white", markersize=7)
