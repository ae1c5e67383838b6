"""How the chapter draws clouds with their critical points, and what a micro packet says of one."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from lcip.errors import refusal
from lcip.plotting import GREY, PALETTE, SEQUENTIAL, WIDTH_IN, house_style, new_figure
from lcip.plotting.clouds import project
from lcip.plotting.show import FigureError
from lcip.pointcloud.polytope import Polytope
from lcip.pointcloud.support import Directions, Slabs

RED = "#d0021b"  # of the published figure; the marks differ in shape, too
UP = 2
TITLE_IN = 0.2


class CloudPanel(NamedTuple):
    """A cloud (P, 3), points of it marked by crosses (M, 3) or None, and a title of some lines."""

    title: str
    points: np.ndarray
    marked: np.ndarray | None


def cloud_grid(panels: Sequence[CloudPanel | None], columns: int) -> Figure:
    """Clouds row by row at one scale, seen from a corner; None leaves a place empty."""
    drawn = [panel for panel in panels if panel is not None]
    if not drawn:
        raise FigureError(refusal("panels", 0, "at least one cloud", "give the clouds to draw"))
    rows = ceil(len(panels) / columns)
    reach = np.max([_extent(panel.points) for panel in drawn], axis=0)
    lines = max(panel.title.count("\n") + 1 for panel in drawn)
    with house_style():
        figure = new_figure(rows * (WIDTH_IN / columns * reach[1] / reach[0] + TITLE_IN * lines))
        every = list(figure.subplots(rows, columns, squeeze=False).flat)
        for axes, panel in zip(every, panels, strict=False):
            if panel is not None:
                _draw_cloud(axes, panel, reach)
        for axes, panel in zip(every, [*panels, *[None] * columns], strict=False):
            if panel is None:
                axes.remove()
    return figure


def _extent(points: np.ndarray) -> np.ndarray:
    """How far a drawing of points (P, 3) goes from its middle: across and up, (2,)."""
    return 1.05 * abs(np.array(project(points, UP)[:2])).max(axis=1)


def _draw_cloud(axes: Axes, panel: CloudPanel, reach: np.ndarray) -> None:
    across, height, depth = project(panel.points, UP)
    order = np.argsort(-depth, kind="stable")
    shades = {"c": -depth[order], "cmap": SEQUENTIAL, "vmin": -1.2, "vmax": 1.6}
    axes.scatter(across[order], height[order], s=2.2, linewidths=0, **shades)
    if panel.marked is not None:
        across, height, _ = project(panel.marked, UP)
        axes.scatter(across, height, marker="+", color=RED, s=34, linewidths=1.3, zorder=3)
    axes.set_axis_off()
    axes.set_title(panel.title, fontsize=8.5)
    across, up = reach
    axes.set(aspect="equal", xlim=(-across, across), ylim=(-up, up))


def direction_map(given: Directions, bits: np.ndarray) -> Figure:
    """The N directions as on a map of the world that keeps areas, and the bits spent on each.

    Args:
        bits: (N,) mean bits of a cloud spent on each latent.
    """
    azimuth = np.degrees(np.arctan2(given.unit[:, 1], given.unit[:, 0]))
    with house_style():
        figure = new_figure(3.9)
        axes = figure.subplots()
        drawn = axes.scatter(
            azimuth, given.unit[:, 2], c=bits, cmap=f"{SEQUENTIAL}_r", s=190, edgecolors="black"
        )
        for index, place in enumerate(zip(azimuth, given.unit[:, 2], strict=True)):
            axes.annotate(
                str(index), place, (10, 7), textcoords="offset points", fontsize=9, zorder=4
            )
        axes.set(
            xlabel="azimuth (degrees; 0: +x, 90: +y)", ylabel="height, sin elevation (−1 to 1)"
        )
        axes.set(xlim=(-195, 205), ylim=(-1.1, 1.15), xticks=range(-180, 181, 60))
        bar = figure.colorbar(drawn, ax=axes, label="bits a cloud (mean)", fraction=0.05)
        bar.ax.set_xticks([])
    return figure


def bodies(panels: Sequence[tuple[str, Polytope]], points: np.ndarray, columns: int) -> Figure:
    """Bodies around one cloud: faces towards the reader filled, the others outlined."""
    corners = np.concatenate([body.vertices for _, body in panels])
    reach = _extent(corners)
    columns = min(columns, len(panels))
    rows = ceil(len(panels) / columns)
    lines = max(title.count("\n") + 1 for title, _ in panels)
    with house_style():
        figure = new_figure(rows * (WIDTH_IN / columns * reach[1] / reach[0] + TITLE_IN * lines))
        every = list(figure.subplots(rows, columns, squeeze=False).flat)
        for axes, (title, body) in zip(every, panels, strict=False):
            _draw_body(axes, body)
            _draw_cloud(axes, CloudPanel(title, points, None), reach)
        for axes in every[len(panels) :]:
            axes.remove()
    return figure


def _draw_body(axes: Axes, body: Polytope) -> None:
    """Faces away from the reader below the cloud, those towards the reader above it."""
    across, height, _ = project(body.vertices, UP)
    flat = np.stack([across, height], axis=1)
    for ring in body.faces.values():
        towards = _signed_area(flat[ring]) > 0  # rings go round counterclockwise, from outside
        axes.add_collection(
            PolyCollection(
                [flat[ring]],
                facecolors=(PALETTE[6], 0.16) if towards else "none",
                edgecolors=PALETTE[1] if towards else GREY,
                linewidths=0.9 if towards else 0.7,
                linestyles="-" if towards else ":",
                zorder=2 if towards else 0,
            )
        )


def _signed_area(ring: np.ndarray) -> float:
    """Of a flat polygon (V, 2): above zero where its corners go round counterclockwise."""
    (x, y), (ahead_x, ahead_y) = ring.T, np.roll(ring, -1, axis=0).T
    return float((x * ahead_y - ahead_x * y).sum() / 2)


def reach_curves(
    angles_deg: np.ndarray, true: np.ndarray, known: Mapping[str, Slabs], told: np.ndarray
) -> Figure:
    """How far a cloud reaches around a circle of directions, and what packets say of it.

    Args:
        angles_deg: (D,). true: h in these directions (D,).
        known: by label, bounds of h in these directions.
        told: angles of directions that micro measures itself and that lie near the circle.
    """
    with house_style():
        figure = new_figure(3.7)
        axes = figure.subplots()
        for index, (label, bounds) in enumerate(known.items()):
            colour = (PALETTE[6], PALETTE[2], PALETTE[3])[index % 3]
            axes.fill_between(
                angles_deg, *bounds, color=colour, alpha=0.35, linewidth=0, label=label
            )
        axes.plot(angles_deg, true, color=PALETTE[0], label="the cloud itself")
        low = axes.get_ylim()[0]
        axes.plot(told, np.full(len(told), low), "^", color=RED, clip_on=False, label="asked for")
        axes.set(
            xlabel="direction (degrees; 0: level, 90: up)", ylabel="reach h (radii of the ball)"
        )
        axes.set(xlim=(angles_deg[0], angles_deg[-1]), xticks=range(0, 361, 45))
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.14), ncols=5, handlelength=1.8)
    return figure
