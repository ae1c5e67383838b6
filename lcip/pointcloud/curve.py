"""One rate-accuracy curve: train its models together, then meet the test set, once.

    python -m lcip.pointcloud.curve --size micro --num-points 1024

Writes `data/measured/pointcloud/curve-<size>-p<P>.csv`, a row for each λ, and for the models that
the book keeps (`recipes.KEPT`) their weights and the coded test set. Every test cloud is encoded,
decoded from its bytes, and classified. A curve is one job that can be stopped and resumed.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from lcip import artifacts, datasets, paths, results, runtime, training
from lcip.pointcloud import codec as codecs
from lcip.pointcloud import evaluate, fit, testset
from lcip.pointcloud.models import SIZES
from lcip.pointcloud.recipes import KEPT, NUM_POINTS, recipe_for

UNSAVED = bytes(32)  # the identity of a model whose weights are not kept


def card_of(
    task: fit.CloudTask, index: int, result: training.Fit, settings: training.Settings, device: str
) -> dict[str, Any]:
    """What is written beside the weights; `train_seconds` is a model's share of its stack's."""
    best = next(r for r in result.rows if r["step"] == result.best_step)
    card = training.card(
        settings,
        result,
        **fit.facts_of(task.models[index].size, task.num_points, task),
        lmbda=task.recipe.lmbdas[index],
        classes=list(datasets.modelnet40("train").classes),
        device=device,
        environment=runtime.environment_report(),
    )
    return card | {
        "train_seconds": round(result.seconds / len(task.models), 1),
        "validation": fit.figures_of(best, index),
        "curve": [_step(row) | fit.figures_of(row, index) for row in result.rows],
    }


def _step(row: dict[str, float]) -> dict[str, float]:
    return {"step": row["step"]}


def is_kept(card: dict[str, Any]) -> bool:
    """Whether the weights and the coded test set of this model are committed."""
    return card["lmbda"] in KEPT.get(card["num_points"], ())


def measure(task: fit.CloudTask, index: int, card: dict[str, Any]) -> dict[str, object]:
    """Export one model, keep it if the book does, and score it on the test set."""
    clouds, num_points = datasets.modelnet40("test"), task.num_points
    name = codecs.weights_name(card["size"], num_points, card["lmbda"])
    tensors = codecs.tensors_of(task.models[index])
    if is_kept(card):
        artifacts.save_weights(name, tensors, card, half=True)
        codec = codecs.load(name)
        testset.save_test_set(codec, name, clouds, num_points)
        coded = testset.load_test_set(codec, name)
    else:
        codec = codecs.of_tensors(tensors, card, UNSAVED)
        data = testset.encode_clouds(codec, list(clouds.points[:, :num_points]))
        coded = testset.read_clouds(codec, data, clouds.labels)
    return evaluate.row(codec, testset.score(codec, coded))


def train(given: argparse.Namespace) -> tuple[fit.CloudTask, list[dict[str, Any]], Path]:
    """The trained task, the card of each model, and the checkpoint."""
    recipe = recipe_for(given.size, given.num_points)
    if given.epochs is not None:
        recipe = replace(recipe, epochs=given.epochs)
    task = fit.load_task(given.size, given.num_points, recipe, given.seed)
    settings = fit.settings_of(recipe, len(task.points), given.seed)
    name = evaluate.table_name(given.size, given.num_points)
    checkpoint = given.checkpoint or paths.root() / "runs" / f"{name}.checkpoint.pt"
    facts = fit.facts_of(given.size, given.num_points, task)
    result = training.fit(task, settings, device=given.device, facts=facts, checkpoint=checkpoint)
    task.model.cpu().update_medians()
    task.model.copy_to(task.models)
    fit.settle(task, given.seed)
    cards = [card_of(task, k, result, settings, given.device) for k in range(len(task.models))]
    return task, cards, checkpoint


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m lcip.pointcloud.curve", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--size", required=True, choices=list(SIZES))
    parser.add_argument("--num-points", type=int, required=True, choices=NUM_POINTS)
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    training.add_options(parser)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Train one curve and measure it."""
    given = arguments(argv)
    runtime.setup(given.seed, given.threads)
    began = time.monotonic()
    task, cards, checkpoint = train(given)
    frame = pd.DataFrame([measure(task, k, card) for k, card in enumerate(cards)])
    kept = [
        codecs.weights_name(given.size, given.num_points, card["lmbda"])
        for card in cards
        if is_kept(card)
    ]
    results.write_measured(
        evaluate.table_name(given.size, given.num_points),
        frame,
        command=f"python -m lcip.pointcloud.curve --size {given.size}"
        f" --num-points {given.num_points}",
        seed=given.seed,
        datasets={f"modelnet40/{s}": evaluate.digest(datasets.modelnet40(s)) for s in _SPLITS},
        weights={name: artifacts.load_weights(name).identity.hex() for name in kept},
        wall_seconds=time.monotonic() - began,
    )
    if given.checkpoint is None:
        checkpoint.unlink()  # or the next training would be this one again


_SPLITS = ("train", "test")

if __name__ == "__main__":
    main()
