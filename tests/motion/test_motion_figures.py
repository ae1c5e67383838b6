"""The figures: channels, mosaics and what the residual figure draws."""

import numpy as np
import pytest

from lcip import plotting
from lcip.motion import figures
from lcip.motion.affine import MotionError
from lcip.motion.compare import Comparison


def comparison(seed: int) -> Comparison:
    actual = np.random.default_rng(seed).standard_normal((12, 16, 16))
    mask = np.zeros((16, 16), bool)
    mask[4:12, 4:12] = True
    return Comparison(actual, actual, actual + 0.5, mask)


def test_liveliest_channels_come_first():
    tensor = np.array([1.0, 3.0, 2.0])[:, None, None] * np.array([[[-1.0, 1.0]]])
    np.testing.assert_array_equal(figures.liveliest_channels(tensor, 2), [1, 2])
    with pytest.raises(MotionError, match="channels to show is 4; allowed: 1 to 3"):
        figures.liveliest_channels(tensor, 4)


def test_mosaic_by_hand():
    tensor = np.arange(9.0)[:, None, None] + np.zeros((9, 2, 2))
    mask = np.array([[True, False], [True, True]])
    canvas = figures.mosaic(tensor, mask)
    assert canvas.shape == (8, 8)  # three tiles of 2 and two gaps of 1
    assert canvas[0, 0] == 0 and np.isnan(canvas[0, 1])
    assert canvas[4, 7] == 5 and canvas[6, 3] == 7
    assert np.isnan(canvas[2]).all() and np.isnan(canvas[:, 5]).all()


def test_mosaic_of_another_number_is_refused():
    with pytest.raises(MotionError, match="channels of a mosaic is 4; allowed: 9"):
        figures.mosaic(np.zeros((4, 2, 2)), None)


def test_value_limits_leave_out_one_per_cent_at_either_end():
    assert figures.value_limits(np.arange(101.0)) == (1.0, 99.0)


def test_residual_figure_shares_its_colours_and_blanks_the_mask():
    picture = np.zeros((32, 32, 3), np.float32)
    rows = [figures.Row(name, picture, comparison(seed)) for seed, name in enumerate("ab")]
    figure = figures.residual_figure(rows, np.arange(9), residual_max=2.0, title="noise")
    plotting.check_figure(figure)
    images = [axes.images[0] for axes in figure.axes[:8]]
    assert {image.get_clim() for image in (images[3], images[7])} == {(0.0, 2.0)}
    assert len({images[i].get_clim() for i in (1, 2, 5, 6)}) == 1
    residual = np.ma.filled(images[3].get_array(), np.nan)
    assert np.isnan(residual[0, 0]) and residual[4, 4] == pytest.approx(0.5)
    assert [axes.get_title() for axes in figure.axes[:4]] == list(figures.TITLES)
    assert [figure.axes[i].get_ylabel() for i in (0, 4)] == ["a", "b"]
    assert figure.get_suptitle() == "noise"


def test_offset_figure_is_relative_to_each_lines_minimum():
    belief = figures.Belief("stride 4", 4, [-4.0, 0.0, 4.0], [0.03, 0.02, 0.04], listens_px=2.0)
    assert belief.best_px == 0
    figure = figures.offset_figure({"untrained": [belief], "trained": [belief]})
    plotting.check_figure(figure)
    line, ring = figure.axes[1].lines[:2]
    np.testing.assert_allclose(line.get_xdata(), [-1, 0, 1])
    np.testing.assert_allclose(line.get_ydata(), [50, 0, 100], atol=1e-9)
    np.testing.assert_allclose((ring.get_xdata()[0], ring.get_ydata()[0]), (0.5, 50))
    assert figure.axes[0].get_title() == "untrained"


def test_sweep_figure_draws_a_panel_a_layer_with_shared_axes():
    plain = figures.Sweep("stride 2", [0, 1, 2], [0, 0.02, 0], [0, 0.03, 0.04], None)
    high = plain._replace(unmoved_nrmse=[0, 0.3, 0.5])
    panels = [plain, plain._replace(published=([0, 2], [0.0, 0.01])), high]
    figure = figures.sweep_figure(panels)
    plotting.check_figure(figure)
    assert [len(axes.lines) for axes in figure.axes] == [2, 3, 2]
    bottom, top = figure.axes[0].get_ylim()
    assert bottom == 0 and top > 50 and figure.axes[2].get_ylim() == (bottom, top)
    assert figure.axes[1].get_title() == "stride 2"
