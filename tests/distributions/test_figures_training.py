"""The figures of learning show what they are given, with units."""

import numpy as np

from lcip import plotting
from lcip.distributions import figures_training
from lcip.distributions.gradients import Pull, proposed


def test_pulls_draw_every_straight_piece_for_itself():
    y = np.linspace(-2, 2, 81)
    lengths = np.array([5.0, 2.0, 1.0, 2.5, 6.0])
    kinked = proposed(lengths, -2, y)
    smooth = Pull(y**2, 2 * y)
    figure = figures_training.pulls(y, smooth, kinked, np.arange(-2, 3), lengths)
    plotting.check_figure(figure)
    above, below = figure.axes
    assert above.lines[2].get_ydata().tolist() == lengths.tolist()
    flat = [line.get_ydata() for line in below.lines[2:]]
    assert len(flat) == 4 and all(np.ptp(piece) == 0 for piece in flat)


def test_fit_curves_show_both_losses_and_both_references():
    figure = figures_training.fit_curves(
        np.array([3.0, 2.5, 2.2]), [1, 3], [2.9, 2.4], static=3.0, ideal=2.0
    )
    plotting.check_figure(figure)
    left, right = figure.axes
    assert left.lines[0].get_xdata().tolist() == [1, 2, 3]
    assert right.lines[0].get_ydata().tolist() == [2.9, 2.4]
    assert [text.get_text() for text in right.texts] == ["static", "ideal, free of charge"]


def test_recipe_steps_keep_their_order():
    figure = figures_training.recipe_steps(["plain", "more"], {"recovered": [10.0, 50.0]})
    plotting.check_figure(figure)
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["plain", "more"]
