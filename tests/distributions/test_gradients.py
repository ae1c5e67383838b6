"""The two gradients are those of the codes that they belong to."""

import doctest

import numpy as np
import pytest
import torch

from lcip.distributions import gap, gradients, soft_histogram
from lcip.images import factorized


@pytest.fixture(scope="module")
def codec():
    return factorized.load("small", 3)


def test_the_standard_slope_is_that_of_the_code_length(codec):
    y = np.array([-2.3, -0.4, 0.7, 1.9])
    step, busy = 1e-2, int(codec.tables.sizes.argsort()[-20])
    at = {shift: gradients.standard(codec, busy, y + shift) for shift in (-step, 0.0, step)}
    finite = (at[step].bits - at[-step].bits) / (2 * step)
    assert at[0.0].slope == pytest.approx(finite, abs=1e-2)
    assert np.abs(at[0.0].slope).max() > 0.05


def test_the_standard_code_length_is_the_codecs(codec):
    y = np.arange(-2.0, 3.0)
    bits = gap.static_code_lengths_bits(codec.tables, lowest=-2, num_bins=5)
    for channel in (0, 40, 90):
        ours, tables = gradients.standard(codec, channel, y).bits, bits[channel]
        likely = tables < 8  # a frequency out of 2^16 rounds the unlikely ones
        assert ours[likely] == pytest.approx(tables[likely], abs=0.05)


@pytest.mark.parametrize("kernel", ["soft", "straight-through"])
def test_the_proposed_slope_is_what_autograd_gives_through_the_histogram(kernel):
    draw = np.random.default_rng(1)
    y = torch.from_numpy(draw.normal(0, 2, 40)).requires_grad_()
    lengths = torch.from_numpy(draw.uniform(0, 10, 17))
    p = soft_histogram.histogram(y[None], kernel=kernel, lowest=-8, num_bins=17)[0]
    gradients.channel_rate_bits(p, lengths, 40).backward()
    expected = gradients.proposed(lengths.numpy(), -8, y.detach().numpy())
    assert y.grad.numpy() == pytest.approx(expected.slope, rel=1e-9)
    if kernel == "soft":
        rate = gradients.channel_rate_bits(p, lengths, 40).item()
        assert rate == pytest.approx(expected.bits.sum(), rel=1e-9)


def test_the_slope_is_the_same_if_the_distribution_moves_along():
    y = torch.from_numpy(np.random.default_rng(2).normal(0, 0.8, 4000)).requires_grad_()
    p = soft_histogram.histogram(y[None], kernel="soft", lowest=-6, num_bins=13)[0]
    entropy = -4000 * torch.special.xlogy(p, p).sum() / np.log(2)
    (slope,) = torch.autograd.grad(entropy, y)
    lengths = -np.log2(np.maximum(p.detach().numpy(), 1e-300))
    expected = gradients.proposed(lengths, -6, y.detach().numpy()).slope
    usual = np.abs(expected) < 50
    assert slope.numpy()[usual] == pytest.approx(expected[usual], rel=1e-9)


def test_the_most_moved_distribution_is_found():
    static = np.array([[1.0, 3.0, 3.0], [2.0, 1.0, 5.0]])
    sent = np.stack([static, static, static])
    sent[1, 0] = [4.0, 0.5, 4.0]  # 2.5 bits dearer under the static one
    sent[2, 1] = [3.0, 2.0, 1.0]  # 4 bits dearer
    assert gradients.most_moved(sent, static) == (2, 1)


def test_the_example_in_its_docstring():
    assert doctest.testmod(gradients).failed == 0
