"""The two loops over a message: symbols and tables to intervals, and back."""

import numpy as np

from lcip.coding.compiling import compiled
from lcip.coding.rangecoder import (
    IMPOSSIBLE,
    OVERSHOT,
    PRECISION,
    TOTAL,
    finish,
    put,
    put_gamma,
    slot,
    start_decoder,
    start_encoder,
    take,
    take_bit,
    take_gamma,
    verify,
)


@compiled
def put_overshoot(state, buffer, place, escape):
    """On which side of the places 0..escape − 1 a symbol lies, and how far beyond."""
    below = place < 0
    put(state, buffer, 1 if below else 0, 1, 1)
    put_gamma(state, buffer, -place if below else place - escape + 1)


@compiled
def encode_symbols(symbols, indexes, cumulative, sizes, offsets, buffer):
    """All of a message; `buffer` holds 2 bytes a symbol, 9 more an escape, and 16."""
    state = np.empty(3, np.uint64)
    start_encoder(state)
    for i in range(symbols.size):
        table = indexes[i]
        escape = sizes[table] - 1
        place = np.int64(symbols[i]) - offsets[table]
        inside = 0 <= place < escape
        k = place if inside else escape
        start = cumulative[table, k]
        put(state, buffer, start, cumulative[table, k + 1] - start, PRECISION)
        if not inside:
            put_overshoot(state, buffer, place, escape)
    return finish(state, buffer)


@compiled
def count_escapes(symbols, indexes, sizes, offsets):
    """How many symbols lie outside their table."""
    escapes = 0
    for i in range(symbols.size):
        place = np.int64(symbols[i]) - offsets[indexes[i]]
        if place < 0 or place >= sizes[indexes[i]] - 1:
            escapes += 1
    return escapes


@compiled
def search(row, value, size):
    """The k < size with row[k] ≤ value < row[k + 1]."""
    lower = 0
    while size > 1:
        half = size >> 1
        # A product in place of a branch: the processor cannot foresee which way it goes.
        lower += half * (row[lower + half] <= value)
        size -= half
    return lower


@compiled
def take_overshoot(state, data, escape):
    """The place of an escaped symbol, counted from the table's first; inside the table: refused."""
    below = take_bit(state, data)
    magnitude = take_gamma(state, data)
    if below > 1 or magnitude == 0:
        return False, np.int64(0)
    return True, (-magnitude if below else magnitude - 1 + escape)


@compiled
def decode_symbols(data, indexes, cumulative, sizes, offsets, symbols):
    """Fill `symbols`; returns (status, number of symbols decoded)."""
    state = np.empty(3, np.uint64)
    start_decoder(state, data)
    for i in range(indexes.size):
        table = indexes[i]
        row = cumulative[table]
        value = slot(state, PRECISION)
        if value >= TOTAL:
            return IMPOSSIBLE, i
        k = search(row, value, sizes[table])
        take(state, data, row[k], row[k + 1] - row[k], PRECISION)
        place = np.int64(k)
        if k == sizes[table] - 1:
            good, place = take_overshoot(state, data, k)
            if not good:
                return IMPOSSIBLE, i
        symbol = place + offsets[table]
        if symbol < -(1 << 31) or symbol >= 1 << 31:
            return OVERSHOT, i
        symbols[i] = symbol
    return verify(state, data), indexes.size
