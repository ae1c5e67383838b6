"""The histogram layer against a dense version, finite differences, and its own formula."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from lcip.distributions.histogram import channel_counts
from lcip.distributions.soft_histogram import KERNELS, histogram
from lcip.errors import LcipError

LOWEST, BINS = -4, 8  # bins −4 … 3


def dense(latents: Tensor, *, soft: bool) -> Tensor:
    """Every sample against every bin, as the formulas stand: samples × bins in memory."""
    centres = torch.arange(LOWEST, LOWEST + BINS, dtype=latents.dtype)
    u = latents.clamp(LOWEST, LOWEST + BINS - 1)[..., None, :] - centres[:, None]  # (…, B, N)
    kernel = (1 - u.abs()).relu() if soft else ((u >= -0.5) & (u < 0.5)).to(latents.dtype)
    return kernel.mean(dim=-1)


def samples(low: float, high: float):
    """Float64 tensors (batch, M, N) of values in [low, high]."""
    shapes = st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 20))
    values = st.floats(low, high, allow_subnormal=False)
    return arrays.arrays(np.float64, shapes, elements=values).map(torch.from_numpy)


def away_from_kinks(latents: Tensor) -> Tensor:
    """Samples at least 0.01 from every integer, where the soft kernel has no one slope."""
    whole = latents.floor()
    return whole + 0.01 + 0.98 * (latents - whole)


@settings(max_examples=60, deadline=None)
@given(samples(-9, 9))
def test_heights_equal_those_of_the_dense_version(latents):
    for kernel in KERNELS:
        found = histogram(latents, kernel=kernel, lowest=LOWEST, num_bins=BINS)
        torch.testing.assert_close(found, dense(latents, soft=kernel == "soft"))


@settings(max_examples=60, deadline=None)
@given(samples(-1e6, 1e6), st.sampled_from([torch.float16, torch.float32, torch.float64]))
def test_every_row_sums_to_one(latents, dtype):
    for kernel in KERNELS:
        rows = histogram(latents.to(dtype), kernel=kernel, lowest=LOWEST, num_bins=BINS)
        assert (rows >= 0).all()
        torch.testing.assert_close(rows.sum(-1), torch.ones_like(rows[..., 0]))


@settings(max_examples=40, deadline=None)
@given(samples(-6, 6), st.integers(0, 2**31))
def test_gradient_equals_autograd_of_the_dense_version(latents, seed):
    latents = away_from_kinks(latents)
    weights = torch.from_numpy(np.random.default_rng(seed).normal(size=(*latents.shape[:2], BINS)))
    ours, theirs = (latents.clone().requires_grad_() for _ in range(2))
    (histogram(ours, kernel="soft", lowest=LOWEST, num_bins=BINS) * weights).sum().backward()
    (dense(theirs, soft=True) * weights).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


@settings(max_examples=15, deadline=None)
@given(samples(-6, 6))
def test_gradient_equals_finite_differences(latents):
    latents = away_from_kinks(latents).requires_grad_()

    def soft(y: Tensor) -> Tensor:
        return histogram(y, kernel="soft", lowest=LOWEST, num_bins=BINS)

    assert torch.autograd.gradcheck(soft, (latents,), eps=1e-4, atol=1e-6)


def test_gradient_of_a_code_length_is_the_slope_between_the_two_bins():
    latents = torch.tensor([[-1.25, 0.5, 2.75, 2.0]], dtype=torch.float64, requires_grad=True)
    lengths = torch.arange(BINS, dtype=torch.float64) ** 2
    p = histogram(latents, kernel="soft", lowest=LOWEST, num_bins=BINS)
    (p @ lengths).sum().backward()
    # In bins from 0: samples at 2.75, 4.5, 6.75, 6; (k + 1)² − k² over N = 4, at 6 to its right.
    assert latents.grad.tolist() == [[5 / 4, 9 / 4, 13 / 4, 13 / 4]]


def test_straight_through_is_hard_forward_and_soft_backward():
    latents = torch.tensor([[0.2, 0.7, -3.4, 1.1]], requires_grad=True)
    weights = torch.randn(BINS, generator=torch.Generator().manual_seed(0))
    gradients = {}
    for kernel in ("soft", "straight-through"):
        heights = histogram(latents, kernel=kernel, lowest=LOWEST, num_bins=BINS)
        (gradients[kernel],) = torch.autograd.grad((heights * weights).sum(), latents)
    assert torch.equal(gradients["soft"], gradients["straight-through"])
    hard = histogram(latents, kernel="hard", lowest=LOWEST, num_bins=BINS)
    assert torch.equal(heights.detach(), hard) and not hard.requires_grad


def test_a_sample_midway_between_two_bins_belongs_to_the_upper_one():
    midway = torch.tensor([[-0.5, 0.5]])
    heights = histogram(midway, kernel="hard", lowest=-1, num_bins=3)
    assert heights.tolist() == [[0.0, 0.5, 0.5]]


def test_samples_out_of_range_keep_their_mass_and_get_no_gradient():
    latents = torch.tensor([[-99.0, -4.0, 3.0, float("inf")]], requires_grad=True)
    for kernel in ("soft", "straight-through"):
        heights = histogram(latents, kernel=kernel, lowest=LOWEST, num_bins=BINS)
        assert heights[0, 0] == 0.5 and heights[0, -1] == 0.5
        (gradient,) = torch.autograd.grad(heights @ torch.arange(float(BINS)), latents)
        assert gradient.tolist() == [[0.0, 0.25, 0.0, 0.0]]


@settings(max_examples=30, deadline=None)
@given(arrays.arrays(np.int32, (3, 11), elements=st.integers(LOWEST, LOWEST + BINS - 1)))
def test_integers_give_the_counts_of_the_integer_histogram(symbols):
    expected = channel_counts(symbols, lowest=LOWEST, num_bins=BINS) / symbols.shape[1]
    for kernel in KERNELS:
        found = histogram(
            torch.from_numpy(symbols).double(), kernel=kernel, lowest=LOWEST, num_bins=BINS
        )
        torch.testing.assert_close(found, torch.from_numpy(expected))


def test_a_batch_is_its_items_one_by_one():
    latents = torch.randn(3, 5, 40, generator=torch.Generator().manual_seed(1))
    for kernel in KERNELS:
        together = histogram(latents, kernel=kernel, lowest=LOWEST, num_bins=BINS)
        alone = [histogram(y, kernel=kernel, lowest=LOWEST, num_bins=BINS) for y in latents]
        assert torch.equal(together, torch.stack(alone))


def test_memory_holds_no_tensor_of_samples_times_bins():
    num_samples, num_bins, largest = 1000, 500, 0

    class Watch(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, arguments=(), keywords=None):
            nonlocal largest
            result = function(*arguments, **(keywords or {}))
            if isinstance(result, Tensor):
                largest = max(largest, result.numel())
            return result

    latents = torch.randn(1, num_samples, requires_grad=True)
    with Watch():
        for kernel in ("soft", "straight-through"):
            heights = histogram(latents, kernel=kernel, lowest=-250, num_bins=num_bins)
            heights.square().sum().backward()
    assert 0 < largest <= 2 * num_samples


@pytest.mark.parametrize(
    ("latents", "options", "message"),
    [
        (torch.zeros(1, 2), {"kernel": "square"}, "kernel is 'square'; allowed: soft, hard"),
        (torch.zeros(1, 2), {"num_bins": 1}, "num_bins is 1; allowed: 2 or more"),
        (torch.zeros(1, 2, dtype=torch.int64), {}, "latents is 'torch.int64"),
        (torch.zeros(3, 0), {}, r"\(3, 0\)'; allowed: floats of shape"),
        (torch.tensor([[0.0, float("nan")]]), {}, "latents is 'NaN'"),
    ],
)
def test_refusals(latents, options, message):
    given_options = {"kernel": "soft", "lowest": LOWEST, "num_bins": BINS} | options
    with pytest.raises(LcipError, match=message):
        histogram(latents, **given_options)
