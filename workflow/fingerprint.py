"""What an artefact was made from, by content, so that only a real change makes it stale.

Clones, checkouts and editors move modification times without changing anything, and writing fresh
outputs into a notebook changes the file but not what it computes. So the rules treat their leaf
inputs as ancient and pass these fingerprints as parameters, one each; Snakemake re-runs a job whose
parameters differ from the recorded ones and prints which, for example
`lcip/metrics.py 4be1c0a2f7d35a10`.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

DIGITS = 16
TOOL_METADATA = ("kernelspec", "language_info", "papermill", "widgets")
"""Metadata that tools write when they open or execute a notebook."""


def digest(data: bytes) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of `data`."""
    return hashlib.sha256(data).hexdigest()[:DIGITS]


def notebook_source(path: Path) -> bytes:
    """What an author wrote in a notebook: cells and metadata, without outputs and counts."""
    book = json.loads(path.read_text(encoding="utf8"))
    cells = [
        [cell["cell_type"], "".join(cell["source"]), cell.get("metadata", {})]
        for cell in book["cells"]
    ]
    metadata = {k: v for k, v in book.get("metadata", {}).items() if k not in TOOL_METADATA}
    own = {k: v for k, v in metadata.pop("lcip", {}).items() if k != "execution"}
    return json.dumps([cells, metadata, own], sort_keys=True).encode()


def fingerprint(path: Path, root: Path) -> str:
    """`path` relative to `root` and the digest of what it says; of a notebook, of its source."""
    name = path.relative_to(root).as_posix()
    if not path.is_file():
        return f"{name} missing"  # Snakemake reports it as a missing input, with the rule's name
    data = notebook_source(path) if path.suffix == ".ipynb" else path.read_bytes()
    return f"{name} {digest(data)}"


def fingerprints(paths: Iterable[Path], root: Path) -> list[str]:
    """One fingerprint a file, sorted by path, so that equal content gives equal parameters."""
    return sorted(fingerprint(path, root) for path in paths)
