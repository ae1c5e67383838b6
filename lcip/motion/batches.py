"""Many photographs under one motion: the fast way to the numbers of `compare`.

What reading a motion mixes depends on the motion and the layer's geometry alone, not on the
photograph. So each motion is made ready once, as sparse matrices (see `warp.mixing`): one that
moves the photographs, all of them at once, and one a layer that predicts. The still frames are sent
through the network once for all motions, the moved ones once for all layers.
"""

from collections.abc import Iterator, Sequence
from math import ceil
from typing import NamedTuple

import numpy as np
import torch

from lcip.errors import refusal
from lcip.motion import masks
from lcip.motion.affine import Affine, MotionError, grid, identity
from lcip.motion.compare import Settings, refuse_empty
from lcip.motion.frames import checked
from lcip.motion.tap import Layer, Network
from lcip.motion.warp import Mixing, mixing

AT_ONCE = 8
"""Frames in one pass: more is no faster on a core or two, and takes memory."""
KERNEL_REACH_PX = 2  # of a bicubic reading


class Album:
    """Photographs cut to what any of some motions can show of them, ready to be moved."""

    def __init__(
        self,
        photographs: Sequence[np.ndarray],
        motions: Sequence[Affine],
        settings: Settings,
    ) -> None:
        if not photographs:
            step = "name at least one"
            raise MotionError(refusal("photographs", list(photographs), "one or more", step))
        self.settings = settings
        self.margin_px = min(
            _margin_px(motions, settings.frame_px), _beyond_px(photographs, settings.frame_px)
        )
        cut = [_window(photograph, settings.frame_px, self.margin_px) for photograph in photographs]
        self.side_px = settings.frame_px + 2 * self.margin_px
        self._columns = np.stack(cut, axis=-1).reshape(self.side_px**2, -1)  # (S², 3 N)

    def still(self) -> torch.Tensor:
        """The frames as they are."""
        return self.moved(identity())

    def moved(self, motion: Affine) -> torch.Tensor:
        """The frames of all photographs after `motion`: (N, 3, H, W), float32 in [0, 1]."""
        side = self.settings.frame_px
        positions = motion.inverse()(grid(side, side)) + self.margin_px
        kernel = self.settings.input_interpolation
        weights = mixing(positions, (self.side_px, self.side_px), kernel, None).weights
        values = np.clip(weights @ self._columns, 0, 1)  # (H W, 3 N)
        frames = values.reshape(side, side, 3, -1).transpose(3, 2, 0, 1)  # (N, 3, H, W)
        return torch.from_numpy(frames).contiguous(memory_format=torch.channels_last)


class Prediction(NamedTuple):
    """How one layer is predicted under one motion: for the samples `compared` of its map."""

    mixing: Mixing
    mask: np.ndarray

    @property
    def valid_fraction(self) -> float:
        """The share of the map that is compared."""
        return float(self.mask.mean())

    def compare(self, still: np.ndarray, actual: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Predicted and actual (n, C) of the n compared samples; layers given as (h w, C)."""
        return self.mixing.weights @ still, actual[self.mask]

    def nrmse(self, still: np.ndarray, actual: np.ndarray) -> float:
        """The error for a layer before and after, each (h w, C).

        Raises:
            MotionError: a layer that is the same everywhere after the motion: its range is 0.
        """
        predicted, moved = self.compare(still, actual)
        if not np.ptp(moved) > 0:
            allowed = "a layer that is not the same everywhere, and finite"
            step = "leave the picture out, or tap another layer"
            raise MotionError(refusal("range of the layer", np.ptp(moved).item(), allowed, step))
        missed = (predicted - moved).astype(np.float64)
        return float(np.sqrt(np.mean(missed * missed)) / np.ptp(moved).astype(np.float64))


def predict(
    layer: Layer, shape: tuple[int, int], motion: Affine, settings: Settings, offset_px: float
) -> Prediction:
    """What `compare.compare` does, ready for any number of tensors; `offset_px` as there."""
    good = masks.unpadded(layer, shape, settings.frame_px, settings.erosion)
    fair = masks.seen_before(layer, shape, settings.frame_px, settings.erosion, motion)
    positions = motion.inverse().at_layer(layer.stride, offset_px)(grid(*shape))
    found = mixing(positions, shape, settings.latent_interpolation, good)
    mask = found.complete & fair.ravel()
    refuse_empty(layer, mask.reshape(shape))
    return Prediction(Mixing(found.weights[mask], found.complete), mask)


class Stills:
    """The layers of still frames (N, 3, H, W), from one pass for each frame."""

    def __init__(
        self,
        network: Network,
        layers: Sequence[str],
        frames: torch.Tensor,
        settings: Settings,
    ) -> None:
        self.network, self.settings = fast(network), settings
        self.layers = [network.layer(name) for name in layers]
        self._tensors, self._shapes = {}, {}
        for place, layer, tensor in self._tap(frames, range(len(frames))):
            self._tensors[place, layer.name] = columns(tensor)
            self._shapes[layer.name] = tuple(tensor.shape[-2:])

    def errors(
        self, motion: Affine, moved: torch.Tensor, places: Sequence[int]
    ) -> Iterator[tuple[int, Layer, float, float]]:
        """(place, layer, nrmse, valid_fraction) for `moved` (n, 3, H, W), the frames at `places`.

        Raises:
            MotionError: no sample of some layer is left in its mask.
        """
        ready = {
            layer.name: predict(
                layer, self._shapes[layer.name], motion, self.settings, layer.offset_px
            )
            for layer in self.layers
        }
        for place, layer, tensor in self._tap(moved, places):
            prediction = ready[layer.name]
            nrmse = prediction.nrmse(self._tensors[place, layer.name], columns(tensor))
            yield place, layer, nrmse, prediction.valid_fraction

    def _tap(
        self, frames: torch.Tensor, places: Sequence[int]
    ) -> Iterator[tuple[int, Layer, torch.Tensor]]:
        for start in range(0, len(frames), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            tapped = self.network.tap_batch(frames[some], [layer.name for layer in self.layers])
            for index, place in enumerate(places[some]):
                for layer in self.layers:
                    yield place, layer, tapped[layer.name][index]


def fast(network: Network) -> Network:
    """The same network, its weights laid out with the channels last: quicker on a CPU."""
    network.module.to(memory_format=torch.channels_last)
    return network


def columns(tensor: torch.Tensor) -> np.ndarray:
    """(C, h, w) to contiguous (h w, C)."""
    return np.ascontiguousarray(tensor.flatten(1).T.numpy())


def _margin_px(motions: Sequence[Affine], frame_px: int) -> int:
    """How far outside the frame any of the motions reads; an affine field peaks in a corner."""
    last = frame_px - 1
    corners = np.array([(0, 0), (0, last), (last, 0), (last, last)])
    reach = [np.abs(motion.inverse().field(corners)).max() for motion in motions]
    return ceil(max([0.0, *reach])) + KERNEL_REACH_PX


def _beyond_px(photographs: Sequence[np.ndarray], frame_px: int) -> int:
    """How far the largest photograph goes on around its frame: more is its last pixel, repeated.

    A reading beyond the margin takes the margin's last pixel, which is the same one.
    """
    longest = max(max(np.shape(photograph)[:2], default=0) for photograph in photographs)
    return max(0, ceil((longest - frame_px) / 2))


def _window(photograph: np.ndarray, frame_px: int, margin_px: int) -> np.ndarray:
    """The middle frame and a margin around it, float32 (S, S, 3); edges repeated beyond the end."""
    array = checked(photograph, frame_px)
    rows, columns = (
        np.clip(np.arange(-margin_px, frame_px + margin_px) + (s - frame_px) // 2, 0, s - 1)
        for s in array.shape[:2]
    )
    return array[rows][:, columns].astype(np.float32) / 255
