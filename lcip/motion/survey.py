"""The chapter's two large tables, on Kodak: every network under the published motions.

    python -m lcip.motion.survey sweeps --quality 3 --seed 0     motion/sweeps
    python -m lcip.motion.survey random --quality 3 --seed 0     motion/random

Networks whose trained weights are not in the data folder are left out and named; their untrained
controls need none. A stopped run goes on where it was (see `parts`).

**Photographs.** Trained networks see all 24 of Kodak in the sweeps, controls every sixth. Of the
random motions each photograph gets its share, the same for every network.

**Frames.** The sweeps use the published side, 224 px. Random motion uses 384 px, the most that
leaves room for it in Kodak's 512: the range R, by which the error is divided, is set by the rarest
values, and grows with the number of samples (see `choices`).

**Masks.** Half the receptive field must have been seen (`erosion` 0.5). DenseNet's layers see more
than the whole frame, so that nothing would be left: 0 there, and only there.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from lcip import datasets, results, runtime
from lcip.motion import imagenet, networks
from lcip.motion.compare import Settings
from lcip.motion.frames import Transform
from lcip.motion.parts import Parts
from lcip.motion.randomly import Draw, draws
from lcip.motion.sweeps import PANELS, Subject, at_random, share_out, sweep, transforms

SWEEPS, RANDOM = "motion/sweeps", "motion/random"
SWEEP_SETTINGS = Settings(224, "bicubic", "bilinear", 0.5)
RANDOM_SETTINGS = Settings(384, "bicubic", "bilinear", 0.5)
EROSION = {"densenet121": 0.0}
COMPARED = ("factorized-small", "resnet18", "squeezenet", "mobilenet", "resnet34", "densenet121")
CONTROL_EVERY = 6
DRAWS = 240
NRMSE_DIGITS, FRACTION_DECIMALS = 4, 3  # significant, and after the point


def subjects(quality: int, seed: int) -> list[Subject]:
    """The trained networks whose weights are here, then the controls; who is absent is told."""
    found = []
    for name in COMPARED:
        weights = f"q{quality}" if name in networks.CODECS else imagenet.TRAINED
        try:
            found.append(_subject(name, weights, seed))
        except datasets.DatasetError as error:
            print(f"left out: {name} {weights}: {error}", file=sys.stderr)
    return found + [_subject(name, networks.RANDOM, seed) for name in COMPARED]


def measure_sweeps(
    compared: Sequence[Subject], photographs: Mapping[str, np.ndarray], parts: Parts
) -> pd.DataFrame:
    """A part for each network."""
    few = {name: photographs[name] for name in list(photographs)[::CONTROL_EVERY]}
    motions = [
        motion
        for kind, amounts in PANELS.items()
        for motion in transforms(kind, amounts, SWEEP_SETTINGS.frame_px)
    ]
    tables = []
    for subject in compared:
        network = subject.network
        is_control = network.weights == networks.RANDOM
        make = _sweep_of(subject, few if is_control else photographs, motions)
        tables.append(parts.part(f"{network.name}-{'random' if is_control else 'trained'}", make))
    return rounded(pd.concat(tables, ignore_index=True))


def measure_random(
    compared: Sequence[Subject],
    photographs: Mapping[str, np.ndarray],
    motions: Sequence[Draw],
    parts: Parts,
) -> pd.DataFrame:
    """A part for each photograph; rows by network, layer and draw."""
    tables = []
    for image, own in share_out(motions, list(photographs)).items():
        tables.append(parts.part(image, _random_of(compared, image, photographs[image], own)))
        told(f"random motion of {image}", len(tables), len(photographs))
    order = {(s.network.name, s.network.weights): place for place, s in enumerate(compared)}
    rows = pd.concat(tables, ignore_index=True)
    place = [order[pair] for pair in zip(rows["network"], rows["weights"], strict=True)]
    rows = rows.assign(place=place).sort_values(["place", "stride", "layer", "draw"])
    return rounded(rows.drop(columns="place").reset_index(drop=True))


def rounded(rows: pd.DataFrame) -> pd.DataFrame:
    """Errors to four significant digits, shares of a map to three decimals: enough, and short."""
    nrmse = [float(f"{value:.{NRMSE_DIGITS}g}") for value in rows["nrmse"]]
    valid = rows["valid_fraction"].round(FRACTION_DECIMALS)
    return rows.assign(nrmse=nrmse, valid_fraction=valid)


def told(what: str, done: int, total: int) -> None:
    """One line of progress on the error stream."""
    print(f"{time.strftime('%H:%M:%S')} {what}: {done} of {total}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure one of the tables and write it."""
    parser = argparse.ArgumentParser(
        prog="python -m lcip.motion.survey", description=__doc__.splitlines()[0]
    )
    parser.add_argument("table", choices=("sweeps", "random"))
    parser.add_argument("--quality", type=int, required=True, help="quality of the trained codec")
    parser.add_argument("--seed", type=int, required=True, help="of the controls and the draws")
    given = parser.parse_args(arguments)
    runtime.setup(seed=given.seed, threads=1)
    compared, items = subjects(given.quality, given.seed), datasets.kodak()
    photographs = {item.name: datasets.read_image(item.path) for item in items}
    record = {
        "command": f"python -m lcip.motion.survey {given.table}"
        f" --quality {given.quality} --seed {given.seed}",
        "seed": given.seed,
        "datasets": {"kodak": datasets.fingerprint(items)},
        "weights": identities(compared),
    }
    name, settings = (
        (SWEEPS, SWEEP_SETTINGS) if given.table == "sweeps" else (RANDOM, RANDOM_SETTINGS)
    )
    parts = Parts(name, {**record, "settings": repr(settings), "panels": PANELS, "draws": DRAWS})
    if given.table == "sweeps":
        rows = measure_sweeps(compared, photographs, parts)
    else:
        rows = measure_random(compared, photographs, draws(DRAWS, given.seed), parts)
    results.write_measured(name, rows, wall_seconds=parts.seconds(), **record)
    parts.remove()


def _subject(name: str, weights: str, seed: int) -> Subject:
    erosion = EROSION.get(name, SWEEP_SETTINGS.erosion)
    return Subject(networks.load(name, weights, seed), networks.layers_of(name), erosion)


def identities(compared: Sequence[Subject]) -> dict[str, str]:
    """The fingerprints of the trained networks, for provenance."""
    trained = [s.network for s in compared if s.network.weights != networks.RANDOM]
    return {f"{n.name}/{n.weights}": networks.fingerprint(n) for n in trained}


def _sweep_of(
    subject: Subject, shown: Mapping[str, np.ndarray], motions: Sequence[Transform]
) -> Callable[[], pd.DataFrame]:
    what = f"sweeps of {subject.network.name} {subject.network.weights}"
    return lambda: sweep(subject, shown, motions, SWEEP_SETTINGS, lambda d, t: told(what, d, t))


def _random_of(
    compared: Sequence[Subject], image: str, photograph: np.ndarray, own: Mapping[int, Draw]
) -> Callable[[], pd.DataFrame]:
    return lambda: at_random(compared, image, photograph, own, RANDOM_SETTINGS)


if __name__ == "__main__":
    main()
