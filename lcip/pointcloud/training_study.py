"""What each choice in the training of a codec brings, on the validation split.

    python -m lcip.pointcloud.training_study

Two short trainings of micro are repeated with one thing different at a time: one of 1,024 points,
with other changes to the clouds; one of few points, with another class prior (`prior_exponent`) or
with the drawn points centred and scaled by themselves. The test set plays no part. Writes
`data/measured/pointcloud/training_study.csv`.
"""

import argparse
import time
from dataclasses import replace

import pandas as pd

from lcip import datasets, paths, results, runtime, training
from lcip.pointcloud import evaluate, fit
from lcip.pointcloud.recipes import AUGMENTATION, NOTHING, Recipe, recipe_for

TABLE = "pointcloud/training_study"
SIZE, LMBDAS, EPOCHS = "micro", (20.0, 160.0, 1600.0), 12
# By number of points: what differs from the curve's own recipe. The first is what others are
# measured against.
CHANGES = {
    1024: {
        "none": {"augmentation": NOTHING},
        "all": {"augmentation": AUGMENTATION},
        "all but subsets": {"augmentation": replace(AUGMENTATION, keep_least=1.0)},
        "all but scaling": {"augmentation": replace(AUGMENTATION, largest_scale=1.0)},
        "all but jitter": {"augmentation": replace(AUGMENTATION, jitter=0.0)},
        "all but mirror images": {"augmentation": replace(AUGMENTATION, mirror=False)},
    },
    16: {
        "as the curve": {},
        "whole prior in the logits": {"prior_exponent": 0.0},
        "no prior in the logits": {"prior_exponent": 1.0},
        "points centred anew": {"augmentation": replace(NOTHING, anew=True)},
    },
}


def recipe(num_points: int, change: str, epochs: int) -> Recipe:
    """The curve's recipe with one change."""
    usual = replace(recipe_for(SIZE, num_points), lmbdas=LMBDAS, epochs=epochs)
    return replace(usual, **CHANGES[num_points][change])


def measure(num_points: int, change: str, given: argparse.Namespace) -> list[dict[str, object]]:
    """Train with one change: a row for each λ, of the last validation."""
    chosen = recipe(num_points, change, given.epochs)
    task = fit.load_task(SIZE, num_points, chosen, given.seed)
    settings = fit.settings_of(chosen, len(task.points), given.seed)
    name = f"p{num_points}-{change.replace(' ', '-')}.checkpoint.pt"
    facts = fit.facts_of(SIZE, num_points, task)
    checkpoint = paths.root() / "runs" / TABLE / name
    done = training.fit(task, settings, device=given.device, facts=facts, checkpoint=checkpoint)
    shared = {"size": SIZE, "num_points": num_points, "change": change, "epochs": given.epochs}
    rows = []
    for index, lmbda in enumerate(LMBDAS):
        figures = fit.figures_of(done.rows[-1], index)
        rows.append(
            shared
            | {
                "lmbda": lmbda,
                "validation_accuracy_percent": figures["accuracy_percent"],
                "class_mean_accuracy_percent": figures["class_mean_accuracy_percent"],
                "estimated_bits": figures["bits"],
                "num_validation": len(task.held_out),
            }
        )
    return rows


def main(argv: list[str] | None = None) -> None:
    """Train all variants, and write the table."""
    parser = argparse.ArgumentParser(
        prog="python -m lcip.pointcloud.training_study", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    training.add_options(parser, checkpoint=False)
    given = parser.parse_args(argv)
    runtime.setup(given.seed, given.threads)
    began = time.monotonic()
    variants = [(points, change) for points, changes in CHANGES.items() for change in changes]
    rows = [row for points, change in variants for row in measure(points, change, given)]
    results.write_measured(
        TABLE,
        pd.DataFrame(rows),
        command="python -m lcip.pointcloud.training_study",
        seed=given.seed,
        datasets={"modelnet40/train": evaluate.digest(datasets.modelnet40("train"))},
        wall_seconds=time.monotonic() - began,
    )


if __name__ == "__main__":
    main()
