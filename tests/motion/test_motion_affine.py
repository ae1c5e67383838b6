"""Affine maps: values by hand, algebra, and the counterpart in a layer."""

import numpy as np
import pytest

from lcip.motion import affine
from lcip.motion.affine import MotionError

CENTRE = (7.5, 7.5)


def some_motions() -> list[affine.Affine]:
    return [
        affine.translation(3.25, -2),
        affine.rotation(10, CENTRE),
        affine.scale(1.2, 0.9, CENTRE),
        affine.shear(10, -4, CENTRE),
    ]


def some_points() -> np.ndarray:
    return np.random.default_rng(0).uniform(-20, 20, (50, 2))


def test_rotation_turns_anticlockwise_on_a_screen_whose_y_points_down():
    right_of_centre = np.array([[17.5, 7.5]])
    np.testing.assert_allclose(affine.rotation(90, CENTRE)(right_of_centre), [[7.5, -2.5]])


def test_scale_and_shear_by_hand():
    point = np.array([9.5, 11.5])  # centre + (2, 4)
    np.testing.assert_allclose(affine.scale(1.5, 1, CENTRE)(point), [10.5, 11.5])
    np.testing.assert_allclose(affine.shear(45, 0, CENTRE)(point), [13.5, 11.5])
    np.testing.assert_allclose(affine.shear(0, 45, CENTRE)(point), [9.5, 13.5])


@pytest.mark.parametrize("motion", some_motions()[1:], ids=["rotation", "scale", "shear"])
def test_the_centre_stays(motion):
    np.testing.assert_allclose(motion(np.array(CENTRE)), CENTRE, atol=1e-12)


@pytest.mark.parametrize(
    "motion", some_motions(), ids=["translation", "rotation", "scale", "shear"]
)
def test_inverse_undoes(motion):
    points = some_points()
    np.testing.assert_allclose(motion.inverse()(motion(points)), points, atol=1e-12)
    np.testing.assert_allclose(motion(motion.inverse()(points)), points, atol=1e-12)


def test_compose_applies_the_first_one_first():
    points = some_points()
    shift, turn = affine.translation(5, 0), affine.rotation(90, (0, 0))
    np.testing.assert_allclose(affine.compose(shift, turn)(points), turn(shift(points)), atol=1e-12)
    np.testing.assert_allclose(turn.after(shift)(points), turn(shift(points)), atol=1e-12)
    assert not np.allclose(turn(shift(points)), shift(turn(points)))


def test_compose_is_associative_and_of_nothing_the_identity():
    points, (a, b, c, d) = some_points(), some_motions()
    left = affine.compose(affine.compose(a, b), affine.compose(c, d))
    np.testing.assert_allclose(left(points), affine.compose(a, b, c, d)(points), atol=1e-11)
    assert (affine.compose()(points) == points).all()


@pytest.mark.parametrize("stride", [1, 2, 3, 16])
@pytest.mark.parametrize("offset_px", [0.0, 0.5, 7.5, -3.0])
def test_layer_motion_is_the_input_motion_seen_through_the_sampling_positions(stride, offset_px):
    """L(T_layer(u)) = T(L(u)) with L(u) = s u + o."""
    samples = some_points()
    for motion in some_motions():
        layer = motion.at_layer(stride, offset_px)
        seen = stride * layer(samples) + offset_px
        np.testing.assert_allclose(seen, motion(stride * samples + offset_px), atol=1e-10)


def test_the_field_in_a_layer_is_the_rule_of_the_thesis():
    """ṽ(u) = v(s u + o) / s for the field v of reading backwards."""
    samples, stride, offset_px = some_points(), 8, 3.5
    for motion in some_motions():
        back = motion.inverse()
        expected = back.field(stride * samples + offset_px) / stride
        got = back.at_layer(stride, offset_px).field(samples)
        np.testing.assert_allclose(got, expected, atol=1e-10)


def test_layer_motion_of_the_identity_is_exact_for_every_stride():
    samples = affine.grid(5, 7)
    for stride in range(1, 33):
        still = affine.identity().inverse().at_layer(stride, (stride - 1) / 2)
        assert (still(samples) == samples).all()


def test_translation_does_not_see_the_offset():
    motion = affine.translation(24, 8)
    np.testing.assert_array_equal(motion.at_layer(8, 0).shift, [3, 1])
    np.testing.assert_array_equal(motion.at_layer(8, 3.5).shift, [3, 1])


def test_grid_is_x_then_y():
    positions = affine.grid(2, 3)
    assert positions.shape == (2, 3, 2)
    np.testing.assert_array_equal(positions[1, 2], [2, 1])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: affine.translation(float("nan"), 0), "translation (px) is (nan, 0)"),
        (lambda: affine.rotation(float("inf"), CENTRE), "rotation (deg) is (inf,)"),
        (lambda: affine.scale(0, 1, CENTRE), "scale (ratio) is (0, 1); allowed: positive"),
        (lambda: affine.scale(-1, 1, CENTRE), "positive numbers"),
        (lambda: affine.shear(90, 0, CENTRE), "between -90 and 90"),
        (lambda: affine.shear(45, 45, CENTRE), "do not add up to 90"),
    ],
)
def test_motions_that_make_no_picture_are_refused(make, words):
    with pytest.raises(MotionError) as caught:
        make()
    assert words in str(caught.value)
