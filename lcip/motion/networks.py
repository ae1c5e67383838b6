"""The networks of this chapter: the analysis transform of the book's own codec, trained or not.

Add a network by a function that returns a `tap.Network`; its layers find their own geometry.
"""

from collections import OrderedDict

import torch
from torch import nn

from lcip.images import factorized
from lcip.motion.tap import Network

FAMILY = "small"
NAME = f"factorized-{FAMILY}"
STAGES = ("g_a.1", "g_a.3", "g_a.5", "g_a.6")
"""The ends of the four stages of g_a, total strides 2, 4, 8, 16; the last is the latent y."""


def trained(quality: int) -> Network:
    """g_a of the factorised-prior codec with the repository's weights."""
    module = _analysis(factorized.load(FAMILY, quality).g_a)
    return Network(NAME, factorized.weights_name(FAMILY, quality), module, _as_is)


def identity(quality: int) -> str:
    """The identity of the trained weights, hexadecimal, for provenance records."""
    return factorized.load(FAMILY, quality).identity.hex()


def untrained(seed: int) -> Network:
    """The same layers with the random numbers that training starts from: the control."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module = _analysis(factorized.new_model(FAMILY).g_a)
    return Network(NAME, "random", module, _as_is)


def _analysis(g_a: nn.Module) -> nn.Module:
    """Under one parent, so that the layers are called g_a.0, g_a.1, ..."""
    return nn.Sequential(OrderedDict(g_a=g_a))


def _as_is(picture: torch.Tensor) -> torch.Tensor:
    """The codec takes RGB in [0, 1]."""
    return picture
