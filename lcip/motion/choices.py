"""What each choice is worth: random motion again, with one choice changed at a time.

    python -m lcip.motion.choices --quality 3 --seed 0

writes `motion/choices`: the first draws of `motion/random`, the trained networks, and a row for
each of CHOICES. Three of them do not change the prediction but what it is held against:

    range per channel      R of each channel by itself, and the mean of the channels' NRMSE
    range without tails    R from the 0.1th to the 99.9th percentile of the compared values
    nothing                the still layer where it is, as if nothing had moved
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from lcip import datasets, results, runtime
from lcip.motion import networks, survey
from lcip.motion.batches import Album, columns, fast, predict
from lcip.motion.compare import Settings
from lcip.motion.parts import Parts
from lcip.motion.randomly import Draw, draws
from lcip.motion.sweeps import Subject, share_out
from lcip.motion.tap import Layer

TABLE = "motion/choices"
DRAWS = 12
MEASURED, PER_CHANNEL, NO_TAILS, NOTHING = (
    "as measured", "range per channel", "range without tails", "nothing",
)  # fmt: skip
SETTINGS: dict[str, dict[str, object]] = {
    MEASURED: {},
    "frame 224 px": {"frame_px": 224},
    "erosion 0": {"erosion": 0.0},
    "erosion 0.25": {"erosion": 0.25},
    "erosion 1": {"erosion": 1.0},
    "layer read nearest": {"latent_interpolation": "nearest"},
    "layer read bicubic": {"latent_interpolation": "bicubic"},
    "picture read bilinear": {"input_interpolation": "bilinear"},
    "offset ignored": {},
}
"""Settings that differ from `survey.RANDOM_SETTINGS`; ignoring the offset takes the tile's."""
CHOICES = (*SETTINGS, PER_CHANNEL, NO_TAILS, NOTHING)


class Outcome(NamedTuple):
    """One row's values: the choice, the error, the share of the map that was compared."""

    choice: str
    nrmse: float
    valid_fraction: float


def outcomes(
    subject: Subject, photograph: np.ndarray, draw: Draw, base: Settings
) -> Iterator[tuple[Layer, Outcome]]:
    """Every layer of a network under one motion, by every choice."""
    tapped: dict[tuple[int, str], list[dict]] = {}
    for choice, changes in SETTINGS.items():
        settings = replace(base, **changes)
        motion = draw.motion(settings.frame_px)
        key = (settings.frame_px, settings.input_interpolation)
        if key not in tapped:
            album = Album([photograph], [motion], settings)
            pair = (album.still(), album.moved(motion))
            tapped[key] = [fast(subject.network).tap_batch(f, list(subject.layers)) for f in pair]
        for name in subject.layers:
            layer, (before, after) = subject.network.layer(name), (t[name][0] for t in tapped[key])
            offset = layer.tile_offset_px if choice == "offset ignored" else layer.offset_px
            ready = predict(layer, tuple(after.shape[-2:]), motion, settings, offset)
            still, actual = columns(before), columns(after)
            predicted, moved = ready.compare(still, actual)
            for other, nrmse in _errors(choice, predicted, moved, still[ready.mask]):
                yield layer, Outcome(other, nrmse, ready.valid_fraction)


def _errors(
    choice: str, predicted: np.ndarray, moved: np.ndarray, unmoved: np.ndarray
) -> Iterator[tuple[str, float]]:
    error = _rms(predicted - moved)
    yield choice, error / np.ptp(moved)
    if choice == MEASURED:
        spans = np.ptp(moved, axis=0)
        alive = spans > 0
        by_channel = _rms((predicted - moved)[:, alive], axis=0) / spans[alive]
        low, high = np.percentile(moved, (0.1, 99.9))
        yield PER_CHANNEL, by_channel.mean()
        yield NO_TAILS, error / (high - low)
        yield NOTHING, _rms(unmoved - moved) / np.ptp(moved)


def _rms(missed: np.ndarray, axis: int | None = None) -> np.ndarray:
    return np.sqrt(np.mean(missed.astype(np.float64) ** 2, axis=axis))


def measure(
    compared: Sequence[Subject],
    photographs: Mapping[str, np.ndarray],
    motions: Sequence[Draw],
    base: Settings,
) -> pd.DataFrame:
    """A row for each network, draw, layer and choice."""
    rows = []
    for subject in compared:
        for image, own in share_out(motions, list(photographs)).items():
            for number, draw in own.items():
                for layer, found in outcomes(subject, photographs[image], draw, base):
                    which = (subject.network.name, subject.network.weights)
                    where = (layer.name, layer.stride)
                    rows.append((*which, *where, found.choice, number, image, *found[1:]))
    names = ["network", "weights", "layer", "stride", "choice", "draw", "image", "nrmse"]
    return pd.DataFrame(rows, columns=[*names, "valid_fraction"])


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the table and write it."""
    parser = argparse.ArgumentParser(
        prog="python -m lcip.motion.choices", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--quality", type=int, required=True, help="quality of the trained codec")
    parser.add_argument("--seed", type=int, required=True, help="of the draws")
    given = parser.parse_args(arguments)
    runtime.setup(seed=given.seed, threads=1)
    items = datasets.kodak()
    photographs = {item.name: datasets.read_image(item.path) for item in items}
    compared = [
        subject
        for subject in survey.subjects(given.quality, given.seed)
        if subject.network.weights != networks.RANDOM and subject.network.name not in survey.EROSION
    ]
    record = {
        "command": f"python -m lcip.motion.choices --quality {given.quality} --seed {given.seed}",
        "seed": given.seed,
        "datasets": {"kodak": datasets.fingerprint(items)},
        "weights": survey.identities(compared),
    }
    parts = Parts(TABLE, {**record, "choices": CHOICES, "draws": DRAWS})
    motions, base = draws(DRAWS, given.seed), survey.RANDOM_SETTINGS
    tables = [
        parts.part(one.network.name, partial(measure, [one], photographs, motions, base))
        for one in compared
    ]
    rows = survey.rounded(pd.concat(tables, ignore_index=True))
    results.write_measured(TABLE, rows, wall_seconds=parts.seconds(), **record)
    parts.remove()


if __name__ == "__main__":
    main()
