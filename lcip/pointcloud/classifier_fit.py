"""Train the classifiers of whole clouds, with which the rivals of the codec are scored.

    python -m lcip.pointcloud.classifier_fit --num-points 256

The layers are those of the codec of size "full", with neither noise nor rate, and the loss is the
cross-entropy. The first is trained from random weights, the others start from it.
"""

import argparse

from lcip import datasets, paths, runtime, training
from lcip.pointcloud import classifier, fit
from lcip.pointcloud.recipes import NUM_POINTS, classifier_recipe_for


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m lcip.pointcloud.classifier_fit", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--num-points", type=int, required=True, choices=NUM_POINTS)
    training.add_options(parser)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Train one classifier and write its weights."""
    given = arguments(argv)
    runtime.setup(given.seed, given.threads)
    recipe = classifier_recipe_for(given.num_points)
    task = fit.load_task(classifier.SIZE, given.num_points, recipe, given.seed)
    settings = fit.settings_of(recipe, len(task.points), given.seed)
    name = classifier.weights_name(given.num_points)
    checkpoint = given.checkpoint or paths.root() / "runs" / f"{name}.checkpoint.pt"
    facts = fit.facts_of(classifier.SIZE, given.num_points, task)
    result = training.fit(task, settings, device=given.device, facts=facts, checkpoint=checkpoint)
    task.model.cpu().copy_to(task.models)
    best = next(r for r in result.rows if r["step"] == result.best_step)
    card = training.card(
        settings,
        result,
        **facts,
        lmbda=None,
        classes=list(datasets.modelnet40("train").classes),
        device=given.device,
        environment=runtime.environment_report(),
    )
    card["validation"] = fit.figures_of(best, 0)
    model = classifier.PointClassifier()
    model.load_state_dict(task.models[0].state_dict(), strict=False)
    classifier.save(model, given.num_points, card)
    if given.checkpoint is None:
        checkpoint.unlink()  # or the next training would be this one again


if __name__ == "__main__":
    main()
