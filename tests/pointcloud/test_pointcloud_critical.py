"""Critical points against brute force over all subsets, and what lies on the convex hull."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pointcloud_samples import clouds, codec_of, settled_model
from scipy.spatial import ConvexHull

from lcip.datasets import POINT_SCALE
from lcip.errors import LcipError
from lcip.pointcloud import critical
from lcip.pointcloud.clouds import CloudError, to_grid
from lcip.pointcloud.exact import ExactEncoder, ExactLayer

SIZES = {size: codec_of(settled_model(size)) for size in ("micro", "lite")}
small_clouds = st.lists(st.tuples(*[st.integers(-2, 2)] * 3), min_size=1, max_size=7).map(
    lambda rows: np.array(rows, float) / 4
)


def subsets(num_points: int):
    """All non-empty subsets as index arrays, small ones first."""
    for count in range(1, num_points + 1):
        yield from (np.array(chosen) for chosen in combinations(range(num_points), count))


def same(codec, points, chosen, notion) -> bool:
    """The definition itself: the part's latents, or its packet, are those of the whole."""
    if notion == critical.LATENTS:
        return np.array_equal(codec.latents(points[chosen]), codec.latents(points))
    return codec.encode(points[chosen]) == codec.encode(points)


@pytest.mark.parametrize("notion", critical.NOTIONS)
@pytest.mark.parametrize("size", SIZES)
@settings(max_examples=12, deadline=None)
@given(points=small_clouds)
def test_everything_agrees_with_brute_force(size, notion, points):
    """Few places on a coarse lattice, so that points are doubled and maxima are shared."""
    codec = SIZES[size]
    hit = critical.hits(codec, points, notion)
    deciding = [chosen for chosen in subsets(len(points)) if same(codec, points, chosen, notion)]
    assert [tuple(c) for c in deciding] == [
        tuple(c) for c in subsets(len(points)) if critical.decides(hit, c)
    ]
    fewest = critical.smallest(hit)
    assert same(codec, points, fewest, notion) and len(fewest) == len(deciding[0])
    in_all = set.intersection(*(set(chosen.tolist()) for chosen in deciding))
    assert set(critical.essential(hit).tolist()) == in_all


@pytest.mark.parametrize("notion", critical.NOTIONS)
@pytest.mark.parametrize("size", SIZES)
def test_no_point_of_an_irredundant_set_can_go(size, notion):
    codec = SIZES[size]
    for points in clouds(300):
        hit = critical.hits(codec, points, notion)
        first = critical.irredundant(hit, codec.critical(points))
        for chosen in (first, critical.greedy(hit), critical.smallest(hit)):
            assert same(codec, points, chosen, notion)
            for k in range(len(chosen) if len(chosen) > 1 else 0):
                assert not same(codec, points, np.delete(chosen, k), notion)


@pytest.mark.parametrize("size", SIZES)
def test_the_order_of_the_counts(size):
    codec = SIZES[size]
    for points in clouds(200):
        y, s = (critical.hits(codec, points, notion) for notion in critical.NOTIONS)
        assert (y <= s).all()
        smallest_y, smallest_s = critical.smallest(y), critical.smallest(s)
        assert 1 <= len(smallest_s) <= len(smallest_y) <= len(codec.critical(points))
        assert len(codec.critical(points)) <= codec.num_latents
        assert len(critical.essential(y)) <= len(smallest_y)
        assert len(smallest_y) <= len(critical.greedy(y))


def test_full_with_its_1024_latents_is_settled_exactly(cloud):
    full = codec_of(settled_model("full"))
    for notion in critical.NOTIONS:
        hit = critical.hits(full, cloud, notion)
        part = critical.smallest(hit)
        assert same(full, cloud, part, notion)
        assert len(critical.essential(hit)) <= len(part) <= len(critical.greedy(hit)) <= 1024


def test_greedy_can_be_worse_than_smallest():
    """The textbook trap: a large middle set, and two that together need no third."""
    hit = np.array([[1, 1, 0, 1, 1, 0], [1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]], bool)
    assert critical.smallest(hit).tolist() == [1, 2]
    assert critical.greedy(hit).tolist() == [1, 2]  # point 0 was chosen first, and could go
    wide = np.array(
        [[1, 1, 1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0, 1, 1]]
        + [[1, 0, 1, 0, 1, 0, 1, 0], [0, 1, 0, 1, 0, 1, 0, 1]],
        bool,
    )
    assert len(critical.smallest(wide)) == 2 and len(critical.greedy(wide)) == 3


def by_hand(codec, rows: list[tuple[float, float, float]]):
    """A codec of one layer with y = ReLU(w·x + b), w along x: rows of (w, b, median)."""
    scale = 2.0**30
    w, b, medians = np.rint(scale * np.array(rows).T)
    layer = ExactLayer(np.outer(w, [1, 0, 0]) // POINT_SCALE, b, 30)
    encoder = ExactEncoder((layer,), np.ones(len(rows)), medians)
    return replace(codec, encoder=encoder)


LINE = np.array([[-0.3, 0, 0], [0.0, 0, 0], [0.3, 0, 0]])


def test_a_latent_that_relu_has_cut_needs_no_point(codec):
    """`Codec.critical` names the first point for it; a smallest set does not."""
    cut = by_hand(codec, [(1.0, 0.5, 0.0), (1.0, -5.0, 0.0)])
    assert cut.latents(LINE)[1] == 0 and cut.critical(LINE).tolist() == [0, 2]
    hit = critical.hits(cut, LINE, critical.LATENTS)
    assert critical.smallest(hit).tolist() == critical.essential(hit).tolist() == [2]
    assert critical.irredundant(hit, cut.critical(LINE)).tolist() == [2]


def test_rounded_a_point_in_the_middle_may_be_enough(codec):
    """The theorem of the hull is about y and about essential points, not about every set."""
    coarse = by_hand(codec, [(1.0, 1.0, 0.3), (-1.0, 1.0, 0.3)])  # the cells' edge is at |x| = 0.2
    y, s = (critical.hits(coarse, LINE, notion) for notion in critical.NOTIONS)
    assert critical.smallest(y).tolist() == [0, 2]
    assert critical.smallest(s).tolist() == [1] and len(critical.essential(s)) == 0
    assert np.array_equal(coarse.symbols(LINE[1:2]), coarse.symbols(LINE))


def corners(points: np.ndarray) -> np.ndarray:
    return np.sort(ConvexHull(to_grid(points).astype(float)).vertices)


@pytest.mark.parametrize("seed", range(4))
def test_only_corners_of_the_hull_are_essential_for_micro(codec, seed):
    """A point in the hull of the others can raise no maximum of linear functions."""
    draw = np.random.default_rng(seed)
    points = draw.normal(size=(60, 3))
    points /= 1.001 * np.linalg.norm(points, axis=1).max()
    at_corners = corners(points)
    for notion in critical.NOTIONS:
        hit = critical.hits(codec, points, notion)
        assert set(critical.essential(hit)) <= set(at_corners)
        assert critical.decides(hit, at_corners)
    assert codec.encode(points[at_corners]) == codec.encode(points)


def test_a_layer_more_and_the_hull_no_longer_decides():
    """Lite's functions are not linear: points inside the hull can be the only ones at a maximum."""
    draw = np.random.default_rng(1)
    inside = 0
    for _ in range(5):
        points = draw.uniform(-0.57, 0.57, size=(100, 3))
        found = critical.essential(critical.hits(SIZES["lite"], points, critical.LATENTS))
        inside += len(set(found) - set(corners(points)))
    assert inside > 0


def test_an_unknown_notion_and_what_is_no_cloud_are_refused(codec):
    with pytest.raises(LcipError, match="notion is 'bits'.*latents, symbols"):
        critical.hits(codec, np.zeros((1, 3)), "bits")
    with pytest.raises(CloudError, match="point 0 of the cloud"):
        critical.hits(codec, np.full((1, 3), np.nan), critical.SYMBOLS)
