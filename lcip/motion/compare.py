"""Predict a moved layer from a still one, and measure what is left.

    ỹ'(u) = y(u + ṽ(u)),    ṽ(u) = v(s u + o) / s,    NRMSE = (1 / R) √( mean (ỹ' - y')² )

over the samples of the mask, all channels together; R is the range (largest minus smallest) of the
actual tensor y' in the mask.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lcip import metrics
from lcip.errors import refusal
from lcip.motion import masks
from lcip.motion.affine import Affine, MotionError, grid
from lcip.motion.frames import Frames, Transform, cut
from lcip.motion.tap import Layer, Network
from lcip.motion.warp import read


@dataclass(frozen=True)
class Settings:
    """The choices that the rule leaves open.

    Args:
        frame_px: side of the square frame.
        input_interpolation: how the photograph is read to move it (see `warp`).
        latent_interpolation: how the still layer is read to predict the moved one.
        erosion: share of the receptive field that must be fair, 0 to 1 (see `masks`).
    """

    frame_px: int
    input_interpolation: str
    latent_interpolation: str
    erosion: float


class Comparison(NamedTuple):
    """A layer after the motion, as it is and as predicted: arrays (C, h, w), `mask` (h, w)."""

    still: np.ndarray
    actual: np.ndarray
    predicted: np.ndarray
    mask: np.ndarray

    @property
    def value_range(self) -> float:
        """R: largest minus smallest actual value in the mask."""
        return float(np.ptp(self.actual[:, self.mask]))

    @property
    def nrmse(self) -> float:
        """Of the prediction."""
        return self._nrmse(self.predicted)

    @property
    def nrmse_unmoved(self) -> float:
        """Of doing nothing: the still layer where it is, over the same samples."""
        return self._nrmse(self.still)

    @property
    def valid_fraction(self) -> float:
        """The share of the map that is compared."""
        return float(self.mask.mean())

    def _nrmse(self, predicted: np.ndarray) -> float:
        return metrics.nrmse(predicted, self.actual, mask=self.mask, value_range="actual")


def predict(
    still: np.ndarray, layer: Layer, motion: Affine, settings: Settings, offset_px: float
) -> tuple[np.ndarray, np.ndarray]:
    """The moved layer read from the still one (C, h, w), and where that is complete (h, w).

    `offset_px` is where samples are believed to look; what is fair to read is judged by where they
    do.
    """
    shape = still.shape[1:]
    good = masks.unpadded(layer, shape, settings.frame_px, settings.erosion)
    positions = motion.inverse().at_layer(layer.stride, offset_px)(grid(*shape))
    return read(still, positions, settings.latent_interpolation, good)


def compare(
    still: np.ndarray,
    actual: np.ndarray,
    layer: Layer,
    motion: Affine,
    settings: Settings,
    offset_px: float,
) -> Comparison:
    """Compare a tapped layer before and after `motion`; `offset_px` as in `predict`.

    Raises:
        MotionError: no sample is left in the mask.
    """
    predicted, complete = predict(still, layer, motion, settings, offset_px)
    fair = masks.seen_before(layer, actual.shape[1:], settings.frame_px, settings.erosion, motion)
    mask = complete & fair
    refuse_empty(layer, mask)
    return Comparison(still, actual, predicted, mask)


def refuse_empty(layer: Layer, mask: np.ndarray) -> None:
    """Raise `MotionError` where nothing of a layer's map is left to compare."""
    if not mask.any():
        what = f"nothing of its {mask.shape[1]} x {mask.shape[0]} samples"
        allowed = "at least one sample that saw the same things before and after"
        step = "use a larger frame, a smaller motion, a lower erosion or an earlier layer"
        raise MotionError(refusal(f"what is left to compare in {layer.name}", what, allowed, step))


def run(
    network: Network,
    layers: list[str],
    photograph: np.ndarray,
    transform: Transform,
    settings: Settings,
) -> tuple[Frames, dict[str, Comparison]]:
    """Move a photograph, tap the layers of both frames, compare each at its own offset."""
    motion = transform.motion(settings.frame_px)
    frames = cut(photograph, motion, settings.frame_px, settings.input_interpolation)
    before, after = (network.tap_all(f, layers) for f in (frames.still, frames.moved))
    found = {}
    for name in layers:
        layer = network.layer(name)
        found[name] = compare(before[name], after[name], layer, motion, settings, layer.offset_px)
    return frames, found
