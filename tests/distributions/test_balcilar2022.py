"""Mixtures of Gaussians in integers, their fit, and the codec that sends them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from lcip.coding import StreamError, Tables
from lcip.distributions import balcilar2022, mixture_fit, mixtures
from lcip.distributions.balcilar2022 import NOTHING, Balcilar2022, Choice
from lcip.distributions.histogram import channel_counts


@pytest.fixture(scope="module")
def method() -> Balcilar2022:
    """Twelve channels, all with the static distribution of a Laplacian of scale 3."""
    p = np.exp(-np.abs(np.arange(-20, 21)) / 3)
    tables = Tables.from_pmf([p / p.sum() * 0.999] * 12, [-20] * 12, [0.001] * 12)
    return Balcilar2022(tables, bytes(32))


def latent(seed: int, size: int = 30) -> np.ndarray:
    """Six channels as expected, six narrow and off centre."""
    draw = np.random.default_rng(seed)
    usual = draw.laplace(size=(6, size, size)) * 3
    other = draw.normal(4.3, 0.8, (6, size, size))
    return np.rint(np.concatenate([usual, other])).astype(np.int32)


def test_phi_is_the_normal_integral():
    entries = np.arange(len(mixtures.phi_table()))
    assert np.abs(mixtures.phi_table() / 2**30 - norm.cdf(entries / 128)).max() < 2**-29
    z = np.arange(-(2**22), 2**22, 1001)
    assert np.abs(mixtures.normal(z) / 2**30 - norm.cdf(z / 2**19)).max() < 3e-6


def test_deviations_are_powers_of_two():
    assert mixtures.sigmas()[[0, 64, 80, 255]].tolist() == [4096, 65536, 131072, 257054673]


def test_masses_are_differences_of_the_mixture():
    sent, scale = np.array([[160, 96, 64, 80, 64]]), np.array([2 << 16])
    means, deviations, weights = (2.0, -2.0), (1.0, 2.0), (0.25, 0.75)
    edges = np.arange(-10, 12) - 0.5
    cdf = sum(w * norm.cdf(edges, m, s) for m, s, w in zip(means, deviations, weights, strict=True))
    masses = mixtures.masses(sent, scale, -10, 10)[0] / 2**30
    assert masses == pytest.approx(np.diff(cdf), abs=1e-5)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_parameters_make_a_table(method, data):
    components = data.draw(st.integers(1, 3))
    row = st.lists(st.integers(0, 255), min_size=3 * components - 1, max_size=3 * components - 1)
    tables = mixtures.replaced(method.static, np.array([3]), np.array([data.draw(row)]))
    assert tables.frequencies(3).sum() == 2**16 and tables.frequencies(3).min() >= 1
    assert np.array_equal(tables.frequencies(4), method.static.frequencies(4))
    assert tables.offsets[4] == method.static.offsets[4]


def test_the_fit_comes_close_to_the_entropy():
    draw = np.random.default_rng(0)
    channel = np.rint(draw.normal(-3, 2.5, (1, 4000))).astype(np.int32)
    counts = channel_counts(channel, lowest=-20, num_bins=40)
    scale = np.array([3 << 16])
    for components in (1, 2, 3):
        sent = mixture_fit.fit(counts, -20, scale, components)
        assert sent.shape == (1, 3 * components - 1) and sent.min() >= 0 and sent.max() <= 255
        cost = mixture_fit.cost_bits(sent, counts, -20, scale)[0] / 4000
        p = counts[0][counts[0] > 0] / 4000
        assert cost < -(p * np.log2(p)).sum() + 0.01


def test_only_channels_that_gain_are_adapted(method):
    symbols = latent(1)
    coded = method.encode(symbols)
    chosen = method.read(coded.side)
    assert set(chosen.channels) == set(range(6, 12))
    assert np.array_equal(method.decode(*coded, symbols.shape), symbols)
    estimate = method.estimated_bits(symbols)
    assert -8 < 8 * len(coded.latent) - estimate.latent_bits < 9
    assert -8 < 8 * len(coded.side) - estimate.side_bits < 9


def test_nothing_is_sent_where_nothing_gains(method):
    symbols = latent(2)[:, :2, :2]
    coded = method.encode(symbols)
    assert coded.side == b"" and method.read(b"").components == 0
    assert np.array_equal(method.decode(*coded, symbols.shape), symbols)


def test_any_symbols_come_back(method):
    symbols = latent(3)
    symbols[0, 0, :4] = [-(2**31), 2**31 - 1, 3000, -3000]
    coded = method.encode(symbols)
    assert np.array_equal(method.decode(*coded, symbols.shape), symbols)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_choices_come_back(method, data):
    components = data.draw(st.integers(1, 3))
    channels = sorted(data.draw(st.sets(st.integers(0, 11), min_size=1)))
    draw = np.random.default_rng(data.draw(st.integers(0, 1000)))
    sent = draw.integers(0, 256, (len(channels), 3 * components - 1))
    found = method.read(method.write(Choice(components, np.array(channels), sent)))
    assert found.components == components and found.channels.tolist() == channels
    assert np.array_equal(found.sent, sent)


def test_golden_bytes_of_a_choice(method):
    sent = np.arange(10).reshape(2, 5) * 25
    assert method.write(Choice(2, np.array([1, 8]), sent)).hex() == GOLDEN
    assert method.write(NOTHING) == b""


GOLDEN = "98b2c0a0b55fce7cef9030c2"


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=40))
def test_other_side_streams_are_refused_or_other_choices(method, data):
    try:
        chosen = method.read(data)
    except StreamError:
        return
    assert method.write(chosen) == data


def test_components_without_channels_are_refused(method):
    flags = np.zeros(12, np.int64)
    _, data = balcilar2022.write_side(flags, np.empty((0, 2), np.int64), 1)
    with pytest.raises(StreamError, match="adapted channels is 0; allowed: one or more"):
        method.read(data)
