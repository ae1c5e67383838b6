"""A repository in a temporary folder: a committed base codec, and random networks beside it."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from lcip import paths
from lcip.distributions import fitted, prior
from lcip.distributions.model import DistributionModel
from lcip.distributions.networks import configuration
from lcip.images import factorized

FAMILY, QUALITY = "small", 3
CARD = dict.fromkeys(
    ("architecture", "data", "steps", "seed", "lmbda", "validation", "environment")
)


@pytest.fixture(scope="session")
def base() -> factorized.Codec:
    """The base codec that the tests stand on."""
    return factorized.load(FAMILY, QUALITY)


def random_networks(base: factorized.Codec) -> DistributionModel:
    """Networks that correct every distribution a little, at random."""
    torch.manual_seed(0)
    config = configuration(FAMILY)
    logits = torch.from_numpy(prior.static_logits(base.tables, config.num_bins))
    model = DistributionModel(config, logits, corrects=True, standardises=True)
    with torch.no_grad():
        model.h_aq[-1].weight.mul_(50)
        model.h_sq[-1].weight.normal_(0, 0.02)
    return model


@pytest.fixture(scope="session")
def fitted_folder(base, tmp_path_factory) -> Path:
    """Where `lcip` finds base codec, its Kodak streams, and the networks."""
    folder, here = tmp_path_factory.mktemp("repository"), paths.root()
    for pattern in ("weights/images/factorized-small-q[13].*", "streams/images/kodak-small-q3.*"):
        for file in (here / "data").glob(pattern):
            copy = folder / file.relative_to(here)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
    (folder / paths.MARKER).touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LCIP_ROOT", str(folder))
        fitted.save(random_networks(base), FAMILY, QUALITY, base, CARD)
    return folder


@pytest.fixture
def fitted_repository(fitted_folder, monkeypatch) -> Path:
    """The same, in force for one test."""
    monkeypatch.setenv("LCIP_ROOT", str(fitted_folder))
    monkeypatch.delenv("LCIP_TRACE", raising=False)
    return fitted_folder


@pytest.fixture
def picture() -> np.ndarray:
    """A 70×53 uint8 picture: a ramp with noise."""
    draw = np.random.default_rng(0)
    ramp = np.linspace(0, 255, 70 * 53 * 3).reshape(70, 53, 3)
    return np.clip(ramp + draw.normal(0, 20, ramp.shape), 0, 255).astype(np.uint8)
