"""The figures of chapter 2 show the arrays that they are given."""

import numpy as np
import pytest

from lcip import plotting
from lcip.distributions import figures


def test_information_is_clipped_to_the_scale():
    p = np.array([[1.0, 0.5, 2.0**-12, 0.0]])
    assert figures.information_bits(p).tolist() == [[0, 1, 10, 10]]


def test_two_and_their_average_shows_where_there_is_mass():
    a, b = np.zeros(41), np.zeros(41)
    a[18], b[22] = 1, 1
    figure = figures.two_and_their_average(["a", "b"], [a, b], (a + b) / 2, lowest=-20)
    plotting.check_figure(figure)
    assert figure.axes[0].get_legend_handles_labels()[1] == [
        "best for a",
        "best for b",
        "average-optimal",
    ]
    drawn = figure.axes[0].lines[0].get_xdata()
    assert (drawn.min(), drawn.max()) == (-3, 3)


def test_heat_maps_put_channels_on_x_and_symbols_on_y():
    p = np.full((7, 3), 1 / 3)
    figure = plotting.check_figure(
        figures.heat_maps([("one", p), ("two", p)], lowest=-1, columns=1)
    )
    assert figure.axes[0].images[0].get_extent() == [-0.5, 6.5, -1.5, 1.5]
    assert figure.axes[0].images[0].get_array().shape == (3, 7)


def test_gap_bars_are_ordered_by_the_gap():
    figure = plotting.check_figure(figures.gap_bars(["low", "high", "mid"], [1.0, 3.0, 2.0]))
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels == ["high", "mid", "low"]
    widths = [patch.get_width() for patch in figure.axes[0].patches]
    assert widths == pytest.approx([3, 2, 1])
