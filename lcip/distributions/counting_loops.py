"""The loops of `counting`: the same steps for writing, reading and weighing a latent.

`trees[k]` holds the counts of context k of one channel as a binary indexed tree: entry i (from 1)
is the sum of the i & −i counts that end at place i − 1, so that a prefix sum and an update each
touch about log2 of the table's size (P. M. Fenwick, "A new data structure for cumulative frequency
tables", 1994). The prior is added where it is needed, from its cumulative row.

They stand in one file: numba renews what it compiled when that file changes.
"""

import numpy as np

from lcip.coding.compiling import compiled
from lcip.coding.messages import put_overshoot, take_overshoot
from lcip.coding.rangecoder import (
    IMPOSSIBLE,
    OVERSHOT,
    PRECISION,
    finish,
    put_of,
    slot_of,
    start_decoder,
    start_encoder,
    take_of,
    verify,
)

ONE = 1 << PRECISION  # a count of one symbol


@compiled
def context_of(symbols, c, y, x, bound):
    """The set of counts for a place: how many bounds the neighbours' magnitude exceeds."""
    if bound.size == 0:
        return 0
    above = np.int64(symbols[c, y - 1, x]) if y > 0 else np.int64(0)
    left = np.int64(symbols[c, y, x - 1]) if x > 0 else above
    if y == 0:
        above = left
    above_left = np.int64(symbols[c, y - 1, x - 1]) if y > 0 and x > 0 else above
    right = x + 1 < symbols.shape[2]
    above_right = np.int64(symbols[c, y - 1, x + 1]) if y > 0 and right else above
    weighted = 2 * abs(left) + 2 * abs(above) + abs(above_left) + abs(above_right)
    context = 0
    while context < bound.size and (weighted << 3 << PRECISION) > bound[context]:
        context += 1
    return context


@compiled
def prefix(tree, place):
    """The sum of the counts before a place."""
    total = np.int64(0)
    while place > 0:
        total += tree[place]
        place &= place - 1
    return total


@compiled
def add(tree, place, amount, size):
    """Count an amount at a place."""
    place += 1
    while place <= size:
        tree[place] += amount
        place += place & -place


@compiled
def halve(tree, size):
    """Halve all counts, rounding down; returns their sum."""
    for place in range(size, 0, -1):  # the tree to counts
        up = place + (place & -place)
        if up <= size:
            tree[up] -= tree[place]
    total = np.int64(0)
    for place in range(1, size + 1):
        tree[place] >>= 1
        total += tree[place]
    for place in range(1, size + 1):  # and back
        up = place + (place & -place)
        if up <= size:
            tree[up] += tree[place]
    return total


@compiled
def count(trees, totals, context, place, size, memory, share):
    """A symbol was seen: one in its own context, a share in the others; forget what is old."""
    for k in range(totals.size):
        amount = np.int64(ONE) if k == context else np.int64(share)
        if amount > 0:
            add(trees[k], place, amount, size)
            totals[k] += amount
            if totals[k] > memory:
                totals[k] = halve(trees[k], size)


@compiled
def interval(tree, row, weight, place):
    """Where a place's share of the total starts and ends, prior included."""
    start = prefix(tree, place) + weight * row[place]
    return start, prefix(tree, place + 1) + weight * row[place + 1]


@compiled
def find(tree, row, weight, size, value):
    """The place whose share of the total holds `value`: descent of the tree, prior included."""
    place, step = 0, 1
    while 2 * step <= size:
        step *= 2
    below = np.int64(0)
    while step > 0:
        after = place + step
        if after < size:
            with_it = below + tree[after] + weight * (row[after] - row[place])
            if with_it <= value:
                place, below = after, with_it
        step >>= 1
    return place


@compiled
def write(symbols, cumulative, sizes, offsets, bound, weight, memory, share, buffer):
    """All channels to the buffer; returns the number of bytes."""
    state = np.empty(3, np.uint64)
    start_encoder(state)
    trees = np.empty((bound.shape[1] + 1, cumulative.shape[1] + 1), np.int64)
    totals = np.empty(bound.shape[1] + 1, np.int64)
    for c in range(symbols.shape[0]):
        trees[:], totals[:] = 0, 0
        size, row = sizes[c], cumulative[c]
        for y in range(symbols.shape[1]):
            for x in range(symbols.shape[2]):
                k = context_of(symbols, c, y, x, bound[c])
                place = np.int64(symbols[c, y, x]) - offsets[c]
                inside = 0 <= place < size - 1
                at = place if inside else size - 1
                start, end = interval(trees[k], row, weight, at)
                put_of(state, buffer, start, end - start, weight * ONE + totals[k])
                if not inside:
                    put_overshoot(state, buffer, place, size - 1)
                count(trees, totals, k, at, size, memory, share)
    return finish(state, buffer)


@compiled
def read(data, symbols, cumulative, sizes, offsets, bound, weight, memory, share):
    """Fill `symbols`; returns (status, number of symbols decoded)."""
    state = np.empty(3, np.uint64)
    start_decoder(state, data)
    trees = np.empty((bound.shape[1] + 1, cumulative.shape[1] + 1), np.int64)
    totals = np.empty(bound.shape[1] + 1, np.int64)
    done = 0
    for c in range(symbols.shape[0]):
        trees[:], totals[:] = 0, 0
        size, row = sizes[c], cumulative[c]
        for y in range(symbols.shape[1]):
            for x in range(symbols.shape[2]):
                k = context_of(symbols, c, y, x, bound[c])
                total = weight * ONE + totals[k]
                value = slot_of(state, total)
                if value >= total:
                    return IMPOSSIBLE, done
                at = find(trees[k], row, weight, size, value)
                start, end = interval(trees[k], row, weight, at)
                take_of(state, data, start, end - start, total)
                place = np.int64(at)
                if at == size - 1:
                    good, place = take_overshoot(state, data, at)
                    if not good:
                        return IMPOSSIBLE, done
                symbol = place + offsets[c]
                if symbol < -(1 << 31) or symbol >= 1 << 31:
                    return OVERSHOT, done
                symbols[c, y, x] = symbol
                count(trees, totals, k, at, size, memory, share)
                done += 1
    return verify(state, data), done


@compiled
def weigh(symbols, cumulative, sizes, offsets, bound, weight, memory, share, bits):
    """−log2 of every share that `write` would put, added up by channel."""
    trees = np.empty((bound.shape[1] + 1, cumulative.shape[1] + 1), np.int64)
    totals = np.empty(bound.shape[1] + 1, np.int64)
    for c in range(symbols.shape[0]):
        trees[:], totals[:] = 0, 0
        size, row = sizes[c], cumulative[c]
        for y in range(symbols.shape[1]):
            for x in range(symbols.shape[2]):
                k = context_of(symbols, c, y, x, bound[c])
                place = np.int64(symbols[c, y, x]) - offsets[c]
                inside = 0 <= place < size - 1
                at = place if inside else size - 1
                start, end = interval(trees[k], row, weight, at)
                bits[c] += np.log2((weight * ONE + totals[k]) / (end - start))
                if not inside:
                    magnitude = -place if place < 0 else place - size + 2
                    while magnitude > 0:  # a side and 2 ⌊log2 d⌋ + 1 bits: 2 for every digit
                        bits[c] += 2
                        magnitude >>= 1
                count(trees, totals, k, at, size, memory, share)
