"""Some points of a cloud of any size: which, depends on the points and the seed alone."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip.datasets import DatasetError, draw_cloud, sample_mesh, write_points_ply
from lcip.datasets.draws import draw_distinct, keys

CLOUD = np.random.default_rng(1).normal(size=(500, 3))


def pieces(points: np.ndarray, size: int) -> list[np.ndarray]:
    return [points[i : i + size] for i in range(0, len(points), size)]


def reference(points: np.ndarray, num_points: int, seed: int) -> np.ndarray:
    """The definition: distinct points in the order of their keys, the first ones."""
    distinct = np.unique(points + 0.0, axis=0)
    return distinct[np.argsort(keys(distinct, seed), kind="stable")][:num_points]


@pytest.mark.parametrize("size", [1, 7, 100, 500, 1000])
@pytest.mark.parametrize("num_points", [1, 99, 499, 500, 501])
def test_chunks_change_nothing(size, num_points):
    draw = draw_distinct(pieces(CLOUD, size), num_points, seed=3)
    np.testing.assert_array_equal(draw.points, reference(CLOUD, num_points, 3))
    assert draw.num_seen == 500


@settings(max_examples=50, deadline=None)
@given(
    order=st.permutations(range(12)),
    doubled=st.lists(st.integers(0, 11), max_size=5),
    num_points=st.integers(1, 13),
    seed=st.integers(0, 2**63 - 1),
)
def test_order_and_doubled_points_change_nothing(order, doubled, num_points, seed):
    points = CLOUD[:12].copy()
    points[:3, 0] = [0.0, -0.0, 0.0]  # one zero, two signs
    changed = points[[*order, *doubled]]
    changed[changed == 0] *= -1
    draw = draw_distinct(pieces(changed, 4), num_points, seed)
    np.testing.assert_array_equal(draw.points, reference(points, num_points, seed))
    assert draw.num_seen == 12 + len(doubled)


def test_another_seed_gives_another_subset_and_all_points_have_the_same_chance():
    counts = np.zeros(500)
    rows = {tuple(point): row for row, point in enumerate(CLOUD)}
    for seed in range(400):
        chosen = draw_distinct([CLOUD], 50, seed).points
        counts[[rows[tuple(point)] for point in chosen]] += 1
    # Each count is binomial, 400 × 0.1: mean 40, standard deviation 6.
    assert counts.sum() == 400 * 50
    assert abs(counts - 40).max() < 5 * 6 and 5 < counts.std() < 7


def test_points_of_a_regular_grid_are_spread_evenly():
    """Keys of points that differ in few bits must not be alike."""
    axis = np.arange(16.0)
    grid = np.stack(np.meshgrid(axis, axis, axis), axis=-1).reshape(-1, 3)
    octants = (draw_distinct([grid], 800, seed=0).points >= 8) @ [1, 2, 4]
    assert abs(np.bincount(octants, minlength=8) - 100).max() < 50


def test_golden_draw():
    """Which points are drawn is part of what `lcip cloud encode` promises."""
    grid = np.arange(30.0).reshape(10, 3)
    assert draw_distinct([grid], 3, seed=0).points[:, 0].tolist() == [0.0, 3.0, 21.0]


@pytest.mark.parametrize("seed", [-1, 2**63, 1.0, True, None])
def test_seeds_that_are_none_are_refused(seed):
    with pytest.raises(DatasetError, match="seed is .*; allowed: whole numbers from 0"):
        draw_distinct([CLOUD], 3, seed)


def test_nan_infinity_and_no_point_are_refused():
    bad = CLOUD.copy()
    bad[41, 2], bad[300, 0] = np.nan, -np.inf
    with pytest.raises(ValueError, match="2 of 500 points NaN or infinite, first 41"):
        draw_distinct(pieces(bad, 20), 3, 0)
    with pytest.raises(ValueError, match="it has no points"):
        draw_distinct([np.zeros((0, 3))], 3, 0)


def test_a_cloud_is_drawn_and_a_mesh_is_sampled(tmp_path):
    write_points_ply(tmp_path / "a.ply", CLOUD)
    drawn = draw_cloud(tmp_path / "a.ply", 100, seed=2)
    expected = reference(CLOUD.astype(np.float32).astype(np.float64), 100, 2)
    np.testing.assert_array_equal(drawn.points, expected)
    assert (drawn.num_seen, drawn.is_mesh, drawn.kind) == (500, False, "PLY")
    (tmp_path / "b.off").write_text("OFF\n3 1 0\n-1 -1 0\n1 -1 0\n-1 1 0\n3 0 1 2\n")
    drawn = draw_cloud(tmp_path / "b.off", 40, seed=2)
    vertices = np.array([[-1.0, -1, 0], [1, -1, 0], [-1, 1, 0]])
    np.testing.assert_allclose(drawn.points, sample_mesh(vertices, np.array([[0, 1, 2]]), 40, 2))
    assert (drawn.num_seen, drawn.is_mesh, drawn.kind) == (1, True, "OFF")


@pytest.mark.parametrize("scale", [1e-300, 1e-30, 1e30, 1e300])
def test_a_mesh_of_any_scale_is_sampled(tmp_path, scale):
    corners = "".join(f"{x * scale!r} {y * scale!r} 0\n" for x, y in [(0, 0), (1, 0), (0, 1)])
    (tmp_path / "a.off").write_text(f"OFF\n3 1 0\n{corners}3 0 1 2\n")
    points = draw_cloud(tmp_path / "a.off", 50, seed=0).points
    assert points.min() >= -1 and points.max() <= 1 and np.ptp(points[:, 0]) > 1


def test_coordinates_far_from_the_origin_keep_their_detail(tmp_path):
    """Maps have objects at millions of metres, where single precision has steps of half a metre."""
    points = np.array([4_649_776.0, 500_000.0, 120.0]) + CLOUD * 0.01
    np.savetxt(tmp_path / "a.xyz", points, fmt="%.9f")
    drawn = draw_cloud(tmp_path / "a.xyz", 1000, seed=0).points
    assert len(np.unique(drawn[:, 0])) == 500


def peak(path) -> int:
    """Bytes that drawing from a file takes at most."""
    tracemalloc.start()
    draw_cloud(path, 100, seed=0)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def written(path, count: int) -> None:
    """A cloud of `count` points in the format that the name ends with."""
    cloud = np.random.default_rng(0).normal(size=(count, 3)).astype(np.float32)
    if path.name.endswith("binary.ply"):
        write_points_ply(path, cloud)
    elif path.suffix == ".npz":
        np.savez(path, points=cloud)
    elif path.suffix == ".npy":
        np.save(path, np.asfortranarray(cloud) if path.name.endswith("columns.npy") else cloud)
    else:
        rows = "\n".join("{:.3f} {:.3f} {:.3f}".format(*point) for point in cloud[:1000].tolist())
        path.write_text(HEADS[path.suffix].format(count) + f"{rows}\n" * (count // 1000))


HEADS = {
    ".xyz": "",
    ".off": "OFF\n{} 0 0\n",
    ".ply": "ply\nformat ascii 1.0\nelement vertex {}\nproperty float x\nproperty float y\n"
    "property float z\nend_header\n",
}


@pytest.mark.parametrize("kind", ["binary.ply", "rows.npy", "columns.npy", "a.npz"])
def test_memory_does_not_grow_with_a_cloud(tmp_path, kind):
    """Four times the points: hardly more memory, and less than they would take."""
    small, large = tmp_path / f"small-{kind}", tmp_path / f"large-{kind}"
    written(small, 150_000)
    written(large, 600_000)
    draw_cloud(small, 100, seed=0)  # what is imported once is not counted
    most = peak(large)
    assert most < 1.1 * peak(small) and most < 600_000 * 3 * 8


@pytest.mark.parametrize("kind", ["text.ply", "a.off", "a.xyz"])
def test_nor_does_it_for_text(tmp_path, kind, monkeypatch):
    monkeypatch.setattr("lcip.datasets.text.BLOCK", 1 << 15)
    monkeypatch.setattr("lcip.datasets.text_tables.AT_ONCE", 1 << 11)
    monkeypatch.setattr("lcip.datasets.ply_chunks.HEAD", 1 << 12)
    small, large = tmp_path / f"small-{kind}", tmp_path / f"large-{kind}"
    written(small, 30_000)
    written(large, 150_000)
    draw_cloud(small, 100, seed=0)
    assert peak(large) < 1.5 * peak(small)  # of five times the points


def test_ten_million_points_take_a_few_megabytes(tmp_path):
    """120 MB on disk; the same million points come ten times."""
    million = np.random.default_rng(0).normal(size=(1_000_000, 3)).astype("<f4")
    write_points_ply(tmp_path / "one.ply", million)
    head = (tmp_path / "one.ply").read_bytes()[: -million.nbytes]
    with open(tmp_path / "ten.ply", "wb") as file:
        file.write(head.replace(b"vertex 1000000", b"vertex 10000000"))
        for _ in range(10):
            file.write(million)
    expected = draw_cloud(tmp_path / "one.ply", 8192, seed=0)
    tracemalloc.start()
    drawn = draw_cloud(tmp_path / "ten.ply", 8192, seed=0)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert drawn.num_seen == 10_000_000 and most < 20e6
    np.testing.assert_array_equal(drawn.points, expected.points)
