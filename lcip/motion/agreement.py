"""Do two motion fields agree? Vectors found in a layer, rescaled, against those of the input.

A layer of stride s that looks at s u + o moves, by the rule, by ṽ(u) = v(s u + o) / s. So what was
found in the layer, times s, should be what moves in the input there:

    endpoint error(u) = ‖ s ṽ(u) - v(s u + o) ‖  (pixels)

A search over whole samples can only answer in multiples of s. The **floor** is the error of the
nearest such answer to the truth; **still** is that of answering 0.
"""

from typing import NamedTuple

import numpy as np

from lcip.errors import refusal
from lcip.motion.affine import Affine, MotionError, grid
from lcip.motion.block_matching import Matches, Places, match
from lcip.motion.figures import liveliest_channels
from lcip.motion.frames import Transform, cut
from lcip.motion.tap import Layer, Network
from lcip.motion.vectors import brightness

SURE = 10  # a sure vector leaves at most one part in so many of the mismatch of standing still,
NOISE_SQUARE = 20  # which was more than so many squared levels a pixel, so not camera noise alone
FEWEST = 20  # places, for a mean to be worth printing


class Agreement(NamedTuple):
    """Mean endpoint errors in pixels over `places` samples of the layer."""

    error_px: float
    still_px: float
    floor_px: float
    places: int


class Search(NamedTuple):
    """Side of the block and largest displacement on either axis, in samples."""

    block: int
    reach: int


def places_of(layer: Layer, shape: tuple[int, int]) -> Places:
    """Where in the input the samples of a layer (h, w) look, to the pixel."""
    return Places(int(np.floor(layer.offset_px + 0.5)), layer.stride, shape)


def input_motion(
    current: np.ndarray, earlier: np.ndarray, layer: Layer, shape: tuple[int, int], search: Search
) -> Matches:
    """Motion of the input at the places of a layer, from grey or (C, H, W) frames."""
    return match(current, earlier, search.block, search.reach, places_of(layer, shape))


def known_motion(motion: Affine, layer: Layer, shape: tuple[int, int]) -> np.ndarray:
    """v(s u + o) of an affine motion, (h, w, 2) in pixels: where things came from."""
    where = grid(*shape) * layer.stride + layer.offset_px
    return motion.inverse().field(where)


def compare(layer: Layer, found: np.ndarray, truth_px: np.ndarray, where: np.ndarray) -> Agreement:
    """Found vectors (h, w, 2) in samples against the input's in pixels, over `where` (h, w)."""
    if found.shape != truth_px.shape or where.shape != found.shape[:2] or not where.any():
        given = f"{found.shape}, {truth_px.shape}, {int(where.sum())} places"
        allowed = "two equal shapes (h, w, 2) and at least one place"
        step = "use a larger frame, a smaller search or an earlier layer"
        raise MotionError(refusal("fields to compare", given, allowed, step))
    truth, own = truth_px[where], layer.stride * found[where]
    floor = layer.stride * np.rint(truth / layer.stride)
    errors = (np.linalg.norm(answer - truth, axis=-1).mean() for answer in (own, 0, floor))
    return Agreement(*map(float, errors), int(where.sum()))


def sure(
    current: np.ndarray, earlier: np.ndarray, search: Search, places: Places, found: Matches
) -> np.ndarray:
    """Where the input's own answer is complete and beyond doubt (`SURE`, `NOISE_SQUARE`): bool."""
    still = match(current, earlier, search.block, 0, places).cost
    clear = (found.cost < still // SURE) & (still > NOISE_SQUARE * search.block**2)
    return found.complete & clear


def reach_in(layer: Layer, search: Search, reach_px: int, smallest: int) -> Search:
    """A layer's search, made as wide as the input's where its samples are fine.

    `smallest` is the short side of the layer, which bounds every search.
    """
    return Search(search.block, min(max(search.reach, -(-reach_px // layer.stride)), smallest - 1))


class Real(NamedTuple):
    """Agreement in one layer, of all channels together and of single ones (their mean error)."""

    layer: Layer
    together: Agreement
    single_px: float


def real_clip(
    network: Network, names: list[str], pair: tuple, in_input: Search, in_layer: Search, count: int
) -> list[Real]:
    """Layers against the input between two frames (current, earlier), uint8 (H, W, 3).

    Single channels are the `count` liveliest ones. Layers with fewer than FEWEST sure places are
    left out.
    """
    grey, found = [brightness(frame) for frame in pair], []
    tapped = [network.tap_all(frame / np.float32(255), names) for frame in pair]
    for layer in map(network.layer, names):
        now, then = (tensors[layer.name] for tensors in tapped)
        shape = now.shape[1:]
        truth = input_motion(*grey, layer, shape, in_input)
        search = reach_in(layer, in_layer, in_input.reach, min(shape))
        joint = match(now, then, *search, None)
        where = sure(*grey, in_input, places_of(layer, shape), truth) & joint.complete
        if where.sum() < FEWEST:
            continue
        singles = channel_motion(now, then, liveliest_channels(now, count), search)
        alone = [compare(layer, each.vectors, truth.vectors, where).error_px for each in singles]
        together = compare(layer, joint.vectors, truth.vectors, where)
        found.append(Real(layer, together, float(np.mean(alone))))
    return found


def known(
    network: Network,
    names: list[str],
    photograph: np.ndarray,
    transform: Transform,
    frame_px: int,
    in_layer: Search,
    reach_px: int,
) -> dict[int, Agreement]:
    """By stride: all channels of a layer together against a motion that we made ourselves."""
    frames = cut(photograph, transform.motion(frame_px), frame_px, "bicubic")
    before, after = (network.tap_all(frame, names) for frame in (frames.still, frames.moved))
    compared = {}
    for layer in map(network.layer, names):
        shape = after[layer.name].shape[1:]
        search = reach_in(layer, in_layer, reach_px, min(shape))
        found = match(after[layer.name], before[layer.name], *search, None)
        truth = known_motion(frames.motion, layer, shape)
        compared[layer.stride] = compare(layer, found.vectors, truth, found.complete)
    return compared


def channel_motion(
    current: np.ndarray, earlier: np.ndarray, channels: np.ndarray, search: Search
) -> list[Matches]:
    """Each of some channels of a layer (C, h, w) searched by itself."""
    return [match(current[c], earlier[c], *search, None) for c in channels]
