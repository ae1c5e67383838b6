"""Point clouds seen from a corner, by an orthographic projection written out here."""

from collections.abc import Mapping, Sequence
from math import ceil, cos, radians, sin

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lcip.errors import refusal
from lcip.plotting.show import FigureError
from lcip.plotting.style import PALETTE, SEQUENTIAL, WIDTH_IN, house_style, new_figure

AZIMUTH_DEG = 35.0
ELEVATION_DEG = 20.0


def point_clouds(
    panels: Sequence[tuple[str, np.ndarray]],
    *,
    columns: int,
    marked: Mapping[int, np.ndarray] | None = None,
    up: int,
) -> Figure:
    """Clouds of shape (P, 3), (title, points) each, nearer points lighter.

    All panels have the same scale, that of the point farthest from the origin.

    Args:
        marked: for the panel of that index, points of shape (M, 3) drawn as crosses over it, such
            as the critical points.
        up: the axis that points up, 0, 1 or 2; ModelNet40's is 2.
    """
    if not panels or any(
        points.ndim != 2 or points.shape[1] != 3 or not len(points) for _, points in panels
    ):
        shapes = [points.shape for _, points in panels]
        raise FigureError(refusal("shapes of the clouds", shapes, "(P, 3)", "pass x, y, z columns"))
    columns = min(columns, len(panels))
    reach = max(float(np.linalg.norm(points, axis=1).max()) for _, points in panels)
    rows = ceil(len(panels) / columns)
    with house_style():
        figure = new_figure(rows * (WIDTH_IN / columns + 0.25))
        all_axes = list(figure.subplots(rows, columns, squeeze=False).flat)
        for index, axes in enumerate(all_axes):
            axes.set_axis_off()
            if index >= len(panels):
                axes.remove()
                continue
            title, points = panels[index]
            _draw(axes, points, up, reach)
            if marked and index in marked:
                across, height, _ = project(marked[index], up)
                axes.scatter(across, height, marker="+", color=PALETTE[1], s=36, linewidths=1.4)
            axes.set(title=title, aspect="equal", xlim=(-reach, reach), ylim=(-reach, reach))
    return figure


def project(points: np.ndarray, up: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Orthographic view of (P, 3): across, height and depth (larger is farther), (P,) each."""
    x, y, z = np.roll(np.asarray(points, float), 2 - up, axis=1).T  # the up axis becomes the third
    turn, tilt = radians(AZIMUTH_DEG), radians(ELEVATION_DEG)
    across = x * cos(turn) - y * sin(turn)
    away = x * sin(turn) + y * cos(turn)
    return across, z * cos(tilt) + away * sin(tilt), away * cos(tilt) - z * sin(tilt)


def _draw(axes: Axes, points: np.ndarray, up: int, reach: float) -> None:
    across, height, depth = project(points, up)
    far_first = np.argsort(-depth, kind="stable")
    axes.scatter(
        across[far_first],
        height[far_first],
        c=-depth[far_first],
        cmap=SEQUENTIAL,
        s=4,
        vmin=-reach,
        vmax=1.6 * reach,  # the lightest third of the colours is too pale for white
    )
