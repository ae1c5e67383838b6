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
from lcip.motion.tap import Layer

BLOCK, REACH = 3, 5  # of a layer, as in the thesis


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


def channel_motion(
    current: np.ndarray, earlier: np.ndarray, channels: np.ndarray, search: Search
) -> list[Matches]:
    """Each of some channels of a layer (C, h, w) searched by itself."""
    return [match(current[c], earlier[c], *search, None) for c in channels]
