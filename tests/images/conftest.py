"""A small untrained codec and a picture, for tests that need no trained weights."""

import numpy as np
import pytest
import torch

from lcip import runtime  # noqa: F401  (before compressai)
from lcip.images import factorized

# isort: split
from compressai.models import FactorizedPrior

IDENTITY = bytes(range(32))


@pytest.fixture(scope="session")
def codec() -> factorized.Codec:
    """An untrained codec whose latent is scaled up, so that symbols differ from 0."""
    torch.manual_seed(0)
    model = FactorizedPrior(8, 12).eval()
    with torch.no_grad():
        model.g_a[-1].weight.mul_(200)
    factorized.update_medians(model)
    return factorized.Codec(model, factorized.build_tables(model), {}, IDENTITY)


@pytest.fixture
def picture() -> np.ndarray:
    """A 50×37 uint8 picture: a ramp with noise."""
    draw = np.random.default_rng(0)
    ramp = np.linspace(0, 255, 50 * 37 * 3).reshape(50, 37, 3)
    return np.clip(ramp + draw.normal(0, 20, ramp.shape), 0, 255).astype(np.uint8)
