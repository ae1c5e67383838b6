"""A widened codec does what the narrow one did, and can learn more."""

import pytest
import torch

from lcip import runtime  # noqa: F401
from lcip.errors import LcipError
from lcip.images.widen import quietest_channel, widen

# isort: split
from compressai.models import FactorizedPrior


@pytest.fixture
def pair():
    torch.manual_seed(0)
    narrow, wide = FactorizedPrior(6, 8), FactorizedPrior(10, 13)
    with torch.no_grad():  # a GDN that does couple channels
        for module in (narrow.g_a[1], narrow.g_s[1]):
            module.gamma += 0.1 * torch.rand_like(module.gamma)
    widen(narrow, wide)
    return narrow.eval(), wide.eval()


def test_latents_densities_and_reconstruction_are_those_of_the_narrow_model(pair):
    narrow, wide = pair
    x = torch.rand(1, 3, 64, 48)
    with torch.no_grad():
        y, wide_y = narrow.g_a(x), wide.g_a(x)
        torch.testing.assert_close(wide_y[:, :8], y)
        torch.testing.assert_close(wide.g_s(wide_y), narrow.g_s(y))
        likelihoods, wide_likelihoods = narrow(x)["likelihoods"]["y"], wide(x)["likelihoods"]["y"]
    torch.testing.assert_close(wide_likelihoods[:, :8], likelihoods)


def test_added_channels_take_the_quietest_density(pair):
    narrow, wide = pair
    quiet = quietest_channel(narrow)
    medians = wide.entropy_bottleneck.quantiles[:, :, 1:2]
    likelihood, _, _ = wide.entropy_bottleneck._likelihood(medians)
    assert likelihood[:8].max() == likelihood[quiet]
    assert torch.equal(likelihood[8:], likelihood[quiet].expand(5, 1, 1))
    assert torch.equal(wide.g_a[-1].bias[8:], medians[8:].flatten())


def test_added_channels_are_alive_and_can_be_heard_after_training(pair):
    _, wide = pair
    x = torch.rand(1, 3, 64, 64)
    y = wide.g_a(x)
    assert y[:, 8:].abs().min(dim=1).values.max() > 0
    wide.g_s(y).square().mean().backward()
    assert wide.g_s[0].weight.grad[8:, :6].abs().sum() > 0


def test_a_model_cannot_start_from_a_wider_one():
    with pytest.raises(LcipError, match=r"start a model from one that is no wider"):
        widen(FactorizedPrior(6, 8), FactorizedPrior(6, 7))
