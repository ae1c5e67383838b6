"""Where a layer looks: the gradient's centre, and what the wrong belief costs."""

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from lcip.motion import affine
from lcip.motion.affine import MotionError
from lcip.motion.compare import Settings, run
from lcip.motion.frames import Transform
from lcip.motion.offsets import beliefs_px, scan, sensitivity_px
from lcip.motion.tap import Network

SETTINGS = Settings(
    frame_px=64, input_interpolation="bicubic", latent_interpolation="bicubic", erosion=1.0
)


@pytest.fixture(scope="module")
def photograph() -> np.ndarray:
    """Smooth waves, 8 bits."""
    x, y = np.moveaxis(affine.grid(128, 144), -1, 0)
    waves = [np.sin(0.11 * x + 0.07 * k * y) + np.cos(0.05 * k * x - 0.13 * y) for k in (1, 2, 3)]
    return (np.stack(waves, -1) * 50 + 128).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def network() -> Network:
    """The last layer looks at 8 i + 2."""
    torch.manual_seed(0)
    module = nn.Sequential(
        nn.Conv2d(3, 8, 5, 2, 2), nn.ReLU(), nn.Conv2d(8, 8, 3, 2, 1), nn.Tanh(), nn.MaxPool2d(2)
    )
    return Network("three strides", "random", module, lambda x: x)


def one_eyed(dx: int, dy: int) -> Network:
    """A 5 x 5 window of stride 2 around 2 i that listens to one pixel of it only."""
    conv = nn.Conv2d(3, 2, 5, 2, 2, bias=False)
    with torch.no_grad():
        conv.weight.zero_()
        conv.weight[:, :, 2 + dy, 2 + dx] = 1
    return Network("one-eyed", "made", nn.Sequential(conv), lambda x: x)


def test_sensitivity_finds_the_pixel_that_a_layer_listens_to(photograph):
    network = one_eyed(dx=2, dy=-1)
    assert network.layer("0").offset_px == 0
    assert sensitivity_px(network, "0", photograph) == pytest.approx((2, -1), abs=1e-9)
    beliefs = beliefs_px(network, "0", photograph)
    assert beliefs == pytest.approx({"window": 0, "sensitivity": 0.5, "tile": 0.5})


def test_sensitivity_of_an_average_is_the_middle_of_its_window(photograph):
    module = nn.Sequential(nn.AvgPool2d(2), nn.AvgPool2d(3, 2, 1))
    network = Network("average", "none", module, lambda x: x)
    middle = network.layer("1").offset_px
    assert middle == 0.5
    assert sensitivity_px(network, "1", photograph) == pytest.approx((middle, middle), abs=1e-6)


def test_a_layer_that_listens_elsewhere_is_best_predicted_from_there(photograph):
    transform = Transform("rotation", 20)
    network = one_eyed(dx=2, dy=2)
    _, found = run(network, ["0"], photograph, transform, SETTINGS)
    motion, layer = transform.motion(64), network.layer("0")
    window, sensitivity, tile = scan(found["0"], layer, motion, SETTINGS, [0.0, 2.0, 0.5])
    assert sensitivity < 0.2 * tile < 0.2 * window


def test_scan_is_lowest_where_the_layer_looks(network, photograph):
    transform = Transform("scale_x", 1.3)
    settings = dataclasses.replace(SETTINGS, frame_px=96)
    _, found = run(network, ["4"], photograph, transform, settings)
    layer, offsets = network.layer("4"), [-14, -6, 2, 10, 18]
    assert layer.offset_px == 2
    errors = scan(found["4"], layer, transform.motion(96), settings, offsets)
    assert np.argmin(errors) == 2
    assert errors[0] > errors[1] and errors[4] > errors[3]


def test_the_offset_does_not_matter_to_a_translation(network, photograph):
    transform = Transform("translation_x", 5)
    _, found = run(network, ["4"], photograph, transform, SETTINGS)
    layer = network.layer("4")
    errors = scan(found["4"], layer, transform.motion(64), SETTINGS, [-8.0, 2.0, 3.5])
    assert max(errors) - min(errors) < 1e-12


def test_a_scan_without_a_common_mask_is_refused(network, photograph):
    transform = Transform("scale_x", 1.3)
    _, found = run(network, ["4"], photograph, transform, SETTINGS)
    with pytest.raises(MotionError, match="allowed: a common mask"):
        scan(found["4"], network.layer("4"), transform.motion(64), SETTINGS, [-900, 900])


def test_a_photograph_smaller_than_the_window_is_refused(network):
    with pytest.raises(MotionError) as caught:
        sensitivity_px(network, "4", np.zeros((9, 30, 3), np.uint8))
    assert "allowed: at most 9, the short side of this photograph" in str(caught.value)


def test_unknown_layers_are_refused(network, photograph):
    with pytest.raises(MotionError, match="choose one of these layers"):
        sensitivity_px(network, "9", photograph)
