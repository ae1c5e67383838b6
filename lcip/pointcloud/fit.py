"""What the codecs of one curve are trained on, all values of λ together.

Loss of one model: L = R + λ·D with R the bits of a cloud (mean of the batch) and D the
cross-entropy in nats. A stack minimises the sum over its models, which no gradient crosses.
Data: ModelNet40's training clouds, changed at random (`augment`). A tenth of them, the same share
of every class, chosen by the seed, is kept for validation. The test clouds are never looked at
here.
"""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from lcip import artifacts, datasets, training
from lcip.pointcloud.augment import augmented, some_points
from lcip.pointcloud.models import PointCodecModel
from lcip.pointcloud.recipes import Recipe
from lcip.pointcloud.stacked import StackedModel

VALIDATION_SHARE = 0.1
VALIDATION_BATCH = 256


class CloudTask:
    """A stack of models and the clouds it is trained on.

    Args:
        models: one for each λ of the recipe, of equal size; a classifier's recipe has none, and
            one model.
        points, labels: stored training clouds, int16 (K, P', 3) with P' ≥ num_points, and classes.
        held_out, held_out_labels: validation clouds, float32 (V, num_points, 3).
        num_points: P; each batch draws P of the stored points of every cloud.
    """

    def __init__(
        self,
        models: Sequence[PointCodecModel],
        points: np.ndarray,
        labels: np.ndarray,
        held_out: np.ndarray,
        held_out_labels: np.ndarray,
        *,
        num_points: int,
        recipe: Recipe,
    ) -> None:
        self.models, self.recipe, self.num_points = models, recipe, num_points
        self.model = StackedModel(models, quantised=bool(recipe.lmbdas))
        self.points, self.labels = points, labels.astype(np.int64)
        self.held_out = torch.from_numpy(held_out)
        self.held_out_labels = torch.from_numpy(held_out_labels.astype(np.int64))

    @property
    def device(self) -> torch.device:
        """Where the models are."""
        return next(self.model.parameters()).device

    @property
    def weights(self) -> Tensor:
        """λ of each model, (L,); a classifier has no rate to weigh against: 1."""
        return torch.tensor(self.recipe.lmbdas or (1.0,), device=self.device)

    def batch(self, draw: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Changed clouds (B, k, 3) and their labels (B,)."""
        chosen = draw.choice(len(self.points), self.recipe.batch_size, replace=False)
        stored = some_points(self.points[chosen], self.num_points, draw)
        clouds = stored.astype(np.float32) / np.float32(datasets.POINT_SCALE)
        clouds = torch.from_numpy(augmented(clouds, self.recipe.augmentation, draw))
        return clouds.to(self.device), torch.from_numpy(self.labels[chosen]).to(self.device)

    def loss(self, batch: tuple[Tensor, Tensor]) -> tuple[Tensor, dict[str, float]]:
        """The sum over models of R + λ·D of a batch."""
        clouds, labels = batch
        output = self.model(clouds)
        bits, nats = output.bits.mean(dim=1), self._nats(output.logits, labels).mean(dim=1)
        figures = {"bits": bits.mean().item(), "cross_entropy_nats": nats.mean().item()}
        return (bits + self.weights * nats).sum(), figures

    def _nats(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Cross-entropy of every model and cloud: (L, B, 40), (B,) → (L, B)."""
        count = len(logits)
        flat = functional.cross_entropy(
            logits.flatten(0, 1), labels.repeat(count), reduction="none"
        )
        return flat.view(count, -1)

    def validate(self) -> dict[str, float]:
        """Bits, cross-entropy and accuracy of every model on the held-out clouds, with rounding.

        Each model's figures have its place in the stack behind their names. The objective is the
        mean over models of log(R + λ·D), with D the share of wrong classes: towards the end of
        training the networks grow too sure of themselves, and cross-entropy rises while accuracy
        still does.
        """
        if self.model.quantised:
            self.model.update_medians()
        totals = torch.zeros(3, self.model.num_models, dtype=torch.float64)
        parts = zip(
            self.held_out.split(VALIDATION_BATCH),
            self.held_out_labels.split(VALIDATION_BATCH),
            strict=True,
        )
        for clouds, labels in parts:
            labels = labels.to(self.device)
            output = self.model(clouds.to(self.device))
            wrong = (output.logits.argmax(dim=2) != labels).sum(dim=1)
            rows = (output.bits.sum(dim=1), self._nats(output.logits, labels).sum(dim=1), wrong)
            totals += torch.stack([row.double().cpu() for row in rows])
        bits, nats, wrong = totals / len(self.held_out)
        objective = torch.log(bits + self.weights.double().cpu() * wrong + 1e-9).mean()
        return {"objective": objective.item()} | _figures(bits, nats, 100 * (1 - wrong))


def _figures(bits: Tensor, nats: Tensor, accuracy: Tensor) -> dict[str, float]:
    named = {"bits": bits, "cross_entropy_nats": nats, "accuracy_percent": accuracy}
    return {f"{k}_{i}": v for k, values in named.items() for i, v in enumerate(values.tolist())}


def figures_of(row: dict[str, float], index: int) -> dict[str, float]:
    """The figures of one model of the stack in a row of validation."""
    return {k.removesuffix(f"_{index}"): v for k, v in row.items() if k.endswith(f"_{index}")}


def stratified_split(labels: np.ndarray, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Sorted indices (training, validation) with `share` of every class in the second."""
    train, held_out = [], []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        first, second = training.split(len(members), share, seed + int(label))
        train.append(members[first])
        held_out.append(members[second])
    return np.sort(np.concatenate(train)), np.sort(np.concatenate(held_out))


def load_task(size: str, num_points: int, recipe: Recipe, seed: int) -> CloudTask:
    """Fresh models, all with the initial weights of the seed, and the training set, split by it."""
    clouds = datasets.modelnet40("train")
    train, held_out = stratified_split(clouds.labels, VALIDATION_SHARE, seed)
    return CloudTask(
        fresh_models(size, recipe, seed),
        clouds.points[train],
        clouds.labels[train],
        clouds.coordinates(held_out, num_points),
        clouds.labels[held_out],
        num_points=num_points,
        recipe=recipe,
    )


def fresh_models(size: str, recipe: Recipe, seed: int) -> list[PointCodecModel]:
    """A model for every λ, each with the initial weights that the seed gives a model alone."""
    models = []
    for _ in recipe.lmbdas or (None,):
        torch.manual_seed(seed)
        models.append(PointCodecModel(size))
        if recipe.start is not None:
            models[-1].load_state_dict(artifacts.load_weights(recipe.start).tensors, strict=False)
    return models


def settings_of(recipe: Recipe, num_train: int, seed: int) -> training.Settings:
    """The training settings of a recipe."""
    steps_an_epoch = max(1, num_train // recipe.batch_size)
    steps = recipe.epochs * steps_an_epoch
    return training.Settings(
        steps=steps,
        learning_rate=recipe.learning_rate,
        schedule="one_cycle",
        warmup_steps=0,
        gradient_clip=None,  # Adam does not mind the scale of the loss, and λ sets it
        weight_decay=recipe.weight_decay,
        average_decay=0.999,
        validate_every=min(5 * steps_an_epoch, steps),
        patience=None,
        seed=seed,
    )


def facts_of(size: str, num_points: int, task: CloudTask) -> dict[str, object]:
    """What decides the weights beside the settings."""
    recipe = asdict(task.recipe)
    return {
        "architecture": f"PointCodecModel({size!r}), thesis table 3.1",
        "data": f"ModelNet40 train: {len(task.points)} trained on, {len(task.held_out)} held out",
        "size": size,
        "num_points": num_points,
        **{name: list(v) if isinstance(v, tuple) else v for name, v in recipe.items()},
    }
