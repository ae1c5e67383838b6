"""Conditional Gaussians: probabilities by hand, causality, real bytes that decode, refusals."""

import numpy as np
import pytest

from lcip.coding import ideal_bits
from lcip.errors import LcipError
from lcip.images import conditional, gaussians


@pytest.fixture(scope="module")
def images() -> list[np.ndarray]:
    """Four latents (6, 9, 11): channels of different spread, busy at the left."""
    draw = np.random.default_rng(0)
    spread = np.array([8.0, 4, 2, 1, 0.5, 0.01])[:, None, None]
    busy = np.geomspace(3, 0.2, 11)[None, None, :]
    return [np.rint(draw.normal(0, spread * busy, (6, 9, 11))).astype(np.int32) for _ in range(4)]


def test_probabilities_of_a_gaussian_make_one():
    symbols = np.arange(-60, 61)
    for mean, scale in ((0.0, 0.11), (0.3, 1.0), (-2.7, 7.0)):
        assert gaussians.probability(symbols, mean, scale).sum() == pytest.approx(1)
    far = gaussians.probability(np.array([30, -30]), 0.0, 3.0)
    assert far[0] == far[1] > 0
    assert gaussians.bits(np.array(1000), 0.0, 1.0) == pytest.approx(-np.log2(1e-9))


def test_a_mixture_of_one_is_a_gaussian_and_two_fit_heavy_tails():
    draw = np.random.default_rng(1)
    wide = draw.random(20_000) < 0.2
    symbols = np.rint(draw.normal(0, np.where(wide, 12, 2)))
    mean, scale = np.zeros(20_000), np.full(20_000, 4.0)
    one = gaussians.fit_mixture(symbols, mean, scale, components=1, seed=0)
    two = gaussians.fit_mixture(symbols, mean, scale, components=2, seed=0)
    assert one.weights == pytest.approx([1.0]) and two.weights.sum() == pytest.approx(1)
    assert sorted(4 * two.factors) == pytest.approx([2, 12], rel=0.05)
    assert two.bits(symbols, mean, scale).mean() < one.bits(symbols, mean, scale).mean() - 0.05


def test_the_nearest_table_is_chosen_by_ratio():
    scales = gaussians.SCALES
    assert gaussians.scale_index(scales).tolist() == list(range(64))
    assert gaussians.scale_index(np.array([0.01, 1e6])).tolist() == [0, 63]
    assert len(gaussians.tables()) == 64


@pytest.mark.parametrize(("side", "block"), [("none", 1), ("sent", 1), ("sent", 4)])
def test_bytes_decode_and_cost_what_the_model_says(images, side, block):
    model = conditional.fit(images[:3], side=side, block=block)
    streams = conditional.encode(model, images[3])
    assert (conditional.decode(model, streams, images[3].shape) == images[3]).all()
    assert (streams.levels == b"") == (side == "none")
    # 64 scales instead of any: within a per cent.
    assert 8 * len(streams.symbols) == pytest.approx(model.bits(images[3]).sum(), rel=0.02)


def test_knowing_more_costs_less(images):
    total = {
        side: conditional.fit(images[:3], side=side, block=1).bits(images[3]).sum()
        for side in conditional.SIDES
    }
    assert total["sent"] < total["none"] and total["causal"] < total["none"]


def test_a_causal_level_sees_only_what_is_decoded_before(images):
    model = conditional.fit(images[:3], side="causal", block=1)
    changed = images[3].copy()
    changed[3, 4, 5] += 7
    mean, scale = model.mean_scale(images[3])
    other_mean, other_scale = model.mean_scale(changed)
    differs = (mean != other_mean) | (scale != other_scale)
    assert differs.any()
    positions = np.arange(9)[:, None] * 11 + np.arange(11)
    earlier = (positions < 4 * 11 + 5)[None] | np.zeros_like(differs)
    earlier[: 3 + 1, 4, 5] = True  # the channels up to the changed one, at its place
    assert not differs[earlier].any()


def test_blocks_repeat_the_edge():
    values = np.array([[1.0, 2, 3], [3, 4, 5], [5, 6, 7]])
    assert conditional.block_means(values, 2).tolist() == [[2.5, 4], [5.5, 7]]


def test_what_makes_no_model_is_refused(images):
    with pytest.raises(LcipError, match="side is 'hyper'; allowed: none, sent, causal"):
        conditional.fit(images, side="hyper", block=1)
    with pytest.raises(LcipError, match="block 0, 4 images"):
        conditional.fit(images, side="sent", block=0)
    causal = conditional.fit(images, side="causal", block=1)
    with pytest.raises(LcipError, match="side is 'causal'; allowed: none, sent"):
        conditional.encode(causal, images[0])
    with pytest.raises(LcipError, match="components is 5; allowed: 1 to 4"):
        gaussians.fit_mixture(images[0], images[0], images[0], components=5, seed=0)


def test_zeros_everywhere_are_cheap():
    zeros = [np.zeros((3, 4, 5), np.int32)] * 2
    for side in conditional.SIDES:
        assert conditional.fit(zeros, side=side, block=1).bits(zeros[0]).sum() < 1
    tables = gaussians.tables()
    assert ideal_bits(zeros[0], np.zeros_like(zeros[0]), tables) < 1
