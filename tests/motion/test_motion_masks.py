"""Masks: by hand on one axis, and against a per-pixel search for any motion."""

import numpy as np
import pytest

from lcip.motion import affine, masks
from lcip.motion.affine import MotionError
from lcip.motion.tap import Layer

FRAME_PX = 32
LAYER = Layer(
    "conv", channels=1, stride=2, offset_px=0.0, receptive_px=5
)  # looks at 2 i - 2 ... + 2
SHAPE = (16, 16)


def columns(mask: np.ndarray) -> list[int]:
    """The columns that are true in a middle row."""
    return np.flatnonzero(mask[8]).tolist()


def test_unpadded_by_hand():
    """Sample 0 sees pixel -2, sample 15 sees pixel 32: both touch padding."""
    whole = masks.unpadded(LAYER, SHAPE, FRAME_PX, erosion=1)
    assert columns(whole) == list(range(1, 15))
    assert columns(masks.unpadded(LAYER, SHAPE, FRAME_PX, erosion=0)) == list(range(16))
    np.testing.assert_array_equal(whole, whole.T)


def test_the_offset_is_where_the_window_lies():
    """With offset 2 the windows are 2 i ... 2 i + 4: only the last two leave the frame."""
    late = LAYER._replace(offset_px=2.0)
    assert columns(masks.unpadded(late, SHAPE, FRAME_PX, erosion=1)) == list(range(14))


def test_seen_before_by_hand():
    """After 6 px to the right, sample i saw 2 i - 8 ... 2 i - 4 before: from i = 4 on."""
    motion = affine.translation(6, 0)
    assert columns(masks.seen_before(LAYER, SHAPE, FRAME_PX, 1, motion)) == list(range(4, 15))
    assert columns(masks.seen_before(LAYER, SHAPE, FRAME_PX, 0, motion)) == list(range(3, 16))


def test_the_identity_has_seen_what_is_not_padded():
    seen = masks.seen_before(LAYER, SHAPE, FRAME_PX, 1, affine.identity())
    np.testing.assert_array_equal(seen, masks.unpadded(LAYER, SHAPE, FRAME_PX, 1))


@pytest.mark.parametrize("seed", range(8))
def test_corners_say_what_every_pixel_of_the_window_says(seed):
    rng = np.random.default_rng(seed)
    middle = ((FRAME_PX - 1) / 2,) * 2
    motion = affine.compose(
        affine.rotation(rng.uniform(-30, 30), middle),
        affine.scale(*rng.uniform(0.7, 1.4, 2), middle),
        affine.shear(*rng.uniform(-15, 15, 2), middle),
        affine.translation(*rng.uniform(-8, 8, 2)),
    )
    back = motion.inverse()
    expected = np.zeros(SHAPE, bool)
    for row, column in np.ndindex(*SHAPE):
        y, x = np.mgrid[2 * row - 2 : 2 * row + 3, 2 * column - 2 : 2 * column + 3]
        pixels = np.stack([x, y], axis=-1).astype(float)
        both = np.concatenate([pixels, back(pixels)])
        expected[row, column] = ((both >= 0) & (both <= FRAME_PX - 1)).all()
    assert 0 < expected.sum() < expected.size
    found = masks.seen_before(LAYER, SHAPE, FRAME_PX, 1, motion)
    np.testing.assert_array_equal(found, expected)


def test_more_erosion_never_adds_a_sample():
    motion = affine.rotation(10, (15.5, 15.5))
    shares = (0, 0.25, 0.5, 0.75, 1)
    found = [masks.seen_before(LAYER, SHAPE, FRAME_PX, share, motion) for share in shares]
    assert all((later <= earlier).all() for earlier, later in zip(found, found[1:], strict=False))
    assert found[-1].sum() < found[0].sum()


@pytest.mark.parametrize("erosion", [-0.1, 1.5, float("nan")])
def test_erosion_outside_its_range_is_refused(erosion):
    with pytest.raises(MotionError, match="allowed: 0 to 1. Next: 1 asks for the whole receptive"):
        masks.half_window_px(LAYER, erosion)
