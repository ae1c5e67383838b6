"""The range coder one symbol at a time, for models written in plain Python.

About 2 µs a symbol; for speed write the loop under `compiling.compiled`. The bytes are those of
`encode` for the same intervals.

    encoder = RangeEncoder()                     decoder = RangeDecoder(data)
    encoder.put(start, frequency, precision)     value = decoder.slot(precision)
                                                 decoder.take(start, frequency, precision)
    data = encoder.finish()                      decoder.finish()
"""

import operator

import numpy as np

from lcip.coding import rangecoder
from lcip.coding.errors import CodingError
from lcip.coding.rangecoder import SPARE_BYTES
from lcip.coding.stream import as_bytes, check_status
from lcip.errors import refusal


def _interval(start: int, frequency: int, precision: int) -> tuple[int, int, int]:
    """Plain ints, for which alone the arithmetic is compiled, and a slot that is one."""
    start, frequency, precision = map(operator.index, (start, frequency, precision))
    if not (
        1 <= precision <= 32 and start >= 0 < frequency and start + frequency <= 1 << precision
    ):
        given = f"start {start}, frequency {frequency}, precision {precision}"
        allowed = "0 ≤ start < start + frequency ≤ 2^precision, precision 1 to 32"
        raise CodingError(refusal("interval", given, allowed, "give every symbol a frequency"))
    return start, frequency, precision


class RangeEncoder:
    """Intervals to bytes."""

    def __init__(self) -> None:
        self._state = np.empty(3, np.uint64)
        self._buffer = np.empty(1024, np.uint8)
        rangecoder.start_encoder(self._state)

    def put(self, start: int, frequency: int, precision: int) -> None:
        """Encode the slot [start, start + frequency) out of 2^precision."""
        start, frequency, precision = _interval(start, frequency, precision)
        if int(self._state[rangecoder.POSITION]) + SPARE_BYTES > len(self._buffer):
            self._buffer = np.concatenate([self._buffer, np.empty_like(self._buffer)])
        rangecoder.put(self._state, self._buffer, start, frequency, precision)

    def finish(self) -> bytes:
        """The bytes of everything put; the encoder can go on as if nothing were put yet."""
        data = self._buffer[: rangecoder.finish(self._state, self._buffer)].tobytes()
        rangecoder.start_encoder(self._state)
        return data


class RangeDecoder:
    """Bytes to intervals."""

    def __init__(self, data: bytes) -> None:
        self._data = as_bytes(data)
        self._state = np.empty(3, np.uint64)
        self._count = 0
        rangecoder.start_decoder(self._state, self._data)

    def slot(self, precision: int) -> int:
        """A number in the next symbol's slot, 0 to 2^precision − 1.

        Raises:
            StreamError: the encoder wrote no such stream.
        """
        _, _, precision = _interval(0, 1, precision)
        value = int(rangecoder.slot(self._state, precision))
        if value >= 1 << precision:
            check_status(rangecoder.IMPOSSIBLE, self._count, self._count + 1, len(self._data))
        return value

    def take(self, start: int, frequency: int, precision: int) -> None:
        """Consume the symbol whose slot [start, start + frequency) holds `slot(precision)`."""
        start, frequency, precision = _interval(start, frequency, precision)
        if not start <= self.slot(precision) < start + frequency:
            given, allowed = self.slot(precision), f"{start} to {start + frequency - 1}"
            raise CodingError(refusal("slot", given, allowed, "take the interval that holds it"))
        rangecoder.take(self._state, self._data, start, frequency, precision)
        self._count += 1

    def finish(self) -> None:
        """Refuse anything but the very bytes that the encoder writes for the symbols taken.

        Raises:
            StreamError: the stream goes on, or does not end as the encoder ends it.
        """
        status = rangecoder.verify(self._state, self._data)
        check_status(status, self._count, self._count, len(self._data))
