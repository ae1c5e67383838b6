"""Figures of found motion: cost surfaces, and arrows over frames and channels."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lcip.plotting import GREY, PALETTE, SEQUENTIAL, house_style, new_figure

PANEL_IN = 2.5
SURFACE_IN = 2.7
ARROW = PALETTE[2]


class Surface(NamedTuple):
    """SSD of every displacement (2 reach + 1 squared) at one place, and the chosen `vector`."""

    title: str
    ssd: np.ndarray
    vector: tuple[int, int]


class Field(NamedTuple):
    """Arrows over a picture (H, W[, 3]).

    `points` (n, 2) and `vectors` (n, 2) are (x, y) in samples of the picture; an arrow ends at its
    point and begins where the block came from.
    """

    title: str
    picture: np.ndarray
    points: np.ndarray
    vectors: np.ndarray


def surfaces_figure(panels: Sequence[Surface]) -> Figure:
    """Root of the mean cost over all displacements, one panel a place, in one scale."""
    with house_style():
        figure = new_figure(SURFACE_IN)
        axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        most = max(float(np.sqrt(panel.ssd.max())) for panel in panels)
        for axis, panel in zip(axes, panels, strict=True):
            reach = panel.ssd.shape[0] // 2
            extent = (-reach - 0.5, reach + 0.5, reach + 0.5, -reach - 0.5)
            drawn = axis.imshow(
                np.sqrt(panel.ssd), cmap=SEQUENTIAL, extent=extent, vmin=0, vmax=most
            )
            axis.plot(*panel.vector, "x", color=PALETTE[6], markersize=9, markeredgewidth=2)
            axis.axhline(0, color=GREY, linewidth=0.6)
            axis.axvline(0, color=GREY, linewidth=0.6)
            axis.grid(False)
            axis.set(title=panel.title, xlabel="d_x (px)")
        axes[0].set_ylabel("d_y (px)")
        figure.colorbar(drawn, ax=list(axes), label="√ mean SSD (levels)", pad=0.01)
    return figure


def fields_figure(panels: Sequence[Field], columns: int) -> Figure:
    """Arrows over frames or channels, `columns` panels a line."""
    rows = -(-len(panels) // columns)
    with house_style():
        figure = new_figure(PANEL_IN * rows * 3 / columns)
        grid = list(figure.subplots(rows, columns, squeeze=False).flat)
        for axis, panel in zip(grid, panels, strict=False):
            _draw_field(axis, panel)
        for axis in grid[len(panels) :]:
            axis.remove()
    return figure


def _draw_field(axis: Axes, panel: Field) -> None:
    shade = {"cmap": "gray"} if panel.picture.ndim == 2 else {}
    axis.imshow(panel.picture, interpolation="nearest", **shade)
    start = panel.points + panel.vectors
    axis.quiver(
        *start.T, *(-panel.vectors.T), angles="xy", scale_units="xy", scale=1, color=ARROW,
        width=0.008, headwidth=4, minlength=0.5,
    )  # fmt: skip
    axis.set(xticks=[], yticks=[], title=panel.title)
    height, width = panel.picture.shape[:2]
    axis.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
    axis.spines[:].set_visible(False)
