"""Clouds through every coder: what a receiver gets, and what it cost."""

import numpy as np
import pandas as pd
import pytest
from pointcloud_samples import clouds

from lcip.pointcloud.rivals import coded, draco, octree, prior, voxels
from lcip.pointcloud.rivals import octree_loops as loops
from lcip.pointcloud.rivals.coded import Place
from lcip.pointcloud.rivals.parts import Parts


@pytest.fixture(scope="module")
def learned() -> prior.Prior:
    """A prior from the very clouds, for one number of points."""
    tables = {(grid, 64): prior.scaled(prior.count(grid, clouds(64))) for grid in voxels.GRIDS}
    return prior.Prior(tables, bytes(32))


def test_every_place_has_its_own_name():
    names = [place.name for place in coded.places()]
    assert len(set(names)) == len(names) == 8 * (9 + 9 + 10)


@pytest.mark.parametrize("grid", voxels.GRIDS)
def test_octree_rows_are_means_of_real_payloads(learned, grid):
    rows = coded.measure(Place(grid, "scale", 8, 64), clouds(64), learned)
    assert rows["variant"].tolist() == list(coded.VARIANTS)
    chosen = voxels.grid(grid)
    starts = (octree.scratch(), learned.counts(grid, 64))
    for row, start in zip(rows.itertuples(), starts, strict=True):
        sizes = [
            8 * len(octree.encode(chosen.cells(x, 8), chosen.depth(8), start).data)
            for x in clouds(64)
        ]
        assert row.payload_bits == np.mean(sizes)
        assert row.file_bits == row.payload_bits + 32
        assert row.least_file_bits == min(sizes) + 32
        assert row.has_estimate and row.estimated_bits <= row.payload_bits + 1
        assert row.payload_bits <= row.estimated_bits + 8
    assert rows["payload_bits"][1] < rows["payload_bits"][0]


def test_draco_rows_are_means_of_real_files(learned):
    rows = coded.measure(Place("draco", "quantization_bits", 4, 64), clouds(64), learned)
    published, smallest = rows.itertuples()
    sizes = [8 * len(draco.encode(x, 4, 10)) for x in clouds(64)]
    assert published.file_bits == np.mean(sizes) and published.least_file_bits == min(sizes)
    assert published.payload_bits == published.file_bits - 88
    assert smallest.file_bits < published.file_bits and not smallest.has_estimate


@pytest.mark.parametrize(
    "place",
    [
        Place("trunc", "scale", 4, 64),
        Place("centred", "scale", 4, 64),
        Place("draco", "quantization_bits", 3, 64),
    ],
)
def test_a_receiver_gets_distinct_points_near_those_sent(place):
    points = clouds(64)[3]
    found = coded.decoded(place, points)
    assert found.dtype == np.float32 and len(np.unique(found, axis=0)) == len(found) <= 64
    gaps = np.abs(points[:, None] - found[None]).max(axis=2).min(axis=1)
    assert gaps.max() <= 0.25 + 1e-6


def test_a_received_cloud_fills_the_unit_ball():
    points = clouds(64)[3]
    for grid in voxels.GRIDS:
        found = coded.received(Place(grid, "scale", 4, 64), points)
        assert np.abs(found.mean(axis=0)).max() < 1e-6
        assert abs(np.linalg.norm(found, axis=1).max() - 1) < 1e-6
    assert coded.received(Place("trunc", "scale", 1, 64), 0.9 * points).tolist() == [[0, 0, 0]]


def test_decoded_clouds_are_those_in_the_bytes():
    """What is classified is what a decoder gives, not what an encoder knew."""
    points, grid = clouds(128)[5], voxels.grid("centred")
    start = octree.Counts(loops.RICH, np.ones((loops.NUM_RICH, 2), np.int64))
    data = octree.encode(grid.cells(points, 16), grid.depth(16), start).data
    read = grid.points(octree.decode(data, grid.depth(16), 128, start), 16)
    wanted = coded.decoded(Place("centred", "scale", 16, 128), points)
    assert np.array_equal(np.unique(read, axis=0), np.unique(wanted, axis=0))


def test_a_part_is_made_once(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/registry.toml").write_text("")
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))
    calls = []

    def make() -> pd.DataFrame:
        calls.append(1)
        return pd.DataFrame({"codec": ["a"], "has_estimate": [True], "payload_bits": [1 / 3]})

    parts = Parts("table", {"data": "x"})
    first, again = parts.part("one", make), Parts("table", {"data": "x"}).part("one", make)
    assert len(calls) == 1 and first.equals(again) and again["payload_bits"][0] == 1 / 3
    Parts("table", {"data": "y"}).part("one", make)
    assert len(calls) == 2
    parts.remove()
    Parts("table", {"data": "x"}).part("one", make)
    assert len(calls) == 3 and parts.seconds() >= 0
