"""What every training command can be told about its run."""

import argparse
from pathlib import Path


def add_options(parser: argparse.ArgumentParser, *, checkpoint: bool = True) -> None:
    """Add --seed, --threads and --device, and --checkpoint where a run can be resumed."""
    parser.add_argument("--seed", type=int, default=1234)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    if checkpoint:
        parser.add_argument("--checkpoint", type=Path, help="resume from and keep the state here")
