"""PointNet without transforms: the classifier of whole clouds, for those who send the cloud itself.

    x (P×3) → h for every point → max over points → gain → MLP → 40 logits

The layers are those of the codec of size "full", without its entropy model: what is classified here
are clouds that another codec decoded. As in the thesis (§3.4) there is one for a number of points.

For inference, batch norm and gain are folded away (see `folding`) and all points of all clouds pass
through in one run of matrices, so that clouds may have any numbers of points.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from lcip import artifacts
from lcip.errors import refusal
from lcip.pointcloud.clouds import CloudError
from lcip.pointcloud.folding import fold, tame
from lcip.pointcloud.models import Encoder, decoder, layers_of

SIZE = "full"
NAME = re.compile(r"pointcloud/classifier-p(\d+)")
POINTS_AT_ONCE = 8192  # 1,024 features of each in float32: 32 MiB


class PointClassifier(nn.Module):
    """The codec of size "full" without its bottleneck: (B, P, 3) → logits (B, 40)."""

    def __init__(self) -> None:
        super().__init__()
        layers = layers_of(SIZE)
        self.encoder = Encoder(layers)
        self.decoder = decoder(layers.channels[-1])

    def forward(self, x: Tensor) -> Tensor:
        """(B, P, 3) → (B, 40)."""
        return self.decoder(self.encoder(x))


@dataclass(frozen=True)
class Classifier:
    """A trained classifier, folded: `layers` of weight (C', C) and bias (C',), float32."""

    layers: tuple[tuple[Tensor, Tensor], ...]
    sign: np.ndarray
    decoder: nn.Sequential
    name: str
    identity: bytes

    def logits(self, clouds: Sequence[np.ndarray]) -> np.ndarray:
        """t̂ of clouds (P_i, 3) of any numbers of points: float32 (B, 40).

        Raises:
            CloudError: a cloud of another shape, without points, or with NaN or infinity.
        """
        points, owners = _joined(clouds)
        pooled = np.zeros((len(clouds), len(self.sign)), np.float32)  # ReLU leaves nothing below 0
        for start in range(0, len(points), POINTS_AT_ONCE):
            part = slice(start, start + POINTS_AT_ONCE)
            _pool(pooled, self.features(points[part]), owners[part])
        with torch.no_grad():
            return self.decoder(torch.from_numpy(self.sign * pooled)).numpy()

    @torch.no_grad()
    def features(self, points: np.ndarray) -> np.ndarray:
        """Before the maximum: float32 (M, 3) → (M, N)."""
        h = torch.from_numpy(points)
        for weight, bias in self.layers:
            h = functional.linear(h, weight, bias).relu_()
        return h.numpy()

    def classify(self, clouds: Sequence[np.ndarray]) -> np.ndarray:
        """The likeliest class of each cloud, int64 (B,)."""
        return self.logits(clouds).argmax(axis=1)


def _joined(clouds: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """All points behind one another, float32 (M, 3), and whose each one is, (M,)."""
    for place, cloud in enumerate(clouds):
        shape = np.shape(cloud)
        if len(shape) != 2 or shape[1] != 3 or not shape[0]:
            step = "pass x, y, z in columns"
            raise CloudError(refusal(f"shape of cloud {place}", shape, "(P, 3), P ≥ 1", step))
    if not len(clouds):
        raise CloudError(refusal("clouds", 0, "at least one", "pass clouds to classify"))
    points = np.concatenate([np.asarray(cloud, np.float32) for cloud in clouds])
    owners = np.repeat(np.arange(len(clouds)), [len(cloud) for cloud in clouds])
    if not np.isfinite(points).all():
        place = int(owners[~np.isfinite(points).all(axis=1)][0])
        step = "leave out the points that are not finite"
        raise CloudError(refusal(f"cloud {place}", "NaN or infinity", "finite coordinates", step))
    return points, owners


def _pool(pooled: np.ndarray, features: np.ndarray, owners: np.ndarray) -> None:
    """Raise the maxima (B, N) by features (M, N) of points sorted by owner (M,)."""
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    # Not `np.maximum.reduceat`: along the first axis it is five times slower than `max`.
    for first, last in zip(starts, [*starts[1:], len(owners)], strict=True):
        row = pooled[owners[first]]
        np.maximum(row, features[first:last].max(axis=0), out=row)


def folded(model: PointClassifier, name: str, identity: bytes) -> Classifier:
    """A trained model, ready to classify."""
    encoder = fold(model.encoder)
    layers = tuple(
        (torch.from_numpy(layer.weight).float(), torch.from_numpy(layer.bias).float())
        for layer in encoder.layers
    )
    return Classifier(layers, encoder.sign.astype(np.float32), model.eval().decoder, name, identity)


def weights_name(num_points: int) -> str:
    """The name of the weights trained on clouds of `num_points` points.

    >>> weights_name(64)
    'pointcloud/classifier-p64'
    """
    return f"pointcloud/classifier-p{num_points}"


def save(model: PointClassifier, num_points: int, card: dict[str, Any]) -> Path:
    """Write weights in half precision and their card."""
    tame(model.decoder)
    return artifacts.save_weights(weights_name(num_points), model.state_dict(), card, half=True)


def load(num_points: int) -> Classifier:
    """The classifier trained on clouds of `num_points` points.

    Raises:
        ArtifactError: no such weights (the message lists those there are), or changed ones.
    """
    name = weights_name(num_points)
    weights = artifacts.load_weights(name)
    model = PointClassifier()
    model.load_state_dict(weights.tensors)
    return folded(model.eval(), name, weights.identity)


def available() -> list[int]:
    """The numbers of points that a classifier was trained for, ascending."""
    found = (NAME.fullmatch(name) for name in artifacts.weights_names())
    return sorted(int(match[1]) for match in found if match)


def nearest(num_points: int, trained: Sequence[int]) -> int:
    """The number of points in `trained` whose ratio to `num_points` is nearest 1; the lower of two.

    A network that has seen few points is hardly troubled by many; the reverse costs most of the
    accuracy.

    >>> nearest(8, [64, 256, 1024]), nearest(128, [64, 256]), nearest(700, [64, 256, 1024])
    (64, 64, 1024)
    """
    return min(sorted(trained), key=lambda p: max(p / num_points, num_points / p))
