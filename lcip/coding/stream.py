"""A message of integer symbols to bytes and back, under integer tables.

    payload = encode(symbols, indexes, tables)
    symbols = decode(payload, indexes, tables)
    8 * len(payload) <= ideal_bits(symbols, indexes, tables) + 8

`indexes` names the table of each symbol, and is known to both sides: by the channel, by a
hyperprior's already decoded answer, or by the position. So the number of symbols is known, too, and
costs nothing; the empty message has 0 bytes, and so has any message whose interval still holds 0.

Every byte string is refused that `encode` would not have written for the symbols that it decodes
to: a message has one stream. That is not a checksum: a stream cut or changed may happen to be the
stream of another message. Containers and packets carry one (`pack`, `pack_packet`).
"""

from typing import Any

import numpy as np

from lcip.coding import messages, rangecoder
from lcip.coding.errors import CodingError, StreamError
from lcip.coding.rangecoder import SPARE_BYTES
from lcip.coding.tables import INT32, Tables
from lcip.errors import refusal

ESCAPE_BYTES = 9  # a sign, and at most 65 bits of Elias gamma


def encode(symbols: Any, indexes: Any, tables: Tables) -> bytes:
    """The shortest bytes for `symbols`: less than 8 bits over `ideal_bits`.

    (Up to the rounding of the interval, which is below 2^-38 bits a symbol.)

    Args:
        symbols: integers of any shape, −2^31 to 2^31 − 1; those outside their table are escaped.
        indexes: integers of the same shape: the table of each symbol, 0 to T − 1.

    Raises:
        CodingError: floats, unequal shapes, numbers out of range.
    """
    symbols, indexes = _message(symbols, indexes, tables)
    arguments = (tables.sizes, tables.offsets)
    escapes = messages.count_escapes(symbols, indexes, *arguments)
    buffer = np.empty(2 * symbols.size + ESCAPE_BYTES * escapes + SPARE_BYTES, np.uint8)
    length = messages.encode_symbols(symbols, indexes, tables.cumulative, *arguments, buffer)
    return buffer[:length].tobytes()


def decode(data: bytes, indexes: Any, tables: Tables) -> np.ndarray:
    """The int32 symbols, in the shape of `indexes`, whose stream is exactly `data`.

    Raises:
        StreamError: `encode` writes no such bytes for any message with these tables.
        CodingError: indexes that are no tables.
    """
    places = _indexes(indexes, tables)
    symbols = np.empty(places.shape, np.int32)
    status, count = messages.decode_symbols(
        as_bytes(data),
        places.ravel(),
        tables.cumulative,
        tables.sizes,
        tables.offsets,
        symbols.ravel(),
    )
    check_status(status, count, places.size, len(data))
    return symbols


def symbol_bits(symbols: Any, indexes: Any, tables: Tables) -> np.ndarray:
    """−log2 of each symbol's probability under the integer tables, float64, in the symbols' shape.

    An escaped symbol at distance d ≥ 1 from its table costs −log2 P(escape) + 1 bit for the side
    + (2 ⌊log2 d⌋ + 1) bits of Elias gamma.
    """
    shape = np.shape(symbols)
    symbols, indexes = _message(symbols, indexes, tables)
    place = symbols - tables.offsets[indexes].astype(np.int64)
    escape = tables.sizes[indexes].astype(np.int64) - 1
    outside = (place < 0) | (place >= escape)
    slots = np.where(outside, escape, place)
    frequency = tables.cumulative[indexes, slots + 1] - tables.cumulative[indexes, slots]
    bits = rangecoder.PRECISION - np.log2(frequency)
    distance = np.where(place < 0, -place, place - escape + 1)[outside]
    # frexp: the exponent of a number below 2^53 is exact, unlike ⌊log2⌋.
    bits[outside] += 2 + 2 * (np.frexp(distance.astype(np.float64))[1] - 1)
    return bits.reshape(shape)


def ideal_bits(symbols: Any, indexes: Any, tables: Tables) -> float:
    """Σ −log2 p of the whole message under the integer tables, float64.

    A payload can come out a few bits below it: its length, which is not counted, tells something.
    """
    return float(symbol_bits(symbols, indexes, tables).sum())


def as_bytes(data: Any) -> np.ndarray:
    """Bytes as a read-only uint8 array (one type, so that the kernels compile once)."""
    if not isinstance(data, bytes):
        name = type(data).__name__
        raise CodingError(refusal("data", name, "bytes", "pass the bytes that encode returned"))
    return np.frombuffer(data, np.uint8)


def check_status(status: int, count: int, total: int, length: int) -> None:
    """Raise what a decoding kernel found."""
    if status == rangecoder.FINE:
        return
    found = {
        rangecoder.IMPOSSIBLE: f"naming no symbol after {count} of {total}",
        rangecoder.OVERSHOT: f"naming a symbol beyond 32 bits after {count} of {total}",
        rangecoder.EXTENDED: f"going on behind the last of {total} symbols",
        rangecoder.NOT_SHORTEST: f"not ending as the encoder ends {total} symbols",
    }[status]
    allowed = "exactly what the encoder writes for one message with these tables"
    next_step = (
        "check that the stream is whole and unchanged, and that tables and indexes are the writer's"
    )
    raise StreamError(refusal(f"stream of {length} bytes", found, allowed, next_step))


def _integers(name: str, values: Any, low: int, high: int) -> np.ndarray:
    """A fresh contiguous int32 array (fresh, so that it is writable: one type for the kernels)."""
    array = np.asarray(values)
    if array.dtype.kind not in "iu" and array.size:
        raise CodingError(refusal(name, array.dtype, "integers", "round and convert them first"))
    if array.size and (array.min() < low or array.max() > high):
        value = int(array.min() if array.min() < low else array.max())
        raise CodingError(refusal(name, value, f"{low} to {high}", "check the range first"))
    return np.array(array, dtype=np.int32, order="C")


def _indexes(indexes: Any, tables: Tables) -> np.ndarray:
    return _integers("indexes", indexes, 0, len(tables) - 1)


def _message(symbols: Any, indexes: Any, tables: Tables) -> tuple[np.ndarray, np.ndarray]:
    symbols = _integers("symbols", symbols, INT32.min, INT32.max)
    indexes = _indexes(indexes, tables)
    if symbols.shape != indexes.shape:
        allowed = f"{indexes.shape}, the shape of indexes"
        raise CodingError(refusal("symbols.shape", symbols.shape, allowed, "name a table a symbol"))
    return symbols.ravel(), indexes.ravel()
