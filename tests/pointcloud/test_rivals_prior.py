"""What training clouds teach the octree coder."""

import numpy as np
import pytest
from pointcloud_samples import clouds

from lcip import artifacts
from lcip.pointcloud.rivals import octree, prior, voxels
from lcip.pointcloud.rivals import octree_loops as loops
from lcip.pointcloud.rivals.errors import RivalError


def bits(counts: octree.Counts, grid: str, scale: int, points: np.ndarray) -> int:
    chosen = voxels.grid(grid)
    cells, depth = chosen.cells(points, scale), chosen.depth(scale)
    return 8 * len(octree.encode(cells, depth, counts).data)


@pytest.mark.parametrize("grid", voxels.GRIDS)
def test_what_was_counted_is_cheaper(grid):
    seen = prior.count(grid, clouds(128))
    learned = octree.Counts(loops.RICH, prior.scaled(seen).astype(np.int64))
    for scale in (4, 16):
        cheap = sum(bits(learned, grid, scale, points) for points in clouds(128))
        assert cheap < 0.9 * sum(bits(octree.scratch(), grid, scale, x) for x in clouds(128))


def test_counts_are_bounded_and_never_zero():
    seen = np.array([[0, 0], [10**9, 0], [0, 10**9], [5, 7]])
    scaled = prior.scaled(seen)
    assert (scaled >= 1).all() and (scaled.sum(axis=1) <= prior.STRENGTH + 1).all()
    assert scaled[3].tolist() == [11, 15]


def test_a_prior_comes_back_and_serves_other_numbers_of_points(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/registry.toml").write_text("")
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))
    tables = {
        ("trunc", points): prior.scaled(np.full((loops.NUM_RICH, 2), points)) for points in (8, 64)
    }
    prior.save(tables, {"data": "none"})
    found = prior.load()
    assert found.identity == artifacts.load_weights(prior.NAME).identity
    for asked, nearest in ((1, 8), (8, 8), (32, 64), (5000, 64)):
        start = found.counts("trunc", asked)
        assert start.kind == loops.RICH and start.start.dtype == np.int64
        assert np.array_equal(start.start, tables["trunc", nearest])
    with pytest.raises(RivalError, match="grid is 'centred'; allowed: trunc"):
        found.counts("centred", 8)


def test_the_committed_prior_covers_every_place():
    found = prior.load()
    for grid in voxels.GRIDS:
        for points in prior.POINTS:
            counts = found.counts(grid, points).start
            assert counts.shape == (loops.NUM_RICH, 2)
            assert counts.min() >= 1 and counts.sum(axis=1).max() <= prior.STRENGTH + 1


def test_the_committed_prior_helps_clouds_it_has_never_seen():
    """Solids made here are no clouds of ModelNet40, yet surfaces are surfaces."""
    found = prior.load()
    for points in (64, 1024):
        for grid in voxels.GRIDS:
            learned = sum(bits(found.counts(grid, points), grid, 8, x) for x in clouds(points))
            plain = sum(bits(octree.scratch(), grid, 8, x) for x in clouds(points))
            assert learned < 0.95 * plain
