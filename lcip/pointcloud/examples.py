"""Objects of `solids` as files, for whoever has no cloud at hand."""

from pathlib import Path

from lcip import paths
from lcip.datasets import Mesh, write_points_ply
from lcip.errors import LcipError, refusal
from lcip.pointcloud.solids import SOLIDS, solid

MOST_POINTS = 10_000_000


def write(name: str, path: Path, num_points: int, seed: int) -> str:
    """Write `num_points` points (.ply) or the mesh (.off) of a solid; return what it is in words.

    Raises:
        LcipError: no object of this name, or a number of points that is out of range.
    """
    if name not in SOLIDS:
        raise LcipError(refusal("solid", name, SOLIDS, "choose one of them"))
    if path.suffix.lower() == ".off":
        mesh = SOLIDS[name]()
        with paths.atomic_write(path) as temporary:
            temporary.write_bytes(off(mesh))
        return f"a {name}, mesh of {len(mesh.faces):,} triangles"
    if not 1 <= num_points <= MOST_POINTS:
        allowed = f"1 to {MOST_POINTS}"
        raise LcipError(refusal("--points", num_points, allowed, "choose fewer or more"))
    write_points_ply(path, solid(name, num_points, seed))
    return f"a {name}, cloud of {num_points:,} points (seed {seed})"


def off(mesh: Mesh) -> bytes:
    """A mesh as the text of an OFF file."""
    lines = ["OFF", f"{len(mesh.vertices)} {len(mesh.faces)} 0"]
    lines += [" ".join(f"{value:.9g}" for value in row) for row in mesh.vertices]
    lines += [f"3 {a} {b} {c}" for a, b, c in mesh.faces]
    return ("\n".join(lines) + "\n").encode("ascii")
