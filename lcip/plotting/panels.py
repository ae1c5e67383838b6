"""Panels side by side: photographs with captions, and heat maps that share one colour scale."""

from collections.abc import Sequence
from math import ceil

import numpy as np
from matplotlib.figure import Figure

from lcip.errors import refusal
from lcip.plotting.show import FigureError
from lcip.plotting.style import WIDTH_IN, house_style, new_figure

Panel = tuple[str, np.ndarray]
TITLE_IN = 0.22
LABELS_IN = 0.45
BAR_SHARE = 0.2  # of the width, taken by the colour bar and the labels at the left


def image_grid(panels: Sequence[Panel], *, columns: int) -> Figure:
    """Photographs, (title, uint8 RGB of shape (H, W, 3)) each, row by row, `columns` to a row.

    A title may have several lines. Pixels are drawn without smoothing.
    """
    _check(panels, columns, dimensions=3)
    lines = max(title.count("\n") + 1 for title, _ in panels)
    tallest = max(image.shape[0] / image.shape[1] for _, image in panels)
    with house_style():
        extra = TITLE_IN * lines
        figure, axes = _grid(len(panels), columns, WIDTH_IN, tallest, extra)
        for axis, (title, image) in zip(axes, panels, strict=False):
            axis.imshow(image)
            axis.set_title(title)
            axis.set_axis_off()
    return figure


def heat_maps(
    panels: Sequence[Panel],
    *,
    columns: int,
    x_label: str,
    y_label: str,
    colour_label: str,
    limits: tuple[float, float],
    colour_map: str,
    extent: tuple[float, float, float, float] | None = None,
    aspect: float | None = None,
) -> Figure:
    """Arrays of shape (rows, columns), (title, values) each, under one colour bar.

    Args:
        limits: values at the two ends of the colour scale; beyond them the end's colour stays.
        colour_map: `SEQUENTIAL` for amounts, `DIVERGING` with limits (-a, a) for signed values.
        extent: (left, right, bottom, top) in the units of the labels; None counts cells.
        aspect: drawn height over width of a panel; None draws square cells.
    """
    _check(panels, columns, dimensions=2)
    shapes = [values.shape for _, values in panels]
    tallest = aspect or max(height / width for height, width in shapes)
    with house_style():
        lines = max(title.count("\n") + 1 for title, _ in panels)
        extra = LABELS_IN / ceil(len(panels) / columns) + TITLE_IN * lines + 0.1
        width = WIDTH_IN * (1 - BAR_SHARE)
        figure, axes = _grid(len(panels), columns, width, tallest, extra)
        for axis, (title, values) in zip(axes, panels, strict=False):
            drawn = axis.imshow(
                values,
                cmap=colour_map,
                vmin=limits[0],
                vmax=limits[1],
                extent=extent,
                aspect="equal" if aspect is None else "auto",
                origin="upper" if extent is None else "lower",
            )
            axis.set(title=title, xlabel=x_label, ylabel=y_label)
            axis.label_outer()
            axis.grid(False)
        bar = figure.colorbar(drawn, ax=list(axes), label=colour_label, fraction=0.06, aspect=30)
        bar.ax.set_xticks([])
    return figure


def _grid(
    count: int, columns: int, width_in: float, tallest: float, extra_in: float
) -> tuple[Figure, list]:
    """A figure of ceil(count / columns) rows; returns its first `count` axes, removes the rest.

    The panels share `width_in`; the highest is `tallest` times as high as wide; `extra_in` is
    added to each row.
    """
    columns = min(columns, count)
    rows = ceil(count / columns)
    figure = new_figure(rows * (width_in / columns * tallest + extra_in))
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for unused in axes[count:]:
        unused.remove()
    return figure, axes[:count]


def _check(panels: Sequence[Panel], columns: int, *, dimensions: int) -> None:
    if not panels or columns < 1:
        raise FigureError(
            refusal(
                "panels, columns",
                (len(panels), columns),
                "at least one of each",
                "give the panels to draw",
            )
        )
    for title, values in panels:
        photograph = values.ndim == 3 and values.shape[2] == 3 and values.dtype == np.uint8
        if values.ndim != dimensions or (dimensions == 3 and not photograph):
            raise FigureError(
                refusal(
                    f"panel {title!r}: shape, type",
                    (values.shape, str(values.dtype)),
                    "(H, W, 3) uint8" if dimensions == 3 else "(rows, columns)",
                    "convert the array first",
                )
            )
