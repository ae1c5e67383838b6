"""The optical-flow residual and the operations, against what can be worked out by hand."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from lcip.motion import affine, derivation, flow, networks
from lcip.motion.affine import MotionError


def plane(slope_x, slope_y, shift):
    """A tilted plane moved by `shift` (x, y)."""
    x, y = np.moveaxis(affine.grid(20, 24) - np.array(shift), -1, 0)
    return slope_x * x + slope_y * y


def wave(shift, wavelength=30.0):
    x, y = np.moveaxis(affine.grid(60, 60) - np.array(shift), -1, 0)
    return np.sin(2 * np.pi * x / wavelength) * np.cos(2 * np.pi * y / wavelength)


def test_a_plane_obeys_the_equation_exactly():
    before, after = plane(2.0, -1.0, (0, 0)), plane(2.0, -1.0, (0.5, 0.25))
    assert flow.residual(before, after, (0.5, 0.25), 1) < 1e-12
    # I_t = -(2 · 0.5 - 1 · 0.25); with v = 0 all of it is left, with 2 v as much on the other side.
    assert flow.residual(before, after, (0, 0), 1) == pytest.approx(1)
    assert flow.residual(before, after, (1, 0.5), 1) == pytest.approx(1)


def test_half_the_motion_leaves_less_of_a_wave():
    """Second order: the part left falls, down to what the difference quotients miss."""
    parts = [flow.residual(wave((0, 0)), wave((d, d / 2)), (d, d / 2), 2) for d in (4, 2, 1)]
    assert parts[0] > 2 * parts[1] > 0
    assert parts[1] > parts[2]
    assert parts[2] < 0.02


def test_convolution_is_that_of_a_network():
    rng = np.random.default_rng(0)
    array, kernel = rng.standard_normal((3, 9, 11)), rng.standard_normal((4, 3, 5, 5))
    wanted = functional.conv2d(torch.tensor(array)[None], torch.tensor(kernel), padding=2)[0]
    np.testing.assert_allclose(flow.convolve(array, kernel), wanted.numpy(), atol=1e-12)


def test_local_maximum_is_max_pooling_without_its_stride():
    array = np.random.default_rng(1).standard_normal((2, 8, 9))
    pooled = functional.max_pool2d(torch.tensor(array), 3, stride=1, padding=1)
    np.testing.assert_array_equal(flow.local_maximum(array, 1), pooled.numpy())
    np.testing.assert_array_equal(flow.local_maximum(array, 0), array)
    with pytest.raises(MotionError, match="reach is -1"):
        flow.local_maximum(array, -1)


def test_the_first_order_maximum_is_exact_on_a_plane():
    array = plane(2.0, -3.0, (0, 0))
    inner = (slice(2, -2), slice(2, -2))
    found, linear = flow.local_maximum(array, 1), derivation.linear_maximum(array, 1)
    np.testing.assert_allclose(found[inner], linear[inner])


def test_blur_keeps_a_constant_and_spreads_a_point():
    assert np.allclose(flow.blur(np.full((1, 9, 9), 0.3), 1.5), 0.3)
    point = np.zeros((31, 31))
    point[15, 15] = 1
    spread = flow.blur(point, 2.0)
    across = np.arange(31) - 15
    assert spread.sum() == pytest.approx(1)
    assert (spread.sum(axis=0) * across**2).sum() == pytest.approx(4, rel=0.01)


def test_every_rung_of_the_ladder_holds_better_than_a_wrong_velocity():
    planes = np.stack([wave((0, 0), 24.0) + wave((7, 3), 40.0)] * 3)
    kernel = np.random.default_rng(2).standard_normal((4, 3, 3, 3))
    frames = derivation.shifted_pair(planes, (0.6, 0.3), 56)
    rungs = derivation.ladder(*frames, (0.6, 0.3), kernel)
    assert [r.velocity for r in rungs] == [(0.6, 0.3)] * 4 + [(0.3, 0.15)]
    assert rungs[0].residual < 0.05
    for rung in rungs:
        assert rung.residual < 0.5 * rung.residual_with((0, 0)) == pytest.approx(0.5)
    assert rungs[-1].residual < 0.7 * rungs[-1].residual_with((0.6, 0.3))


def test_aliasing_goes_with_blur():
    picture = np.random.default_rng(3).standard_normal((1, 64, 64))
    blurred = (picture, flow.blur(picture, 2), flow.blur(picture, 4))
    parts = [derivation.part_left_at_half(each, 4) for each in blurred]
    assert parts[0] > 0.6 > 0.4 > parts[1] > parts[2]
    with pytest.raises(MotionError, match="stride is 3"):
        derivation.part_left_at_half(picture, 3)


def test_padding_reaches_as_far_as_the_receptive_field_and_no_farther():
    network, name = networks.untrained(0), "g_a.3"
    layer = network.layer(name)
    picture = np.random.default_rng(4).random((64, 96, 3), np.float32)
    error = derivation.border_error(network, name, picture, 4)
    touched = -(-((layer.receptive_px - 1) // 2) // layer.stride)
    assert (error[:touched] > 1e-3).all()
    assert (error[touched : -touched or None] < 1e-5).all()


@pytest.mark.parametrize(
    ("shapes", "margin"), [(((5, 5), (5, 6)), 1), (((5, 5), (5, 5)), 3), (((5,), (5,)), 1)]
)
def test_unfit_frames_are_refused(shapes, margin):
    with pytest.raises(MotionError, match="frames"):
        flow.residual(np.zeros(shapes[0]), np.ones(shapes[1]), (1, 0), margin)


def test_nothing_that_changes_is_refused():
    with pytest.raises(MotionError, match="change between the frames"):
        flow.residual(np.zeros((5, 5)), np.zeros((5, 5)), (1, 0), 1)


def test_a_square_that_does_not_fit_is_refused():
    with pytest.raises(MotionError, match="side .px. is 65; allowed: 33 to 60"):
        derivation.shifted_pair(np.zeros((3, 60, 80)), (1, 0), 65)
