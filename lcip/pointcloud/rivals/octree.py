"""A transparent octree coder: the distinct cells of a cloud, lossless, in as few bytes as we can.

    counts = octree.scratch()                      or octree.load_prior().counts("trunc", 1024)
    data = octree.encode(cells, depth, counts)
    cells = octree.decode(data, depth, num_points, counts)

Bits of the tree (see `octree_loops`) are coded with probabilities that adapt to what has gone by.
They begin at one half each (`scratch`), or at what training clouds taught (`prior`).

**No header.** Depth, counts and a bound on the number of points are agreed beforehand; even the
number of cells is not sent. So this is a lower bound for what coders of files could do on such
small clouds, and what a task-specific codec must be compared with, if its own payload has no header
either.

**What is refused.** `decode` accepts exactly what `encode` writes for some cloud of at most
`num_points` cells. That is no checksum: `coding.pack_packet` adds one.

Sources: D. Meagher, "Geometric modeling using octree encoding" (1982); R. Schnabel and R. Klein,
"Octree-based point-cloud compression" (2006); MPEG's TMC13 predicts from neighbours alike.
"""

from typing import NamedTuple

import numpy as np

from lcip import coding
from lcip.coding.adaptive import start_counts
from lcip.coding.rangecoder import FINE, SPARE_BYTES
from lcip.coding.stream import as_bytes
from lcip.errors import refusal
from lcip.pointcloud.rivals import octree_loops as loops
from lcip.pointcloud.rivals.errors import RivalError

MOST_DEPTH = loops.MOST_LEVELS
MOST_POINTS = 1 << 20
LEAST_CHANCE_BITS = 12  # of a bit under counts up to 2,048, rounded up


class Counts(NamedTuple):
    """Where the adaptive probabilities begin: int64 (contexts, 2), and the kind of contexts."""

    kind: int
    start: np.ndarray


class Coded(NamedTuple):
    """A payload, and −Σ log2 p of its bits under the adaptive probabilities."""

    data: bytes
    estimated_bits: float


def scratch() -> Counts:
    """Nothing known: 16 contexts, a half each."""
    return Counts(loops.PLAIN, start_counts(loops.NUM_PLAIN))


def encode(cells: np.ndarray, depth: int, counts: Counts) -> Coded:
    """Cells (V, 3), whole numbers 0 to 2^depth − 1, in any order, repeated ones once.

    Raises:
        RivalError: no cells, not whole numbers, or outside the cube; a depth beyond 1 to 10.
    """
    return encode_codes(morton(cells, depth), depth, counts)


def encode_codes(leaves: np.ndarray, depth: int, counts: Counts) -> Coded:
    """As `encode`, for cells as `morton` gives them."""
    room = np.empty(LEAST_CHANCE_BITS * depth * leaves.size + SPARE_BYTES, np.uint8)
    length, bits = loops.write_tree(leaves, depth, counts.kind, counts.start.copy(), room)
    return Coded(room[:length].tobytes(), float(bits))


def decode(data: bytes, depth: int, num_points: int, counts: Counts) -> np.ndarray:
    """The cells, int64 (V, 3) in Morton order, V ≤ `num_points`.

    Raises:
        StreamError: `encode` writes no such bytes for a cloud of so few cells.
        RivalError: a depth beyond 1 to 10, a number of points beyond 1 to 2^20.
    """
    return cells_of(decode_codes(data, depth, num_points, counts), depth)


def decode_codes(data: bytes, depth: int, num_points: int, counts: Counts) -> np.ndarray:
    """As `decode`, for cells as `morton` gives them."""
    checked_depth(depth)
    if not 1 <= num_points <= MOST_POINTS:
        step = "give the number of points that sender and receiver agreed on"
        raise RivalError(refusal("num_points", num_points, f"1 to {MOST_POINTS}", step))
    leaves = np.empty(num_points, np.int64)
    status, count = loops.read_tree(as_bytes(data), depth, counts.kind, counts.start.copy(), leaves)
    if status != FINE:
        allowed = f"what the encoder writes for at most {num_points} cells at depth {depth}"
        step = "check that it is whole and unchanged, and depth, points and counts the writer's"
        raise coding.StreamError(refusal("octree stream", f"{len(data)} bytes", allowed, step))
    return leaves[:count]


def checked_depth(depth: int) -> int:
    """The depth, if the coder has contexts for it."""
    if not 1 <= depth <= MOST_DEPTH:
        step = "choose a coarser grid"
        raise RivalError(refusal("depth of the octree", depth, f"1 to {MOST_DEPTH}", step))
    return int(depth)


def morton(cells: np.ndarray, depth: int) -> np.ndarray:
    """Distinct cells (V, 3) as sorted codes: bit 3b + 2 is bit b of x, 3b + 1 of y, 3b of z.

    >>> morton(np.array([[1, 0, 0], [0, 0, 3], [0, 0, 3]]), depth=2).tolist()
    [4, 9]
    """
    cells, side = np.asarray(cells), 1 << checked_depth(depth)
    if cells.ndim != 2 or cells.shape[1] != 3 or not len(cells) or cells.dtype.kind not in "iu":
        given = f"{cells.dtype} of shape {cells.shape}"
        step = "put the cloud on a grid with voxels.Grid.cells"
        raise RivalError(refusal("cells", given, "integers of shape (V, 3), V ≥ 1", step))
    if cells.min() < 0 or cells.max() >= side:
        given = int(cells.min() if cells.min() < 0 else cells.max())
        step = "shift the cells into the cube, or choose a greater depth"
        raise RivalError(refusal("a cell's coordinate", given, f"0 to {side - 1}", step))
    return np.unique(codes_of(cells, depth))


def codes_of(cells: np.ndarray, depth: int) -> np.ndarray:
    """Cells (…, 3) to Morton codes, int64 (…)."""
    codes = np.zeros(cells.shape[:-1], np.int64)
    for bit in range(depth):
        for axis in range(3):
            codes |= ((cells[..., axis].astype(np.int64) >> bit) & 1) << (3 * bit + 2 - axis)
    return codes


def cells_of(codes: np.ndarray, depth: int) -> np.ndarray:
    """Morton codes (V,) back to cells, int64 (V, 3)."""
    cells = np.zeros((len(codes), 3), np.int64)
    for bit in range(depth):
        for axis in range(3):
            cells[:, axis] |= ((codes >> (3 * bit + 2 - axis)) & 1) << bit
    return cells
