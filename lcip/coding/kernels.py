"""The compiled arithmetic of the range coder, open to adaptive models.

A range coder writes one number, in base 256. It keeps an interval of [0, 1); every symbol, known by
its integer cumulative start c and frequency f out of 2^precision, shrinks the interval to its share

    step = ⌊width / 2^precision⌋,   low ← low + step · c,   width ← step · f,

and any number inside the last interval names the whole message: −log2(width) bits. The registers hold
63 bits: the unit of the window is 2^63, `low < 2^63` and `2^55 < width ≤ 2^63`, so one symbol of 16-bit
precision loses less than 2^-38 bits to the rounding of `step`. When the width falls to 2^55, the
window's top byte is settled up to a carry, and moves to the buffer; a later carry runs back
through the bytes 0xFF in the buffer. (Martin, *Range encoding*, 1979; Schindler, 1998; Said, *Introduction
to arithmetic coding*, 2004.)

The seal is the shortest byte string whose number, zeros appended, lies in the last interval (the least
such number if there are several). An interval of width w always holds a multiple of 256^-k as soon as
256^-k ≤ w, hence the payload is less than 8 bits longer than −log2(width). The decoder reads zeros past
the end and finally checks the same three conditions, so it accepts exactly what the encoder writes.

To code with a model of your own (adaptive counts, contexts of an octree): write an encoding and a
decoding loop under `@compiled` that call `put` and `slot` + `take` with the same (start, frequency,
precision) in the same order; `integers.py` is an example. Give the buffer 8 bytes of room before every
`put`. From plain Python, use the classes `RangeEncoder` and `RangeDecoder`.

numba keeps the compiled code in a cache that notices changes of *this file only*, which is why all
loops of the package live here. Loops elsewhere that call these functions keep a copy of them in their
own cache file: after a change here remove `__pycache__` (a change of the bytes is a breaking change).
"""

import numba
import numpy as np

PRECISION = 16
TOTAL = 1 << PRECISION
LONGEST_GAMMA = 32  # an overshoot of int32 symbols is below 2^32
COUNTS_LIMIT = 2048
INTEGER_CONTEXTS = LONGEST_GAMMA + 8 * LONGEST_GAMMA

LOW, WIDTH, POSITION = 0, 1, 2
OFFSET = 0

U = np.uint64
ONE, EIGHT, BYTE_SHIFT = U(1), U(8), U(55)
TOP, BOTTOM, TAIL = U(1 << 63), U(1 << 55), U((1 << 55) - 1)
DECODER_UNIT = U(1 << 56)

FINE, IMPOSSIBLE, OVERSHOT, EXTENDED, NOT_SHORTEST = range(5)


def compiled(function):
    """Compile on first call, cached on disk; without a cache where no folder can be written."""
    options = {"nogil": True, "error_model": "numpy"}
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:
        return numba.njit(**options)(function)


@compiled
def start_encoder(state):
    """Interval [0, 1): state is uint64 (low, width, bytes written)."""
    state[LOW], state[WIDTH], state[POSITION] = U(0), TOP, U(0)


@compiled
def carry(buffer, position):
    """Add one to the number in buffer[:position]; it never runs off the front, as low < 1."""
    position -= 1
    while buffer[position] == 255:
        buffer[position] = 0
        position -= 1
    buffer[position] += 1


@compiled
def put(state, buffer, start, frequency, precision):
    """Encode the slot [start, start + frequency) out of 2^precision (1 ≤ precision ≤ 32)."""
    step = state[WIDTH] >> U(precision)
    low = state[LOW] + step * U(start)
    width = step * U(frequency)
    position = np.int64(state[POSITION])
    if low >= TOP:
        low -= TOP
        carry(buffer, position)
    while width <= BOTTOM:
        buffer[position] = np.uint8(low >> BYTE_SHIFT)
        low = (low & TAIL) << EIGHT
        width = width << EIGHT
        position += 1
    state[LOW], state[WIDTH], state[POSITION] = low, width, U(position)


@compiled
def finish(state, buffer):
    """Seal the message; returns its length in bytes."""
    low, width = state[LOW], state[WIDTH]
    position = np.int64(state[POSITION])
    if low > U(0):
        if low + width > TOP:
            carry(buffer, position)
        else:
            buffer[position] = np.uint8((low + TAIL) >> BYTE_SHIFT)
            position += 1
    while position > 0 and buffer[position - 1] == 0:
        position -= 1
    return position


@compiled
def byte_at(data, position):
    """The byte at a position, zero past the end."""
    if position < data.size:
        return U(data[position])
    return U(0)


@compiled
def start_decoder(state, data):
    """State is uint64 (offset, width, bytes shifted out).

    The offset is (number − low) in units of 2^-64: one bit finer than the window, as 63 is no
    multiple of 8.
    """
    offset = U(0)
    for position in range(8):
        offset = (offset << EIGHT) | byte_at(data, position)
    state[OFFSET], state[WIDTH], state[POSITION] = offset, TOP, U(0)


@compiled
def slot(state, precision):
    """Where in 0..2^precision − 1 the number points; 2^precision or more: nobody encoded this."""
    return np.int64((state[OFFSET] >> ONE) // (state[WIDTH] >> U(precision)))


@compiled
def take(state, data, start, frequency, precision):
    """Follow the encoder into the slot [start, start + frequency), which holds `slot(...)`."""
    step = state[WIDTH] >> U(precision)
    offset = state[OFFSET] - ((step * U(start)) << ONE)
    width = step * U(frequency)
    position = np.int64(state[POSITION])
    while width <= BOTTOM:
        offset = (offset << EIGHT) | byte_at(data, position + 8)
        width = width << EIGHT
        position += 1
    state[OFFSET], state[WIDTH], state[POSITION] = offset, width, U(position)


@compiled
def verify(state, data):
    """FINE if `data` is exactly what `finish` would have written for the decoded message.

    With p bytes shifted out, the encoder writes at most p + 1. A string of at most p bytes is the one
    multiple of 256^-p in the interval, shortest if its last byte is not zero. A string of p + 1 bytes
    must be the least multiple of 256^-(p + 1), with no multiple of 256^-p in the interval.
    """
    length, position = data.size, np.int64(state[POSITION])
    if length == 0:
        return FINE
    if length > position + 1:
        return EXTENDED
    last = U(data[length - 1])
    if last == U(0):
        return NOT_SHORTEST
    if length == position + 1:
        offset = state[OFFSET]
        above = (offset + (U(256) - last) * DECODER_UNIT) >> ONE
        if offset >= DECODER_UNIT or above < state[WIDTH]:
            return NOT_SHORTEST
    return FINE


@compiled
def put_gamma(state, buffer, value):
    """Elias gamma of value ≥ 1 in equiprobable bits: n zeros, a one, the n bits below the leading one."""
    n = 0
    while (value >> (n + 1)) > 0:
        n += 1
    for _ in range(n):
        put(state, buffer, 0, 1, 1)
    put(state, buffer, 1, 1, 1)
    for shift in range(n - 1, -1, -1):
        put(state, buffer, (value >> shift) & 1, 1, 1)


@compiled
def take_bit(state, data):
    """One equiprobable bit; 2 or more: nobody encoded this."""
    bit = slot(state, 1)
    if bit < 2:
        take(state, data, bit, 1, 1)
    return bit


@compiled
def take_gamma(state, data):
    """The value that `put_gamma` wrote; 0: nobody encoded this."""
    n = 0
    bit = take_bit(state, data)
    while bit == 0 and n < LONGEST_GAMMA:
        n += 1
        bit = take_bit(state, data)
    if bit != 1:
        return np.int64(0)
    value = np.int64(1)
    for _ in range(n):
        bit = take_bit(state, data)
        if bit > 1:
            return np.int64(0)
        value = 2 * value + bit
    return value


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
            below = place < 0
            put(state, buffer, 1 if below else 0, 1, 1)
            put_gamma(state, buffer, -place if below else place - escape + 1)
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


@compiled
def start_counts(contexts):
    """Counts of zeros and ones for each context, (contexts, 2) int64, begun at one half each.

    They are kept doubled: 1 stands for ½ (the estimator of Krichevsky and Trofimov, 1981).
    """
    return np.ones((contexts, 2), np.int64)


@compiled
def adaptive_split(counts, context):
    """The frequency of a zero out of 2^16, from the counts so far: 1 to 2^16 − 1."""
    zeros, ones = counts[context, 0], counts[context, 1]
    return (zeros << PRECISION) // (zeros + ones)


@compiled
def adapt(counts, context, bit):
    """Count the bit; halve both counts when they exceed their limit, so that old bits fade."""
    counts[context, bit] += 2
    if counts[context, 0] + counts[context, 1] > COUNTS_LIMIT:
        counts[context, 0] = (counts[context, 0] + 1) >> 1
        counts[context, 1] = (counts[context, 1] + 1) >> 1


@compiled
def put_adaptive_bit(state, buffer, counts, context, bit):
    """Encode a bit with the adaptive probability of its context."""
    split = adaptive_split(counts, context)
    if bit:
        put(state, buffer, split, TOTAL - split, PRECISION)
    else:
        put(state, buffer, 0, split, PRECISION)
    adapt(counts, context, bit)


@compiled
def take_adaptive_bit(state, data, counts, context):
    """Decode such a bit; 2: nobody encoded this."""
    split = adaptive_split(counts, context)
    value = slot(state, PRECISION)
    if value >= TOTAL:
        return 2
    bit = 1 if value >= split else 0
    if bit:
        take(state, data, split, TOTAL - split, PRECISION)
    else:
        take(state, data, 0, split, PRECISION)
    adapt(counts, context, bit)
    return bit


@compiled
def mantissa_context(n, prefix):
    """The context of a mantissa bit: its length class n and the bits before it, up to three."""
    return LONGEST_GAMMA + 8 * n + prefix


@compiled
def encode_integers(values, buffer):
    """Elias gamma of values + 1 with an adaptive context for every bit but the low mantissa bits."""
    state = np.empty(3, np.uint64)
    counts = start_counts(INTEGER_CONTEXTS)
    start_encoder(state)
    for i in range(values.size):
        value = values[i] + 1
        n = 0
        while (value >> (n + 1)) > 0:
            put_adaptive_bit(state, buffer, counts, n, 0)
            n += 1
        put_adaptive_bit(state, buffer, counts, n, 1)
        for shift in range(n - 1, -1, -1):
            bit = (value >> shift) & 1
            if n - shift <= 3:
                prefix = value >> (shift + 1)
                put_adaptive_bit(state, buffer, counts, mantissa_context(n, prefix), bit)
            else:
                put(state, buffer, bit, 1, 1)
    return finish(state, buffer)


@compiled
def take_integer(state, data, counts):
    """One value of `encode_integers`; −1: nobody encoded this."""
    n = 0
    bit = take_adaptive_bit(state, data, counts, n)
    while bit == 0 and n < LONGEST_GAMMA - 1:
        n += 1
        bit = take_adaptive_bit(state, data, counts, n)
    if bit != 1:
        return np.int64(-1)
    value = np.int64(1)
    for k in range(n):
        if k < 3:
            bit = take_adaptive_bit(state, data, counts, mantissa_context(n, value))
        else:
            bit = take_bit(state, data)
        if bit > 1:
            return np.int64(-1)
        value = 2 * value + bit
    return value - 1


@compiled
def decode_integers(data, values):
    """Fill `values`; returns (status, number of values decoded)."""
    state = np.empty(3, np.uint64)
    counts = start_counts(INTEGER_CONTEXTS)
    start_decoder(state, data)
    for i in range(values.size):
        value = take_integer(state, data, counts)
        if value < 0:
            return IMPOSSIBLE, i
        values[i] = value
    return verify(state, data), values.size
