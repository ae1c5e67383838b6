"""h_sq and its tables in integers: exact in any order, close to floats, bounded."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip import artifacts, coding
from lcip.coding import CodingError
from lcip.distributions import fitted, integers, methods, networks, side
from lcip.distributions.gap import static_code_lengths_bits
from lcip.distributions.histogram import channel_counts
from lcip.distributions.networks import Configuration, SynthesisQ
from lcip.distributions.prior import integer_log2, static_log2, static_logits
from lcip.images import factorized, streams

TINY = Configuration(M_y=8, N_q=8, M_q=4, kernel=7, groups=4, num_bins=32)
MEDIANS = np.array([0.3, -0.25, 1.75, 0.0])


@pytest.fixture(scope="module")
def network() -> SynthesisQ:
    torch.manual_seed(1)
    return SynthesisQ(TINY).double()


@pytest.fixture(scope="module")
def synthesis(network) -> integers.ExactSynthesis:
    return integers.exact_synthesis(network, MEDIANS, np.zeros((8, 32), np.int64))


def symbols_of_q(largest: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(-largest, largest + 1, TINY.q_shape)


@torch.no_grad()
def float_log2(network: SynthesisQ, s_q: np.ndarray) -> np.ndarray:
    q_hat = torch.from_numpy(s_q + MEDIANS[:, None])[None]
    return network(q_hat)[0].numpy() / np.log(2)


def test_integers_and_floats_agree(network, synthesis):
    s_q = symbols_of_q(20)
    assert np.abs(synthesis.log2(s_q) / 2**16 - float_log2(network, s_q)).max() < 2e-3


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("groups", [1, 4])
def test_a_layer_is_torchs_transposed_convolution(stride, groups):
    torch.manual_seed(2)
    layer = networks.deconv(8, 12, 5, stride=stride, groups=groups)
    exact = integers.exact_layer(layer, 1, 1.0)
    unit = 2.0**-exact.weight_bits
    x = np.random.default_rng(3).integers(-(2**20), 2**20, (8, 6)).astype(np.float64)
    with torch.no_grad():
        layer.double()
        layer.weight.copy_((layer.weight / unit).round() * unit)
        layer.bias.zero_()
        wanted = layer(torch.from_numpy(x)[None])[0].numpy() / unit
    found = integers.apply(exact._replace(bias=np.zeros(12)), x)
    assert np.array_equal(found, wanted)


def test_the_shuffle_is_the_networks(network):
    x = torch.arange(8 * 3.0).reshape(8, 3)
    wanted = networks.ChannelShuffle(4)(x[None])[0].numpy()
    assert np.array_equal(integers.shuffled(x.numpy(), 4), wanted)
    assert np.array_equal(integers.shuffled(x.numpy(), 1), x.numpy())


@pytest.mark.parametrize("sign", [1, -1])
def test_the_largest_symbols_stay_exact(synthesis, sign, monkeypatch):
    """What float64 computes is what integers of any size compute, for the worst of messages."""
    s_q = np.full(TINY.q_shape, sign * integers.MOST_Q)
    floats = synthesis.log2(s_q)

    def apply_long(layer, x):
        seen = integers.windows(x, layer.stride, layer.kernel, len(layer.weight)).astype(object)
        sums = np.vectorize(int, otypes=[object])(layer.weight) @ np.vectorize(int)(seen)
        whole = sums.reshape(len(layer.bias), -1) + np.vectorize(int)(layer.bias)[:, None]
        assert max(map(abs, whole.ravel())) < 2**53
        return whole.astype(np.float64)

    monkeypatch.setattr(integers, "apply", apply_long)
    assert np.array_equal(synthesis.log2(s_q), floats)


def test_neither_threads_nor_the_order_of_sums_matter(synthesis):
    s_q = symbols_of_q(30)
    wanted = synthesis.log2(s_q)
    before = torch.get_num_threads()
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            assert np.array_equal(synthesis.log2(s_q), wanted)
    finally:
        torch.set_num_threads(before)
    layer = synthesis.layers[0]
    x = s_q * 2.0**14
    seen = integers.windows(x, layer.stride, layer.kernel, 1)
    backwards = layer.weight[..., ::-1].copy() @ seen[:, ::-1].copy()
    wanted = integers.apply(layer, x) - layer.bias[:, None]
    assert np.array_equal(backwards.reshape(wanted.shape), wanted)


def test_large_weights_get_fewer_places_and_larger_ones_are_refused(network, synthesis):
    weight, bias = np.full((1, 2, 10), 40.0), np.zeros(2)
    assert integers.weight_bits(weight / 100, bias) == 16
    assert integers.weight_bits(weight, bias) == 14
    large = synthesis.layers[0]._replace(weight=synthesis.layers[0].weight * 2.0**12)
    with pytest.raises(CodingError, match=r"weights of layer 0 is .*Next: fit h_sq again"):
        integers.ExactSynthesis((large,), synthesis.medians, synthesis.static)


def test_fractions_of_two_are_integers_near_the_powers():
    table = integers.fractions_of_two()
    assert len(table) == 4096 and table[0] == 2**30 and (np.diff(table) > 0).all()
    exact = 2.0 ** (30 + np.arange(4096) / 4096)
    assert np.abs(table - exact).max() < 2
    for i in (1, 2048, 4095):  # against the definition, in integers: v^4096 ≤ 2^(30·4096 + i)
        v = int(table[i])
        assert v**4096 <= 2 ** (30 * 4096 + i) < (v + 3) ** 4096


@given(st.integers(-(2**22), 0))
@settings(max_examples=50, deadline=None)
def test_powers_of_two_are_close(bits):
    found = int(integers.power_of_two(np.array([bits]))[0])
    exact = 2.0 ** (30 + bits / 2**16)
    assert found <= exact < found * (1 + 2**-11) + 2


@given(st.lists(st.integers(1, 2**30 - 1), min_size=1, max_size=20))
@settings(max_examples=50, deadline=None)
def test_integer_logarithms_are_at_most_a_unit_too_small(values):
    error = np.log2(np.array(values, np.float64)) * 2**16 - integer_log2(np.array(values))
    assert (error > -1e-6).all() and (error < 2).all()


def test_static_logarithms_are_what_the_static_codec_spends(base):
    lengths = static_code_lengths_bits(base.tables, lowest=-128, num_bins=256)
    assert np.abs(static_log2(base.tables, 256) / 2**16 + lengths).max() < 2**-15
    assert np.exp(static_logits(base.tables, 256)).sum(axis=1) == pytest.approx(1, abs=1e-4)


def test_a_correction_is_added_to_the_static_distribution(network, base):
    static = np.random.default_rng(5).integers(-(2**20), 0, (8, 32))
    corrected = integers.exact_synthesis(network, MEDIANS, static)
    plain = integers.exact_synthesis(network, MEDIANS, np.zeros_like(static))
    s_q = symbols_of_q(5)
    assert np.array_equal(corrected.log2(s_q), plain.log2(s_q) + static)


@st.composite
def distributions(draw) -> np.ndarray:
    """Counts with long tails of nothing, as they come from exponentials."""
    heights = draw(st.lists(st.lists(st.integers(0, 30), min_size=16, max_size=16), min_size=1))
    return np.array([[1 << h if h else 0 for h in row[:8]] + [1] + row[9:] for row in heights])


@given(distributions(), st.data())
@settings(max_examples=30, deadline=None)
def test_every_symbol_can_be_coded_with_every_distribution(counts, data):
    tables = integers.tables_of(counts)
    values = st.one_of(st.integers(-12, 12), st.integers(-(2**31), 2**31 - 1))
    count = len(counts)
    symbols = np.array(data.draw(st.lists(values, min_size=count, max_size=count)), np.int32)
    payload = coding.encode(symbols, np.arange(count), tables)
    assert np.array_equal(coding.decode(payload, np.arange(count), tables), symbols)


def test_tables_leave_tails_to_the_escape():
    counts = np.array([[0, 1, 2**20, 2**29, 2**20, 1, 0, 0]])
    tables = integers.tables_of(counts)
    assert tables.offsets.tolist() == [-2] and tables.sizes.tolist() == [4]
    frequencies = tables.frequencies(0)
    whole = Fraction(2**29, 2**29 + 2**21 + 2)
    assert abs(frequencies[1] - whole * 2**16) < 2 and frequencies[-1] == 1


def fitted_weights() -> list[str]:
    """Those that are committed."""
    prefix = "distributions/adaptive-"
    return [name for name in artifacts.weights_names() if name.startswith(prefix)]


def rates(name: str, num_images: int) -> tuple[float, float]:
    """Bits of Kodak images with h_sq in floating point (double) and in integers."""
    family, _, quality = name.removeprefix("distributions/adaptive-").rpartition("-q")
    base = factorized.load(family, int(quality))
    found = fitted.load(family, int(quality), base)
    method = methods.method_of("adaptive", base, family, int(quality))
    num_bins = found.config.num_bins
    model, medians = found.model.double(), side.medians(found.model.bottleneck)
    floats = whole = 0.0
    kodak = streams.read(base, streams.stream_name(family, int(quality)))
    for symbols in [item.symbols for item in kodak[:num_images]]:
        s_q = method.quantised(symbols)
        with torch.no_grad():
            log2_p = model.log2_p_hat(torch.from_numpy(s_q)[None] + medians[:, None])[0].numpy()
        counts = channel_counts(symbols, lowest=-num_bins // 2, num_bins=num_bins)
        floats -= (counts * log2_p).sum()
        whole += method.priced(s_q, symbols)[2].latent_bits
    return floats, whole


@pytest.mark.parametrize("name", fitted_weights())
def test_integers_cost_less_than_a_2000th_of_the_rate(name):
    floats, whole = rates(name, num_images=4)
    assert abs(whole / floats - 1) < 0.0005


def test_integers_cost_little_with_random_networks(fitted_repository):
    floats, whole = rates("distributions/adaptive-small-q3", num_images=2)
    assert abs(whole / floats - 1) < 0.0005
