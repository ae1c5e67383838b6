"""The octree coder: nothing lost, bytes as estimated, and nothing foreign read."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pointcloud_samples import clouds

from lcip.coding import StreamError
from lcip.pointcloud.rivals import octree, prior, voxels
from lcip.pointcloud.rivals import octree_loops as loops
from lcip.pointcloud.rivals.errors import RivalError


@st.composite
def trees(draw):
    """(cells, depth), repeated cells included."""
    depth = draw(st.integers(1, octree.MOST_DEPTH))
    coordinate = st.integers(0, 2**depth - 1)
    cells = draw(st.lists(st.tuples(coordinate, coordinate, coordinate), min_size=1, max_size=60))
    return np.array(cells), depth


def rich_counts(seed: int) -> octree.Counts:
    """Counts as a prior has them, drawn at random."""
    seen = np.random.default_rng(seed).integers(0, 400, (loops.NUM_RICH, 2))
    return octree.Counts(loops.RICH, prior.scaled(seen).astype(np.int64))


STARTS = {"scratch": octree.scratch(), "prior": rich_counts(0)}


@pytest.mark.parametrize("start", STARTS)
@settings(max_examples=60, deadline=None)
@given(tree=trees())
def test_cells_come_back(start, tree):
    cells, depth = tree
    coded = octree.encode(cells, depth, STARTS[start])
    found = octree.decode(coded.data, depth, len(cells), STARTS[start])
    assert np.array_equal(np.unique(found, axis=0), np.unique(cells, axis=0))
    assert len(found) == len(np.unique(cells, axis=0))
    assert 8 * len(coded.data) <= coded.estimated_bits + 8


def test_order_and_repetition_change_no_byte():
    cells = np.random.default_rng(1).integers(0, 16, (50, 3))
    again = np.concatenate([cells[::-1], cells[:7]])
    start = octree.scratch()
    assert octree.encode(cells, 4, start).data == octree.encode(again, 4, start).data


def test_counts_are_left_as_they_were():
    start = rich_counts(3)
    before = start.start.copy()
    data = octree.encode(np.array([[1, 2, 3]]), 5, start).data
    octree.decode(data, 5, 1, start)
    assert np.array_equal(start.start, before)


def test_golden_bytes():
    cells = np.array([[0, 0, 0], [3, 1, 2], [7, 7, 7], [3, 1, 3], [4, 4, 0]])
    assert octree.encode(cells, 3, octree.scratch()).data.hex() == "9ee69d49e1c7"


def test_one_cell_costs_what_its_contexts_say():
    """Depth 1, nothing known: seven bits of even chance for child 7, the eighth is certain."""
    last = octree.encode(np.array([[1, 1, 1]]), 1, octree.scratch())
    # Krichevsky and Trofimov: zeros of 1/2, 3/4, 5/6 … 13/14.
    chances = np.array([(2 * k + 1) / (2 * k + 2) for k in range(7)])
    assert abs(last.estimated_bits + np.log2(chances).sum()) < 1e-3
    assert octree.decode(last.data, 1, 1, octree.scratch()).tolist() == [[1, 1, 1]]


def test_a_decoder_with_other_agreements_does_not_go_wrong_silently():
    cells = voxels.grid("trunc").cells(clouds(256)[0], 16)
    data = octree.encode(cells, 6, STARTS["scratch"]).data
    with pytest.raises(StreamError, match=f"at most {len(cells) - 1} cells at depth 6"):
        octree.decode(data, 6, len(cells) - 1, STARTS["scratch"])
    assert len(octree.decode(data, 6, 1024, STARTS["scratch"])) == len(cells)


@pytest.mark.parametrize("start", STARTS)
def test_damage_ends_in_the_one_error_or_in_another_cloud(start):
    cells = voxels.grid("centred").cells(clouds(128)[1], 8)
    data, counts = octree.encode(cells, 4, STARTS[start]).data, STARTS[start]
    damaged = [data + b"\0", data + b"\1" * 9, data[:-1], b"", b"\xff" * 400]
    damaged += [data[:k] + bytes([data[k] ^ 1 << k % 8]) + data[k + 1 :] for k in range(len(data))]
    refused = 0
    for bytes_ in damaged:
        try:
            other = octree.decode(bytes_, 4, 128, counts)
        except StreamError as error:
            assert "octree stream is" in str(error)
            refused += 1
        else:
            assert octree.encode(other, 4, counts).data == bytes_ != data
    assert refused >= 3


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=40), st.integers(1, 10), st.integers(1, 30))
def test_any_bytes_are_refused_or_are_the_stream_of_a_cloud(data, depth, num_points):
    try:
        cells = octree.decode(data, depth, num_points, STARTS["prior"])
    except StreamError:
        return
    assert len(cells) <= num_points
    assert octree.encode(cells, depth, STARTS["prior"]).data == data


@pytest.mark.parametrize(
    ("cells", "depth", "message"),
    [
        (np.zeros((0, 3), int), 3, r"cells is 'int64 of shape \(0, 3\)'"),
        (np.zeros((4, 2), int), 3, r"cells is 'int64 of shape \(4, 2\)'"),
        (np.zeros((4, 3)), 3, "cells is 'float64"),
        (np.array([[0, 8, 0]]), 3, "a cell's coordinate is 8; allowed: 0 to 7"),
        (np.array([[0, -1, 9]]), 3, "a cell's coordinate is -1; allowed: 0 to 7"),
        (np.array([[0, 0, 0]]), 0, "depth of the octree is 0; allowed: 1 to 10"),
        (np.array([[0, 0, 0]]), 11, "depth of the octree is 11; allowed: 1 to 10"),
    ],
)
def test_cells_that_are_none(cells, depth, message):
    with pytest.raises(RivalError, match=message):
        octree.encode(cells, depth, octree.scratch())


@pytest.mark.parametrize("num_points", [0, -1, 2**20 + 1])
def test_numbers_of_points_that_are_none(num_points):
    with pytest.raises(RivalError, match="num_points is"):
        octree.decode(b"", 3, num_points, octree.scratch())


def test_neighbours_are_those_of_the_grid():
    """Level by level, as the coder finds them, against a look into the grid."""
    depth = 4
    leaves = octree.morton(np.random.default_rng(2).integers(0, 16, (90, 3)), depth)
    nodes, children = np.empty((2, len(leaves)), np.int64)
    behind = loops.start_links(len(leaves))
    for level in range(depth):
        count = loops.level_of(leaves, depth - level, nodes, children)
        cells = octree.cells_of(nodes[:count], depth)
        places = {tuple(cell): place for place, cell in enumerate(cells.tolist())}
        for place, cell in enumerate(cells):
            for axis in range(3):
                for side in range(2):
                    moved = cell.copy()
                    moved[2 - axis] += 2 * side - 1
                    wanted = places.get(tuple(moved.tolist()), -1)
                    assert behind[place, 2 * axis + side] == wanted
        below = loops.start_links(len(leaves))
        loops.link(count, children, behind, below)
        behind = below


@settings(max_examples=40, deadline=None)
@given(trees())
def test_contexts_lie_in_their_tables(tree):
    cells, depth = tree
    leaves = octree.morton(cells, depth)
    for kind, size in enumerate(loops.NUM_CONTEXTS):
        seen = np.zeros((size, 2), np.int64)
        loops.count_tree(leaves, depth, kind, seen)
        nodes = sum(len(np.unique(leaves >> 3 * (depth - level))) for level in range(depth))
        assert 7 * nodes <= seen.sum() <= 8 * nodes
