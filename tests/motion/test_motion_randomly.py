"""Random motion: ranges, order of composition, reproducible draws."""

import numpy as np
import pytest

from lcip import results
from lcip.motion.affine import MotionError
from lcip.motion.randomly import RANGES, Draw, draws

NOTHING = Draw(0, 0, 1, 1, 0, 0, 0)


def test_ranges_are_the_published_ones():
    numbers = results.read_published("motion_published_numbers").set_index("quantity")["value"]
    for name, text in numbers.filter(like="random affine").items():
        low, high = {"uniform +-32": (-32, 32), "uniform 0.95-1.05": (0.95, 1.05),
                     "uniform +-5": (-5, 5), "uniform +-10": (-10, 10)}[text]  # fmt: skip
        key = {"tran": "t", "scal": "scale", "shea": "shear", "rota": "rotation"}
        (start,) = (v for k, v in key.items() if k in name)
        found = [limits for column, limits in RANGES.items() if column.startswith(start)]
        assert found and all(limits == (low, high) for limits in found), name
    assert tuple(RANGES) == Draw._fields


def test_the_order_is_scale_shear_rotation_translation_by_hand():
    """(3, 0) from the middle: stretched to 6, sheared down to (6, 6), turned to (6, -6), moved."""
    draw = Draw(tx_px=1, ty_px=2, scale_x=2, scale_y=1, shear_x_deg=0, shear_y_deg=45,
                rotation_deg=90)  # fmt: skip
    middle = np.array([50.0, 50.0])
    moved = draw.motion(101)(middle + (3, 0))
    np.testing.assert_allclose(moved, middle + (6, -6) + (1, 2), atol=1e-12)


def test_the_order_matters():
    draw = Draw(5, 0, 1.05, 0.95, 5, -5, 10)
    from lcip.motion import affine

    centre = (31.5, 31.5)
    parts = [affine.scale(1.05, 0.95, centre), affine.shear(5, -5, centre),
             affine.rotation(10, centre), affine.translation(5, 0)]  # fmt: skip
    corner = np.array([0.0, 0.0])
    expected = corner
    for part in parts:
        expected = part(expected)
    np.testing.assert_allclose(draw.motion(64)(corner), expected, atol=1e-12)
    reverse = affine.compose(*reversed(parts))(corner)
    assert np.abs(reverse - expected).max() > 0.5


def test_the_middle_of_the_frame_is_only_translated():
    for draw in draws(5, seed=1):
        middle = np.full(2, 31.5)
        moved = draw.motion(64)(middle)
        np.testing.assert_allclose(moved - middle, (draw.tx_px, draw.ty_px), atol=1e-9)


def test_nothing_drawn_is_no_motion():
    np.testing.assert_allclose(NOTHING.motion(64)(np.array([3.0, 9.0])), (3, 9), atol=1e-12)


def test_draws_are_uniform_in_their_ranges_and_independent():
    many = np.array(draws(4000, seed=0))
    low, high = np.array(list(RANGES.values())).T
    unit = (many - low) / (high - low)
    assert (unit >= 0).all() and (unit <= 1).all()
    np.testing.assert_allclose(unit.mean(axis=0), 0.5, atol=0.02)
    np.testing.assert_allclose(unit.std(axis=0), 12**-0.5, atol=0.01)
    assert np.abs(np.corrcoef(unit.T) - np.eye(7)).max() < 0.06


def test_more_draws_of_a_seed_begin_with_the_same():
    assert draws(9, seed=4)[:3] == draws(3, seed=4) != draws(3, seed=5)


def test_draws_are_what_a_table_can_say():
    assert all(value == round(value, 4) for draw in draws(50, seed=0) for value in draw)


def test_no_draws_are_refused():
    with pytest.raises(MotionError, match="draws is 0; allowed: 1 or more"):
        draws(0, seed=0)
