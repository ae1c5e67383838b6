"""The two published experiments: one motion at a time over its range, and random motion.

Both give a row for each motion, photograph and layer, with `nrmse` of the warped prediction and the
`valid_fraction` of the layer's samples that were compared (see `masks`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from lcip.errors import refusal
from lcip.motion.affine import MotionError
from lcip.motion.batches import Album, Stills
from lcip.motion.compare import Settings
from lcip.motion.frames import Transform
from lcip.motion.randomly import Draw
from lcip.motion.tap import Layer, Network

ANGLES_DEG = (0.5, 1.0, 2.5, 5.0, 10.0)
PANELS: dict[str, tuple[float, ...]] = {
    "translation_x": tuple(float(shift) for shift in range(-30, 31)),
    "rotation": (*(-a for a in reversed(ANGLES_DEG)), 0.0, *ANGLES_DEG),
    "scale_x": (0.8, 0.85, 0.9, 0.95, 0.98, 1.0, 1.02, 1.05, 1.1, 1.175, 1.25),
    "shear_x": (*(-a for a in reversed(ANGLES_DEG)), 0.0, *ANGLES_DEG),
}
"""The amounts of the published figure's four panels, in the units of `frames.UNITS`.

Translations by every whole pixel, because the error follows the stride; the others change slowly
but for their beginning, and are closest there.
"""
NO_MOTION = {"translation_x": 0.0, "rotation": 0.0, "scale_x": 1.0, "shear_x": 0.0}
SWEEP_COLUMNS = (
    "network", "weights", "layer", "stride", "transform", "parameter", "unit", "image", "nrmse",
    "valid_fraction", "erosion_fraction",
)  # fmt: skip
RANDOM_COLUMNS = (
    "network", "weights", "layer", "stride", "draw", "image", *Draw._fields, "nrmse",
    "valid_fraction", "erosion_fraction",
)  # fmt: skip


class Subject(NamedTuple):
    """A network, its layers to be compared, and the erosion of their masks."""

    network: Network
    layers: Sequence[str]
    erosion: float


def transforms(kind: str, amounts: Sequence[float], frame_px: int) -> list[Transform]:
    """One motion by several amounts; a shift that leaves nothing of the frame is refused."""
    if kind not in PANELS:
        raise MotionError(refusal("transform", kind, PANELS, "choose one of them"))
    for amount in amounts if kind == "translation_x" else ():
        if abs(amount) >= frame_px:
            allowed = f"less than the frame's side, {frame_px} px"
            step = "use a smaller shift or a larger frame"
            raise MotionError(refusal("translation (px)", amount, allowed, step))
    return [Transform(kind, float(amount)) for amount in amounts]


def sweep(
    subject: Subject,
    photographs: Mapping[str, np.ndarray],
    motions: Sequence[Transform],
    settings: Settings,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> pd.DataFrame:
    """Every motion on every photograph: columns SWEEP_COLUMNS.

    Transform by transform; `told(done, total)` is called after each. The subject's erosion goes
    before that of the settings.
    """
    ready = [motion.motion(settings.frame_px) for motion in motions]
    album, images = Album(list(photographs.values()), ready, settings), list(photographs)
    stills = _stills(subject, album, settings)
    rows = []
    for done, (transform, motion) in enumerate(zip(motions, ready, strict=True), start=1):
        what = (transform.kind, transform.amount, transform.unit)
        found = stills.errors(motion, album.moved(motion), range(len(images)))
        for place, layer, nrmse, valid in found:
            values = (*what, images[place], nrmse, valid, subject.erosion)
            rows.append((*_which(subject, layer), *values))
        told(done, len(motions))
    return pd.DataFrame(rows, columns=list(SWEEP_COLUMNS))


def share_out(motions: Sequence[Draw], images: Sequence[str]) -> dict[str, dict[int, Draw]]:
    """Which draws, by number, move which photograph: each photograph in turn gets the next one."""
    shares: dict[str, dict[int, Draw]] = {image: {} for image in images[: len(motions)]}
    for number, draw in enumerate(motions):
        shares[images[number % len(images)]][number] = draw
    return shares


def at_random(
    subjects: Sequence[Subject],
    image: str,
    photograph: np.ndarray,
    motions: Mapping[int, Draw],
    settings: Settings,
) -> pd.DataFrame:
    """One photograph under some draws, by number, for several networks: columns RANDOM_COLUMNS.

    The subjects' erosion goes before that of the settings.
    """
    ready = {number: draw.motion(settings.frame_px) for number, draw in motions.items()}
    album = Album([photograph], list(ready.values()), settings)
    moved = {number: album.moved(motion) for number, motion in ready.items()}
    rows = []
    for subject in subjects:
        stills = _stills(subject, album, settings)
        for number, draw in motions.items():
            for _, layer, nrmse, valid in stills.errors(ready[number], moved[number], [0]):
                values = (number, image, *draw, nrmse, valid, subject.erosion)
                rows.append((*_which(subject, layer), *values))
    return pd.DataFrame(rows, columns=list(RANDOM_COLUMNS))


def _stills(subject: Subject, album: Album, settings: Settings) -> Stills:
    own = replace(settings, erosion=subject.erosion)
    return Stills(subject.network, subject.layers, album.still(), own)


def _which(subject: Subject, layer: Layer) -> tuple[str, str, str, int]:
    return subject.network.name, subject.network.weights, layer.name, layer.stride
