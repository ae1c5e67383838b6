"""Train a point-cloud codec.

    python -m lcip.pointcloud.fit --size micro --num-points 1024 --lmbda 320

Loss: L = R + λ·D with R the bits of a cloud (mean of the batch) and D the cross-entropy in nats.
Data: ModelNet40's training clouds, changed at random (`augment`). A tenth of them, the same share
of every class, chosen by the seed, is kept for validation; it decides which weights are kept. The
test clouds are never looked at here.
"""

import argparse
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from lcip import datasets, paths, runtime, training
from lcip.pointcloud import codec
from lcip.pointcloud.augment import Augmentation, augmented, some_points
from lcip.pointcloud.models import SIZES, PointCodecModel

VALIDATION_SHARE = 0.1
VALIDATION_BATCH = 256


class CloudTask:
    """A codec and the clouds it is trained on.

    Args:
        model: of any size.
        points, labels: stored training clouds, int16 (K, P', 3) with P' ≥ num_points, and classes.
        held_out, held_out_labels: validation clouds, float32 (V, num_points, 3).
        num_points: P; each batch draws P of the stored points of every cloud.
    """

    def __init__(
        self,
        model: PointCodecModel,
        points: np.ndarray,
        labels: np.ndarray,
        held_out: np.ndarray,
        held_out_labels: np.ndarray,
        *,
        num_points: int,
        lmbda: float,
        batch_size: int,
        augmentation: Augmentation,
    ) -> None:
        self.model, self.lmbda = model, lmbda
        self.points, self.labels = points, labels.astype(np.int64)
        self.held_out = torch.from_numpy(held_out)
        self.held_out_labels = torch.from_numpy(held_out_labels.astype(np.int64))
        self.num_points, self.batch_size = num_points, batch_size
        self.augmentation = augmentation

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return next(self.model.parameters()).device

    def batch(self, draw: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Changed clouds (B, k, 3) and their labels (B,)."""
        chosen = draw.choice(len(self.points), self.batch_size, replace=False)
        stored = some_points(self.points[chosen], self.num_points, draw)
        clouds = stored.astype(np.float32) / np.float32(datasets.POINT_SCALE)
        clouds = torch.from_numpy(augmented(clouds, self.augmentation, draw))
        return clouds.to(self.device), torch.from_numpy(self.labels[chosen]).to(self.device)

    def loss(self, batch: tuple[Tensor, Tensor]) -> tuple[Tensor, dict[str, float]]:
        """R + λ·D of a batch."""
        clouds, labels = batch
        output = self.model(clouds)
        bits, nats = output.bits.mean(), functional.cross_entropy(output.logits, labels)
        return bits + self.lmbda * nats, {"bits": bits.item(), "cross_entropy_nats": nats.item()}

    def validate(self) -> dict[str, float]:
        """Bits, cross-entropy and accuracy on the held-out clouds, with rounding.

        The objective is R + λ·D with D the share of wrong classes: towards the end of training the
        network grows too sure of itself, and cross-entropy rises while accuracy still does.
        """
        self.model.update_medians()
        bits, nats, right = 0.0, 0.0, 0
        parts = zip(
            self.held_out.split(VALIDATION_BATCH),
            self.held_out_labels.split(VALIDATION_BATCH),
            strict=True,
        )
        for clouds, labels in parts:
            labels = labels.to(self.device)
            output = self.model(clouds.to(self.device))
            bits += output.bits.sum().item()
            nats += functional.cross_entropy(output.logits, labels, reduction="sum").item()
            right += int((output.logits.argmax(dim=1) == labels).sum())
        count = len(self.held_out)
        return {
            "objective": (bits + self.lmbda * (count - right)) / count,
            "bits": bits / count,
            "cross_entropy_nats": nats / count,
            "accuracy_percent": 100 * right / count,
        }


def stratified_split(labels: np.ndarray, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Sorted indices (training, validation) with `share` of every class in the second."""
    train, held_out = [], []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        first, second = training.split(len(members), share, seed + int(label))
        train.append(members[first])
        held_out.append(members[second])
    return np.sort(np.concatenate(train)), np.sort(np.concatenate(held_out))


def load_task(given: argparse.Namespace) -> CloudTask:
    """The task of a command line: a fresh model and the training set, split by the seed."""
    clouds = datasets.modelnet40("train")
    train, held_out = stratified_split(clouds.labels, VALIDATION_SHARE, given.seed)
    torch.manual_seed(given.seed)
    return CloudTask(
        PointCodecModel(given.size),
        clouds.points[train],
        clouds.labels[train],
        clouds.coordinates(held_out, given.num_points),
        clouds.labels[held_out],
        num_points=given.num_points,
        lmbda=given.lmbda,
        batch_size=given.batch_size,
        augmentation=augmentation_of(given),
    )


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line; the defaults are those of the committed weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", required=True, choices=list(SIZES))
    parser.add_argument("--num-points", type=int, required=True, help="points of a cloud")
    parser.add_argument("--lmbda", type=float, required=True, help="weight of the cross-entropy")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--learning-rate", type=float, default=4e-3)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--keep-least", type=float, default=0.75, help="share of the points")
    parser.add_argument("--largest-scale", type=float, default=1.2)
    parser.add_argument("--jitter", type=float, default=0.01, help="in radii of the cloud")
    parser.add_argument(
        "--mirror", action=argparse.BooleanOptionalAction, default=True, help="half of the clouds"
    )
    parser.add_argument("--weight-decay", type=float, default=0.02)
    parser.add_argument("--seed", type=int, default=1234)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--checkpoint", type=Path, help="resume from and keep the state here")
    return parser.parse_args(argv)


def augmentation_of(given: argparse.Namespace) -> Augmentation:
    """How the clouds of a command line are changed."""
    return Augmentation(given.keep_least, given.largest_scale, given.jitter, given.mirror)


def settings_of(given: argparse.Namespace, num_train: int) -> training.Settings:
    """The training settings of a command line."""
    steps_an_epoch = max(1, num_train // given.batch_size)
    steps = given.epochs * steps_an_epoch
    return training.Settings(
        steps=steps,
        learning_rate=given.learning_rate,
        schedule="one_cycle",
        warmup_steps=0,
        gradient_clip=None,  # Adam does not mind the scale of the loss, and λ sets it
        weight_decay=given.weight_decay,
        average_decay=0.999,
        validate_every=min(5 * steps_an_epoch, steps),
        patience=None,
        seed=given.seed,
    )


def facts_of(given: argparse.Namespace, task: CloudTask) -> dict[str, object]:
    """What decides the weights of a command line beside its settings."""
    return {
        "architecture": f"PointCodecModel({given.size!r}), thesis table 3.1",
        "data": f"ModelNet40 train: {len(task.points)} trained on, {len(task.held_out)} held out",
        "size": given.size,
        "num_points": given.num_points,
        "lmbda": given.lmbda,
        "epochs": given.epochs,
        "batch_size": given.batch_size,
        "augmentation": asdict(augmentation_of(given)),
    }


def card_of(
    given: argparse.Namespace, settings: training.Settings, result: training.Fit, task: CloudTask
) -> dict[str, object]:
    """What is written beside the weights."""
    return training.card(
        settings,
        result,
        **facts_of(given, task),
        classes=list(datasets.modelnet40("train").classes),
        device=given.device,
        environment=runtime.environment_report(),
    )


def main() -> None:
    """Train, export the exact encoder and the integer tables, write weights and card."""
    given = arguments()
    runtime.setup(given.seed, given.threads)
    task = load_task(given)
    settings = settings_of(given, len(task.points))
    name = codec.weights_name(given.size, given.num_points, given.lmbda)
    checkpoint = given.checkpoint or paths.root() / "runs" / f"{name}.checkpoint.pt"
    facts = facts_of(given, task)
    result = training.fit(task, settings, device=given.device, facts=facts, checkpoint=checkpoint)
    codec.save(task.model, name, card_of(given, settings, result, task))
    if given.checkpoint is None:
        checkpoint.unlink()  # or the next training would be this one again


if __name__ == "__main__":
    main()
