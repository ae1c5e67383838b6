"""The parts of a file's header: numbers, shapes, and a reader that never runs past the end.

A number is written in groups of 7 bits, least significant first, the high bit of a byte telling
that another follows (LEB128): 1 byte below 128, 2 below 16,384, 3 below 2,097,152, 4 below 2^28.
Only the shortest form is read.
"""

import math
import operator
from collections.abc import Iterable, Sequence
from typing import Any

from lcip.coding.errors import CodingError, StreamError
from lcip.errors import refusal

LARGEST_NUMBER = 2**28 - 1
NUMBER_BYTES = 4
MOST_SHAPES = 15
MOST_AXES = 15
# A decoder allocates by the shapes: 2^26 elements are a picture of 8,192 × 8,192 pixels.
MOST_ELEMENTS = 2**26

Shapes = tuple[tuple[int, ...], ...]


def write_number(value: int) -> bytes:
    """LEB128 of 0 ≤ value < 2^28.

    >>> write_number(300).hex()
    'ac02'
    """
    if not 0 <= value <= LARGEST_NUMBER:
        raise CodingError(refusal("number", value, f"0 to {LARGEST_NUMBER}", "split the file"))
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def write_nibbles(values: Iterable[int]) -> bytes:
    """Numbers 0 to 15, two a byte, high half first, filled with 0."""
    digits = "".join(f"{value:x}" for value in values)
    return bytes.fromhex(digits + "0" * (len(digits) % 2))


def write_shapes(shapes: Shapes) -> bytes:
    """Their number and their numbers of axes in nibbles, then all sides."""
    nibbles = write_nibbles([len(shapes), *(len(shape) for shape in shapes)])
    return nibbles + b"".join(write_number(side) for shape in shapes for side in shape)


def checked_shapes(shapes: Sequence[Sequence[int]]) -> Shapes:
    """Shapes as tuples of ints, or a refusal."""
    given: Any = shapes
    try:
        shapes = tuple(tuple(_whole(side) for side in shape) for shape in shapes)
    except TypeError:
        allowed = "a sequence of sequences of integers"
        raise CodingError(refusal("shapes", given, allowed, "write ((height, width),)")) from None
    problem = shapes_problem(shapes)
    if problem:
        raise CodingError(refusal("shapes", shapes, problem, "split the message"))
    return shapes


def _whole(side: Any) -> int:
    if isinstance(side, bool):
        raise TypeError
    return operator.index(side)


def shapes_problem(shapes: Shapes) -> str | None:
    """What is allowed, if these shapes are not."""
    if len(shapes) > MOST_SHAPES or not all(1 <= len(shape) <= MOST_AXES for shape in shapes):
        return f"at most {MOST_SHAPES} shapes of 1 to {MOST_AXES} axes"
    if any(side < 1 for shape in shapes for side in shape):
        return "sides of 1 or more"
    if any(math.prod(shape) > MOST_ELEMENTS for shape in shapes):
        return f"at most {MOST_ELEMENTS} elements a shape"
    return None


class Reader:
    """A place in a byte string; every step forward is checked."""

    def __init__(self, data: bytes, end: int) -> None:
        self.data, self.position, self.end = data, 0, end

    def take(self, count: int, name: str) -> bytes:
        """The next `count` bytes."""
        left = self.end - self.position
        if count > left:
            next_step = "get the file again: it was cut short, or its header was changed"
            raise StreamError(
                refusal(name, f"{count} bytes", f"at most the {left} left", next_step)
            )
        self.position += count
        return self.data[self.position - count : self.position]

    def number(self, name: str) -> int:
        """The next LEB128 number."""
        value = 0
        for place in range(NUMBER_BYTES):
            byte = self.take(1, name)[0]
            value |= (byte & 127) << (7 * place)
            if byte < 128:
                if byte == 0 and place > 0:
                    break
                return value
        allowed = f"the shortest form of 0 to {LARGEST_NUMBER}"
        given = f"a number of {place + 1} bytes"
        raise StreamError(
            refusal(name, given, allowed, "get the file again: its header was changed")
        )

    def nibbles(self, count: int, name: str) -> list[int]:
        """The next `count` nibbles, the filling checked."""
        digits = [int(digit, 16) for digit in self.take((count + 1) // 2, name).hex()]
        if any(digits[count:]):
            next_step = "get the file again: its header was changed"
            raise StreamError(refusal(name, "filled with ones", "filled with zeros", next_step))
        return digits[:count]

    def shapes(self) -> Shapes:
        """What `write_shapes` wrote."""
        count = self.take(1, "number of shapes")[0] >> 4
        self.position -= 1
        ranks = self.nibbles(1 + count, "numbers of axes")[1:]
        shapes = tuple(tuple(self.number("side") for _ in range(rank)) for rank in ranks)
        problem = shapes_problem(shapes)
        if problem:
            next_step = "get the file again: its header was changed"
            raise StreamError(refusal("shapes", shapes, problem, next_step))
        return shapes
