"""A float decoder breaks by one unit in the last place; the integer decoder has no such units."""

import doctest

import numpy as np
import pytest
import torch

from lcip import coding
from lcip.distributions import integers, other_machines, side
from lcip.distributions.fitted import Fitted
from lcip.distributions.methods import encode_with
from lcip.distributions.model import DistributionModel
from lcip.distributions.networks import Configuration

CONFIG = Configuration(M_y=32, N_q=16, M_q=8, kernel=15, groups=4, num_bins=64)


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    torch.manual_seed(0)
    model = DistributionModel(
        CONFIG, torch.zeros(CONFIG.M_y, CONFIG.num_bins), corrects=False, standardises=False
    ).eval()
    with torch.no_grad():
        model.h_sq[-1].weight.mul_(30)  # so that the distributions are far from flat
    zeros = np.zeros((CONFIG.M_y, CONFIG.num_bins), np.int64)
    medians = side.medians(model.bottleneck).numpy()
    synthesis = integers.exact_synthesis(model.h_sq, medians, zeros)
    return Fitted(model, CONFIG, synthesis, side.q_tables(model.bottleneck), {}, bytes(32))


@pytest.fixture
def s_q() -> np.ndarray:
    return np.random.default_rng(3).integers(-4, 5, CONFIG.q_shape).astype(np.int32)


@pytest.fixture
def symbols() -> np.ndarray:
    return np.random.default_rng(4).integers(-9, 10, (CONFIG.M_y, 6, 8)).astype(np.int32)


def test_both_decoders_mean_the_same_distributions(fitted, s_q, symbols):
    exact = other_machines.exact_tables(fitted, s_q, order=None)
    in_floats = other_machines.float_tables(fitted, s_q, ulps=0, seed=0)
    index = np.repeat(np.arange(CONFIG.M_y, dtype=np.int32), 48)
    bits = [coding.ideal_bits(symbols.ravel(), index, t) for t in (exact, in_floats)]
    assert bits[0] == pytest.approx(bits[1], rel=5e-4)


def test_units_in_the_last_place_break_the_float_decoder(fitted, s_q, symbols):
    written = other_machines.float_tables(fitted, s_q, ulps=0, seed=0)
    latent = encode_with(written, symbols)
    same = other_machines.read(latent, symbols, written, written)
    assert same.intact and same.tables_changed == 0
    reader = other_machines.float_tables(fitted, s_q, ulps=64, seed=0)
    other = other_machines.read(latent, symbols, written, reader)
    assert other.tables_changed > 0 and not other.intact


@pytest.mark.parametrize("order", range(3))
def test_the_order_of_sums_does_not_move_the_integer_decoder(fitted, s_q, symbols, order):
    written = other_machines.exact_tables(fitted, s_q, order=None)
    reader = other_machines.exact_tables(fitted, s_q, order=order)
    found = other_machines.read(encode_with(written, symbols), symbols, written, reader)
    assert found == other_machines.Reading(tables_changed=0, symbols_wrong=0)


def test_the_order_is_really_another_and_does_not_outlast_its_block(fitted, monkeypatch):
    usual, calls = integers.apply, []
    split = np.array_split
    monkeypatch.setattr(np, "array_split", lambda *a: calls.append(a[0].tolist()) or split(*a))
    other_machines.exact_tables(fitted, np.zeros(CONFIG.q_shape, np.int32), order=1)
    assert len(calls) == 5 and all(places != sorted(places) for places in calls)
    assert integers.apply is usual
    with pytest.raises(ZeroDivisionError), other_machines.order_of_sums(0):
        raise ZeroDivisionError
    assert integers.apply is usual


def test_a_stream_that_is_refused_counts_as_broken():
    assert not other_machines.Reading(1, None).intact


def test_moved_by_whole_units_and_by_nothing():
    values = torch.tensor([1.0, -3.5, 0.0, 1e-30])
    assert torch.equal(other_machines.moved(values, 0, 0), values)
    other = other_machines.moved(values, 1, 0)
    assert other[2] == 0 and (other != values)[[0, 1, 3]].all()
    assert torch.allclose(other, values, rtol=2e-7, atol=0)
    assert doctest.testmod(other_machines).failed == 0
