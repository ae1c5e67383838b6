"""What the codecs of one curve are trained on, all values of λ together.

Loss of one model: L = R + λ·D with R the bits of a cloud (mean of the batch) and D the
cross-entropy in nats. A stack minimises the sum over its models, which no gradient crosses.

Some classes have fourteen times as many training clouds as others, and how common they are where
the codec is used is not known. Half of the training set's log prior is therefore taken out of the
logits: D is computed from t̂ + τ·log π with τ = 1/2 (logit adjustment, Menon et al., ICLR 2021;
`training_study` measures what that costs and brings).

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
from tqdm import tqdm

from lcip import artifacts, datasets, training
from lcip.pointcloud.augment import augmented
from lcip.pointcloud.densities import fit_densities
from lcip.pointcloud.models import NUM_CLASSES, PointCodecModel
from lcip.pointcloud.recipes import Recipe
from lcip.pointcloud.stacked import StackedModel

VALIDATION_SHARE = 0.1
START_GAIN = 0.03
READY_CLOUDS = 1024
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
        self.progress = 0.0
        self.log_prior = log_prior(self.labels)
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

    @property
    def weights_now(self) -> Tensor:
        """λ of each model at this point of the training, (L,)."""
        own, early = self.weights, self.recipe.early
        if early is None:
            return own
        exponent = max(0.0, 1 - self.progress / 0.5)
        return own * (early.lmbda / own).clamp_min(1) ** exponent

    @property
    def num_points_now(self) -> int:
        """How many points are drawn from every cloud at this point of the training."""
        early = self.recipe.early
        if early is None or self.progress >= early.share:
            return self.num_points
        return min(early.num_points, self.num_points)

    def batch(self, draw: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Changed clouds (B, k, 3) and their labels (B,)."""
        chosen = draw.choice(len(self.points), self.recipe.batch_size, replace=False)
        clouds = self.points[chosen].astype(np.float32) / np.float32(datasets.POINT_SCALE)
        changed = augmented(clouds, self.num_points_now, self.recipe.augmentation, draw)
        labels = torch.from_numpy(self.labels[chosen])
        return torch.from_numpy(changed).to(self.device), labels.to(self.device)

    def loss(self, batch: tuple[Tensor, Tensor]) -> tuple[Tensor, dict[str, float]]:
        """The sum over models of R + λ·D of a batch."""
        clouds, labels = batch
        output = self.model(clouds)
        logits = output.logits + self.recipe.prior_exponent * self.log_prior.to(self.device)
        bits, nats = output.bits.mean(dim=1), self._nats(logits, labels).mean(dim=1)
        figures = {"bits": bits.mean().item(), "cross_entropy_nats": nats.mean().item()}
        return (bits + self.weights_now * nats).sum(), figures

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
        parts = zip(
            self.held_out.split(VALIDATION_BATCH),
            self.held_out_labels.split(VALIDATION_BATCH),
            strict=True,
        )
        found = []
        for clouds, labels in parts:
            labels = labels.to(self.device)
            output = self.model(clouds.to(self.device))
            right = (output.logits.argmax(dim=2) == labels).double()
            rows = (output.bits, self._nats(output.logits, labels), right)
            found.append(torch.stack([row.double() for row in rows]).cpu())
        bits, nats, right = torch.cat(found, dim=2)  # (3, L, V)
        bits, nats, wrong = bits.mean(dim=1), nats.mean(dim=1), 1 - right.mean(dim=1)
        figures = {
            "bits": bits,
            "cross_entropy_nats": nats,
            "accuracy_percent": 100 * (1 - wrong),
            "class_mean_accuracy_percent": 100 * self._class_mean(right),
        }
        objective = torch.log(bits + self.weights.double().cpu() * wrong + 1e-9).mean()
        rows = {f"{name}_{i}": v for name, vs in figures.items() for i, v in enumerate(vs.tolist())}
        return {"objective": objective.item()} | rows

    def _class_mean(self, right: Tensor) -> Tensor:
        """The share of right answers, averaged over classes: (L, V) → (L,)."""
        labels = self.held_out_labels
        return torch.stack([right[:, labels == k].mean(dim=1) for k in labels.unique()]).mean(dim=0)


def log_prior(labels: np.ndarray) -> Tensor:
    """log π of every class, (40,): the logarithm of its share of the labels (K,).

    A class without a cloud counts as having one, so that every logarithm is finite.
    """
    counts = np.bincount(labels, minlength=NUM_CLASSES).clip(1)
    return torch.from_numpy(np.log(counts / len(labels))).float()


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
    models = fresh_models(size, recipe, seed)
    if recipe.start is not None and recipe.lmbdas:
        count = min(READY_CLOUDS, len(train))
        some = np.random.default_rng(seed).choice(train, count, replace=False)
        ready(models, torch.from_numpy(clouds.coordinates(np.sort(some), num_points)), seed)
    return CloudTask(
        models,
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


@torch.no_grad()
def latents_of(model: PointCodecModel, clouds: Tensor) -> Tensor:
    """y of clouds (K, P, 3), a few at a time: (K, N)."""
    return torch.cat([model.eval().encoder(part) for part in clouds.split(32)])


def ready(models: Sequence[PointCodecModel], clouds: Tensor, seed: int) -> None:
    """Make codecs of copies of one classifier: weak latents, and densities that fit them.

    The features of a trained classifier, times the gain, spread over some five units: with 1,024 of
    them, four thousand bits. They are scaled down until noise of unit width leaves about half a bit
    of each, and batch norm in the decoder takes the factor out again.
    """
    for model in models:
        model.encoder.gain.vector.data *= START_GAIN
    first = models[0]
    y = latents_of(first, clouds)
    fit_densities(first.bottleneck, y, rounded=False, steps=300, learning_rate=3e-2, seed=seed)
    fitted = first.bottleneck.state_dict()
    for model in models[1:]:
        state = model.bottleneck.state_dict()
        for name, value in fitted.items():
            if value.is_floating_point():
                state[name].copy_(value)


def settle(task: CloudTask, seed: int) -> None:
    """Fit the densities of trained models to the symbols of their training clouds.

    Training sees latents with noise, to which a latent that is always the same symbol still looks
    a unit wide; the symbols themselves cost up to five per cent less. Neither encoder nor decoder
    changes, nor the medians about which latents are rounded.
    """
    clouds = task.points[:, : task.num_points].astype(np.float32) / np.float32(datasets.POINT_SCALE)
    for model in tqdm(task.models, desc="densities"):
        y = latents_of(model, torch.from_numpy(clouds))
        fit_densities(model.bottleneck, y, rounded=True, steps=500, learning_rate=1e-2, seed=seed)


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
