"""Arithmetic coding as it is taught: a message is an interval of [0, 1), cut out letter by letter.

Letter k of probability p_k owns the part [P_k, P_k + p_k) of the interval, P_k = p_0 + … + p_{k−1}:

    low ← low + width · P_k,    width ← width · p_k

In the end the width is the product of the probabilities, so that any number inside, written with
−log2(width) bits or one more, names the message. Exact fractions here; the coder of the book does
it with integers of 63 bits and settles bytes on the way (`lcip.coding.rangecoder`).

Source: Rissanen and Langdon, "Arithmetic coding" (1979).
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from lcip.coding.source import Source
from lcip.coding.tables import Tables

Shares = tuple[Fraction, ...]


class Step(NamedTuple):
    """One letter's cut: the interval before it, the shares, the letter's place, what is left."""

    before: tuple[Fraction, Fraction]
    shares: Shares
    place: int
    low: Fraction
    width: Fraction


def shares(source: Source) -> Shares:
    """The probabilities of a source as exact fractions of sum 1."""
    parts = [Fraction(p) for p in source.probabilities]
    return tuple(part / sum(parts) for part in parts)


def integer_shares(tables: Tables, table: int) -> Shares:
    """The probabilities that the coder works with: multiples of 2^-16, the escape's at the end."""
    return tuple(Fraction(int(n), 2**16) for n in tables.frequencies(table))


def narrow(shares_of: Sequence[Shares], places: Sequence[int]) -> list[Step]:
    """The cuts of a message: letter n owns part places[n] of shares_of[n]. Intervals: (low, width).

    >>> third = (Fraction(1, 3),) * 3
    >>> [str(step.width) for step in narrow([third, third], [0, 2])]
    ['1/3', '1/9']
    """
    low, width = Fraction(0), Fraction(1)
    steps = []
    for parts, place in zip(shares_of, places, strict=True):
        before = (low, width)
        low += width * sum(parts[:place], Fraction(0))
        width *= parts[place]
        steps.append(Step(before, parts, int(place), low, width))
    return steps


def number(payload: bytes) -> Fraction:
    """The number that a payload stands for: its bytes behind the point, in base 256.

    >>> number(bytes([128]))
    Fraction(1, 2)
    """
    return Fraction(int.from_bytes(payload, "big"), 256 ** len(payload))


def shortest_bits(low: Fraction, width: Fraction) -> str:
    """The shortest binary fraction inside [low, low + width), the least of that length.

    >>> shortest_bits(Fraction(5, 16), Fraction(1, 16))
    '0101'
    """
    length = 0
    while True:
        value = -(-low * 2**length // 1)  # the least multiple of 2^-length that is not below
        if Fraction(value, 2**length) < low + width:
            return f"{int(value):0{length}b}" if length else ""
        length += 1
