"""What the networks cost: weights and multiply-accumulates, counted while they run.

Thesis table 2.3 counts weights without biases, and divides the work for one image by the pixels of
an image of 768 × 512. The networks of this chapter see distributions, whose size does not depend on
the image's: their work is the same for every image, and a small one shares it among fewer pixels.
"""

import time
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

import pandas as pd
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from lcip import results, runtime  # noqa: F401  (before compressai)
from lcip.distributions.networks import AnalysisQ, SynthesisQ, configuration
from lcip.images import factorized

# isort: split
from compressai.entropy_models import EntropyBottleneck
from compressai.models import ScaleHyperprior

IMAGE_PX = (512, 768)  # height and width of a Kodak image
HYPERPRIOR_STRIDE = 64  # pixels a position of the hyperprior's side information


@dataclass(frozen=True)
class Cost:
    """Of one network.

    Attributes:
        num_weights: without biases.
        macs: multiply-accumulates for one image.
    """

    num_weights: int
    macs: int


def cost(network: nn.Module, shape: tuple[int, ...]) -> Cost:
    """Run a network on zeros of a shape (without the batch) under PyTorch's counter."""
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(torch.zeros(1, *shape))
    weights = sum(layer.weight.numel() for layer in network.modules() if hasattr(layer, "weight"))
    return Cost(weights, counter.get_total_flops() // 2)


def ours(family: str) -> dict[str, Cost]:
    """h_{a,q} and h_{s,q} of a family."""
    config = configuration(family)
    return {
        "h_a,q": cost(AnalysisQ(config), (config.M_y, config.num_bins)),
        "h_s,q": cost(SynthesisQ(config), config.q_shape),
    }


def hyperprior(family: str, image_px: tuple[int, int]) -> dict[str, Cost]:
    """h_a and h_s of a scale hyperprior on top of the same transforms, for one image."""
    num_channels, num_latents = factorized.FAMILIES[family]
    model = ScaleHyperprior(num_channels, num_latents)
    latent, side = (
        tuple(-(-side // stride) for side in image_px)
        for stride in (factorized.STRIDE, HYPERPRIOR_STRIDE)
    )
    return {
        "h_a": cost(model.h_a, (num_latents, *latent)),
        "h_s": cost(model.h_s, (num_channels, *side)),
    }


def table(families: tuple[str, ...], image_px: tuple[int, int]) -> pd.DataFrame:
    """Thesis table 2.3, measured: one row a network."""
    rows = [
        {
            "family": family,
            "model": model,
            "transform": name,
            "num_weights": one.num_weights,
            "macs_per_pixel": one.macs / prod(image_px),
        }
        for model, costs in (("ours", ours), ("hyperprior", lambda f: hyperprior(f, image_px)))
        for family in families
        for name, one in costs(family).items()
    ]
    return pd.DataFrame(rows)


class Totals(NamedTuple):
    """Parameters of whole models.

    Attributes:
        base: of the base codec: weights, biases, densities, quantiles.
        with_weights: with the weights of h_{a,q} and h_{s,q}, as table 2.3 counts them.
        with_all: with their biases, too, and with the densities of q.
    """

    base: int
    with_weights: int
    with_all: int


def total_parameters(family: str) -> Totals:
    """How the whole model of a family grows by the networks of this chapter."""
    base = _count(factorized.new_model(family))
    config = configuration(family)
    added = (AnalysisQ(config), SynthesisQ(config), EntropyBottleneck(config.M_q))
    weights = sum(one.num_weights for one in ours(family).values())
    return Totals(base, base + weights, base + sum(map(_count, added)))


def _count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def measure() -> None:
    """Write `distributions/complexity`, a row a network, and `distributions/parameters`, one a
    family: `python -m lcip.distributions.complexity`."""
    families = tuple(factorized.FAMILIES)
    start = time.perf_counter()
    networks = table(families, IMAGE_PX).rename(columns={"macs_per_pixel": "mac_per_pixel"})
    totals = [
        {"family": name, "num_strides": num_strides(name)} | _numbers(total_parameters(name))
        for name in families
    ]
    frames = {"complexity": networks, "parameters": pd.DataFrame(totals)}
    for name, frame in frames.items():
        results.write_measured(
            f"distributions/{name}",
            frame,
            command="python -m lcip.distributions.complexity",
            seed=None,
            datasets={},
            wall_seconds=time.perf_counter() - start,
        )


def num_strides(family: str) -> int:
    """How many layers of a family's h_{a,q} halve the number of bins."""
    layers = AnalysisQ(configuration(family)).modules()
    return sum(isinstance(layer, nn.Conv1d) and layer.stride == (2,) for layer in layers)


def _numbers(totals: Totals) -> dict[str, int]:
    return {f"num_{key}": value for key, value in totals._asdict().items()}


if __name__ == "__main__":
    measure()
