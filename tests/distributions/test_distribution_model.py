"""The networks joined with q's densities, before and after a scaled start."""

import pytest
import torch

from lcip.distributions.model import DistributionModel, initialise, scale_q
from lcip.distributions.networks import Configuration

CONFIG = Configuration(M_y=16, N_q=8, M_q=4, kernel=15, groups=4, num_bins=64)


@pytest.fixture
def p_static():
    torch.manual_seed(0)
    return torch.randn(CONFIG.M_y, CONFIG.num_bins).softmax(-1)


def model_of(p_static, *, corrects=True, standardises=True, scaled=True):
    torch.manual_seed(1)
    model = DistributionModel(CONFIG, p_static.log(), corrects=corrects, standardises=standardises)
    initialise(model, scaled=scaled, init_scale=2.0)
    return model.eval()


@pytest.fixture
def p():
    return torch.randn(3, CONFIG.M_y, CONFIG.num_bins).softmax(-1)


def test_a_correcting_model_begins_with_the_static_distributions(p, p_static):
    found = model_of(p_static)(p, straight_through=False).log2_p_hat
    torch.testing.assert_close(found, p_static.log2().expand_as(found))


@pytest.mark.parametrize("corrects", [True, False])
def test_predicted_distributions_sum_to_one(corrects, p, p_static):
    model = model_of(p_static, corrects=corrects)
    torch.nn.init.normal_(model.h_sq[-1].weight)
    found = model(p, straight_through=False)
    assert found.q_hat.shape == (3, *CONFIG.q_shape) and found.side_bits.shape == (3,)
    sums = found.log2_p_hat.exp2().sum(-1)
    torch.testing.assert_close(sums, torch.ones_like(sums))


def test_the_static_distribution_itself_is_zero_to_a_standardising_encoder(p_static):
    assert model_of(p_static).analyse(p_static[None]).abs().max() < 1e-5
    assert model_of(p_static, standardises=False).analyse(p_static[None]).abs().max() > 1e-3


def test_evaluation_rounds_around_the_medians(p, p_static):
    model = model_of(p_static)
    scale_q(model, p, 3.0)
    with torch.no_grad():
        model.bottleneck.quantiles[:, 0, 1] = 0.25
        symbols = model(p, straight_through=False).q_hat - 0.25
    assert torch.equal(symbols, symbols.round()) and symbols.any()


def test_straight_through_training_rounds_forward_and_passes_the_gradient(p, p_static):
    model = model_of(p_static).train()
    scale_q(model, p, 3.0)
    torch.nn.init.normal_(model.h_sq[-1].weight)
    found = model(p, straight_through=True)
    symbols = found.q_hat - model.medians()
    torch.testing.assert_close(symbols, symbols.round())
    (-(p * found.log2_p_hat)).sum().backward()
    assert model.h_aq[-1].weight.grad.abs().sum() > 0
    noisy = model(p, straight_through=False).q_hat
    assert not torch.allclose(noisy, noisy.round())


def test_scale_q_sets_the_deviation_at_the_middle(p, p_static):
    model = model_of(p_static)
    scale_q(model, p, 1.5)
    middle = CONFIG.q_shape[1] // 2
    assert model.analyse(p)[..., middle - 2 : middle + 3].std().item() == pytest.approx(1.5)


def test_fewer_bins_are_the_middle_ones(p, p_static):
    model = model_of(p_static)
    narrow = model(p[..., 16:48], straight_through=False)
    assert narrow.q_hat.shape == (3, CONFIG.M_q, 4)
    expected = p_static[:, 16:48].log().log_softmax(-1) / torch.tensor(2.0).log()
    torch.testing.assert_close(narrow.log2_p_hat, expected.expand(3, -1, -1))


def test_a_scaled_start_keeps_the_signal(p_static):
    """Through five layers a signal of PyTorch's initial weights fades; a scaled one does not."""
    torch.manual_seed(2)
    q_hat = torch.randn(8, *CONFIG.q_shape)
    hidden = {}
    for scaled in (True, False):
        x = q_hat
        for layer in list(model_of(p_static, scaled=scaled).h_sq)[:-1]:
            x = layer(x)
        hidden[scaled] = x.std().item()
    assert 0.3 < hidden[True] < 3 and hidden[False] < 0.2


def test_options_build_the_same_module_again(p_static):
    model = model_of(p_static, standardises=False)
    again = DistributionModel(CONFIG, p_static.log(), **model.options)
    assert again.options == {"corrects": True, "standardises": False}
    assert dict(again.named_parameters()).keys() == dict(model.named_parameters()).keys()
