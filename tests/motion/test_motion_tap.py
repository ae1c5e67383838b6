"""The interface to networks: names, copies, early stop, refusals."""

import numpy as np
import pytest
import torch
from torch import nn

from lcip.motion.affine import MotionError
from lcip.motion.tap import Layer, Network


class Small(nn.Module):
    """Stride 2, a pooling, a ReLU in place that is used twice, a head that is no map."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, 2, 1)
        self.pool = nn.MaxPool2d(2)
        self.relu = nn.ReLU(inplace=True)
        self.head = nn.Linear(4, 2)
        self.ran_head = False

    def forward(self, x):
        y = self.relu(self.conv(x))
        y = self.relu(self.pool(y) - 0.5)
        self.ran_head = True
        return self.head(y.mean(dim=(2, 3)))


@pytest.fixture
def network() -> Network:
    torch.manual_seed(0)
    return Network("small", "random", Small(), lambda x: 2 * x - 1)


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(0).random((32, 40, 3), dtype=np.float32)


def test_layers_are_found_in_running_order_with_their_geometry(network):
    assert list(network.layers) == ["conv", "relu", "pool", "relu#2"]
    assert network.layer("conv") == Layer("conv", 4, 2, 0.0, 3)
    assert network.layer("relu#2") == Layer("relu#2", 4, 4, 1.0, 5)
    assert network.layer("relu#2").tile_offset_px == 1.5


def test_unknown_layer_lists_the_layers(network, picture):
    with pytest.raises(MotionError) as caught:
        network.tap(picture, "layer7")
    text = str(caught.value)
    assert text.startswith("layer of small is 'layer7'; allowed: conv, relu, pool, relu#2.")
    assert "choose one of these layers" in text


def test_the_head_which_is_no_map_is_not_offered(network):
    assert "head" not in network.layers


def test_a_tap_is_what_the_module_gave_even_if_the_next_one_works_in_place(network, picture):
    """Regression: without a copy, the ReLU behind the convolution would have changed it."""
    conv = network.module.conv
    with torch.no_grad():
        expected = conv(2 * torch.from_numpy(picture).permute(2, 0, 1)[None] - 1)[0].numpy()
    tensors = network.tap_all(picture, ["conv", "relu"])
    np.testing.assert_array_equal(tensors["conv"], expected)
    np.testing.assert_array_equal(tensors["relu"], np.maximum(expected, 0))
    assert (tensors["conv"] < 0).any()


def test_a_module_used_twice_has_two_names(network, picture):
    first, second = (network.tap(picture, name) for name in ("relu", "relu#2"))
    assert first.shape == (4, 16, 20) and second.shape == (4, 8, 10)


def test_the_pass_stops_behind_the_last_layer_asked_for(network, picture):
    network.layers  # noqa: B018  (found in a full pass)
    network.module.ran_head = False
    network.tap(picture, "relu#2")
    assert not network.module.ran_head


def test_hooks_are_removed(network, picture):
    network.tap(picture, "conv")
    assert all(not part._forward_hooks for part in network.module.modules())


def test_networks_are_put_in_evaluation_mode():
    assert not Network("d", "random", nn.Dropout(), lambda x: x).module.training


def test_layers_whose_axes_differ_are_not_offered():
    module = nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 3, 3, (1, 2), 1))
    assert list(Network("n", "random", module, lambda x: x).layers) == ["0"]


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((8, 8), np.float32),
        np.zeros((8, 8, 4), np.float32),
        np.zeros((8, 8, 3), np.uint8),
    ],
    ids=["grey", "rgba", "bytes"],
)
def test_pictures_of_another_kind_are_refused(network, wrong):
    with pytest.raises(MotionError, match="allowed: floating-point arrays of shape"):
        network.tap(wrong, "conv")
