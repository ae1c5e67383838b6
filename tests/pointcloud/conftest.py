"""A micro codec with random weights, and a cloud."""

import numpy as np
import pytest
from pointcloud_samples import codec_of, settled_model

from lcip.pointcloud import codec as codecs
from lcip.pointcloud import solids


@pytest.fixture(scope="session")
def codec() -> codecs.Codec:
    """A micro codec."""
    return codec_of(settled_model("micro"))


@pytest.fixture(scope="session")
def cloud() -> np.ndarray:
    """One chair of 500 points."""
    return solids.solid("chair", 500, seed=3)
