"""How much work the networks do: multiply-accumulates, counted while the modules run.

    python -m lcip.pointcloud.macs    →  measured/pointcloud/layers

PyTorch's counter watches every matrix product that really happens; a product of (M, K) with (K, L)
counts 2·M·K·L floating-point operations, half of which are multiplications. Biases, batch norm,
ReLU and the maximum are left out, as in thesis table 3.1.
"""

import time
from typing import NamedTuple

import pandas as pd
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from lcip import results
from lcip.pointcloud.models import SIZES, PointCodecModel

TABLE = "pointcloud/layers"
PROBE_POINTS = 8


class Work(NamedTuple):
    """One row of the layer table."""

    size: str
    encoder_layers: str
    decoder_layers: str
    encoder_mac_per_point: int
    decoder_mac: int
    encoder_parameters: int
    decoder_parameters: int


def count_macs(module: nn.Module, example: torch.Tensor) -> int:
    """Multiply-accumulates of one forward pass of `module` on `example`."""
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        module(example)
    return counter.get_total_flops() // 2


def layers_text(size: str) -> str:
    """The encoder's layers as the thesis writes them: outputs, and groups behind a slash.

    >>> layers_text("lite")
    '8 8 16 16/2 32/4'
    """
    layers = zip(*SIZES[size], strict=True)
    return " ".join(f"{c}/{g}" if g > 1 else str(c) for c, g in layers)


def measure(size: str) -> Work:
    """Run encoder and decoder of a fresh model of this size under the counter."""
    model = PointCodecModel(size).eval()
    encoder_mac = count_macs(model.encoder, torch.zeros(1, PROBE_POINTS, 3))
    decoder_mac = count_macs(model.decoder, torch.zeros(1, model.num_latents))
    widths = [str(m.out_features) for m in model.decoder if isinstance(m, nn.Linear)]
    return Work(
        size=size,
        encoder_layers=layers_text(size),
        decoder_layers=" ".join(widths),
        encoder_mac_per_point=encoder_mac // PROBE_POINTS,
        decoder_mac=decoder_mac,
        encoder_parameters=sum(p.numel() for p in model.encoder.parameters()),
        decoder_parameters=sum(p.numel() for p in model.decoder.parameters()),
    )


def main() -> None:
    """Write the layer table, thesis table 3.1."""
    began = time.monotonic()
    results.write_measured(
        TABLE,
        pd.DataFrame([measure(size) for size in SIZES]),
        command="python -m lcip.pointcloud.macs",
        seed=None,
        datasets={},
        wall_seconds=time.monotonic() - began,
    )


if __name__ == "__main__":
    main()
