"""Drawings of clouds, bodies and bounds: what is in them, and what is refused."""

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from pointcloud_samples import clouds

from lcip import plotting
from lcip.plotting import FigureError
from lcip.pointcloud import figures_critical, polytope, support
from lcip.pointcloud.figures_critical import CloudPanel

CUBE = polytope.Planes(np.concatenate([np.eye(3), -np.eye(3)]), np.full(6, 0.5))


def marks(axes) -> list[int]:
    """How many points each layer of dots has."""
    return [len(layer.get_offsets()) for layer in axes.collections]


def test_a_grid_has_a_panel_a_cloud_and_gaps_where_there_is_none():
    a, b = clouds(50)[:2]
    panels = [CloudPanel("first", a, a[:4]), None, CloudPanel("second", b, None)]
    figure = plotting.check_figure(figures_critical.cloud_grid(panels, columns=2))
    assert [axes.get_title() for axes in figure.axes] == ["first", "second"]
    assert [marks(axes) for axes in figure.axes] == [[50, 4], [50]]
    limits = {axes.get_xlim() for axes in figure.axes}
    assert len(limits) == 1, "one scale for all"


def test_all_points_lie_inside_the_frame():
    panels = [CloudPanel(str(k), cloud, None) for k, cloud in enumerate(clouds(80))]
    for axes in figures_critical.cloud_grid(panels, columns=4).axes:
        x, y = axes.collections[0].get_offsets().T
        assert abs(x).max() < axes.get_xlim()[1] and abs(y).max() < axes.get_ylim()[1]


def test_no_cloud_at_all_is_refused():
    with pytest.raises(FigureError, match="panels is 0"):
        figures_critical.cloud_grid([None], columns=1)


def test_of_a_cube_three_faces_are_seen():
    body = polytope.polytope(CUBE)
    figure = figures_critical.bodies([("a cube", body)], clouds(20)[0], columns=3)
    faces = [c for c in figure.axes[0].collections if isinstance(c, PolyCollection)]
    filled = [c for c in faces if c.get_facecolor().size]
    assert len(faces) == 6 and len(filled) == 3


def test_the_map_shows_every_direction(codec):
    given = support.directions(codec)
    figure = plotting.check_figure(figures_critical.direction_map(given, np.arange(16.0)))
    (places,) = figure.axes[0].collections
    x, y = places.get_offsets().T
    assert np.allclose(y, given.unit[:, 2])
    assert np.allclose(np.cos(np.radians(x)) * np.hypot(*given.unit[:, :2].T), given.unit[:, 0])


def test_reach_is_drawn_within_its_bounds():
    angles, h = np.linspace(0, 360, 9), np.full(9, 0.5)
    known = {"8 bits": support.Slabs(h - 0.1, h + 0.2)}
    figure = plotting.check_figure(
        figures_critical.reach_curves(angles, h, known, np.array([90.0]))
    )
    texts = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert texts == ["8 bits", "the cloud itself", "asked for"]
    vertices = figure.axes[0].collections[0].get_paths()[0].vertices[:, 1]
    assert (vertices.min(), vertices.max()) == (pytest.approx(0.4), pytest.approx(0.7))
