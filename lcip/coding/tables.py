"""Integer probability tables: the only form in which a model reaches the entropy coder.

Table t gives symbol offsets[t] + k the probability (cumulative[t, k + 1] − cumulative[t, k]) / 2^16
for k = 0 … sizes[t] − 2. Its last slot, k = sizes[t] − 1, is the **escape**: it stands for every
symbol outside that range, whose distance to the range follows in equiprobable bits.

A network computes probabilities in floating point, and two machines round them differently; one
unit of difference in one table and the rest of a stream decodes to noise. Hence probabilities
become integers *once*, when a model is exported, and the integers travel with the weights. Where a
distribution is sent with the message itself, `from_counts` makes tables by integer arithmetic
alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from lcip.coding.errors import CodingError
from lcip.coding.quantise import quantise
from lcip.coding.rangecoder import TOTAL
from lcip.errors import refusal

MOST_SYMBOLS = TOTAL - 1
COUNT_BITS = 40
LARGEST_COUNT = 1 << COUNT_BITS
# A float32 softmax or a difference of sigmoids is off by less; a forgotten tail is off by more.
SUM_TOLERANCE = 1e-3
INT32 = np.iinfo(np.int32)


@dataclass(frozen=True, eq=False)
class Tables:
    """T tables of at most L − 1 slots.

    Attributes:
        cumulative: (T, L) int32; row t rises strictly from 0 to 2^16 over sizes[t] slots, then
            stays there.
        sizes: (T,) int32, the slots of each table: its symbols and the escape.
        offsets: (T,) int32, the symbol of each table's first slot.
    """

    cumulative: np.ndarray
    sizes: np.ndarray
    offsets: np.ndarray

    def __post_init__(self) -> None:
        for name, axes in (("cumulative", 2), ("sizes", 1), ("offsets", 1)):
            object.__setattr__(self, name, _frozen_int32(name, getattr(self, name), axes))
        _check_lengths(self)
        _check_rows(self)

    def __len__(self) -> int:
        """The number of tables, T."""
        return len(self.sizes)

    @classmethod
    def from_pmf(
        cls,
        pmfs: Sequence[np.ndarray],
        offsets: Sequence[int] | np.ndarray,
        escape_probabilities: Sequence[float] | np.ndarray,
    ) -> Self:
        """Round probabilities to multiples of 2^-16 so that Σ p log2(p/f) is all but least.

        Args:
            pmfs: T arrays; pmfs[t][k] is the probability of symbol offsets[t] + k.
            offsets: T integers.
            escape_probabilities: T numbers; with sum(pmfs[t]) they make 1 within 10^-3, and are
                scaled to make it exactly. A zero still gets one part in 2^16.

        Raises:
            CodingError: no probabilities, or sums that are not 1.
        """
        _check_same_length(pmfs, offsets, escape_probabilities)
        rows = [
            _counts(t, *pair) for t, pair in enumerate(zip(pmfs, escape_probabilities, strict=True))
        ]
        return cls._from_rows(rows, offsets)

    @classmethod
    def from_counts(
        cls,
        counts: Sequence[np.ndarray],
        offsets: Sequence[int] | np.ndarray,
        escape_counts: Sequence[int] | np.ndarray,
    ) -> Self:
        """Tables in proportion to integer counts, by integer arithmetic: alike on every machine.

        Args:
            counts: T integer arrays, each count 0 to 2^40.
            offsets: T integers.
            escape_counts: T integers, 0 to 2^40; a zero still gets one part in 2^16.
        """
        _check_same_length(counts, offsets, escape_counts)
        rows = [_joined(t, *pair) for t, pair in enumerate(zip(counts, escape_counts, strict=True))]
        return cls._from_rows(rows, offsets)

    @classmethod
    def _from_rows(cls, rows: Sequence[np.ndarray], offsets: Sequence[int] | np.ndarray) -> Self:
        sizes = np.array([len(row) for row in rows], np.int64)
        cumulative = np.full((len(rows), 1 + max(sizes, default=0)), TOTAL, np.int32)
        for row, target in zip(rows, cumulative, strict=True):
            target[0] = 0
            np.cumsum(quantise(row), out=target[1 : 1 + len(row)])
        return cls(cumulative, sizes, np.asarray(offsets))

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The three int32 arrays by name, to be stored with the weights."""
        return {name: getattr(self, name).copy() for name in ("cumulative", "sizes", "offsets")}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> Self:
        """Tables from what `to_arrays` gave (arrays or CPU tensors); other names are ignored."""
        for name in ("cumulative", "sizes", "offsets"):
            if name not in arrays:
                names = "cumulative, sizes, offsets"
                raise CodingError(refusal("arrays", sorted(arrays), names, f"add {name!r}"))
        return cls(*(np.asarray(arrays[name]) for name in ("cumulative", "sizes", "offsets")))

    def frequencies(self, table: int) -> np.ndarray:
        """The integer frequencies of one table, sum 2^16; the last is the escape's."""
        return np.diff(self.cumulative[table, : self.sizes[table] + 1])


def _frozen_int32(name: str, array: Any, axes: int) -> np.ndarray:
    array = np.asarray(array)
    if array.ndim != axes or array.dtype.kind not in "iu":
        given = f"{array.dtype} of shape {array.shape}"
        raise CodingError(
            refusal(name, given, f"integers with {axes} axes", "see lcip.coding.Tables")
        )
    if array.size and (array.min() < INT32.min or array.max() > INT32.max):
        value = int(array.min() if array.min() < INT32.min else array.max())
        raise CodingError(refusal(name, value, "32-bit integers", "use smaller numbers"))
    array = np.array(array, dtype=np.int32, order="C")
    array.setflags(write=False)
    return array


def _check_lengths(tables: Tables) -> None:
    count, columns = tables.cumulative.shape
    if count == 0 or not len(tables.sizes) == len(tables.offsets) == count:
        given = f"{count} rows, {len(tables.sizes)} sizes, {len(tables.offsets)} offsets"
        allowed = "one size and one offset a row, at least one row"
        raise CodingError(refusal("tables", given, allowed, "give the three arrays of one model"))
    wrong = np.flatnonzero((tables.sizes < 1) | (tables.sizes > columns - 1))
    if len(wrong):
        t = wrong[0]
        allowed = f"1 to {columns - 1}, as cumulative has {columns} columns"
        raise CodingError(refusal(f"sizes[{t}]", int(tables.sizes[t]), allowed, "count its slots"))


def _check_rows(tables: Tables) -> None:
    """Refuse what would let the coder lose synchrony: rows not rising from 0 to 2^16."""
    steps = np.diff(tables.cumulative.astype(np.int64), axis=1)
    used = np.arange(steps.shape[1]) < tables.sizes[:, None]
    good = np.where(used, steps > 0, steps == 0).all(axis=1)
    good &= (tables.cumulative[:, 0] == 0) & (tables.cumulative[:, -1] == TOTAL)
    if not good.all():
        t = int(np.flatnonzero(~good)[0])
        allowed = (
            f"strictly rising from 0 to {TOTAL} over its {tables.sizes[t]} slots, then constant"
        )
        given = np.array2string(tables.cumulative[t], threshold=8)
        raise CodingError(
            refusal(f"cumulative[{t}]", given, allowed, "make tables with Tables.from_pmf")
        )
    last = tables.offsets.astype(np.int64) + tables.sizes - 2
    if (last > INT32.max).any():
        t = int(np.flatnonzero(last > INT32.max)[0])
        allowed = "symbols below 2^31"
        raise CodingError(
            refusal(f"offsets[{t}]", int(tables.offsets[t]), allowed, "shift the table")
        )


def _check_same_length(rows: Sequence, offsets: Sequence, escapes: Sequence) -> None:
    if not len(rows) == len(offsets) == len(escapes) or len(rows) == 0:
        given = f"{len(rows)} distributions, {len(offsets)} offsets, {len(escapes)} escapes"
        raise CodingError(refusal("tables", given, "as many of each, at least 1", "count them"))


def _counts(t: int, pmf: np.ndarray, escape: float) -> np.ndarray:
    """Probabilities, escape last, as counts out of about 2^40."""
    joined = np.append(np.asarray(pmf, np.float64), float(escape))
    if np.ndim(pmf) != 1 or len(joined) > MOST_SYMBOLS:
        allowed = f"one axis of at most {MOST_SYMBOLS - 1} symbols"
        raise CodingError(refusal(f"pmfs[{t}]", f"shape {np.shape(pmf)}", allowed, "cut its tails"))
    total = joined.sum()
    # A NaN fails the comparison, too.
    if not (abs(total - 1) <= SUM_TOLERANCE and joined.min() >= 0):
        given = f"least {joined.min():.6g}, sum with the escape {total:.6g}"
        allowed = f"probabilities of sum 1 within {SUM_TOLERANCE}"
        next_step = "give the mass outside the range as escape_probabilities, or divide by the sum"
        raise CodingError(refusal(f"pmfs[{t}]", given, allowed, next_step))
    return np.rint(joined / total * LARGEST_COUNT).astype(np.int64)


def _joined(t: int, counts: np.ndarray, escape: int) -> np.ndarray:
    """Integer counts with the escape's behind them."""
    counts = np.asarray(counts)
    whole = counts.dtype.kind in "iu" and np.asarray(escape).dtype.kind in "iu"
    if counts.ndim != 1 or not (whole or counts.size == 0) or len(counts) >= MOST_SYMBOLS:
        given = f"{counts.dtype} of shape {counts.shape}"
        allowed = f"integers with one axis of at most {MOST_SYMBOLS - 1}"
        raise CodingError(refusal(f"counts[{t}]", given, allowed, "count with integers"))
    joined = np.append(counts.astype(np.int64), np.int64(escape))
    if joined.min() < 0 or joined.max() > LARGEST_COUNT or joined.max() == 0:
        given = f"least {joined.min()}, greatest {joined.max()}"
        raise CodingError(
            refusal(f"counts[{t}]", given, "0 to 2^40, not all 0", "scale the counts")
        )
    return joined
