"""A user's files on their way into the codec: what is drawn, how it is scaled, what is told."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip.datasets import DatasetError, normalise_unit_ball, write_points_ply
from lcip.pointcloud import objects, solids
from lcip.pointcloud.examples import off
from lcip.pointcloud.solids import SOLIDS

RANDOM = np.random.default_rng(0)


def stored(folder, points, name="a.ply"):
    path = folder / name
    write_points_ply(path, points)
    return path


def as_set(points) -> set:
    return set(map(tuple, points.tolist()))


def test_a_cloud_of_p_points_is_coded_whole(tmp_path):
    cloud = solids.solid("chair", 256, seed=1)
    given = objects.read_object(stored(tmp_path, 5 * cloud + 2), 256, seed=0)
    np.testing.assert_allclose(
        sorted(given.points.tolist()), sorted(normalise_unit_ball(cloud).tolist()), atol=1e-6
    )
    assert str(given) == "PLY, cloud of 256 points: all coded"
    assert objects.too_few(given, 256) is None


def test_more_points_give_centre_and_radius_and_p_are_coded(tmp_path):
    """As the training data were made: scaled with all of them, then P of them."""
    cloud = solids.solid("table", 3000, seed=1)
    given = objects.read_object(stored(tmp_path, cloud), 100, seed=0)
    scaled = as_set(normalise_unit_ball(np.unique(cloud, axis=0)).round(5))
    assert len(given.points) == 100 and as_set(given.points.round(5)) <= scaled
    assert np.linalg.norm(given.points, axis=1).max() <= 1 + 1e-6
    assert str(given) == "PLY, cloud of 3,000 points: 100 coded (drawn with seed 0)"


def test_of_very_many_points_a_pool_is_drawn_first(tmp_path, monkeypatch):
    monkeypatch.setattr(objects, "POOL", 500)
    cloud = solids.solid("table", 3000, seed=1)
    given = objects.read_object(stored(tmp_path, cloud), 100, seed=4)
    assert (given.num_drawn, given.num_seen, len(given.points)) == (500, 3000, 100)
    assert str(given).endswith("100 coded (drawn with seed 4)")


def test_another_seed_gives_other_points_and_the_same_seed_the_same(tmp_path):
    path = stored(tmp_path, solids.solid("table", 3000, seed=1))
    one, again, other = (objects.read_object(path, 100, seed).points for seed in (0, 0, 1))
    assert np.array_equal(one, again) and not np.array_equal(one, other)


def test_fewer_points_are_all_coded_and_that_is_told(tmp_path):
    path = stored(tmp_path, solids.solid("cone", 40, seed=1))
    given = objects.read_object(path, 256, seed=0)
    assert len(given.points) == 40 and str(given) == "PLY, cloud of 40 points: all coded"
    assert objects.too_few(given, 256) == (
        "40 points, and the model was trained with 256: guesses may be worse"
    )


def test_equal_points_count_once(tmp_path):
    cloud = solids.solid("cone", 60, seed=1)
    doubled = np.concatenate([cloud, np.repeat(cloud[:1], 5000, axis=0)])
    given = objects.read_object(stored(tmp_path, doubled), 256, seed=0)
    alone = objects.read_object(stored(tmp_path, cloud, "b.ply"), 256, seed=0)
    np.testing.assert_array_equal(given.points, alone.points)
    assert str(given) == "PLY, cloud of 5,060 points: 60 distinct, all coded"


def test_a_mesh_is_sampled_by_area(tmp_path):
    (tmp_path / "a.off").write_bytes(off(SOLIDS["chair"]()))
    given = objects.read_object(tmp_path / "a.off", 256, seed=5)
    assert str(given) == (
        "OFF, mesh of 72 triangles: 8,192 points drawn by area (seed 5), 256 coded"
    )
    drawn = solids.solid("chair", objects.POOL, seed=5)
    np.testing.assert_allclose(given.points, drawn[:256], atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(range(30)), count=st.integers(1, 40), seed=st.integers(0, 1000))
def test_the_order_in_the_file_changes_no_bit(tmp_path_factory, order, count, seed):
    folder = tmp_path_factory.mktemp("order")
    cloud = RANDOM.normal(size=(30, 3)).astype(np.float32)
    one = objects.read_object(stored(folder, cloud), count, seed).points
    other = objects.read_object(stored(folder, cloud[order], "b.ply"), count, seed).points
    assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("scale", [1e-30, 1e-6, 1e6, 1e30])
@pytest.mark.parametrize("shift", [0.0, 100.0])
def test_size_and_place_do_not_matter(tmp_path, scale, shift):
    cloud = solids.solid("bottle", 200, seed=1).astype(np.float64)
    np.savetxt(tmp_path / "a.txt", scale * (cloud + shift))
    given = objects.read_object(tmp_path / "a.txt", 256, seed=0)
    expected = normalise_unit_ball(cloud)
    assert np.abs(np.sort(given.points, axis=0) - np.sort(expected, axis=0)).max() < 1e-5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 2 3\n", "a.xyz: cloud is 'a single point'; allowed: at least two"),
        ("1 2 3\n" * 50, "a.xyz: cloud is '50 points at one place'; allowed"),
        ("", "a.xyz .empty: 0 bytes"),
        ("0 0 0\n1 1 nan\n", "a.xyz .row 1 of its points"),
        ("0 0 0\n1 1 inf\n", "a.xyz .1 of 2 points NaN or infinite, first 1"),
    ],
)
def test_what_cannot_be_coded_is_refused_with_the_name_of_the_file(tmp_path, text, said):
    (tmp_path / "a.xyz").write_text(text)
    with pytest.raises(DatasetError, match=said):
        objects.read_object(tmp_path / "a.xyz", 256, seed=0)
