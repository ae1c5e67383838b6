"""Six ways to predict the symbols of a frame from those of the frame before.

* **intra**      0: every frame by itself
* **previous**   ŝ_{t-1}
* **warped**     ŝ_{t-1} warped by the motion seen between the pictures (`vectors.seen`)
* **searched**   ŝ_{t-1} warped by the vectors that leave least (`vectors.searched`)
* **modes**      for each group of 2 x 2 latent samples, whichever of previous, searched and intra
                 costs fewest bits
* **pixels**     the symbols of the *picture* of ŝ_{t-1}, moved by the seen motion and analysed
                 again: the order of scale-space flow (decode, warp pixels, analyse)

The encoder calls `prepare`, the decoder `follow`; both end in the same integers. The first five
predict in integer arithmetic alone. The last has g_s and g_a in its loop: its decoder must compute
both as the encoder did, up to a rounding that could fall otherwise on another machine.
"""

from typing import NamedTuple

import numpy as np

from lcip import coding
from lcip.errors import refusal
from lcip.images.factorized import Codec
from lcip.motion import latent_warp
from lcip.motion import vectors as motion
from lcip.motion.affine import MotionError

METHODS = ("intra", "previous", "warped", "searched", "modes", "pixels")
MODES = ("previous", "searched", "intra")
"""In the order of the numbers that stand for them in a file."""
SEARCHED = MODES.index("searched")
UNITS_PX = {"warped": 1, "searched": motion.SEARCH_STEP, "pixels": 1}
"""Methods with one vector a group, and the unit of their vectors."""
SIDE_STREAMS = {"intra": 0, "previous": 0, "warped": 1, "searched": 1, "modes": 2, "pixels": 1}
"""Payloads of a frame beside its residual: vectors; for `modes`, modes and vectors."""


class Before(NamedTuple):
    """What the decoder has of the frame before: symbols (M, h, w), uint8 picture (H, W, 3)."""

    symbols: np.ndarray
    picture: np.ndarray | None


class Step(NamedTuple):
    """One frame before entropy coding.

    Attributes:
        side: the payloads of modes and vectors.
        residual: int32 (M, h, w).
        indexes: the table of each residual: its channel; for `modes`, M tables a mode.
    """

    side: tuple[bytes, ...]
    residual: np.ndarray
    indexes: np.ndarray


class Guess(NamedTuple):
    """The prediction, int32 (M, h, w), and the table of each residual."""

    predicted: np.ndarray
    indexes: np.ndarray


def prepare(
    method: str,
    codec: Codec,
    symbols: np.ndarray,
    before: Before,
    seen: np.ndarray,
    tables: coding.Tables | None,
) -> Step:
    """Predict a frame and take the residual.

    Args:
        symbols: of this frame, int32 (M, h, w).
        before: as the decoder has it; the picture is needed for `pixels` only.
        seen: the motion between the pictures, a vector a group, (h/2, w/2, 2) in pixels.
        tables: what the choices of `modes` would cost, 3 M of them; not used otherwise.
    """
    _check(method)
    if method == "modes":
        return _prepare_modes(symbols, before.symbols, tables)
    side, where = (), None
    if method in UNITS_PX:
        groups = motion.searched(symbols, before.symbols) if method == "searched" else seen
        side = (motion.encode(groups, UNITS_PX[method]),)
        where = _per_sample(groups, symbols)
    predicted = _predict(method, codec, before, where)
    return Step(side, symbols - predicted, channel_indexes(symbols.shape))


def follow(method: str, codec: Codec, before: Before, side: tuple[bytes, ...]) -> Guess:
    """The decoder's side of `prepare`: the same prediction from the payloads.

    Raises:
        StreamError: payloads that `prepare` never writes.
    """
    _check(method)
    shape = before.symbols.shape
    if method == "modes":
        chosen, groups = _read_modes(side, _grid(shape))
        predictions = _predictions(before.symbols, groups)
        return Guess(*_choose(chosen, predictions, _mode_indexes(predictions.shape)))
    where = None
    if method in UNITS_PX:
        groups = motion.decode(side[0], _grid(shape), UNITS_PX[method])
        where = _per_sample(groups, before.symbols)
    return Guess(_predict(method, codec, before, where), channel_indexes(shape))


def channel_indexes(shape: tuple[int, int, int]) -> np.ndarray:
    """The channel of every symbol: int32 (M, h, w)."""
    return np.broadcast_to(np.arange(shape[0], dtype=np.int32)[:, None, None], shape)


def _check(method: str) -> None:
    if method not in METHODS:
        raise MotionError(refusal("method", method, METHODS, "choose one of them"))


def _predict(method: str, codec: Codec, before: Before, where: np.ndarray | None) -> np.ndarray:
    if method == "intra":
        return np.zeros_like(before.symbols)
    if method == "previous":
        return before.symbols
    if method == "pixels":
        return codec.symbols(latent_warp.warp_picture(before.picture, where))
    return latent_warp.warp(before.symbols, where)


def _grid(shape: tuple[int, ...]) -> tuple[int, int]:
    """Groups of a latent of this shape."""
    return -(-shape[-2] // motion.GROUP), -(-shape[-1] // motion.GROUP)


def _per_sample(groups: np.ndarray, symbols: np.ndarray) -> np.ndarray:
    return motion.spread(groups, symbols.shape[1:])


def _predictions(symbols: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """By every mode, from the symbols before: (modes, M, h, w)."""
    where, before = _per_sample(groups, symbols), Before(symbols, None)
    return np.stack([_predict(mode, None, before, where) for mode in MODES])


def _prepare_modes(symbols: np.ndarray, earlier: np.ndarray, tables: coding.Tables) -> Step:
    groups = motion.searched(symbols, earlier)
    residuals = symbols - _predictions(earlier, groups)
    indexes = _mode_indexes(residuals.shape)
    bits = coding.symbol_bits(residuals, indexes, tables).sum(axis=1)  # (modes, h, w)
    chosen = np.stack([motion.group_sums(each) for each in bits]).argmin(axis=0)
    own = groups[chosen == SEARCHED][None]  # (1, vectors, 2): a line of those that are used
    side = (coding.encode_integers(chosen.ravel()), motion.encode(own, motion.SEARCH_STEP))
    return Step(side, *_choose(chosen, residuals, indexes))


def _read_modes(side: tuple[bytes, ...], grid: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """The mode of each group, and the vectors of those that have one, 0 elsewhere."""
    chosen = coding.decode_integers(side[0], grid[0] * grid[1]).reshape(grid)
    if chosen.max() >= len(MODES):
        allowed, step = f"0 to {len(MODES) - 1}", "get the file again"
        raise coding.StreamError(refusal("mode", int(chosen.max()), allowed, step))
    uses, groups = chosen == SEARCHED, np.zeros((*grid, 2), np.int64)
    groups[uses] = motion.decode(side[1], (1, int(uses.sum())), motion.SEARCH_STEP)[0]
    return chosen, groups


def _mode_indexes(shape: tuple[int, ...]) -> np.ndarray:
    """Table mode · M + channel: int32 (modes, M, h, w)."""
    tables = np.arange(shape[0] * shape[1], dtype=np.int32).reshape(*shape[:2], 1, 1)
    return np.broadcast_to(tables, shape)


def _choose(chosen: np.ndarray, *of_modes: np.ndarray) -> tuple[np.ndarray, ...]:
    """From arrays (modes, M, h, w), that of each group's own mode: (M, h, w)."""
    shape = of_modes[0].shape[1:]
    own = np.broadcast_to(motion.spread(chosen, shape[1:]), (1, *shape))
    return tuple(np.take_along_axis(array, own, axis=0)[0] for array in of_modes)
