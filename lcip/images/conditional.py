"""Conditional Gaussians for the latents of our codecs, without a network: whence μ and σ?

A hyperprior is two networks and a second stream. Its idea fits into a lookup table. Every symbol
gets a *level*, a whole number that says how busy its surroundings are; and every channel has
learned, from other images, which σ goes with which level:

    σ_{j,i} = table[j, level_i]

The level may be

`none`      the same everywhere: one Gaussian a channel.
`sent`      side information: the encoder takes the mean of √|s| over all channels (and a block of
            positions), rounds its logarithm, and sends one whole number a block, ahead.
`causal`    context: both sides work it out from what is decoded already, the neighbours above and
            at the left in all channels and the earlier channels at the same place. Here the mean
            is predicted, too, μ = β_j · (left + above) / 2.

`none` and `sent` make real bytes (`encode`, `decode`). `causal` is an estimate: its decoder would
have to go symbol by symbol and compute σ with integers only, as that of `lcip.distributions` does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lcip import coding
from lcip.errors import LcipError, refusal
from lcip.images import gaussians

SIDES = ("none", "sent", "causal")
NUM_LEVELS = 24
STEPS_PER_OCTAVE = 3
MIDDLE = 16  # the level of activity 1
LEAST_ACTIVITY = 1e-3
LEAST_MEAN = 0.05  # of |s|: what hardly ever differs from 0 says little about its neighbours
PRIOR_SYMBOLS = 4  # a level never met has the channel's σ, scaled by its activity
# Of the own channel's neighbours, all channels' neighbours, earlier channels at the same place.
WEIGHTS = (0.2, 0.2, 0.6)


@dataclass(frozen=True)
class Model:
    """What was learned from some images, and how to price the symbols (M, h, w) of another one.

    Attributes:
        side: one of `SIDES`; block: positions that share a sent level, both ways.
        typical: (M,) mean |s|; usual: the mean activity, which is level `MIDDLE`.
        slope: (M,) β of the predicted mean, 0 unless causal.
        scales: (M, NUM_LEVELS) σ.
        map_tables: the one table that codes sent levels.
    """

    side: str
    block: int
    typical: np.ndarray
    usual: float
    slope: np.ndarray
    scales: np.ndarray
    map_tables: coding.Tables | None = None

    def levels(self, symbols: np.ndarray) -> np.ndarray:
        """The level of every symbol, int (M, h, w)."""
        if self.side == "none":
            return np.full(symbols.shape, MIDDLE)
        if self.side == "sent":
            return self.spread(self.sent_levels(symbols), symbols.shape)
        return level_of(causal_activity(symbols, self.typical))

    def sent_levels(self, symbols: np.ndarray) -> np.ndarray:
        """The whole numbers that the encoder sends ahead, int (⌈h/block⌉, ⌈w/block⌉)."""
        return level_of(block_means(activity(symbols), self.block) / self.usual)

    def spread(self, sent: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """Sent levels at every symbol of a latent of that shape."""
        rows, columns = (np.arange(n) // self.block for n in shape[1:])
        return np.broadcast_to(sent[np.ix_(rows, columns)], shape)

    def scale_of(self, levels: np.ndarray) -> np.ndarray:
        """σ of every symbol, (M, h, w), from its level."""
        return np.take_along_axis(self.scales, levels.reshape(len(levels), -1), 1).reshape(
            levels.shape
        )

    def mean_scale(self, symbols: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """μ and σ of every symbol, (M, h, w) each."""
        mean = self.slope[:, None, None] * before(symbols)
        return mean, self.scale_of(self.levels(symbols))

    def bits(self, symbols: np.ndarray) -> np.ndarray:
        """−log2 p of every symbol, (M, h, w); what is sent ahead is not in it."""
        return gaussians.bits(symbols, *self.mean_scale(symbols))


class Streams(NamedTuple):
    """The two payloads of an image: levels sent ahead (empty for `none`), symbols."""

    levels: bytes
    symbols: bytes


def fit(images: Sequence[np.ndarray], *, side: str, block: int) -> Model:
    """Learn from the symbols (M, h, w) of some images.

    Raises:
        LcipError: an unknown side, a block below 1, no image.
    """
    if side not in SIDES:
        raise LcipError(refusal("side", side, SIDES, "choose where the scale comes from"))
    if block < 1 or not images:
        found = f"block {block}, {len(images)} images"
        raise LcipError(refusal("block, images", found, "at least 1 of each", "raise what is 0"))
    typical = np.mean([np.abs(s).mean(axis=(1, 2)) for s in images], axis=0)
    usual = max(float(np.mean([activity(s).mean() for s in images])), LEAST_ACTIVITY)
    slope = slopes(images) if side == "causal" else np.zeros(len(typical))
    start = Model(side, block, typical, usual, slope, np.ones((len(typical), NUM_LEVELS)))
    learned = {
        name: getattr(start, name) for name in ("side", "block", "typical", "usual", "slope")
    }
    return Model(**learned, scales=_scales(start, images), map_tables=_map_tables(start, images))


def _scales(start: Model, images: Sequence[np.ndarray]) -> np.ndarray:
    """Root mean square of s − μ over the symbols of each channel and level."""
    squares, counts = np.zeros_like(start.scales), np.zeros_like(start.scales)
    rows = np.arange(len(start.scales))[:, None, None] * NUM_LEVELS
    for symbols in images:
        place = (rows + start.levels(symbols)).ravel()
        error = symbols - start.slope[:, None, None] * before(symbols)
        size = start.scales.size
        squares += np.bincount(place, (error**2).ravel(), size).reshape(squares.shape)
        counts += np.bincount(place, minlength=size).reshape(counts.shape)
    overall = squares.sum(axis=1) / counts.sum(axis=1)  # (M,)
    expected = overall[:, None] * 4.0 ** ((np.arange(NUM_LEVELS) - MIDDLE) / STEPS_PER_OCTAVE)
    variance = (squares + PRIOR_SYMBOLS * expected) / (counts + PRIOR_SYMBOLS)
    return np.clip(np.sqrt(variance), gaussians.LEAST_SCALE, gaussians.LARGEST_SCALE)


def _map_tables(start: Model, images: Sequence[np.ndarray]) -> coding.Tables | None:
    if start.side != "sent":
        return None
    sent = np.concatenate([start.sent_levels(symbols).ravel() for symbols in images])
    counts = 1 + 8 * np.bincount(sent, minlength=NUM_LEVELS)
    return coding.Tables.from_counts([counts], [0], [0])


def level_of(relative: np.ndarray) -> np.ndarray:
    """Activity, 1 as usual, to a level: thirds of an octave, cut off at both ends."""
    place = STEPS_PER_OCTAVE * np.log2(np.maximum(relative, LEAST_ACTIVITY)) + MIDDLE
    return np.clip(np.rint(place), 0, NUM_LEVELS - 1).astype(np.int64)


def activity(symbols: np.ndarray) -> np.ndarray:
    """Mean of √|s| over the channels, (h, w)."""
    return np.sqrt(np.abs(symbols)).mean(axis=0)


def block_means(values: np.ndarray, block: int) -> np.ndarray:
    """Means of blocks of a map (h, w): (⌈h/block⌉, ⌈w/block⌉); the last ones repeat the edge."""
    height, width = values.shape
    filled = np.pad(values, ((0, -height % block), (0, -width % block)), mode="edge")
    rows, columns = (n // block for n in filled.shape)
    return filled.reshape(rows, block, columns, block).mean(axis=(1, 3))


def causal_activity(symbols: np.ndarray, typical: np.ndarray) -> np.ndarray:
    """How busy what is decoded before each symbol is, 1 as usual: (M, h, w).

    Positions are decoded row by row, and at each position the channels in their order.
    """
    typical = np.maximum(typical, LEAST_MEAN)
    size = np.abs(symbols).astype(np.float64)
    around = neighbours(size)  # (M, h, w)
    own = around / typical[:, None, None]
    everyone = around.sum(axis=0) / typical.sum()  # (h, w)
    earlier = np.cumsum(size, axis=0) - size
    weight = np.cumsum(typical) - typical
    here = np.where(
        weight[:, None, None] > 0,
        earlier / np.maximum(weight, LEAST_MEAN)[:, None, None],
        everyone,
    )
    return WEIGHTS[0] * own + WEIGHTS[1] * everyone + WEIGHTS[2] * here


def neighbours(values: np.ndarray) -> np.ndarray:
    """Weighted mean of left and above (1 each), above left and above right (½ each); 0 outside."""
    height, width = values.shape[1:]
    filled = np.pad(values, ((0, 0), (1, 0), (1, 1)))
    above, same = filled[:, :height], filled[:, 1:]
    corners = above[:, :, :width] + above[:, :, 2:]
    return (same[:, :, :width] + above[:, :, 1 : 1 + width] + corners / 2) / 3


def before(symbols: np.ndarray) -> np.ndarray:
    """The mean of the left and the upper neighbour, (M, h, w); 0 outside."""
    filled = np.pad(symbols, ((0, 0), (1, 0), (1, 0)))
    return (filled[:, 1:, :-1] + filled[:, :-1, 1:]) / 2


def slopes(images: Sequence[np.ndarray]) -> np.ndarray:
    """β_j of least squares of s on `before`, (M,)."""
    products = sum((before(s) * s).sum(axis=(1, 2)) for s in images)
    squares = sum((before(s) ** 2).sum(axis=(1, 2)) for s in images)
    return products / np.maximum(squares, 1)


def encode(model: Model, symbols: np.ndarray) -> Streams:
    """The payloads of an image; `side` none or sent."""
    if model.side == "causal":
        step = "choose none or sent, or count bits with Model.bits"
        raise LcipError(refusal("side", model.side, SIDES[:2], step))
    levels = b""
    if model.map_tables is not None:
        sent = model.sent_levels(symbols)
        levels = coding.encode(sent, np.zeros_like(sent), model.map_tables)
    indexes = gaussians.scale_index(model.scale_of(model.levels(symbols)))
    return Streams(levels, coding.encode(symbols, indexes, gaussians.tables()))


def decode(model: Model, streams: Streams, shape: tuple[int, int, int]) -> np.ndarray:
    """The symbols (M, h, w) of `encode`."""
    levels = np.full(shape, MIDDLE)
    if model.map_tables is not None:
        rows, columns = (-(-n // model.block) for n in shape[1:])
        zeros = np.zeros((rows, columns), np.int32)
        levels = model.spread(coding.decode(streams.levels, zeros, model.map_tables), shape)
    indexes = gaussians.scale_index(model.scale_of(levels))
    return coding.decode(streams.symbols, indexes, gaussians.tables())
