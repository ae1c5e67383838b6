"""All of Kodak in one table: `python -m lcip.images.kodak`  →  measured/images/kodak.

One row for every codec, setting and image: six traditional codecs, our own at every quality that
has weights, and CompressAI's where they were measured. The parts are measured one by one
(`lcip.images.evaluate`), because a new model of ours is no reason to measure JPEG again.
"""

import time

import pandas as pd

from lcip import results, runtime

TABLE = "images/kodak"
PARTS = ("images/kodak-traditional", "images/kodak-learned", "images/kodak-zoo")
OPTIONAL = {"images/kodak-zoo"}
MILLISECONDS = ("encode", "decode")


def join(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """The rows of all parts, their times in seconds."""
    rows = pd.concat(parts, ignore_index=True)
    for what in MILLISECONDS:
        rows[f"{what}_seconds"] = rows.pop(f"{what}_ms") / 1000
    return rows


def main() -> None:
    """The command."""
    runtime.setup(seed=0, threads=1)
    began = time.monotonic()
    measured = results.measured_names()
    names = [name for name in PARTS if name in measured or name not in OPTIONAL]
    parts = [results.read_measured(name) for name in names]
    results.write_measured(
        TABLE,
        join([part.frame for part in parts]),
        command="python -m lcip.images.kodak",
        seed=None,
        datasets=parts[0].provenance["datasets"],
        weights={k: v for part in parts for k, v in part.provenance.get("weights", {}).items()},
        wall_seconds=time.monotonic() - began,
    )


if __name__ == "__main__":
    main()
