"""Sampling by area, the unit ball, subsets."""

import numpy as np
import pytest

from lcip.datasets import DatasetError, normalise_unit_ball, sample_mesh, subset_points
from lcip.datasets.meshes import to_int16

# A square of side 1 and, three units above it, one of side 3: nine times the area.
SQUARE = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=np.float32)
VERTICES = np.concatenate([SQUARE, 3 * SQUARE + [0, 0, 3]])
GOLDEN = [[1.9627512, 2.882571, 3], [1.5346764, 0.18123184, 3]]
FACES = np.array([[0, 1, 2], [0, 2, 3], [4, 5, 6], [4, 6, 7]])


def test_points_fall_in_proportion_to_area():
    points = sample_mesh(VERTICES, FACES, 20_000, seed=1)
    assert points.shape == (20_000, 3) and points.dtype == np.float32
    share = np.mean(points[:, 2] == 3)
    assert abs(share - 0.9) < 4 * np.sqrt(0.9 * 0.1 / 20_000)


def test_points_are_uniform_inside_a_triangle():
    """The mean is the centroid, and each corner's third gets a third of the points."""
    triangle = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]])
    points = sample_mesh(triangle, [[0, 1, 2]], 30_000, seed=2)
    assert (points >= 0).all() and (points[:, :2].sum(axis=1) <= 1 + 1e-6).all()
    np.testing.assert_allclose(points.mean(axis=0), [1 / 3, 1 / 3, 0], atol=0.006)
    # The corner triangles cut off at half the height hold a quarter of the area each.
    assert abs(np.mean(points[:, 0] > 0.5) - 0.25) < 0.01
    assert abs(np.mean(points[:, 1] > 0.5) - 0.25) < 0.01
    assert abs(np.mean(points[:, :2].sum(axis=1) < 0.5) - 0.25) < 0.01


def test_the_seed_decides():
    first = sample_mesh(VERTICES, FACES, 50, seed=3)
    np.testing.assert_array_equal(first, sample_mesh(VERTICES, FACES, 50, seed=3))
    assert not np.array_equal(first, sample_mesh(VERTICES, FACES, 50, seed=4))
    assert not np.array_equal(first, sample_mesh(VERTICES, FACES, 50, seed=(3, 1)))


def test_golden_points_hold_on_every_machine():
    points = sample_mesh(VERTICES, FACES, 2, seed=1234)
    np.testing.assert_allclose(points, GOLDEN, rtol=1e-6)


def test_triangles_without_area_get_no_points():
    faces = np.array([[0, 0, 0], [0, 1, 1], [4, 5, 6], [2, 2, 3]])
    assert (sample_mesh(VERTICES, faces, 500, seed=5)[:, 2] == 3).all()


@pytest.mark.parametrize(
    ("vertices", "faces", "said"),
    [
        (VERTICES, np.zeros((0, 3), int), "0 triangles of total area 0"),
        (VERTICES, [[0, 1, 1]], "1 triangles of total area 0"),
        (VERTICES, [[0, 1, 8]], "a face names vertex 8.; allowed: 0 to 7"),
        (VERTICES, [[0, 1, -1]], "a face names vertex -1.; allowed: 0 to 7"),
        (VERTICES * np.nan, FACES, "NaN or infinity"),
        (VERTICES[:, :2], FACES, r"\(8, 2\)"),
        (VERTICES, [[0, 1, 2, 3]], r"\(1, 4\)"),
    ],
)
def test_a_mesh_that_cannot_be_sampled_is_refused(vertices, faces, said):
    with pytest.raises(DatasetError, match=f"mesh is .*{said}"):
        sample_mesh(vertices, faces, 10, seed=0)


@pytest.mark.parametrize("count", [0, -1, 1.5, True, None])
def test_a_count_that_is_no_count_is_refused(count):
    with pytest.raises(DatasetError, match=f"num_points is {count}; allowed: a positive whole"):
        sample_mesh(VERTICES, FACES, count, seed=0)


def test_a_subset_has_different_points_and_depends_on_the_seed():
    points = np.arange(60.0).reshape(20, 3)
    some = subset_points(points, 15, seed=1)
    assert len({tuple(row) for row in some}) == 15
    np.testing.assert_array_equal(some, subset_points(points, 15, seed=1))
    assert not np.array_equal(some, subset_points(points, 15, seed=2))
    with pytest.raises(DatasetError, match="num_points is 21; allowed: 1 to 20"):
        subset_points(points, 21, seed=1)


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
def test_the_unit_ball_is_filled_and_centred(scale):
    points = np.random.default_rng(0).normal([5, -3, 2], [1, 2, 3], (1000, 3)) * scale
    ball = normalise_unit_ball(points)
    assert ball.dtype == np.float32
    np.testing.assert_allclose(ball.mean(axis=0), 0, atol=1e-6)
    assert abs(np.linalg.norm(ball, axis=1).max() - 1) < 1e-6


def test_normalising_by_hand():
    np.testing.assert_allclose(
        normalise_unit_ball([[1, 0, 0], [3, 0, 0]]), [[-1, 0, 0], [1, 0, 0]], atol=1e-7
    )


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (np.zeros((0, 3)), "empty or holds NaN"),
        ([[0, 0, np.nan], [1, 1, 1]], "empty or holds NaN"),
        ([[0, 0, np.inf], [1, 1, 1]], "empty or holds NaN"),
        (np.zeros((5, 3)), "5 points that coincide"),
        (np.full((5, 3), 0.1), "5 points that coincide"),
        (np.zeros((5, 2)), r"\(5, 2\)"),
    ],
)
def test_clouds_without_a_ball_are_refused(points, said):
    with pytest.raises(DatasetError, match=said):
        normalise_unit_ball(points)


def test_int16_rounds_and_stays_in_range():
    values = to_int16(np.array([[1.0, -1.0, 0.5], [1.0000001, 0.0, 1 / 32767]]))
    assert values.dtype == np.int16
    assert values.tolist() == [[32767, -32767, 16384], [32767, 0, 1]]
