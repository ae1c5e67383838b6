"""Grids: what TMC13 keeps of a cloud, and a finer way to round."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip.datasets import POINT_SCALE
from lcip.pointcloud.rivals import voxels
from lcip.pointcloud.rivals.errors import RivalError

EDGES = np.array([[1, 0, 0], [-1, 0, 0], [0, 0.999, -0.999], [0, 0, 0]], np.float32)


def decoded(name: str, points: np.ndarray, scale: int) -> np.ndarray:
    grid = voxels.grid(name)
    return grid.points(grid.cells(points, scale), scale)


def test_truncation_by_hand():
    points = np.array([[0.9, -0.9, 0.3], [0.76, -0.76, 0.26], [-0.2, 0.1, 0.24]])
    assert decoded("trunc", points, 4).tolist() == [[0, 0, 0], [0.75, -0.75, 0.25]]
    assert decoded("trunc", points, 1).tolist() == [[0, 0, 0]]


def test_the_middle_of_a_cell_by_hand():
    points = np.array([[0.9, -0.9, 0.3], [0.76, -0.76, 0.26], [-0.2, 0.1, 0.24]])
    assert decoded("centred", points, 4).tolist() == [
        [-0.125, 0.125, 0.125],
        [0.875, -0.875, 0.375],
    ]
    assert decoded("centred", points, 1).tolist() == [[-0.5, 0.5, 0.5], [0.5, -0.5, 0.5]]


@pytest.mark.parametrize("name", voxels.GRIDS)
@pytest.mark.parametrize("scale", voxels.SCALES)
def test_the_cube_holds_the_whole_ball(name, scale):
    grid = voxels.grid(name)
    cells = grid.cells(EDGES, scale)
    assert cells.min() >= 0 and cells.max() < 2 ** grid.depth(scale)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(*[st.integers(-18000, 18000)] * 3), min_size=1, max_size=40), st.data())
def test_a_decoded_point_is_near_and_no_cell_is_kept_twice(stored, data):
    points = np.array(stored, np.int16).astype(np.float32) / np.float32(POINT_SCALE)
    scale = data.draw(st.sampled_from(voxels.SCALES))
    for name, reach in (("trunc", 1.0), ("centred", 0.5)):
        found = decoded(name, points, scale)
        assert len(np.unique(found, axis=0)) == len(found) <= len(points)
        gaps = np.abs(points[:, None] - found[None]).max(axis=2).min(axis=1)
        assert (gaps <= reach / scale + 1e-6).all()


def test_truncated_points_are_those_of_plain_arithmetic():
    points = np.random.default_rng(0).uniform(-0.57, 0.57, (300, 3)).astype(np.float32)
    for scale in voxels.SCALES:
        plain = np.unique(np.trunc(points * scale), axis=0) / scale
        assert np.array_equal(np.unique(decoded("trunc", points, scale), axis=0), plain)


def test_what_is_none_is_refused():
    with pytest.raises(RivalError, match="scale is 3; allowed: 1, 2, 4"):
        voxels.grid("trunc").cells(EDGES, 3)
    with pytest.raises(RivalError, match="grid is 'round'; allowed: trunc, centred"):
        voxels.grid("round")
