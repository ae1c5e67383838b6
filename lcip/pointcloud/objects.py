"""A user's file as the codec takes it: points in the unit ball, made as the training data were.

ModelNet40's meshes were each turned into 8,192 points, drawn in proportion to area, centred on
their mean and divided by the largest norm; a model of P points saw P of those at a time. So it is
done here: a mesh gives 8,192 points by area; of a larger cloud, 8,192 distinct points are drawn
(`datasets.draw_cloud`), of a smaller one all distinct points are taken. Centre and radius are those
of these, and the first P, in an order that the file's order has no say in, go into the encoder.

A cloud of fewer than P points is coded with all it has: the maximum over points takes any number.
The model expected more, and guesses worse the fewer there are. The encoder could also take more
than P; it does not, as the features of a denser cloud are larger than those it was trained with.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lcip import datasets
from lcip.errors import refusal

POOL = 8192  # thesis, section 3.3


@dataclass(frozen=True)
class Object:
    """What was read and what is coded: points float32 (P', 3) in the unit ball, P' ≤ P.

    `num_seen` counts the file's points or, of a mesh, its triangles; `num_drawn` the points that
    centre and radius were taken from.
    """

    points: np.ndarray
    num_seen: int
    num_drawn: int
    is_mesh: bool
    kind: str
    seed: int

    def __str__(self) -> str:
        if self.is_mesh:
            read = f"{self.kind}, mesh of {self.num_seen:,} triangles: {self.num_drawn:,} points "
            return read + f"drawn by area (seed {self.seed}), {self._coded()}"
        read = f"{self.kind}, cloud of {self.num_seen:,} points: "
        if len(self.points) == self.num_seen:
            return read + "all coded"
        if len(self.points) == self.num_drawn:
            return read + f"{len(self.points):,} distinct, all coded"
        return read + f"{self._coded()} (drawn with seed {self.seed})"

    def _coded(self) -> str:
        return f"{len(self.points):,} coded"


def read_object(path: str | Path, num_points: int, seed: int) -> Object:
    """The points of a cloud or mesh (PLY, OFF, OBJ, NPY, NPZ, text) that are coded.

    Raises:
        DatasetError: missing, empty, damaged, of another kind, NaN or infinity, a mesh without
            area, or all points at one place.
    """
    drawn = datasets.draw_cloud(path, max(num_points, POOL), seed)
    if len(drawn.points) == 1:
        raise datasets.DatasetError(f"{path}: {_single_place(drawn.num_seen)}")
    try:
        points = datasets.normalise_unit_ball(drawn.points)
    except datasets.DatasetError as error:
        raise datasets.DatasetError(f"{path}: {error}") from error
    return Object(points[:num_points], drawn.num_seen, len(points), drawn.is_mesh, drawn.kind, seed)


def _single_place(num_seen: int) -> str:
    """The refusal of a cloud that is one point, however often it is there."""
    found = "a single point" if num_seen == 1 else f"{num_seen:,} points at one place"
    return refusal("cloud", found, "at least two different points", "check the file's numbers")


def too_few(given: Object, num_points: int) -> str | None:
    """What to tell about a cloud of fewer points than the model was trained with, if it is one."""
    count = len(given.points)
    if count >= num_points:
        return None
    return f"{count} points, and the model was trained with {num_points}: guesses may be worse"
