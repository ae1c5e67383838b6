"""The two frames of a photograph, the motions by name, and photographs that cannot be used."""

import numpy as np
import pytest

from lcip.motion import affine
from lcip.motion.affine import MotionError
from lcip.motion.frames import UNITS, Transform, cut
from lcip.motion.warp import KERNELS


@pytest.fixture
def photograph() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (60, 81, 3), dtype=np.uint8)


@pytest.mark.parametrize("interpolation", KERNELS)
def test_the_identity_moves_nothing_not_one_bit(photograph, interpolation):
    frames = cut(photograph, Transform("identity", 0).motion(32), 32, interpolation)
    np.testing.assert_array_equal(frames.moved, frames.still)
    assert frames.still.shape == (32, 32, 3) and frames.still.dtype == np.float32


def test_the_still_frame_is_the_middle(photograph):
    still = cut(photograph, affine.identity(), 32, "bilinear").still
    expected = photograph[14:46, 24:56].astype(np.float32) / 255
    np.testing.assert_array_equal(still, expected)


def test_what_enters_is_what_lies_there_in_the_photograph(photograph):
    """Everything goes 5 px to the right: the frame now shows columns 19 ... 50."""
    moved = cut(photograph, affine.translation(5, 0), 32, "bicubic").moved
    np.testing.assert_array_equal(moved, photograph[14:46, 19:51].astype(np.float32) / 255)


def test_behind_the_photograph_its_last_pixel_is_repeated(photograph):
    moved = cut(photograph, affine.translation(40, 0), 32, "bicubic").moved
    expected = photograph[14:46, :1].astype(np.float32) / 255
    np.testing.assert_array_equal(moved[:, :16], np.repeat(expected, 16, axis=1))


def test_values_stay_in_the_unit_range():
    """Bicubic reading overshoots at an edge; a picture does not."""
    edge = np.zeros((16, 16, 3), np.uint8)
    edge[:, 8:] = 255
    moved = cut(edge, affine.translation(0.5, 0), 12, "bicubic").moved
    assert moved.min() == 0 and moved.max() == 1


@pytest.mark.parametrize(
    ("transform", "point", "goes_to"),
    [
        (Transform("translation_x", 35), (3, 4), (38, 4)),
        (Transform("rotation", 90), (12.5, 7.5), (7.5, 2.5)),
        (Transform("scale_x", 1.2), (12.5, 3), (13.5, 3)),
        (Transform("shear_x", 45), (7.5, 9.5), (9.5, 9.5)),
        (Transform("identity", 0), (1, 2), (1, 2)),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_motions_are_about_the_middle_of_the_frame(transform, point, goes_to):
    """A frame of 16 px has its middle at (7.5, 7.5)."""
    np.testing.assert_allclose(transform.motion(16)(np.array(point, float)), goes_to, atol=1e-12)


def test_every_kind_has_a_unit_and_a_motion():
    for kind in UNITS:
        assert Transform(kind, 1).unit == UNITS[kind]
        Transform(kind, 1).motion(8)


def test_unknown_transform_lists_the_known_ones():
    with pytest.raises(MotionError) as caught:
        Transform("zoom", 2).motion(8)
    assert "transform is 'zoom'; allowed: identity, translation_x, rotation" in str(caught.value)


def test_a_photograph_smaller_than_the_frame_is_refused(photograph):
    with pytest.raises(MotionError) as caught:
        cut(photograph, affine.identity(), 64, "bicubic")
    text = str(caught.value)
    assert "frame_px is 64; allowed: 1 to 60, the short side of this 81 x 60 photograph" in text
    assert "use a smaller frame or a larger photograph" in text


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((60, 60), np.uint8),
        np.zeros((60, 60, 4), np.uint8),
        np.zeros((60, 60, 3), np.float32),
        np.zeros((2, 60, 60, 3), np.uint8),
    ],
    ids=["grey", "rgba", "float", "batch"],
)
def test_what_is_not_8_bit_rgb_is_refused(wrong):
    with pytest.raises(MotionError) as caught:
        cut(wrong, affine.identity(), 32, "bicubic")
    assert "allowed: (H, W, 3) uint8. Next: read it with lcip.datasets.read_image" in str(
        caught.value
    )
