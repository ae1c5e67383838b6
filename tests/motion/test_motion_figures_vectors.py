"""Figures of found motion: what is drawn, and what is left out."""

import numpy as np
import pytest

from lcip import plotting
from lcip.motion.figures_vectors import Field, Surface, fields_figure, surfaces_figure

POINTS = np.array([[1.0, 2.0], [3.0, 4.0]])


@pytest.mark.parametrize("count", [1, 3, 4, 6])
def test_empty_places_of_the_grid_are_removed(count):
    panels = [Field(f"field {i}", np.zeros((6, 8)), POINTS, POINTS) for i in range(count)]
    figure = fields_figure(panels, columns=3)
    assert [axis.get_title() for axis in figure.axes] == [f"field {i}" for i in range(count)]
    plotting.check_figure(figure)


def test_arrows_end_where_the_block_is():
    figure = fields_figure(
        [Field("one", np.zeros((6, 8, 3)), POINTS, np.array([[2, 1], [0, -1]]))], 1
    )
    (arrows,) = figure.axes[0].collections
    np.testing.assert_array_equal(arrows.XY, [[3, 3], [3, 3]])
    np.testing.assert_array_equal(np.stack([arrows.U, arrows.V], 1), [[-2, -1], [0, 1]])


def test_surfaces_share_one_scale():
    panels = [
        Surface("low", np.full((5, 5), 4.0), (0, 0)),
        Surface("high", np.full((5, 5), 9.0), (1, 2)),
    ]
    figure = surfaces_figure(panels)
    limits = {axis.images[0].get_clim() for axis in figure.axes[:2]}
    assert limits == {(0, 3)}
    plotting.check_figure(figure)
