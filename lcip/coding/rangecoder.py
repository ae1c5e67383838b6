"""The arithmetic of the range coder, open to adaptive models.

A range coder writes one number, in base 256. It keeps an interval of [0, 1); every symbol, known by
its integer cumulative start c and frequency f out of 2^precision, shrinks the interval to its share

    step = ⌊width / 2^precision⌋,   low ← low + step · c,   width ← step · f,

and any number inside the last interval names the whole message: −log2(width) bits. The registers
hold 63 bits: the window's unit is 2^63, `low < 2^63` and `2^55 < width ≤ 2^63`, so a symbol of
16-bit precision loses less than 2^-38 bits to the rounding of `step`, and none where all
frequencies are powers of two. When the width falls to 2^55, the window's top byte is settled up to
a carry and moves to the buffer; a later carry runs back through the buffer's bytes 0xFF.

Counts that grow as they are learned have a total that is no power of two: `put_of`, `slot_of` and
`take_of` divide the width by any total up to 2^40, and lose at most 2^-14 bits a symbol.

The seal is the shortest byte string whose number, zeros appended, lies in the last interval (the
least such number if there are several). An interval of width w holds a multiple of 256^-k as soon
as 256^-k ≤ w, hence the payload is less than 8 bits longer than −log2(w). The decoder reads zeros
past the end, and finally checks the same conditions: it accepts exactly what the encoder writes.

To code with a model of your own (adaptive counts, an octree's contexts), write an encoding and a
decoding loop under `compiled` that call `put`, and `slot` then `take`, with the same (start,
frequency, precision) in the same order, or their like of any total; give the buffer 8 bytes of room
before every `put`; refuse a `slot` of 2^precision or more, a `slot_of` of the total or more; call
`finish`, and `verify`. `adaptive` and `integers` do just that. From plain Python, use the classes
`RangeEncoder` and `RangeDecoder`.

Sources: G. N. N. Martin, "Range encoding" (1979); M. Schindler, "A fast renormalisation for
arithmetic coding" (1998); A. Said, "Introduction to arithmetic coding" (2004), sections 3 and 4.
"""

import numpy as np

from lcip.coding.compiling import compiled

PRECISION = 16
TOTAL = 1 << PRECISION
LONGEST_GAMMA = 32  # an overshoot of int32 symbols is at most 2^32
SPARE_BYTES = 16

LOW, WIDTH, POSITION = 0, 1, 2
OFFSET = 0

U = np.uint64
ONE, EIGHT, BYTE_SHIFT = U(1), U(8), U(55)
TOP, BOTTOM, TAIL = U(1 << 63), U(1 << 55), U((1 << 55) - 1)
DECODER_UNIT = U(1 << 56)

FINE, IMPOSSIBLE, OVERSHOT, EXTENDED, NOT_SHORTEST = range(5)


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
    narrow(state, buffer, state[WIDTH] >> U(precision), start, frequency)


@compiled
def put_of(state, buffer, start, frequency, total):
    """Encode the slot [start, start + frequency) out of any total, 1 ≤ total ≤ 2^40."""
    narrow(state, buffer, state[WIDTH] // U(total), start, frequency)


@compiled
def narrow(state, buffer, step, start, frequency):
    """Shrink the interval to `frequency` steps from `start` on, and write what is settled."""
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
def slot_of(state, total):
    """Where in 0..total − 1 the number points; `total` or more: nobody encoded this."""
    return np.int64((state[OFFSET] >> ONE) // (state[WIDTH] // U(total)))


@compiled
def take(state, data, start, frequency, precision):
    """Follow the encoder into the slot [start, start + frequency), which holds `slot(...)`."""
    follow(state, data, state[WIDTH] >> U(precision), start, frequency)


@compiled
def take_of(state, data, start, frequency, total):
    """Follow the encoder into the slot [start, start + frequency), which holds `slot_of(...)`."""
    follow(state, data, state[WIDTH] // U(total), start, frequency)


@compiled
def follow(state, data, step, start, frequency):
    """What `narrow` did to the interval, done to the number's place in it."""
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

    With p bytes shifted out, the encoder writes at most p + 1. A string of at most p bytes is the
    one multiple of 256^-p in the interval, shortest if its last byte is not zero. A string of p + 1
    bytes must be the least multiple of 256^-(p + 1), with no multiple of 256^-p in the interval.
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
    """Elias gamma of value ≥ 1 in equal bits: n zeros, a one, the n bits below the leading one."""
    n = 0
    while (value >> (n + 1)) > 0:
        n += 1
    for place in range(2 * n, -1, -1):
        bit = (value >> place) & 1 if place <= n else 0
        put(state, buffer, bit, 1, 1)


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
