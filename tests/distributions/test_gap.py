"""The amortisation gap on latents whose gap is known."""

import numpy as np
import pytest

from lcip import coding
from lcip.distributions import gap

# One channel, symbols −1, 0, 1 with probability 1/4, 1/2, 1/4 less a small escape.
ESCAPE = 2.0**-14


@pytest.fixture
def tables() -> coding.Tables:
    pmf = np.array([0.25, 0.5, 0.25]) * (1 - ESCAPE)
    return coding.Tables.from_pmf([pmf, pmf], np.array([-1, -1]), np.array([ESCAPE, ESCAPE]))


def latent(*channels):
    return np.array(channels, dtype=np.int32)[:, None, :]  # (M, 1, N)


def test_matching_symbols_leave_no_gap(tables):
    channel = [-1, 0, 0, 1] * 8
    measured = gap.measure(latent(channel, channel), tables)
    assert measured.ideal_bits.tolist() == [48, 48]
    assert measured.gap_bits == pytest.approx(0, abs=0.01)


def test_gap_is_n_times_the_divergence(tables):
    uniform = [-1, 0, 1] * 10
    always = [0] * 30
    measured = gap.measure(latent(uniform, always), tables)
    divergence = 5 / 3 - np.log2(3)  # mean length (2 + 1 + 2)/3 less the entropy log2 3
    assert measured.static_bits == pytest.approx([50, 30], abs=0.01)
    assert measured.ideal_bits == pytest.approx([30 * np.log2(3), 0])
    assert measured.gap_bits == pytest.approx(30 * divergence + 30, abs=0.02)
    assert measured.gap_percent == pytest.approx(100 * measured.gap_bits / 80, abs=0.01)


def test_static_cost_is_what_the_coder_charges(tables):
    draw = np.random.default_rng(0)
    symbols = latent(draw.integers(-4, 5, 100), draw.integers(-1, 2, 100))  # escapes in channel 0
    indexes = np.repeat([0, 1], 100)
    charged = coding.ideal_bits(symbols.ravel(), indexes, tables)
    assert gap.measure(symbols, tables).static_bits.sum() == pytest.approx(charged)


def test_most_different_finds_the_pair_and_the_channel():
    near, far = [0.5, 0.5, 0], [0, 0.5, 0.5]
    distributions = [np.array([near, near]), np.array([near, far]), np.array([[0.6, 0.4, 0], near])]
    pair = gap.most_different(distributions)
    assert (pair.first, pair.second, pair.channel) == (1, 2, 1)
    assert pair.divergence_bits > 0.5
