"""Walking through a network tells its shapes and its work as they are."""

import doctest

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from lcip.distributions import networks, walk

PAIRS = {"analysis": networks.AnalysisQ, "synthesis": networks.SynthesisQ}


def given(name: str, config: networks.Configuration) -> tuple[int, int]:
    return (config.M_y, config.num_bins) if name == "analysis" else config.q_shape


@pytest.mark.parametrize("family", networks.CONFIGURATIONS)
@pytest.mark.parametrize("name", PAIRS)
def test_the_work_is_what_pytorch_counts(name, family):
    config = networks.configuration(family)
    network, shape = PAIRS[name](config), given(name, config)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(torch.zeros(1, *shape))
    steps = walk.walk(network, shape)
    assert 2 * sum(step.macs for step in steps) == counter.get_total_flops()
    weights = sum(p.numel() for p in network.parameters() if p.ndim > 1)
    assert sum(step.num_weights for step in steps) == weights


def test_the_steps_join():
    config = networks.configuration("small")
    steps = walk.walk(networks.SynthesisQ(config), config.q_shape)
    assert [s.shape_in for s in steps[1:]] == [s.shape_out for s in steps[:-1]]
    assert [s.stride for s in steps] == [1, 2, 2, 2, 1]
    assert all(s.transposed for s in steps)
    assert steps[1].then == ("ChannelShuffle", "ReLU") and steps[-1].then == ()


def test_it_leaves_no_hooks_behind():
    network = nn.Sequential(nn.Conv1d(2, 3, 5, padding=2), nn.ReLU())
    (step,) = walk.walk(network, (2, 8))
    assert (step.shape_out, step.kernel, step.groups, step.then) == ((3, 8), 5, 1, ("ReLU",))
    assert not any(layer._forward_hooks for layer in network.modules())


def test_the_example_in_its_docstring():
    assert doctest.testmod(walk).failed == 0
