"""How each size is trained: chosen on the validation split of the training clouds."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from lcip.errors import LcipError, refusal
from lcip.pointcloud.augment import Augmentation
from lcip.pointcloud.models import SIZES

NUM_POINTS = (8, 16, 32, 64, 128, 256, 512, 1024)
LMBDAS = (10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 640.0, 1600.0, 4800.0, 16000.0)
# Models whose weights and test streams are committed; of all the others, rows are.
KEPT = {
    256: (160.0,),
    1024: (10.0, 40.0, 160.0, 1600.0),
}


@dataclass(frozen=True)
class Early:
    """What differs in the early part of a training.

    Attributes:
        lmbda: every model of a smaller λ starts at this one and comes down to its own in equal
            factors, over the first half of the steps: where the rate weighs too much from the first
            step, all latents die before the decoder has made use of any.
        num_points: drawn from every cloud, if fewer than P.
        share: of the steps for which so few points are drawn.
    """

    lmbda: float
    num_points: int
    share: float


@dataclass(frozen=True)
class Recipe:
    """A training.

    Attributes:
        lmbdas: λ of every model of the stack; none for a plain classifier.
        epochs: passes over the training clouds.
        batch_size: clouds a step.
        learning_rate: peak of the one-cycle schedule.
        weight_decay: decoupled.
        augmentation: how clouds are changed.
        start: the classifier from which the layers start, by its weights' name; None for random
            values. Layers treat every point alike, so that those of any number of points fit.
        early: what differs at the start; None for nothing.
        prior_exponent: τ, how much of the classes' log prior is taken out of the logits.
    """

    lmbdas: tuple[float, ...]
    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    augmentation: Augmentation
    start: str | None
    early: Early | None = None
    prior_exponent: float = 0.5


AUGMENTATION = Augmentation(keep_least=0.75, largest_scale=1.2, jitter=0.01, mirror=True)
# P of 1,024 stored points are drawn anew for each batch: few points are never the same twice, and
# short trainings are better off without further changes (`augmentation_study`).
NOTHING = Augmentation(keep_least=1.0, largest_scale=1.0, jitter=0.0, mirror=False)
FEW_POINTS = 128
MICRO = Recipe(LMBDAS, 70, 64, 4e-3, 0.02, AUGMENTATION, None)
LITE = replace(MICRO, epochs=36)
FIRST_CLASSIFIER = 256  # num_points of the one that the others start from
FULL = Recipe(
    LMBDAS, 10, 64, 2e-3, 0.02, AUGMENTATION, "pointcloud/classifier-p64", Early(640.0, 256, 0.8)
)
RECIPES = {"micro": MICRO, "lite": LITE, "full": FULL}
# Where the recipe of the size is not the best use of a processor's time.
EXCEPTIONS = {
    ("micro", 1024): replace(MICRO, epochs=120),
    ("lite", 512): replace(LITE, epochs=24),
    ("lite", 1024): replace(LITE, epochs=40),
    ("full", 256): replace(FULL, start="pointcloud/classifier-p256"),
    ("full", 512): replace(FULL, start="pointcloud/classifier-p1024"),
    ("full", 1024): replace(
        FULL,
        lmbdas=(10.0, 40.0, 160.0, 1600.0, 16000.0),
        epochs=20,
        start="pointcloud/classifier-p1024",
    ),
}
CLASSIFIER = Recipe((), 30, 64, 2e-3, 0.02, replace(AUGMENTATION, anew=True), None)
NEXT_CLASSIFIER = replace(
    CLASSIFIER, epochs=4, learning_rate=5e-4, start="pointcloud/classifier-p256"
)


def recipe_for(size: str, num_points: int) -> Recipe:
    """How the curve of this size and number of points is trained. Raises LcipError for others."""
    _require("size", size, SIZES)
    _require("num_points", num_points, NUM_POINTS)
    recipe = EXCEPTIONS.get((size, num_points), RECIPES[size])
    return replace(recipe, augmentation=NOTHING) if num_points <= FEW_POINTS else recipe


def classifier_recipe_for(num_points: int) -> Recipe:
    """How the classifier of this number of points is trained. Raises LcipError for others."""
    _require("num_points", num_points, NUM_POINTS)
    return CLASSIFIER if num_points == FIRST_CLASSIFIER else NEXT_CLASSIFIER


def _require(name: str, value: object, allowed: Collection[object]) -> None:
    if value not in allowed:
        raise LcipError(refusal(name, value, allowed, "choose one of them"))
