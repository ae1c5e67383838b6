"""The rows of heat maps show the distributions that they are given."""

import numpy as np
import pytest

from lcip import coding, plotting
from lcip.distributions import figures_heat_maps as heat_maps

SYMBOLS = np.array([[[0, 0, 1, -3]], [[2, 2, 2, 2]]], np.int32)  # (2, 1, 4)


def test_shares_count_what_lies_beyond_the_window_too():
    shown = heat_maps.shares(SYMBOLS, lowest=-1, num_bins=3)
    assert shown.tolist() == [[0, 0.5, 0.25], [0, 0, 0]]
    wide = heat_maps.shares(SYMBOLS, lowest=-50, num_bins=101)
    assert wide.sum(axis=1).tolist() == [1, 1]


def test_tables_are_shown_as_what_they_cost():
    tables = coding.Tables.from_pmf([[0.5, 0.25]], [0], [0.25])
    shown = heat_maps.tabled(tables, lowest=-1, num_bins=4)
    assert shown[0, 1:3] == pytest.approx([0.5, 0.25], rel=1e-3)
    assert 0 < shown[0, 0] < 0.25 and 0 < shown[0, 3] < 0.25


def test_channels_are_ordered_by_falling_entropy():
    p = np.array([[1.0, 0, 0], [0.4, 0.3, 0.3], [0.5, 0.5, 0], [1.0, 0, 0]])
    assert heat_maps.by_entropy(p).tolist() == [1, 2, 0, 3]


@pytest.mark.parametrize(
    "size, expected", [((512, 768), (127, 190)), ((768, 512), (190, 127)), ((1, 900), (1, 190)),
                       ((20, 30), (20, 30))]
)  # fmt: skip
def test_thumbnails_keep_their_shape(size, expected):
    picture = np.full((*size, 3), 7, np.uint8)
    small = heat_maps.thumbnail(picture)
    assert small.shape == (*expected, 3) and (small == 7).all()


def test_a_row_has_a_picture_and_two_maps_in_the_given_order():
    p = np.array([[0.25, 0.5, 0.25], [0, 1, 0]])
    rows = [
        heat_maps.Row(heat_maps.DEFAULT, None, p, p),
        heat_maps.Row("one", np.zeros((4, 6, 3), np.uint8), p, p[::-1]),
    ]
    figure = heat_maps.heat_map_rows(rows, np.array([1, 0]), lowest=-1)
    plotting.check_figure(figure)
    maps = [axes.images[0].get_array() for axes in figure.axes if axes.images]
    assert maps[0].tolist() == [[10, 2], [0, 1], [10, 2]]  # bins up, channels 1 and 0 across
    assert figure.axes[3].get_title() == "one" and figure.axes[3].images
    assert figure.axes[5].images[0].get_array().tolist() == [[2, 10], [1, 0], [2, 10]]
    assert figure.axes[4].images[0].get_extent() == [-0.5, 1.5, -1.5, 1.5]
    assert figure.axes[-1].get_xlabel().endswith("clipped at 10)")
