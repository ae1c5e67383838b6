"""Side information is bought at the right price where it is weighed rightly."""

import numpy as np
import pytest

from lcip.artifacts import weights_names
from lcip.distributions import fitted, side_weight
from lcip.images import factorized, streams

NAME = fitted.weights_name("small", 3)


@pytest.fixture(scope="module")
def image():
    if NAME not in weights_names():
        pytest.skip(f"no weights {NAME}")
    codec = factorized.load("small", 3)
    item = streams.read(codec, streams.stream_name("small", 3))[4]
    return fitted.load("small", 3, codec), item.symbols


def test_a_dearer_side_is_a_smaller_side(image):
    table = side_weight.sweep(image[0], [image[1]], [1 / 36, 1.0, 36.0])
    assert table["side_bits"].is_monotonic_decreasing
    assert table["latent_bits"].is_monotonic_increasing
    total = table["side_bits"] + table["latent_bits"]
    assert total.argmin() == 1


def test_a_sweep_averages_over_the_latents(image):
    networks, symbols = image
    one = side_weight.spent(networks, symbols, 1.0)
    assert one.total_bits == one.side_bits + one.latent_bits
    mean = side_weight.sweep(networks, [symbols, symbols], [1.0])
    assert mean[["side_bits", "latent_bits"]].to_numpy()[0] == pytest.approx(np.array(one))
