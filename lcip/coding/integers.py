"""Lists of small whole numbers (lengths, counts) in few bytes, by an adaptive model.

Each value v is written as the Elias gamma code of v + 1, n zeros, a one, and the n bits below the
leading one, but every bit is range coded with a probability learned from the bits before it in the
same context: one context a place in the run of zeros, and one for each prefix of the first three bits
below it. Whatever distribution the list has, it costs little more than its empirical entropy once some
tens of values have passed; no table is sent. Also an example of a model written on top of `kernels`.
"""

from typing import Any

import numpy as np

from lcip.coding import kernels
from lcip.coding.errors import CodingError
from lcip.coding.stream import SPARE_BYTES, as_bytes, check_status
from lcip.errors import refusal

LARGEST_INTEGER = 2**31 - 2
MOST_INTEGERS = 1 << 20
# 32 bits of the run and 3 below at no more than 11.1 bits each (the least adaptive probability), 27 raw.
MOST_BYTES_EACH = 54


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
    return buffer[: kernels.encode_integers(array, buffer)].tobytes()


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
    status, done = kernels.decode_integers(as_bytes(data), values)
    check_status(status, done, count, len(data))
    return values
