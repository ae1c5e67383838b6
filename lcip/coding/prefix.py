"""Codes that give every letter a word of whole bits: of fixed length, and Huffman's.

A code is a dictionary letter → word, a text of "0" and "1". No word begins another one, so a stream
of words needs no separators. Such a code of word lengths l exists just if Σ 2^−l ≤ 1 (Kraft).

Sources: Huffman, "A method for the construction of minimum-redundancy codes" (1952); the canonical
order is that of Schwartz and Kallick (1964).
"""

import heapq
from collections.abc import Mapping
from fractions import Fraction
from itertools import count

from lcip.coding.errors import CodingError, StreamError
from lcip.coding.source import Source
from lcip.errors import refusal

Code = dict[str, str]


def fixed_length(source: Source) -> Code:
    """Words of equal length, as many bits as it takes to number the letters.

    >>> fixed_length(Source("SRC", (0.5, 0.25, 0.25)))
    {'S': '00', 'R': '01', 'C': '10'}
    """
    length = (len(source) - 1).bit_length()
    return {letter: f"{place:0{length}b}" for place, letter in enumerate(source.alphabet)}


def huffman(source: Source) -> Code:
    """The code of least mean length among all that give every letter a word of its own.

    The lengths are Huffman's: join the two least probable, until one is left. The words are dealt
    out in order, shorter ones first, among equals by the alphabet, so that the lengths say it all.

    >>> huffman(Source("SRC", (0.5, 0.25, 0.25)))
    {'S': '0', 'R': '10', 'C': '11'}
    """
    lengths = _huffman_lengths(source)
    order = sorted(range(len(source)), key=lambda k: (lengths[k], k))
    words, value, length = {}, 0, 0
    for k in order:
        value <<= lengths[k] - length
        length = lengths[k]
        words[k] = f"{value:0{length}b}"
        value += 1
    return {letter: words[k] for k, letter in enumerate(source.alphabet)}


def _huffman_lengths(source: Source) -> list[int]:
    """Every letter lies as deep as it was joined often; ties: what came first is joined first."""
    lengths = [0] * len(source)
    number = count()
    heap = [(p, next(number), (k,)) for k, p in enumerate(source.probabilities)]
    heapq.heapify(heap)
    while len(heap) > 1:
        p, _, letters = heapq.heappop(heap)
        q, _, others = heapq.heappop(heap)
        for k in letters + others:
            lengths[k] += 1
        heapq.heappush(heap, (p + q, next(number), letters + others))
    return lengths


def mean_length(code: Mapping[str, str], source: Source) -> float:
    """Σ p(x) l(x), bits a letter."""
    pairs = zip(source.alphabet, source.probabilities, strict=True)
    return float(sum(p * len(code[letter]) for letter, p in pairs))


def kraft_sum(code: Mapping[str, str]) -> Fraction:
    """Σ 2^−l over the words: 1 where no word could be shorter, above 1 for no prefix code at all.

    >>> kraft_sum({"S": "0", "R": "10", "C": "11"})
    Fraction(1, 1)
    """
    return sum((Fraction(1, 2 ** len(word)) for word in code.values()), Fraction(0))


def write(message: str, code: Mapping[str, str]) -> str:
    """The words of a message's characters, one after the other.

    >>> write("SRC", {"S": "0", "R": "10", "C": "11"})
    '01011'
    """
    for letter in message:
        if letter not in code:
            step = "write the message in these letters"
            raise CodingError(refusal("letter of the message", letter, code, step))
    return "".join(code[letter] for letter in message)


def read(bits: str, code: Mapping[str, str]) -> str:
    """The message in a stream of words.

    Raises:
        StreamError: the stream ends inside a word, or no word begins as it goes on.
    """
    letters = {word: letter for letter, word in code.items()}
    message, word = "", ""
    for bit in bits:
        word += bit
        if word in letters:
            message += letters[word]
            word = ""
    if word:
        allowed = "words of the code from end to end"
        step = "check that the stream is whole, and written with this code"
        raise StreamError(refusal("end of the stream", word, allowed, step))
    return message
