"""The encoder in arithmetic without rounding: the same symbols on every machine.

Floating-point sums depend on their order, which matrix libraries choose by the number of rows, of
threads, and by processor: a cloud encoded alone, in a batch or with its points in another order
could get another symbol. Here every number is an integer below 2^53 (in units of a power of two),
for which float64 products and sums are exact in any order. `folding` makes such an encoder from a
trained one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

EXACT_BITS = 53  # of float64: integers up to 2^53 are all there
POINTS_AT_ONCE = 1 << 16  # bounds the memory of one matrix product


class ExactLayer(NamedTuple):
    """relu(W x + b) in integers, then × 2^-shift, rounded; float64 arrays of whole numbers.

    What comes out is held to at most `ceiling` (C',), so that the next layer's sums stay exact
    whatever the input; points in the unit ball do not reach it. The last layer has none.
    """

    weight: np.ndarray
    bias: np.ndarray
    shift: int
    ceiling: np.ndarray | None = None


@dataclass(frozen=True)
class ExactEncoder:
    """From points on the grid to symbols, in integers throughout.

    Attributes:
        layers: a hidden layer's shift is applied behind it; the last one's is the exponent of y.
        sign: (N,) ±1.
        medians: (N,) whole numbers of 2^-exponent.
    """

    layers: tuple[ExactLayer, ...]
    sign: np.ndarray
    medians: np.ndarray

    @property
    def exponent(self) -> int:
        """y is a whole number of 2^-exponent."""
        return self.layers[-1].shift

    def features(self, grid: np.ndarray) -> np.ndarray:
        """Integers before the maximum: grid points (P, 3) int16 → (P, N)."""
        h = grid.astype(np.float64)
        for layer in self.layers[:-1]:
            h = np.rint(np.maximum(h @ layer.weight.T + layer.bias, 0) * 2.0**-layer.shift)
            h = np.minimum(h, layer.ceiling)
        last = self.layers[-1]
        return np.maximum(h @ last.weight.T + last.bias, 0)

    def pooled(self, grid: np.ndarray) -> np.ndarray:
        """sign ⊙ maximum over points, in whole numbers of 2^-exponent: (P, 3) int16 → (N,)."""
        starts = range(0, len(grid), POINTS_AT_ONCE)
        parts = [self.features(grid[i : i + POINTS_AT_ONCE]).max(axis=0) for i in starts]
        return self.sign * np.max(parts, axis=0)

    def latents(self, grid: np.ndarray) -> np.ndarray:
        """y (N,) of one cloud."""
        return self.pooled(grid) * 2.0**-self.exponent

    def symbols(self, grid: np.ndarray) -> np.ndarray:
        """s of one cloud, grid points (P, 3) int16: int32 (N,)."""
        return self.rounded(self.pooled(grid))

    def rounded(self, pooled: np.ndarray) -> np.ndarray:
        """s = ⌊y − m + ½⌋ of y (…, N) in whole numbers of 2^-exponent: int32 (…, N)."""
        half = 2.0 ** (self.exponent - 1)
        return np.floor((pooled - self.medians + half) * 2.0**-self.exponent).astype(np.int32)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Arrays by name, to be stored with the weights: int32 where that is enough, else int64."""
        arrays = {"sign": self.sign, "medians": self.medians}
        for index, layer in enumerate(self.layers):
            parts = {name: v for name, v in layer._asdict().items() if v is not None}
            arrays |= {f"{index}.{name}": np.asarray(v) for name, v in parts.items()}
        return {name: _compact(array.astype(np.int64)) for name, array in arrays.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "ExactEncoder":
        """What `to_arrays` gave."""
        count = sum(name.endswith(".shift") for name in arrays)
        layers = tuple(
            ExactLayer(
                arrays[f"{index}.weight"].astype(np.float64),
                arrays[f"{index}.bias"].astype(np.float64),
                int(arrays[f"{index}.shift"]),
                arrays[f"{index}.ceiling"].astype(np.float64) if index < count - 1 else None,
            )
            for index in range(count)
        )
        sign, medians = (arrays[name].astype(np.float64) for name in ("sign", "medians"))
        return cls(layers, sign, medians)


def _compact(array: np.ndarray) -> np.ndarray:
    reach = np.iinfo(np.int32)
    fits = reach.min <= array.min() and array.max() <= reach.max
    return array.astype(np.int32) if fits else array
