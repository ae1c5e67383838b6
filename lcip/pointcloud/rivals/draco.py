"""Draco, Google's coder of geometry, by the package DracoPy.

Coordinates are quantised to `bits` each within the cloud's own bounding cube, and coded by a k-d
tree. The *compression level* (0 to 10) chooses among methods; it stands in the file, so a decoder
needs to know nothing. The thesis used level 10.

Two things to know about small clouds:

* **The floor.** The file of a single point at level 10 has 171 bytes, and no published point is
  below 1,376 bits. That is not a header (the header has 11 bytes, the quantisation 17): from level
  4 on, over thirty streams of bits are coded apart, and each says so although it is empty. At
  level 3 a single point takes 75 bytes.
* **Points in one cell** are all coded, though they decode to equal points.

`encode` does as the thesis did. `encode_small` gets the most out of the format for a receiver that
needs the set of points alone: every distinct point once, at the level whose file is smallest.
"""

import DracoPy
import numpy as np

from lcip.errors import refusal
from lcip.pointcloud.rivals.errors import RivalError
from lcip.pointcloud.rivals.voxels import distinct

PUBLISHED_LEVEL = 10
LEVELS = (0, 3, 10)  # one of each method: 1 to 3 differ by little, 4 to 10 hardly at all
MOST_BITS = 16
NEAR = 4e-6  # DracoPy hands over the corner of a given cube in six digits
HEADER_BYTES = 11  # "DRACO", version, kind, method, flags


def encode(points: np.ndarray, bits: int, level: int) -> bytes:
    """The file of points (P, 3).

    Raises:
        RivalError: not a cloud of finite points, `bits` beyond 1 to 16, `level` beyond 0 to 10.
    """
    return _encoded(_checked(points), bits, level, None)


def encode_small(points: np.ndarray, bits: int) -> bytes:
    """The smallest file that decodes to the same distinct points, to `NEAR`. Raises as `encode`."""
    points = _checked(points)
    files = [_encoded(points, bits, level, None) for level in LEVELS]
    wanted = distinct(decode(files[-1]))
    if len(wanted) < len(points):
        cube = (float(np.ptp(points, axis=0).max()), points.min(axis=0))
        fewer = [_encoded(wanted, bits, level, cube) for level in LEVELS]
        files += [file for file in fewer if _same(distinct(decode(file)), wanted)]
    return min(files, key=len)


def _same(found: np.ndarray, wanted: np.ndarray) -> bool:
    """Whether sorted points agree."""
    return found.shape == wanted.shape and bool(np.abs(found - wanted).max() <= NEAR)


def decode(data: bytes) -> np.ndarray:
    """The points of a file, float32 (P, 3), in an order of Draco's own.

    Raises:
        RivalError: what Draco does not read. It has no checksum: a changed bit can pass.
    """
    try:
        return np.asarray(DracoPy.decode(bytes(data)).points, np.float32).reshape(-1, 3)
    except Exception as error:
        raise RivalError(
            f"Draco did not decode a file of {len(data)} bytes: {error}. "
            "Next: check that the file is whole."
        ) from error


def _checked(points: np.ndarray) -> np.ndarray:
    """float32 (P, 3), finite, P ≥ 1."""
    array = np.asarray(points)
    if array.ndim != 2 or array.shape[1] != 3 or not len(array) or array.dtype.kind != "f":
        given = f"{array.dtype} of shape {array.shape}"
        step = "pass x, y, z in columns"
        raise RivalError(refusal("points", given, "floats of shape (P, 3), P ≥ 1", step))
    if not np.isfinite(array).all():
        step = "leave out the points that are not finite"
        raise RivalError(refusal("points", "NaN or infinity", "finite coordinates", step))
    return np.ascontiguousarray(array, np.float32)


def _encoded(
    points: np.ndarray, bits: int, level: int, cube: tuple[float, np.ndarray] | None
) -> bytes:
    """A file, within the bounding cube (side, corner) or, of None, the points' own."""
    for name, value, allowed in (
        ("quantization_bits", bits, range(1, MOST_BITS + 1)),
        ("compression_level", level, range(11)),
    ):
        if value not in allowed:
            limits = f"{allowed[0]} to {allowed[-1]}"
            raise RivalError(refusal(name, value, limits, "choose a whole number in this range"))
    side, corner = (-1, None) if cube is None else cube
    return DracoPy.encode(
        points,
        quantization_bits=bits,
        compression_level=level,
        quantization_range=side,
        quantization_origin=corner,
        preserve_order=False,
    )
