"""The figures on entropy models: latents as cubes of distributions, the price of one symbol."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from lcip.plotting import GREY, PALETTE, SEQUENTIAL, house_style, new_figure

CUBE_HEIGHT_IN = 3.3
DEPTH = np.array([1.0, 0.75])  # how far one channel lies behind the other, of a position's side
PRICE_HEIGHT_IN = 3.2
ROOM = 1.3  # of the highest value, for the words above the bars
SHADES = (1.0, 0.86, 0.93)  # of front, side and top, so that the edges show

Panel = tuple[str, np.ndarray]


def cubes(panels: Sequence[Panel], *, colour_label: str, limits: tuple[float, float]) -> Figure:
    """Latents as cubes, side by side, a small square for every visible symbol.

    Args:
        panels: (title, values) with values (C, h, w): what the colour says about each symbol. The
            front shows channel 0, the right side the last column, the top the first row.
        limits: values at the ends of the colour scale.
    """
    with house_style():
        figure = new_figure(CUBE_HEIGHT_IN)
        for axes, (title, values) in zip(
            figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True
        ):
            drawn = _cube(axes, np.asarray(values, float), limits)
            axes.set_title(title)
        figure.colorbar(drawn, ax=list(figure.axes), label=colour_label, fraction=0.05, aspect=25)
        figure.axes[-1].set_xticks([])
    return figure


def _cube(axes: Axes, values: np.ndarray, limits: tuple[float, float]) -> PolyCollection:
    """The three faces that are seen, each a grid of parallelograms."""
    channels, height, width = values.shape
    right, up = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    corner = np.array([0.0, float(height)])  # of the first symbol, at the top left of the front
    faces = (
        (values[0], corner, -up, right),  # rows go down, columns to the right
        (values[:, :, -1].T, corner + width * right, -up, DEPTH),  # (h, C): channels go back
        (values[:, 0, :], corner, DEPTH, right),  # (C, w)
    )
    for (face, start, down, along), shade in zip(faces, SHADES, strict=True):
        rows, columns = (grid.ravel() for grid in np.indices(face.shape))
        origin = start + rows[:, None] * down + columns[:, None] * along
        outline = np.stack([origin, origin + along, origin + along + down, origin + down], axis=1)
        drawn = PolyCollection(
            outline, array=face.ravel(), cmap=SEQUENTIAL, edgecolor="white", linewidth=0.12
        )
        drawn.set_clim(*limits)
        drawn.set_alpha(shade)
        axes.add_collection(drawn)
    reach = channels * DEPTH
    axes.set(xlim=(-0.5, width + reach[0] + 0.5), ylim=(-0.5, height + reach[1] + 0.5))
    axes.set_aspect("equal")
    axes.set_axis_off()
    return drawn


def symbol_price(
    positions: np.ndarray, density: np.ndarray, masses: np.ndarray, lowest: int, symbol: int
) -> Figure:
    """One symbol's probability, as an area under the density and as a bar.

    Args:
        positions, density: the curve f_c at the left.
        masses: p_c of the symbols lowest, lowest + 1, …
        symbol: whose price is drawn (thesis, Figure 1.3).
    """
    price = -np.log2(masses[symbol - lowest])
    with house_style():
        figure = new_figure(PRICE_HEIGHT_IN)
        left, right = figure.subplots(1, 2, sharex=True)
        left.plot(positions, density, color=PALETTE[1])
        inside = (positions >= symbol - 0.5) & (positions <= symbol + 0.5)
        left.fill_between(positions[inside], density[inside], color=PALETTE[2], alpha=0.8)
        left.set(ylabel="density $f_c$ (per unit)", xlabel="latent less its median (symbols)")
        symbols = lowest + np.arange(len(masses))
        colours = [PALETTE[2] if s == symbol else GREY for s in symbols]
        right.bar(symbols, masses, width=0.85, color=colours)
        right.annotate(
            f"$p$({symbol}) = {masses[symbol - lowest]:.4f}\n{price:.2f} bits",
            (symbol, masses[symbol - lowest]),
            xytext=(0.97, 0.93),
            textcoords="axes fraction",
            ha="right",
            va="top",
            arrowprops={"arrowstyle": "-", "color": GREY},
        )
        right.set(ylabel="probability $p_c$ (0 to 1)", xlabel="symbol (whole number)")
        for axes, heights in ((left, density), (right, masses)):
            axes.set_ylim(0, ROOM * max(heights))
    return figure
