"""What each change to the training clouds brings, on the validation split.

    python -m lcip.pointcloud.augmentation_study

The curve of micro with 1,024 points at three λ is trained without any change, with all of them, and
with all but one. Everything else is the curve's own recipe, with fewer epochs. The test set plays
no part. Writes `data/measured/pointcloud/augmentation.csv`.
"""

import argparse
import time
from dataclasses import replace

import pandas as pd

from lcip import datasets, paths, results, runtime, training
from lcip.pointcloud import evaluate, fit
from lcip.pointcloud.recipes import AUGMENTATION, NOTHING, Recipe, recipe_for

TABLE = "pointcloud/augmentation"
SIZE, NUM_POINTS = "micro", 1024
LMBDAS, EPOCHS = (20.0, 160.0, 1600.0), 20
CHANGES = {
    "none": NOTHING,
    "all": AUGMENTATION,
    "all but subsets": replace(AUGMENTATION, keep_least=1.0),
    "all but scaling": replace(AUGMENTATION, largest_scale=1.0),
    "all but jitter": replace(AUGMENTATION, jitter=0.0),
    "all but mirror images": replace(AUGMENTATION, mirror=False),
}


def recipe(change: str, epochs: int) -> Recipe:
    """The curve's recipe with one set of changes."""
    usual = recipe_for(SIZE, NUM_POINTS)
    return replace(usual, lmbdas=LMBDAS, epochs=epochs, augmentation=CHANGES[change])


def measure(change: str, given: argparse.Namespace) -> list[dict[str, object]]:
    """Train with one set of changes: a row for each λ, of the last validation."""
    chosen = recipe(change, given.epochs)
    task = fit.load_task(SIZE, NUM_POINTS, chosen, given.seed)
    settings = fit.settings_of(chosen, len(task.points), given.seed)
    checkpoint = paths.root() / "runs" / TABLE / f"{change.replace(' ', '-')}.checkpoint.pt"
    facts = fit.facts_of(SIZE, NUM_POINTS, task)
    done = training.fit(task, settings, device=given.device, facts=facts, checkpoint=checkpoint)
    shared = {"size": SIZE, "num_points": NUM_POINTS, "change": change, "epochs": given.epochs}
    rows = []
    for index, lmbda in enumerate(LMBDAS):
        figures = fit.figures_of(done.rows[-1], index)
        rows.append(
            shared
            | {
                "lmbda": lmbda,
                "validation_accuracy_percent": figures["accuracy_percent"],
                "estimated_bits": figures["bits"],
                "num_validation": len(task.held_out),
            }
        )
    return rows


def main(argv: list[str] | None = None) -> None:
    """Train all variants, and write the table."""
    parser = argparse.ArgumentParser(
        prog="python -m lcip.pointcloud.augmentation_study", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=1234)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    given = parser.parse_args(argv)
    runtime.setup(given.seed, given.threads)
    began = time.monotonic()
    rows = [row for change in CHANGES for row in measure(change, given)]
    results.write_measured(
        TABLE,
        pd.DataFrame(rows),
        command="python -m lcip.pointcloud.augmentation_study",
        seed=given.seed,
        datasets={"modelnet40/train": evaluate.digest(datasets.modelnet40("train"))},
        wall_seconds=time.monotonic() - began,
    )


if __name__ == "__main__":
    main()
