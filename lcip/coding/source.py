"""A source of letters with known probabilities: what a message of it costs, and by which measure.

    information of a letter     −log2 p(x)                       bits
    entropy                     H(p) = −Σ p log2 p               bits a letter, the best on average
    cross-entropy               H(p, q) = −Σ p log2 q            what the wrong q costs
    divergence                  KL(p‖q) = H(p, q) − H(p) ≥ 0     what it costs too much

Small and exact where it can be, for teaching: the codecs of the book use `lcip.coding.Tables`.
Source: Shannon, "A mathematical theory of communication" (1948).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from lcip.coding.errors import CodingError
from lcip.coding.tables import Tables
from lcip.errors import refusal

SUM_TOLERANCE = 1e-9
MOST_WORDS = 4096


@dataclass(frozen=True)
class Source:
    """Letters drawn one by one, independently: `probabilities[k]` is that of `alphabet[k]`.

    A letter is a character, or a word of several (`blocks`).

    Raises:
        CodingError: fewer than two letters, a letter twice, probabilities that are not positive or
            do not make 1.
    """

    alphabet: tuple[str, ...]
    probabilities: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "alphabet", tuple(self.alphabet))
        object.__setattr__(self, "probabilities", tuple(map(float, self.probabilities)))
        _check(self.alphabet, self.probabilities)

    def __len__(self) -> int:
        """The number of letters."""
        return len(self.alphabet)

    def places(self, message: str) -> np.ndarray:
        """The place in the alphabet of every character of a message, int32 (N,)."""
        unknown = sorted(set(message) - set(self.alphabet))
        if unknown:
            step = "write the message in these letters, or add the letter to the alphabet"
            raise CodingError(refusal("letter of the message", unknown[0], self.alphabet, step))
        return np.array([self.alphabet.index(letter) for letter in message], np.int32)

    def bits(self, message: str) -> np.ndarray:
        """−log2 p of every character of a message, float64 (N,)."""
        return -np.log2(np.array(self.probabilities))[self.places(message)]

    @property
    def entropy_bits(self) -> float:
        """H(p), bits a letter."""
        return self.cross_entropy_bits(self)

    def cross_entropy_bits(self, model: "Source") -> float:
        """H(p, q) of this source p coded with a model q of the same alphabet, bits a letter."""
        if model.alphabet != self.alphabet:
            step = "give both the same letters in the same order"
            raise CodingError(refusal("alphabet", model.alphabet, self.alphabet, step))
        return float(-np.dot(self.probabilities, np.log2(model.probabilities)))

    def divergence_bits(self, model: "Source") -> float:
        """KL(p‖q) of this source p coded with a model q, bits a letter: 0 for q = p only."""
        return self.cross_entropy_bits(model) - self.entropy_bits

    def draw(self, length: int, seed: int) -> str:
        """A message of the source."""
        chosen = np.random.default_rng(seed).choice(len(self), length, p=_of_one(self))
        return "".join(self.alphabet[k] for k in chosen)

    def blocks(self, length: int) -> "Source":
        """The source whose letters are all words of `length` letters of this one.

        >>> Source("ab", (0.75, 0.25)).blocks(2).probabilities
        (0.5625, 0.1875, 0.1875, 0.0625)
        """
        words = len(self) ** length if length >= 1 else 0
        if not 1 <= words <= MOST_WORDS:
            allowed = f"1 or more letters, at most {MOST_WORDS:,} words"
            raise CodingError(refusal("length of a block", length, allowed, "choose another one"))
        letters = product(zip(self.alphabet, self.probabilities, strict=True), repeat=length)
        pairs = [("".join(a for a, _ in word), np.prod([p for _, p in word])) for word in letters]
        return Source(tuple(w for w, _ in pairs), tuple(p for _, p in pairs))

    def tables(self) -> Tables:
        """One integer table for the entropy coder, whose symbols are the places of the letters."""
        return Tables.from_pmf([np.array(self.probabilities)], [0], [0.0])


def context_tables(after: Mapping[str, Source]) -> Tables:
    """A table for every letter that may have come before, in the order of the mapping."""
    rows = [np.array(source.probabilities) for source in after.values()]
    return Tables.from_pmf(rows, [0] * len(rows), [0.0] * len(rows))


def draw_with_memory(after: Mapping[str, Source], first: str, length: int, seed: int) -> str:
    """A message in which every letter is drawn by what came before; `first` comes before it all."""
    numbers = np.random.default_rng(seed).random(length)
    edges = {letter: np.cumsum(_of_one(source)) for letter, source in after.items()}
    message = first
    for number in numbers:
        source = after[message[-1]]
        place = int(np.searchsorted(edges[message[-1]], number, side="right"))
        message += source.alphabet[min(place, len(source) - 1)]
    return message[1:]


def stationary(after: Mapping[str, Source]) -> Source:
    """How often each letter comes in the long run: π = π T, T the matrix of the transitions."""
    steps = np.array([source.probabilities for source in after.values()])
    size = len(steps)
    equations = np.vstack([steps.T - np.eye(size), np.ones(size)])
    found, *_ = np.linalg.lstsq(equations, np.append(np.zeros(size), 1.0), rcond=None)
    return Source(tuple(after), tuple(found / found.sum()))


def conditional_entropy_bits(after: Mapping[str, Source]) -> float:
    """H(X_n | X_{n−1}) = Σ π(a) H(p(·|a)), bits a letter in the long run."""
    often = stationary(after).probabilities
    entropies = [source.entropy_bits for source in after.values()]
    return float(np.dot(often, entropies))


def _of_one(source: Source) -> np.ndarray:
    """The probabilities, their rounding taken off: numpy asks for a sum of 1 to 1e-8."""
    return np.array(source.probabilities) / sum(source.probabilities)


def _check(alphabet: tuple[str, ...], probabilities: tuple[float, ...]) -> None:
    if len(alphabet) < 2 or len(set(alphabet)) < len(alphabet) or "" in alphabet:
        allowed = "two or more letters, each once"
        raise CodingError(refusal("alphabet", alphabet, allowed, "list every letter once"))
    if len(probabilities) != len(alphabet):
        allowed = f"{len(alphabet)}, one a letter of {''.join(alphabet)}"
        step = "give every letter its probability"
        raise CodingError(refusal("number of probabilities", len(probabilities), allowed, step))
    # A NaN fails the comparisons, too.
    if not (min(probabilities) > 0 and abs(sum(probabilities) - 1) <= SUM_TOLERANCE):
        step = "raise what is 0, and divide all by their sum"
        raise CodingError(refusal("probabilities", probabilities, "positive, of sum 1", step))
