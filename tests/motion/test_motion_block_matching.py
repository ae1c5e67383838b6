"""Block matching: the naive loops' vectors, the tie rule, borders, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip.motion.affine import MotionError
from lcip.motion.block_matching import Places, displacements, match, surface


def naive(current, earlier, block, reach, places):
    """The definition, sample by sample, in Python's own integers."""
    channels, height, width = current.shape
    half = block // 2

    def at(frame, c, y, x):
        return int(frame[c, min(max(y, 0), height - 1), min(max(x, 0), width - 1)])

    def ssd(y, x, dx, dy):
        around = [(r, q) for r in range(-half, half + 1) for q in range(-half, half + 1)]
        return sum(
            (at(current, c, y + r, x + q) - at_earlier(c, y + r, x + q, dx, dy)) ** 2
            for c in range(channels)
            for r, q in around
        )

    def at_earlier(c, y, x, dx, dy):
        return at(earlier, c, y + dy, x + dx)

    vectors = np.zeros((*places.count, 2), int)
    costs = np.zeros(places.count, int)
    for i, j in np.ndindex(*places.count):
        y, x = (places.first + places.step * k for k in (i, j))
        tries = {d: ssd(y, x, *d) for d in displacements(reach)}
        vectors[i, j] = min(tries, key=lambda d: (tries[d], d[0] ** 2 + d[1] ** 2, d[1], d[0]))
        costs[i, j] = min(tries.values())
    return vectors, costs


@st.composite
def searches(draw):
    height, width = draw(st.integers(3, 8)), draw(st.integers(3, 8))
    channels, levels = draw(st.integers(1, 2)), draw(st.sampled_from([2, 3, 256]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    frames = rng.integers(0, levels, (2, channels, height, width), dtype=np.uint8)
    step = draw(st.integers(1, 3))
    first = draw(st.integers(0, 2))
    count = ((height - 1 - first) // step + 1, (width - 1 - first) // step + 1)
    block, reach = draw(st.sampled_from([1, 3])), draw(st.integers(0, 2))
    return frames[0], frames[1], block, reach, Places(first, step, count)


@settings(max_examples=40, deadline=None)
@given(searches())
def test_it_finds_what_the_naive_loops_find(search):
    """Frames of two or three levels are full of ties."""
    found = match(*search)
    vectors, costs = naive(*search)
    np.testing.assert_array_equal(found.vectors, vectors)
    np.testing.assert_array_equal(found.cost, costs)


def test_every_sample_by_default_and_two_axes_for_one_channel():
    frames = np.random.default_rng(0).integers(0, 256, (2, 9, 7))
    found = match(*frames, 3, 2, None)
    again = match(*frames[:, None], 3, 2, Places(0, 1, (9, 7)))
    assert found.vectors.shape == (9, 7, 2)
    np.testing.assert_array_equal(found.vectors, again.vectors)


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.float32, np.float64])
def test_a_known_translation_is_found_wherever_the_search_is_complete(kind):
    """What moved 3 to the right and 2 up came from 3 to the left and 2 below."""
    world = np.random.default_rng(1).integers(0, 256, (60, 60)).astype(kind)
    earlier, current = world[10:50, 10:50], world[12:52, 7:47]
    found = match(current, earlier, 5, 4, None)
    assert found.complete.sum() == (40 - 2 * (2 + 4)) ** 2
    assert (found.vectors[found.complete] == (-3, 2)).all()
    assert (found.cost[found.complete] == 0).all()


def test_nothing_to_tell_gives_no_motion():
    flat = np.full((12, 12), 7, np.uint8)
    assert (match(flat, flat, 3, 2, None).vectors == 0).all()
    stripes = np.tile(np.array([0, 9], np.uint8), (12, 6))
    found = match(np.roll(stripes, 1, axis=1), stripes, 3, 3, None)
    inside = found.vectors[found.complete]
    assert (inside == (-1, 0)).all(), "left and right fit alike: the left one, and not 3 to a side"


def test_channels_share_one_vector():
    """Each channel is blind along one axis; together they see."""
    rows = np.random.default_rng(2).integers(0, 256, 20)
    earlier = np.stack([np.tile(rows, (20, 1)), np.tile(rows[:, None], (1, 20))])
    current = np.roll(earlier, (1, 2), axis=(1, 2))
    found = match(current, earlier, 3, 3, None)
    assert (found.vectors[found.complete] == (-2, -1)).all()
    alone = match(current[0], earlier[0], 3, 3, None)
    assert (alone.vectors[alone.complete] == (-2, 0)).all()


def test_narrow_and_wide_sums_agree():
    """8-bit costs run in 32 bits, wider ones in 64."""
    frames = np.random.default_rng(3).integers(0, 256, (2, 16, 16))
    narrow = match(*frames.astype(np.uint8), 5, 2, None)
    wide = match(*(frames * 1000), 5, 2, None)
    np.testing.assert_array_equal(narrow.vectors, wide.vectors)
    np.testing.assert_array_equal(narrow.cost * 1_000_000, wide.cost)


def test_constant_floats_are_no_division_by_zero():
    flat = np.full((2, 5, 5), 0.3)
    assert (match(*flat, 3, 1, None).cost == 0).all()


def test_the_surface_of_a_place_has_its_minimum_where_match_finds_it():
    frames = np.random.default_rng(4).integers(0, 256, (2, 2, 12, 14))
    found = match(*frames, 3, 4, None)
    for x, y in ((0, 0), (7, 5), (13, 11)):
        costs = surface(*frames, 3, 4, (x, y))
        dx, dy = found.vectors[y, x]
        assert costs.shape == (9, 9)
        assert costs.min() == costs[dy + 4, dx + 4] == found.cost[y, x] / 9
    with pytest.raises(MotionError, match="inside this 14 x 12 frame"):
        surface(*frames, 3, 4, (14, 0))


FRAME = np.zeros((8, 12))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((FRAME, FRAME, 4, 1), "block is 4; allowed: odd numbers from 1 to 8"),
        ((FRAME, FRAME, 9, 1), "block is 9"),
        ((FRAME, FRAME, -1, 1), "block is -1"),
        ((FRAME, FRAME, 3, 8), "reach is 8; allowed: 0 to 7: one less than the short side"),
        ((FRAME, FRAME, 3, -1), "reach is -1"),
        ((FRAME, FRAME[:, :-1], 3, 1), "two equal shapes"),
        ((FRAME[0], FRAME[0], 3, 1), "two equal shapes"),
        ((FRAME[:, :0], FRAME[:, :0], 3, 1), "no side 0"),
        ((FRAME, FRAME + np.nan, 3, 1), "finite numbers"),
        ((FRAME + np.inf, FRAME, 3, 1), "finite numbers"),
        ((FRAME > 0, FRAME > 0, 3, 1), "integers or floats"),
        ((FRAME.astype(np.int64), FRAME.astype(np.int64) + 2**40, 3, 1), "range of the frames"),
    ],
)  # fmt: skip
def test_refusals(arguments, words):
    with pytest.raises(MotionError) as caught:
        match(*arguments, None)
    assert words in str(caught.value)
