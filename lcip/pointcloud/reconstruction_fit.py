"""Train the networks that make points from packets.

    python -m lcip.pointcloud.reconstruction_fit --size micro --num-points 1024 --lmbda 320
    python -m lcip.pointcloud.reconstruction_fit --all

Loss: the Chamfer distance (squared, both directions summed) between what is made of a training
cloud's symbols and points of the cloud itself. The symbols are those that the codec would send,
found once for each codec by its exact encoder and kept in `runs/`. The split is the codecs' own:
the validation clouds decide which weights are kept, the test clouds are never looked at.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from lcip import datasets, paths, runtime, training
from lcip.artifacts import ArtifactError
from lcip.pointcloud import codec as codecs
from lcip.pointcloud import evaluate, reconstruction
from lcip.pointcloud.augment import some_points
from lcip.pointcloud.chamfer import chamfer
from lcip.pointcloud.codec import Codec
from lcip.pointcloud.fit import VALIDATION_SHARE, stratified_split
from lcip.pointcloud.models import SIZES
from lcip.pointcloud.reconstruction import ReconstructionNetwork

VALIDATION_BATCH = 128
NUM_POINTS = 1024  # of the codecs that `--all` trains for


class ReconstructionTask:
    """A network, the inputs that a codec gives it, and the clouds they came from.

    Args:
        network: standardised here.
        y_hat: float32 (K, N) of the training clouds.
        points: int16 (K, P', 3).
        held_out, held_out_points: the same for validation, points float32 (V, P, 3).
        num_targets: points of a cloud that a training step compares with, drawn anew.
    """

    def __init__(
        self,
        network: ReconstructionNetwork,
        y_hat: np.ndarray,
        points: np.ndarray,
        held_out: np.ndarray,
        held_out_points: np.ndarray,
        *,
        batch_size: int,
        num_targets: int,
    ) -> None:
        self.model = network
        self.y_hat, self.points = torch.from_numpy(y_hat), points
        self.held_out = torch.from_numpy(held_out)
        self.held_out_points = torch.from_numpy(held_out_points)
        self.batch_size, self.num_targets = batch_size, num_targets
        network.standardise(self.y_hat)

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return self.model.mean.device

    def batch(self, draw: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Inputs (B, N) and points of their clouds (B, num_targets, 3)."""
        chosen = draw.choice(len(self.points), self.batch_size, replace=False)
        stored = some_points(self.points[chosen], self.num_targets, draw)
        clouds = torch.from_numpy(stored.astype(np.float32) / np.float32(datasets.POINT_SCALE))
        return self.y_hat[chosen].to(self.device), clouds.to(self.device)

    def loss(self, batch: tuple[Tensor, Tensor]) -> tuple[Tensor, dict[str, float]]:
        """The mean Chamfer distance of a batch."""
        y_hat, clouds = batch
        distance = chamfer(self.model(y_hat), clouds).mean()
        return distance, {"chamfer": distance.item()}

    def validate(self) -> dict[str, float]:
        """The mean Chamfer distance to all points of the held-out clouds."""
        parts = zip(
            self.held_out.split(VALIDATION_BATCH),
            self.held_out_points.split(VALIDATION_BATCH),
            strict=True,
        )
        total = sum(
            chamfer(self.model(y_hat.to(self.device)), clouds.to(self.device)).sum().item()
            for y_hat, clouds in parts
        )
        return {"objective": total / len(self.held_out), "chamfer": total / len(self.held_out)}


def training_symbols(codec: Codec, points: np.ndarray) -> np.ndarray:
    """The symbols of all training clouds (K, P, 3) int16: int32 (K, N); kept for this codec."""
    own = codec.card["name"].replace("/", "-")
    kept = paths.root() / "runs" / "symbols" / f"{own}-{codec.identity.hex()[:16]}.npy"
    if not kept.exists():
        symbols = np.array([codec.symbols(cloud) for cloud in tqdm(points, mininterval=5.0)])
        with paths.atomic_write(kept) as temporary, open(temporary, "wb") as file:
            np.save(file, symbols)
    return np.load(kept)


def load_task(codec: Codec, given: argparse.Namespace) -> ReconstructionTask:
    """The task of a command line for one codec, with the codecs' own split of the training set."""
    clouds = datasets.modelnet40("train")
    num_points = codec.card["num_points"]
    y_hat = codec.reconstruct(training_symbols(codec, clouds.points[:, :num_points]))
    train, held_out = stratified_split(clouds.labels, VALIDATION_SHARE, codec.card["seed"])
    torch.manual_seed(given.seed)
    return ReconstructionTask(
        reconstruction.network_of(codec.card["size"]),
        y_hat[train],
        clouds.points[train],
        y_hat[held_out],
        clouds.coordinates(held_out, num_points),
        batch_size=given.batch_size,
        num_targets=given.num_targets,
    )


def settings_of(given: argparse.Namespace, num_train: int) -> training.Settings:
    """The training settings of a command line."""
    steps_an_epoch = max(1, num_train // given.batch_size)
    return training.Settings(
        steps=given.epochs * steps_an_epoch,
        learning_rate=given.learning_rate,
        schedule="one_cycle",
        warmup_steps=0,
        gradient_clip=None,
        weight_decay=0.0,
        average_decay=None,
        validate_every=min(5, given.epochs) * steps_an_epoch,
        patience=None,
        seed=given.seed,
    )


def facts_of(codec: Codec, given: argparse.Namespace, task: ReconstructionTask) -> dict:
    """What decides the weights of a command line beside its settings."""
    size = codec.card["size"]
    shape = f"{codec.num_latents}-{'-'.join(map(str, reconstruction.WIDTHS[size]))}"
    return {
        "architecture": f"ReconstructionNetwork {shape}-3·{reconstruction.NUM_OUTPUTS}",
        "data": f"ModelNet40 train: {len(task.points)} trained on, {len(task.held_out)} held out",
        "codec": codec.card["name"],
        "codec_identity": codec.identity.hex(),
        "size": size,
        "num_points": codec.card["num_points"],
        "lmbda": codec.card["lmbda"],
        "epochs": given.epochs,
        "batch_size": given.batch_size,
        "num_targets": given.num_targets,
        "num_outputs": reconstruction.NUM_OUTPUTS,
    }


def fit_one(codec: Codec, given: argparse.Namespace) -> Path:
    """Train the network of one codec and write its weights."""
    runtime.setup(given.seed, given.threads)
    task = load_task(codec, given)
    settings, facts = settings_of(given, len(task.points)), facts_of(codec, given, task)
    own = reconstruction.weights_name(codec.card["name"])
    checkpoint = paths.root() / "runs" / f"{own}.checkpoint.pt"
    result = training.fit(task, settings, device=given.device, facts=facts, checkpoint=checkpoint)
    card = training.card(
        settings, result, **facts, device=given.device, environment=runtime.environment_report()
    )
    path = reconstruction.save(task.model, codec, card)
    checkpoint.unlink()
    return path


def missing() -> list[str]:
    """The codecs of `NUM_POINTS` points whose network is not there, or is for other weights."""
    return [
        name for name in evaluate.models() if f"-p{NUM_POINTS}-" in name and not _has_network(name)
    ]


def _has_network(name: str) -> bool:
    try:
        reconstruction.load(codecs.load(name))
    except ArtifactError:
        return False
    return True


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line; the defaults are those of the committed weights."""
    parser = argparse.ArgumentParser(
        prog="python -m lcip.pointcloud.reconstruction_fit", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--all", action="store_true", help="every codec that lacks its network")
    parser.add_argument("--size", choices=list(SIZES))
    parser.add_argument("--num-points", type=int, default=NUM_POINTS)
    parser.add_argument("--lmbda", type=float)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--learning-rate", type=float, default=4e-3)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--num-targets", type=int, default=512, help="points compared in a step")
    training.add_options(parser, checkpoint=False)
    given = parser.parse_args(argv)
    if not given.all and (given.size is None or given.lmbda is None):
        parser.error("name a codec by --size and --lmbda, or pass --all")
    return given


def main(argv: Sequence[str] | None = None) -> None:
    """Train one network, or all that are missing; stopped, it goes on where it was."""
    given = arguments(argv)
    own = "" if given.all else codecs.weights_name(given.size, given.num_points, given.lmbda)
    for name in missing() if given.all else [own]:
        print(f"{name} → {fit_one(codecs.load(name), given).name}", flush=True)


if __name__ == "__main__":
    main()
