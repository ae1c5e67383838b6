"""Models whose batch norms have seen clouds, and clouds that need no data set."""

import numpy as np
import torch

from lcip.pointcloud import codec as codecs
from lcip.pointcloud import solids
from lcip.pointcloud.folding import exact
from lcip.pointcloud.models import PointCodecModel
from lcip.pointcloud.tables import build_tables

IDENTITY = bytes(range(32))
CLASSES = [f"class {k}" for k in range(40)]


def clouds(num_points: int) -> np.ndarray:
    """One cloud of every solid, float32 (8, P, 3)."""
    return np.stack([solids.solid(name, num_points, seed=7) for name in solids.SOLIDS])


def settled_model(size: str) -> PointCodecModel:
    """A model with random weights, statistics from clouds, and gains of both signs."""
    torch.manual_seed(5)
    model = PointCodecModel(size)
    with torch.no_grad():
        for _ in range(20):
            model(torch.from_numpy(clouds(128)))
        for block in model.encoder.blocks:
            block.norm.weight.uniform_(0.5, 1.5)
            block.norm.bias.uniform_(-0.5, 0.5)
        model.encoder.gain.vector.uniform_(0.5, 1.5)
        model.encoder.gain.vector[::3] *= -1
        model.bottleneck.quantiles[:, 0, 1].uniform_(-1, 1)
    return model.eval()


def codec_of(model: PointCodecModel) -> codecs.Codec:
    """A codec without weights on disk."""
    model.update_medians()
    card = {"name": "test", "size": model.size, "classes": CLASSES}
    return codecs.Codec(model, exact(model), build_tables(model), card, IDENTITY)
