"""The encoder's search for q: it never ends above where it began, and its slopes are the costs'."""

import numpy as np
import pytest
import torch

from lcip import coding
from lcip.distributions import refine, side
from lcip.distributions.model import DistributionModel, initialise, scale_q
from lcip.distributions.networks import Configuration

CONFIG = Configuration(M_y=16, N_q=8, M_q=4, kernel=15, groups=4, num_bins=64)
POSITIONS = 500


@pytest.fixture(scope="module")
def model():
    """Random networks whose answers matter."""
    torch.manual_seed(3)
    bins = torch.arange(64.0) - 32
    logits = (-bins.abs() / 2).log_softmax(-1).expand(CONFIG.M_y, -1)
    model = DistributionModel(CONFIG, logits, corrects=True, standardises=True)
    initialise(model, scaled=True, init_scale=2.0)
    torch.nn.init.normal_(model.h_sq[-1].weight, 0, 0.1)
    model.update_medians()
    return model.eval()


@pytest.fixture(scope="module")
def found(model):
    return refine.refiner(model, side.q_tables(model.bottleneck))


def distributions(seed: int) -> np.ndarray:
    """Two-sided geometric distributions of random width: float32 (M_y, B)."""
    width = np.random.default_rng(seed).uniform(0.5, 5, (CONFIG.M_y, 1))
    p = np.exp(-np.abs(np.arange(64) - 32) / width)
    return (p / p.sum(axis=1, keepdims=True)).astype(np.float32)


def cost(found, p, s_q, num_positions=POSITIONS):
    return found.differentiate(s_q.astype(np.float64), p, num_positions)[0]


@pytest.mark.parametrize("seed", range(3))
def test_the_search_lowers_the_cost(found, model, seed):
    p = distributions(seed)
    scale_q(model, torch.from_numpy(p)[None], 1.0)
    with torch.no_grad():
        own = (model.analyse(torch.from_numpy(p)[None])[0] - model.medians()).round().numpy()
    better = found(p, POSITIONS)
    assert better.dtype == np.int64 and better.shape == CONFIG.q_shape
    assert cost(found, p, better) < cost(found, p, own)


def test_the_cost_is_that_of_the_streams(found, model):
    p, s_q = distributions(5), np.zeros(CONFIG.q_shape, np.int64)
    s_q[1, 4], s_q[2, 3] = 2, -1
    q_hat = torch.from_numpy(s_q).float() + model.medians()
    p_hat = model.log2_p_hat(q_hat[None])[0].detach().numpy()
    expected = -POSITIONS * (p * p_hat).sum() + side.bits(
        s_q.astype(np.int32), side.q_tables(model.bottleneck)
    )
    assert cost(found, p, s_q) == pytest.approx(expected, rel=1e-5)


def test_a_larger_image_buys_more_side_information(found):
    p = distributions(6)
    small, large = (np.abs(found(p, n)).sum() for n in (3, 3000))
    assert small < large


def test_the_slope_of_the_rate_is_that_between_the_two_neighbours(found):
    q = np.zeros(CONFIG.q_shape)
    q[0, 0], q[1, 0], q[2, 0] = 0.4, -0.4, 1.0
    bits, slope = found.side(q)
    lengths = found.lengths
    middle = refine.REACH
    assert slope[0, 0] == lengths[0, 0, middle + 1] - lengths[0, 0, middle]
    assert slope[1, 0] == lengths[1, 0, middle] - lengths[1, 0, middle - 1]
    assert slope[2, 0] == lengths[2, 0, middle + 2] - lengths[2, 0, middle + 1]
    zeros = lengths[..., middle].sum()
    assert bits == pytest.approx(float(zeros - lengths[2, 0, middle] + lengths[2, 0, middle + 1]))


def test_the_same_image_leads_to_the_same_symbols(found):
    p = distributions(7)
    assert np.array_equal(found(p, POSITIONS), found(p.copy(), POSITIONS))


def test_code_lengths_are_those_of_the_tables(found, model):
    tables = side.q_tables(model.bottleneck)
    symbols = np.arange(-refine.REACH, refine.REACH + 1, dtype=np.int32)
    for channel in range(CONFIG.M_q):
        indexes = np.full(len(symbols), channel, np.int32)
        expected = coding.symbol_bits(symbols, indexes, tables)
        for lengths in found.lengths[channel]:
            assert np.array_equal(lengths, expected)


def test_places_that_are_silent_in_training_cost_nearly_nothing(model):
    counted = np.zeros((400, *CONFIG.q_shape), np.int64)
    counted[::2, 1, 4] = 1
    tables = side.place_tables(model.bottleneck, counted)
    assert len(tables) == CONFIG.M_q * CONFIG.q_shape[1]
    s_q = np.zeros(CONFIG.q_shape, np.int32)
    silent = side.bits(s_q, tables)
    s_q[1, 4] = 1
    assert side.bits(s_q, tables) - silent < 0.5  # there a 1 is as usual as a 0
    s_q[1, 5] = 1
    assert side.bits(s_q, tables) - silent > 3
    assert silent < side.bits(np.zeros_like(s_q), side.q_tables(model.bottleneck)) / 2
    decoded = side.read(side.write(s_q, tables), CONFIG.q_shape, tables)
    assert np.array_equal(decoded, s_q)
    lengths = refine.refiner(model, tables).lengths[1, 5]
    symbols = np.arange(-refine.REACH, refine.REACH + 1, dtype=np.int32)
    own = np.full(len(symbols), CONFIG.q_shape[1] + 5, np.int32)
    assert np.array_equal(lengths, coding.symbol_bits(symbols, own, tables))


def test_the_gradient_is_autograds(found, model):
    p, q = distributions(8), np.random.default_rng(0).normal(0, 2, CONFIG.q_shape)
    double = found.model
    q_hat = (torch.from_numpy(np.rint(q)) + double.medians()).requires_grad_()
    bits = -POSITIONS * (torch.from_numpy(p) * double.log2_p_hat(q_hat[None])[0]).sum()
    bits.backward()
    cost, gradient = found.differentiate(q, p, POSITIONS)
    side_bits, slope = found.side(q)
    assert cost == pytest.approx(bits.item() + side_bits)
    assert gradient == pytest.approx(q_hat.grad.numpy() + slope, rel=1e-6, abs=1e-6)


def test_nothing_is_sent_where_it_would_not_pay(found):
    assert not found(distributions(9), 0.01).any()
