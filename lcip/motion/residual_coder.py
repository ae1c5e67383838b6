"""Entropy coding of residuals: static tables from other clips, and counts that learn on the way.

**Static.** One integer table a channel, in proportion to how often each residual occurred in other
clips coded the same way. It belongs to the codec, as its weights do, and is not sent.

**Adaptive.** The same tables are where counting starts: each is worth `PRIOR` symbols, and every
symbol that is coded adds `GAIN` to its own count, in encoder and decoder alike, from frame to frame
of a clip. When the counts of a channel reach `LIMIT`, all are halved, so that old frames fade. All
of it is integer arithmetic: of a channel with counts n_k and sum n, symbol k takes the interval
from ⌊N_k 2^16 / n⌋ to ⌊N_{k+1} 2^16 / n⌋, N_k = Σ_{i<k} n_i, never empty as n ≤ LIMIT ≤ 2^16.
"""

from collections.abc import Sequence

import numpy as np

from lcip import coding
from lcip.coding.compiling import compiled
from lcip.coding.messages import put_overshoot, take_overshoot
from lcip.coding.rangecoder import (
    IMPOSSIBLE,
    OVERSHOT,
    PRECISION,
    SPARE_BYTES,
    TOTAL,
    finish,
    put,
    slot,
    start_decoder,
    start_encoder,
    take,
    verify,
)
from lcip.coding.stream import ESCAPE_BYTES, as_bytes, check_status
from lcip.errors import refusal
from lcip.motion.affine import MotionError

CODERS = ("static", "adaptive")
GAIN = 32
PRIOR = 128 * GAIN
LIMIT = 1 << 15
SEEN, UNSEEN = 64, 1  # weight of a residual that occurred, and of one in range that did not


def fit_stack(by_mode: Sequence[Sequence[np.ndarray]]) -> coding.Tables:
    """The tables of several modes one after another, each fitted to its own residuals."""
    counted = [_counts(residuals) for residuals in by_mode]
    counts = [row for rows, _ in counted for row in rows]
    offsets = np.concatenate([low for _, low in counted])
    return coding.Tables.from_counts(counts, offsets, np.ones(len(counts), np.int64))


def _counts(residuals: Sequence[np.ndarray]) -> tuple[list[np.ndarray], np.ndarray]:
    """Weights of every residual in range and one beyond, a row a channel; and the least ones."""
    if not residuals:
        step = "measure at least two clips together"
        raise MotionError(refusal("residuals to fit to", 0, "at least one frame of them", step))
    channels = np.concatenate([r.reshape(len(r), -1) for r in residuals], axis=1)  # (M, samples)
    offsets = channels.min(axis=1).astype(np.int64) - 1
    counts = [
        SEEN * np.bincount(row - low, minlength=row.max() - low + 2) + UNSEEN
        for row, low in zip(channels, offsets, strict=True)
    ]
    return counts, offsets


class ResidualCoder:
    """Codes the residuals of one clip, frame after frame; encoder and decoder each have one."""

    def __init__(self, kind: str, tables: coding.Tables) -> None:
        if kind not in CODERS:
            raise MotionError(refusal("coder", kind, CODERS, "choose one of them"))
        self.tables = tables
        self._counts = _starting_counts(tables) if kind == "adaptive" else None

    def encode(self, residual: np.ndarray, indexes: np.ndarray) -> bytes:
        """A payload; `indexes` names the table of each residual, in its shape."""
        symbols, places = (np.array(a, np.int32).ravel() for a in (residual, indexes))
        if self._counts is None:
            return coding.encode(symbols, places, self.tables)
        buffer = np.empty((2 + ESCAPE_BYTES) * symbols.size + SPARE_BYTES, np.uint8)
        sizes, offsets = np.array(self.tables.sizes), np.array(self.tables.offsets)
        length = write_adaptive(symbols, places, self._counts, sizes, offsets, buffer)
        return buffer[:length].tobytes()

    def decode(self, data: bytes, indexes: np.ndarray) -> np.ndarray:
        """What `encode` was given. Raises StreamError."""
        places = np.array(indexes, np.int32)
        if self._counts is None:
            return coding.decode(data, places, self.tables)
        symbols = np.empty(places.size, np.int32)
        sizes, offsets = np.array(self.tables.sizes), np.array(self.tables.offsets)
        status, done = read_adaptive(
            as_bytes(data), places.ravel(), self._counts, sizes, offsets, symbols
        )
        check_status(status, done, places.size, len(data))
        return symbols.reshape(places.shape)


def _starting_counts(tables: coding.Tables) -> np.ndarray:
    """Frequencies scaled to PRIOR a table, none below 1: int64 (T, slots)."""
    counts = np.zeros((len(tables), tables.cumulative.shape[1] - 1), np.int64)
    for table in range(len(tables)):
        frequencies = tables.frequencies(table).astype(np.int64)
        counts[table, : len(frequencies)] = np.maximum(frequencies * PRIOR >> PRECISION, 1)
    return counts


@compiled
def bounds(counts, table, k):
    """Where slot k of a table starts, and its frequency, out of 2^16."""
    below = np.int64(0)
    for i in range(k):
        below += counts[table, i]
    total = below
    for i in range(k, counts.shape[1]):
        total += counts[table, i]
    start = (below << PRECISION) // total
    return start, ((below + counts[table, k]) << PRECISION) // total - start


@compiled
def find(counts, table, size, value):
    """The slot of a table that holds `value`."""
    total = np.int64(0)
    for i in range(size):
        total += counts[table, i]
    reached = np.int64(0)
    for k in range(size):
        reached += counts[table, k]
        if value < (reached << PRECISION) // total:
            return k
    return size - 1


@compiled
def learn(counts, table, size, k):
    """Count slot k; halve the table's counts, none below 1, when they reach the limit."""
    counts[table, k] += GAIN
    total = np.int64(0)
    for i in range(size):
        total += counts[table, i]
    if total >= LIMIT:
        for i in range(size):
            counts[table, i] = (counts[table, i] + 1) >> 1


@compiled
def write_adaptive(symbols, indexes, counts, sizes, offsets, buffer):
    """All residuals of a frame; returns the length in bytes."""
    state = np.empty(3, np.uint64)
    start_encoder(state)
    for i in range(symbols.size):
        table = indexes[i]
        escape = sizes[table] - 1
        place = np.int64(symbols[i]) - offsets[table]
        inside = 0 <= place < escape
        k = place if inside else np.int64(escape)
        start, frequency = bounds(counts, table, k)
        put(state, buffer, start, frequency, PRECISION)
        if not inside:
            put_overshoot(state, buffer, place, escape)
        learn(counts, table, sizes[table], k)
    return finish(state, buffer)


@compiled
def read_adaptive(data, indexes, counts, sizes, offsets, symbols):
    """Fill `symbols`; returns (status, number of symbols decoded)."""
    state = np.empty(3, np.uint64)
    start_decoder(state, data)
    for i in range(indexes.size):
        table = indexes[i]
        value = slot(state, PRECISION)
        if value >= TOTAL:
            return IMPOSSIBLE, i
        k = np.int64(find(counts, table, sizes[table], value))
        start, frequency = bounds(counts, table, k)
        take(state, data, start, frequency, PRECISION)
        place = k
        if k == sizes[table] - 1:
            good, place = take_overshoot(state, data, k)
            if not good:
                return IMPOSSIBLE, i
        symbol = place + offsets[table]
        if symbol < -(1 << 31) or symbol >= 1 << 31:
            return OVERSHOT, i
        symbols[i] = symbol
        learn(counts, table, sizes[table], k)
    return verify(state, data), indexes.size
