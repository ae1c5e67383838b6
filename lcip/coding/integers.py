"""Lists of small whole numbers (lengths, counts) in few bytes, by an adaptive model.

Each value v is written as the Elias gamma code of v + 1, n zeros, a one, and the n bits below the
leading one, but every bit is range coded with a probability learned from the bits before it in the
same context: one context a place in the run of zeros, and one for each prefix of the first three
bits below it. Whatever distribution the list has, it costs little more than its empirical entropy
once some tens of values have passed; no table is sent. Also an example of a model written on top of
`rangecoder`.
"""

from typing import Any

import numpy as np

from lcip.coding.adaptive import put_adaptive_bit, start_counts, take_adaptive_bit
from lcip.coding.compiling import compiled
from lcip.coding.errors import CodingError
from lcip.coding.rangecoder import (
    IMPOSSIBLE,
    LONGEST_GAMMA,
    SPARE_BYTES,
    finish,
    put,
    start_decoder,
    start_encoder,
    take_bit,
    verify,
)
from lcip.coding.stream import as_bytes, check_status
from lcip.errors import refusal

LARGEST_INTEGER = 2**31 - 2
MOST_INTEGERS = 1 << 20
# 32 bits of the run and 3 below it at no more than 11.1 bits each (the least adaptive
# probability), and 27 raw ones: 416 bits.
MOST_BYTES_EACH = 54
INTEGER_CONTEXTS = LONGEST_GAMMA + 8 * LONGEST_GAMMA


def encode_integers(values: Any) -> bytes:
    """Bytes for a list of whole numbers, 0 to 2^31 − 2; nothing for an empty one."""
    array = np.asarray(values)
    if (
        array.ndim != 1
        or (array.dtype.kind not in "iu" and array.size)
        or array.size > MOST_INTEGERS
    ):
        given = f"{array.dtype} of shape {array.shape}"
        allowed = f"a list of at most {MOST_INTEGERS} integers"
        raise CodingError(refusal("values", given, allowed, "flatten and convert them first"))
    if array.size and (array.min() < 0 or array.max() > LARGEST_INTEGER):
        value = int(array.min() if array.min() < 0 else array.max())
        raise CodingError(refusal("values", value, f"0 to {LARGEST_INTEGER}", "shift them first"))
    array = np.array(array, dtype=np.int64)
    buffer = np.empty(MOST_BYTES_EACH * array.size + SPARE_BYTES, np.uint8)
    return buffer[: write_integers(array, buffer)].tobytes()


def decode_integers(data: bytes, count: int) -> np.ndarray:
    """The `count` whole numbers, int64, whose code is exactly `data`.

    Raises:
        StreamError: `encode_integers` writes no such bytes, or too many numbers are declared.
    """
    if not 0 <= count <= MOST_INTEGERS:
        raise CodingError(
            refusal("count", count, f"0 to {MOST_INTEGERS}", "check where it came from")
        )
    values = np.empty(count, np.int64)
    status, done = read_integers(as_bytes(data), values)
    check_status(status, done, count, len(data))
    return values


@compiled
def mantissa_context(n, prefix):
    """The context of a mantissa bit: its length class n and the bits before it, up to three."""
    return LONGEST_GAMMA + 8 * n + prefix


@compiled
def write_integers(values, buffer):
    """Elias gamma of values + 1, adaptive contexts for all but the low mantissa bits."""
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
    """One value of `write_integers`; −1: nobody encoded this."""
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
def read_integers(data, values):
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
