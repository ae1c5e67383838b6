"""Draco: what its files cost, what they hold, what is refused."""

import numpy as np
import pytest
from pointcloud_samples import clouds

from lcip.pointcloud.rivals import draco
from lcip.pointcloud.rivals.errors import RivalError
from lcip.pointcloud.rivals.voxels import distinct


@pytest.mark.parametrize("bits", [1, 4, 9, 12])
def test_every_point_comes_back_within_half_a_step(bits):
    points = clouds(200)[2]
    found = draco.decode(draco.encode(points, bits, draco.PUBLISHED_LEVEL))
    assert found.shape == points.shape and found.dtype == np.float32
    step = np.ptp(points, axis=0).max() / (2**bits - 1)
    gaps = np.abs(points[:, None] - found[None]).max(axis=2).min(axis=1)
    assert gaps.max() <= step / 2 + 1e-6


@pytest.mark.parametrize("level", range(11))
def test_the_level_decides_the_file_and_not_the_points(level):
    points = clouds(100)[0]
    plain = distinct(draco.decode(draco.encode(points, 5, draco.PUBLISHED_LEVEL)))
    assert np.array_equal(distinct(draco.decode(draco.encode(points, 5, level))), plain)


@pytest.mark.parametrize("num_points", [1, 8, 500])
@pytest.mark.parametrize("bits", [1, 3, 8])
def test_the_smallest_file_holds_the_same_distinct_points(num_points, bits):
    for points in clouds(500)[:, :num_points]:
        published = draco.encode(points, bits, draco.PUBLISHED_LEVEL)
        small = draco.encode_small(points, bits)
        assert len(small) <= len(published)
        found, wanted = distinct(draco.decode(small)), distinct(draco.decode(published))
        assert found.shape == wanted.shape and np.abs(found - wanted).max() <= draco.NEAR


def test_points_in_one_cell_are_sent_once_where_the_file_may_be_small():
    points = clouds(500)[0]
    published, small = draco.encode(points, 2, 10), draco.encode_small(points, 2)
    assert len(draco.decode(published)) == 500
    assert len(draco.decode(small)) == len(distinct(draco.decode(published))) < 100
    assert len(small) < 0.6 * len(published)


def test_the_floor_is_not_the_header():
    """As the module's docstring has it: 171 bytes for one point, less than half at level 3."""
    point = np.zeros((1, 3), np.float32)
    sizes = [len(draco.encode(point, 1, level)) for level in range(11)]
    assert sizes[4:] == [171] * 7 and sizes[3] == 75 and sizes[0] == 58
    assert draco.encode(point, 1, 10)[:5] == b"DRACO"


def test_no_published_point_lies_below_the_floor():
    from lcip import results

    points = results.read_published("pc_rate_accuracy_points")
    least = points.loc[points["codec"] == "draco", "bits"].min()
    assert 8 * 171 <= least == 1376


@pytest.mark.parametrize(
    ("points", "bits", "level", "message"),
    [
        (np.zeros((0, 3), np.float32), 5, 10, r"points is 'float32 of shape \(0, 3\)'"),
        (np.zeros((4, 2), np.float32), 5, 10, r"points is 'float32 of shape \(4, 2\)'"),
        (np.zeros((4, 3), np.int16), 5, 10, "points is 'int16"),
        (np.full((4, 3), np.nan), 5, 10, "points is 'NaN or infinity'"),
        (np.zeros((4, 3)), 0, 10, "quantization_bits is 0; allowed: 1 to 16"),
        (np.zeros((4, 3)), 17, 10, "quantization_bits is 17; allowed: 1 to 16"),
        (np.zeros((4, 3)), 2.5, 10, "quantization_bits is 2.5"),
        (np.zeros((4, 3)), 5, 11, "compression_level is 11; allowed: 0 to 10"),
    ],
)
def test_what_is_none_is_refused(points, bits, level, message):
    with pytest.raises(RivalError, match=message):
        draco.encode(points, bits, level)


@pytest.mark.parametrize("data", [b"", b"DRACO", b"no such file at all", b"\0" * 200])
def test_foreign_bytes_are_refused(data):
    with pytest.raises(RivalError, match=f"did not decode a file of {len(data)} bytes"):
        draco.decode(data)


def test_a_cut_file_is_refused():
    data = draco.encode(clouds(100)[0], 8, 10)
    with pytest.raises(RivalError, match="Next: check that the file is whole"):
        draco.decode(data[: len(data) // 2])
