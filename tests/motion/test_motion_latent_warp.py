"""The integer warp, the vectors and their bytes, the residual coder, drift."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip import coding
from lcip.motion import affine, drift, residual_coder
from lcip.motion import vectors as motion
from lcip.motion.affine import MotionError
from lcip.motion.latent_warp import warp, warp_picture
from lcip.motion.residual_coder import CODERS, ResidualCoder
from lcip.motion.warp import read


def random_symbols(seed=0, shape=(3, 6, 7), spread=40):
    return np.random.default_rng(seed).integers(-spread, spread, shape).astype(np.int32)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_integer_warp_is_bilinear_reading_rounded(seed):
    rng = np.random.default_rng(seed)
    symbols = rng.integers(-2000, 2000, (2, 5, 6)).astype(np.int32)
    vectors = rng.integers(-60, 60, (5, 6, 2))
    exact = read(symbols.astype(float), affine.grid(5, 6) + vectors / 16, "bilinear", None).values
    np.testing.assert_array_equal(warp(symbols, vectors), np.floor(exact + 0.5))


def test_whole_strides_move_samples_and_nothing_stays_to_the_bit():
    symbols = random_symbols()
    still = np.zeros((6, 7, 2), int)
    np.testing.assert_array_equal(warp(symbols, still), symbols)
    moved = warp(symbols, still + (16, -32))
    np.testing.assert_array_equal(moved[:, 2:, :-1], symbols[:, :-2, 1:])


def test_one_half_by_hand_rounds_up():
    symbols = np.array([[[1, 2, -2]]], np.int32)
    vectors = np.zeros((1, 3, 2), int) + (8, 0)
    np.testing.assert_array_equal(warp(symbols, vectors), [[[2, 0, -2]]])


@pytest.mark.parametrize(
    ("symbols", "vectors"),
    [
        (np.zeros((1, 2, 2)), np.zeros((2, 2, 2), int)),
        (np.zeros((1, 2, 2), int), np.zeros((2, 2, 2))),
        (np.zeros((1, 2, 2), int), np.zeros((2, 3, 2), int)),
    ],
)
def test_floats_and_wrong_shapes_are_refused(symbols, vectors):
    with pytest.raises(MotionError, match="one whole vector a latent sample"):
        warp(symbols, vectors)


def test_a_picture_moves_in_blocks():
    picture = np.random.default_rng(1).integers(0, 256, (32, 48, 3), np.uint8)
    vectors = np.zeros((2, 3, 2), int)
    vectors[0, 1] = (3, 2)
    moved = warp_picture(picture, vectors)
    np.testing.assert_array_equal(moved[:16, 16:32], picture[2:18, 19:35])
    moved[:16, 16:32] = picture[:16, 16:32]
    np.testing.assert_array_equal(moved, picture)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 5), st.integers(1, 6), st.sampled_from([1, 4]), st.integers(0, 2**32 - 1))
def test_vectors_come_back(height, width, unit, seed):
    field = np.random.default_rng(seed).integers(-6, 7, (height, width, 2)) * unit
    data = motion.encode(field, unit)
    np.testing.assert_array_equal(motion.decode(data, (height, width), unit), field)
    with pytest.raises(coding.StreamError):
        motion.decode(data + b"\x01", (height, width), unit)


def test_calm_fields_cost_next_to_nothing():
    calm = np.zeros((9, 11, 2), int)
    assert len(motion.encode(calm, 1)) <= 2
    assert len(motion.encode(calm + (3, -7), 1)) <= 6


def test_the_search_finds_what_moved_and_stays_where_it_does_not_pay():
    world = random_symbols(2, (8, 12, 14))
    earlier, current = world[:, 1:9, 1:9], world[:, 1:9, 2:10]
    found = motion.searched(current, earlier)
    assert found.shape == (4, 4, 2)
    assert (found[:, :3] == (16, 0)).all()
    assert (motion.searched(earlier, earlier) == 0).all()


def test_groups_add_and_spread_with_odd_sides():
    values = np.arange(15).reshape(3, 5)
    sums = motion.group_sums(values)
    np.testing.assert_array_equal(sums, [[0 + 1 + 5 + 6, 2 + 3 + 7 + 8, 4 + 9], [21, 25, 14]])
    spread = motion.spread(sums, (3, 5))
    assert spread.shape == (3, 5) and spread[2, 4] == 14 and spread[1, 1] == 12


def residuals(seed, count, scale=1.0):
    rng = np.random.default_rng(seed)
    return [np.rint(rng.laplace(0, scale, (4, 6, 7))).astype(np.int32) for _ in range(count)]


INDEXES = np.broadcast_to(np.arange(4, dtype=np.int32)[:, None, None], (4, 6, 7))


@pytest.mark.parametrize("kind", CODERS)
def test_residuals_come_back_frame_after_frame(kind):
    tables = residual_coder.fit_stack([residuals(0, 3)])
    sender, receiver = ResidualCoder(kind, tables), ResidualCoder(kind, tables)
    frames = [*residuals(1, 4), residuals(2, 1, scale=300)[0]]  # the last one escapes its tables
    for frame in frames:
        data = sender.encode(frame, INDEXES)
        np.testing.assert_array_equal(receiver.decode(data, INDEXES), frame)


@pytest.mark.parametrize("kind", CODERS)
def test_what_no_encoder_writes_is_refused(kind):
    tables = residual_coder.fit_stack([residuals(0, 3)])
    data = ResidualCoder(kind, tables).encode(residuals(1, 1)[0], INDEXES)
    for bad in (data + b"\x01", data[:-1] + b"\x00"):
        with pytest.raises(coding.StreamError):
            ResidualCoder(kind, tables).decode(bad, INDEXES)


def test_adaptive_counts_learn_what_the_tables_do_not_know():
    tables = residual_coder.fit_stack([residuals(0, 3, scale=4)])
    sizes = {}
    for kind in CODERS:
        coder = ResidualCoder(kind, tables)
        sizes[kind] = [len(coder.encode(frame, INDEXES)) for frame in residuals(1, 30, scale=0.4)]
    assert 0.6 * sizes["static"][0] < sizes["adaptive"][0] <= sizes["static"][0]
    assert sum(sizes["adaptive"][-5:]) < 0.75 * sum(sizes["static"][-5:])


def test_the_adaptive_coder_starts_near_its_tables_price():
    tables = residual_coder.fit_stack([residuals(0, 20)])
    frame = residuals(1, 1)[0]
    ideal = coding.ideal_bits(frame, INDEXES, tables)
    assert 8 * len(ResidualCoder("adaptive", tables).encode(frame, INDEXES)) < 1.05 * ideal + 16


def test_unknown_coders_and_nothing_to_fit_are_refused():
    tables = residual_coder.fit_stack([residuals(0, 1)])
    with pytest.raises(MotionError, match="coder is 'huffman'; allowed: static, adaptive"):
        ResidualCoder("huffman", tables)
    with pytest.raises(MotionError, match="residuals to fit to"):
        residual_coder.fit_stack([[]])


def test_closed_loops_stay_and_open_ones_walk():
    rng = np.random.default_rng(5)
    latents = [rng.normal(0, 5, (6, 8, 8)) for _ in range(20)]
    still = [np.zeros((8, 8, 2), int)] * 19
    closed, opened = (drift.drift(latents, still, loop) for loop in drift.LOOPS)
    assert max(closed) < 0.32  # 1 / √12 = 0.289 of a uniform rounding error
    # Frame t has added up t + 1 roundings: the error grows with the square root of their number.
    assert opened[-1] == pytest.approx(np.sqrt(20 / 12), rel=0.1)
    with pytest.raises(MotionError, match="loop is 'ajar'; allowed: closed, open"):
        drift.drift(latents, still, "ajar")
