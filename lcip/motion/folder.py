"""One network, one motion, any folder of pictures: what `lcip motion sweep` does."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from lcip import datasets, paths, runtime
from lcip.errors import refusal
from lcip.motion import networks
from lcip.motion.affine import MotionError
from lcip.motion.compare import Settings
from lcip.motion.sweeps import PANELS, Subject, sweep, transforms

SHORT = {"translation": "translation_x", "scale": "scale_x", "shear": "shear_x"}


class Choice(NamedTuple):
    """What is swept: `weights` None for the only trained ones that a network can have."""

    network: str
    weights: str | None
    layers: Sequence[str]
    transform: str
    amounts: Sequence[float] | None
    seed: int


def sweep_folder(
    choice: Choice, folder: Path, settings: Settings, out: Path, told: Callable[[int, int], None]
) -> pd.DataFrame:
    """Sweep every picture in `folder` and write the rows to `out`, a new or old CSV file.

    Pictures need not be square: the frame is cut from their middle.

    Raises:
        LcipError: an unknown network, layer or motion, an empty folder, a picture smaller than the
            frame, a motion that leaves nothing to compare; each says what is allowed.
    """
    runtime.setup(seed=choice.seed, threads=1)
    _check_out(out)
    kind = kind_of(choice.transform)
    network = networks.load(choice.network, weights_for(choice), choice.seed)
    layers = [network.layer(name).name for name in dict.fromkeys(choice.layers)]
    amounts = PANELS[kind] if choice.amounts is None else choice.amounts
    motions = transforms(kind, amounts, settings.frame_px)
    pictures = {i.name: datasets.read_image(i.path) for i in datasets.images_in(folder)}
    refuse_small(pictures, settings.frame_px)
    rows = sweep(Subject(network, layers, settings.erosion), pictures, motions, settings, told)
    with paths.atomic_write(out) as temporary:
        rows.to_csv(temporary, index=False)
    return rows


def kind_of(transform: str) -> str:
    """The transform that a short or a full name means."""
    kind = SHORT.get(transform, transform)
    if kind not in PANELS:
        short = [next((s for s in SHORT if SHORT[s] == kind), kind) for kind in PANELS]
        raise MotionError(refusal("transform", transform, short, "choose one of them"))
    return kind


def weights_for(choice: Choice) -> str:
    """The weights asked for, or the trained ones where there is just one kind of them."""
    if choice.weights is not None:
        return choice.weights
    known = networks.weights_of(choice.network)
    trained = [name for name in known if name != networks.RANDOM]
    if len(trained) != 1:
        raise MotionError(refusal("weights", None, known, "name them with --weights"))
    return trained[0]


def amounts_of(text: str) -> list[float]:
    """Numbers from a list with commas, as `-10,0,2.5`."""
    try:
        numbers = [float(word) for word in text.split(",")]
    except ValueError:
        numbers = []
    if not numbers or not np.isfinite(numbers).all():
        step = "write it as --values=-10,0,2.5"
        raise MotionError(refusal("values", text, "numbers with commas between", step))
    return numbers


def refuse_small(pictures: dict[str, np.ndarray], frame_px: int) -> None:
    """Raise `MotionError` for the first picture into which the frame does not fit."""
    for name, picture in pictures.items():
        height, width = picture.shape[:2]
        if frame_px > min(height, width):
            what, allowed = f"{width} x {height} pixels", f"at least {frame_px} x {frame_px}"
            step = "leave it out, or ask for a smaller --frame"
            raise MotionError(refusal(f"picture {name}", what, allowed, step))


def progress(done: int, total: int) -> None:
    """A counter on the error stream, where that is a screen."""
    if sys.stderr.isatty():
        print(f"\r{done} of {total} motions", end="\n" * (done == total), file=sys.stderr)


def _check_out(out: Path) -> None:
    if out.is_dir() or out.suffix != ".csv":
        raise MotionError(refusal("-o", str(out), "a file named *.csv", "name the file to write"))
    if not out.absolute().parent.is_dir():
        allowed = "a file in a folder that exists"
        raise MotionError(refusal("-o", str(out), allowed, "make the folder first"))
