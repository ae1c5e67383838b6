"""Clouds on grids of whole numbers, as coders of geometry see them.

At scale S a step is 1/S of the unit ball's radius. Two ways to round:

* `trunc`: c = trunc(S·x), decoded as c/S. TMC13's `inputScale` does this; cells have side 1/S, the
  one at zero has 2/S.
* `centred`: c = ⌊S·x⌋, decoded as (c + ½)/S, the middle of its cell.

Both are shifted by S, so that numbers start at 0, and fit a cube of side 2^depth. Of points in the
same cell one is kept: a classifier that takes maxima over points cannot tell the difference.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lcip.errors import refusal
from lcip.pointcloud.rivals.errors import RivalError

SCALES = tuple(2**k for k in range(9))  # 1 … 256, as in the thesis


@dataclass(frozen=True)
class Grid:
    """A way to round.

    Attributes:
        round_: S·x to whole numbers.
        offset: added to whole numbers before the division by S.
        highest: the largest whole number, in units of S, less `below` (x = 1 included).
        extra_depth: levels of the cube beyond log2 S.
    """

    name: str
    round_: Callable[[np.ndarray], np.ndarray]
    offset: float
    below: int
    extra_depth: int

    def depth(self, scale: int) -> int:
        """Levels of the octree whose cube holds all cells."""
        return checked_scale(scale).bit_length() - 1 + self.extra_depth

    def cell_of(self, points: np.ndarray, scale: int) -> np.ndarray:
        """The cell of each point (…, 3) in the unit ball: int64 (…, 3), 0 to 2^depth − 1."""
        scaled = np.asarray(points, np.float32) * np.float32(checked_scale(scale))
        whole = self.round_(scaled).astype(np.int64)
        # Stored clouds may reach one grid step of the data set beyond the ball.
        return np.clip(whole, -scale, scale - self.below) + scale

    def cells(self, points: np.ndarray, scale: int) -> np.ndarray:
        """The distinct cells of points (P, 3), int64 (V, 3)."""
        return distinct(self.cell_of(points, scale))

    def points(self, cells: np.ndarray, scale: int) -> np.ndarray:
        """Cells (V, 3) to decoded points, float32 (V, 3)."""
        return ((cells - scale + self.offset) / checked_scale(scale)).astype(np.float32)


# With trunc, x = 1 gives S itself: 2S + 1 numbers, which ask for a level more.
GRIDS = {
    "trunc": Grid("trunc", np.trunc, 0.0, 0, 2),
    "centred": Grid("centred", np.floor, 0.5, 1, 1),
}


def grid(name: str) -> Grid:
    """A grid by its name."""
    if name not in GRIDS:
        raise RivalError(refusal("grid", name, GRIDS, "choose one of them"))
    return GRIDS[name]


def checked_scale(scale: int) -> int:
    """The scale, if it is one of `SCALES`."""
    if scale not in SCALES:
        raise RivalError(refusal("scale", scale, SCALES, "choose one of them"))
    return int(scale)


def distinct(points: np.ndarray) -> np.ndarray:
    """The distinct rows of points (P, 3), sorted."""
    return np.unique(points, axis=0)
