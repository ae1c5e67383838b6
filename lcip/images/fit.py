"""Train a factorised-prior codec on photographs: `python -m lcip.images.fit --quality 3`.

Loss: L = R + λ·255²·MSE, R in bits per pixel. Data: random crops of the training photographs,
flipped at random; 5 % of the photographs, chosen by the seed, are kept for validation (centre
crops, rounding instead of noise). Kodak is never looked at. Last, the densities alone are fitted to
the final transforms (`entropy_fit`).
"""

import argparse
import math

import numpy as np
import torch
from torch import Tensor

from lcip import datasets, paths, runtime, training
from lcip.images import entropy_fit, factorized
from lcip.images.widen import widen

# What was done for the committed weights. Quality 3 of `small` is trained from random weights; the
# others start from a neighbour, and the wider families, quality by quality, from `small`.
BASE_RECIPE = {"steps": 24_000, "learning_rate": 5e-4, "start_from": None}
RECIPES = {
    ("small", 1): {"steps": 4_000, "learning_rate": 2e-4, "start_from": "small-q3"},
    ("small", 2): {"steps": 3_000, "learning_rate": 3e-4, "start_from": "small-q3"},
    ("small", 3): BASE_RECIPE,
    ("small", 4): {"steps": 4_000, "learning_rate": 4e-4, "start_from": "small-q3"},
    ("small", 5): {"steps": 5_000, "learning_rate": 4e-4, "start_from": "small-q4"},
    ("small", 6): {"steps": 5_000, "learning_rate": 4e-4, "start_from": "small-q5"},
    ("small", 7): {"steps": 5_000, "learning_rate": 4e-4, "start_from": "small-q6"},
    ("small", 8): {"steps": 5_000, "learning_rate": 4e-4, "start_from": "small-q7"},
    **{
        (family, quality): {
            "steps": 5_000,
            "learning_rate": 4e-4,
            "start_from": f"small-q{quality}",
        }
        for family in ("paper-low", "paper-high")
        for quality in range(1, 9)
    },
}
VALIDATION_SHARE = 0.05
VALIDATION_CROP_PX = 256


def crop(picture: np.ndarray, top: int, left: int, size: int) -> np.ndarray:
    """A size×size part of an (H, W, 3) array."""
    return picture[top : top + size, left : left + size]


class ImageTask:
    """A factorised-prior codec and the photographs it is trained on.

    Args:
        family: `small`, `paper-low` or `paper-high`.
        quality: 1 to 8, decides λ.
        pictures: training photographs, uint8 (H, W, 3), both sides at least `crop_px`.
        held_out: validation photographs, both sides at least 256.
        crop_px, batch_size: of a training batch.
        bfloat16: run the transforms in bfloat16 (weights, entropy model and loss stay float32).
    """

    def __init__(
        self,
        family: str,
        quality: int,
        pictures: list[np.ndarray],
        held_out: list[np.ndarray],
        *,
        crop_px: int,
        batch_size: int,
        bfloat16: bool,
    ) -> None:
        self.model = factorized.new_model(family)
        self.lmbda = factorized.lmbda_of(quality)
        self.pictures, self.crop_px = pictures, crop_px
        self.batch_size, self.bfloat16 = batch_size, bfloat16
        self.held_out = [centre_crop(picture, VALIDATION_CROP_PX) for picture in held_out]

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return next(self.model.parameters()).device

    def batch(self, draw: np.random.Generator) -> Tensor:
        """uint8 crops, (batch, 3, crop, crop)."""
        crops = [self.random_crop(draw) for _ in range(self.batch_size)]
        return torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).to(self.device)  # (B, 3, s, s)

    def random_crop(self, draw: np.random.Generator) -> np.ndarray:
        """One crop of one photograph, mirrored half the time."""
        picture = self.pictures[draw.integers(len(self.pictures))]
        height, width = picture.shape[:2]
        top = draw.integers(height - self.crop_px + 1)
        left = draw.integers(width - self.crop_px + 1)
        part = crop(picture, top, left, self.crop_px)
        return part[:, ::-1] if draw.integers(2) else part

    def transforms(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(likelihoods of y, x̂), noise or rounding as the model's mode asks."""
        half = torch.autocast(x.device.type, dtype=torch.bfloat16, enabled=self.bfloat16)
        with half:
            y = self.model.g_a(x)
        y_hat, likelihoods = self.model.entropy_bottleneck(y.float())
        with half:
            x_hat = self.model.g_s(y_hat)
        return likelihoods, x_hat.float()

    def loss(self, batch: Tensor) -> tuple[Tensor, dict[str, float]]:
        """R + λ·255²·MSE of a batch."""
        x = batch.float() / 255
        likelihoods, x_hat = self.transforms(x)
        rate_bpp = -likelihoods.log2().sum() / (x.shape[0] * x.shape[2] * x.shape[3])
        mse = (x_hat - x).square().mean()
        loss = rate_bpp + self.lmbda * 255**2 * mse
        return loss, {"rate_bpp": rate_bpp.item(), "psnr_db": psnr_db_of(mse.item())}

    def validate(self) -> dict[str, float]:
        """Mean rate, PSNR of the mean error, and loss over the held-out crops, in float32."""
        factorized.update_medians(self.model)
        half, self.bfloat16 = self.bfloat16, False
        rates, errors = [], []
        for picture in self.held_out:
            x = factorized.to_tensor(picture).to(self.device)
            likelihoods, x_hat = self.transforms(x)
            rates.append(-likelihoods.log2().sum().item() / (x.shape[2] * x.shape[3]))
            errors.append((x_hat.clamp(0, 1) - x).square().mean().item())
        self.bfloat16 = half
        rate_bpp, mse = float(np.mean(rates)), float(np.mean(errors))
        return {
            "objective": rate_bpp + self.lmbda * 255**2 * mse,
            "rate_bpp": rate_bpp,
            "psnr_db": psnr_db_of(mse),
        }


def psnr_db_of(mse: float) -> float:
    """10 log10(1 / MSE) for a mean squared error on the scale from 0 to 1."""
    return -10 * math.log10(mse)


def centre_crop(picture: np.ndarray, size: int) -> np.ndarray:
    """The middle size×size of a picture."""
    height, width = picture.shape[:2]
    return crop(picture, (height - size) // 2, (width - size) // 2, size)


def load_photos(seed: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The training photographs, split by the seed into (training, validation)."""
    pictures = [datasets.read_image(item.path) for item in datasets.photos()]
    train, held_out = training.split(len(pictures), VALIDATION_SHARE, seed)
    return [pictures[i] for i in train], [pictures[i] for i in held_out]


def arguments() -> argparse.Namespace:
    """The command line; what is left out is as for the committed weights."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--family", default="small", choices=list(factorized.FAMILIES))
    parser.add_argument("--quality", type=int, required=True, help="1 to 8; decides lambda")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--refit-steps", type=int, default=600, help="of the densities alone")
    parser.add_argument("--learning-rate", type=float)
    parser.add_argument("--crop-px", type=int, default=128)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--float32", action="store_true", help="no bfloat16 in the transforms")
    parser.add_argument(
        "--start-from", help="weights to start from: a family and quality, small-q3"
    )
    training.add_options(parser)
    given = parser.parse_args()
    factorized.lmbda_of(given.quality)
    recipe = RECIPES[given.family, given.quality]
    for name, value in recipe.items():
        if getattr(given, name) is None:
            setattr(given, name, value)
    return given


def settings_of(given: argparse.Namespace) -> training.Settings:
    """The training settings of a command line."""
    return training.Settings(
        steps=given.steps,
        learning_rate=given.learning_rate,
        schedule="cosine",
        warmup_steps=min(500, given.steps // 10),
        gradient_clip=1.0,
        weight_decay=0.0,
        average_decay=0.999,
        validate_every=min(1000, given.steps),
        patience=None,
        seed=given.seed,
    )


def facts_of(given: argparse.Namespace, task: ImageTask) -> dict[str, object]:
    """What decides the weights of a command line beside its settings."""
    num_train, num_held_out = len(task.pictures), len(task.held_out)
    return {
        "architecture": f"CompressAI FactorizedPrior(N, M) = {factorized.FAMILIES[given.family]}",
        "data": f"training photographs: {num_train} trained on, {num_held_out} held out",
        "family": given.family,
        "quality": given.quality,
        "lmbda": task.lmbda,
        "crop_px": given.crop_px,
        "batch_size": given.batch_size,
        "bfloat16_transforms": not given.float32,
        "started_from": given.start_from,
    }


def main() -> None:
    """Train, export the integer tables, write weights and card."""
    given = arguments()
    runtime.setup(given.seed, given.threads)
    pictures, held_out = load_photos(given.seed)
    task = ImageTask(
        given.family,
        given.quality,
        pictures,
        held_out,
        crop_px=given.crop_px,
        batch_size=given.batch_size,
        bfloat16=not given.float32,
    )
    if given.start_from is not None:
        widen(factorized.load_named(given.start_from).model, task.model)
    name = factorized.weights_name(given.family, given.quality)
    checkpoint = given.checkpoint or paths.root() / "runs" / f"{name}.checkpoint.pt"
    settings = settings_of(given)
    facts = facts_of(given, task)
    result = training.fit(task, settings, device=given.device, facts=facts, checkpoint=checkpoint)
    refit = entropy_fit.refit(
        task.model,
        pictures,
        held_out,
        steps=given.refit_steps,
        seed=given.seed,
        device=given.device,
    )
    task.model.cpu()
    card = training.card(
        settings,
        result,
        **facts,
        entropy_model_refit=refit,
        device=given.device,
        environment=runtime.environment_report(),
    )
    factorized.save(task.model, given.family, given.quality, card, half=True)
    if given.checkpoint is None:
        checkpoint.unlink()  # or the next training would be this one again


if __name__ == "__main__":
    main()
