"""Networks by name: layers where they look, weights that go where they belong, refusals."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lcip import datasets
from lcip.datasets import DatasetError, architectures
from lcip.datasets.weights import _folded
from lcip.motion import imagenet, mobilenet, networks
from lcip.motion.affine import MotionError

# isort: split
from torchvision import models

STRIDES = {
    "factorized-small": (2, 4, 8, 16),
    "factorized-paper-low": (2, 4, 8, 16),
    "factorized-paper-high": (2, 4, 8, 16),
    "resnet18": (2, 4, 8, 16),
    "squeezenet": (2, 4, 8, 16),
    "mobilenet": (2, 4, 8, 16),
    "resnet34": (2, 8, 16),
    "densenet121": (16, 32),
    "mobilenet_v2": (2, 4, 8, 16),
}
OFFSETS = {
    "squeezenet": (3, 5, 9, 17),  # no padding in front, then poolings that round up
    "mobilenet": (1, 3, 7, 15),  # padded right and below only
    "densenet121": (6, 14),  # an average over 2 x 2 at strides 4, 8 (and 16)
}


def test_every_network_has_its_strides():
    assert list(STRIDES) == networks.names()


@pytest.mark.parametrize("name", [n for n in STRIDES if n != "factorized-paper-high"])
def test_layers_of_the_tables_and_where_they_look(name):
    network = networks.load(name, "random", seed=0)
    layers = [network.layer(layer) for layer in networks.layers_of(name)]
    assert tuple(layer.stride for layer in layers) == STRIDES[name]
    expected = OFFSETS.get(name, (0,) * len(layers))
    assert tuple(layer.offset_px for layer in layers) == expected
    assert (network.name, network.weights) == (name, "random")


@pytest.mark.parametrize("name", networks.ALIASES)
def test_published_layers_are_modules_of_torchvision(name):
    network = networks.load(name, "random", seed=0)
    picture = np.random.default_rng(0).random((64, 64, 3), dtype=np.float32)
    aliases = networks.ALIASES[name]
    assert set(networks.layers_of(name)) == set(aliases)
    tapped = network.tap_all(picture, [*aliases, *aliases.values()])
    for alias, path in aliases.items():
        np.testing.assert_array_equal(tapped[alias], tapped[path])
        assert network.layer(alias)._replace(name=path) == network.layer(path)


def test_published_strides_and_maps_are_those_of_the_published_layers():
    from lcip import results

    table = results.read_published("motion_layers").set_index("layer")
    for name in networks.ALIASES:
        network = networks.load(name, "random", seed=0)
        for alias in networks.ALIASES[name]:
            side = network.tap(np.zeros((224, 224, 3), np.float32), alias).shape[-1]
            row = table.loc[alias]
            assert network.layer(alias).stride == row["cumulative_stride"]
            assert f"{side}x{side}" == row["feature_map_for_224_input"]


@pytest.mark.parametrize("name", ["resnet18", "resnet34"])
def test_a_sum_that_is_a_module_changes_nothing(name):
    torch.manual_seed(3)
    ours = architectures.untrained(name).eval()
    theirs = getattr(models, name)(weights=None).eval()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    theirs.load_state_dict(ours.state_dict())
    x = torch.rand(1, 3, 40, 40)
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x), rtol=0, atol=0)


def test_controls_depend_on_the_seed_alone_and_leave_the_generator_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    prints = [networks.fingerprint(networks.load("mobilenet", "random", s)) for s in (0, 0, 1)]
    assert torch.rand(1) == expected
    assert prints[0] == prints[1] != prints[2]
    assert len(prints[0]) == 64


def test_controls_are_no_constant_maps():
    """Signals must get through: at random, too, the deepest layer tells two pictures apart."""
    rng = np.random.default_rng(0)
    for name in ("resnet18", "squeezenet", "mobilenet", "mobilenet_v2"):
        network, layer = networks.load(name, "random", 0), networks.layers_of(name)[-1]
        maps = network.tap_batch(torch.from_numpy(rng.random((2, 3, 64, 64), np.float32)), [layer])
        one, other = maps[layer]
        assert (one - other).std() > 0.05 * one.std() > 0


def norm_that_does_something(channels: int) -> nn.BatchNorm2d:
    norm = nn.BatchNorm2d(channels, eps=mobilenet.BATCH_NORM_EPSILON).eval()
    norm.running_mean.normal_()
    norm.running_var.uniform_(0.5, 2)
    nn.init.uniform_(norm.weight, 0.5, 1.5)
    nn.init.normal_(norm.bias)
    return norm


def as_in_keras(x: torch.Tensor, tensors: dict[str, np.ndarray]) -> torch.Tensor:
    """MobileNet written out as Keras does: pad, convolve, normalise, clip."""
    channels = 3
    for name in ["conv1", *(f"conv_{k}_{b}" for b in range(1, 13) for k in ("dw", "pw"))]:
        depthwise = "_dw_" in name
        halving = name == "conv1" or (depthwise and int(name.split("_")[-1]) in mobilenet.HALVING)
        made = 32 if name == "conv1" else mobilenet.CHANNELS[int(name.split("_")[-1]) - 1]
        made, side = (channels, 3) if depthwise else (made, 3 if name == "conv1" else 1)
        weight = 0.3 * torch.randn(made, 1 if depthwise else channels, side, side)
        norm = norm_that_does_something(made)
        key = f"{name}/depthwise_kernel" if depthwise else f"{name}/kernel"
        order = (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
        tensors[key] = weight.numpy().transpose(order)
        for part, value in {
            "gamma": norm.weight, "beta": norm.bias,
            "moving_mean": norm.running_mean, "moving_variance": norm.running_var,
        }.items():  # fmt: skip
            tensors[f"{name}_bn/{part}"] = value.detach().numpy()
        if halving:
            x = F.pad(x, (0, 1, 0, 1))
        stride, padding = (2 if halving else 1), (0 if halving or side == 1 else 1)
        x = F.conv2d(x, weight, None, stride, padding, groups=channels if depthwise else 1)
        x, channels = norm(x).clamp(0, 6), made
    return x


def test_mobilenet_computes_what_keras_does(monkeypatch):
    torch.manual_seed(1)
    x, tensors = torch.rand(1, 3, 64, 64), {}
    with torch.no_grad():
        expected = as_in_keras(2 * x - 1, tensors)
        monkeypatch.setattr(imagenet.datasets, "backbone", lambda name: tensors)
        network = networks.load("mobilenet", "imagenet", seed=0)
        got = network.outputs(x, "conv_pw_12_relu")
    torch.testing.assert_close(got, expected, rtol=1e-3, atol=1e-3)


def test_the_folded_trunk_is_resnet18(monkeypatch):
    torch.manual_seed(0)
    whole = models.resnet18(weights=None).eval()
    for part in whole.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.running_mean.normal_(std=0.1)
            part.running_var.uniform_(0.5, 2)
    state = {key: value.numpy() for key, value in whole.state_dict().items()}
    folded = {}
    for key, value in state.items():
        if value.ndim == 4 and key.startswith(("conv1", "layer1", "layer2", "layer3")):
            folded |= _folded(state, key.removesuffix(".weight"))
    monkeypatch.setattr(imagenet.datasets, "backbone", lambda name: folded)
    network, x = networks.load("resnet18", "imagenet", seed=0), torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        y = whole.maxpool(whole.relu(whole.bn1(whole.conv1(imagenet.normalised(x)))))
        expected = whole.layer3(whole.layer2(whole.layer1(y)))
        got = network.outputs(x, "layer3")
    torch.testing.assert_close(got, expected, rtol=1e-3, atol=1e-3)


def test_squeezenet_takes_its_arrays_in_order_and_its_input_as_caffe_does(monkeypatch):
    torch.manual_seed(0)
    whole = models.squeezenet1_0(weights=None).eval()
    state = whole.state_dict()
    renamed = {f"layer{i // 2}.{key.split('.')[-1]}": v.numpy() for i, (key, v) in
               enumerate(state.items())}  # fmt: skip
    monkeypatch.setattr(imagenet.datasets, "backbone", lambda name: renamed)
    network, x = networks.load("squeezenet", "imagenet", seed=0), torch.rand(1, 3, 64, 64)
    caffe = 255 * x[:, [2, 1, 0]] - torch.tensor([104.0, 117.0, 123.0]).view(3, 1, 1)
    with torch.no_grad():
        torch.testing.assert_close(network.outputs(x, "features.12"), whole.features(caffe))


def test_weights_of_another_network_are_refused(monkeypatch):
    monkeypatch.setattr(imagenet.datasets, "backbone", lambda name: {"conv9": np.zeros(3)})
    with pytest.raises(MotionError, match="allowed: the network's own. Next: remove the file"):
        networks.load("resnet34", "imagenet", seed=0)


def test_an_unknown_network_lists_those_there_are():
    with pytest.raises(MotionError, match="network is 'vgg'; allowed: factorized-small, .*resnet1"):
        networks.load("vgg", "random", seed=0)
    with pytest.raises(MotionError, match="choose one of these"):
        networks.layers_of("vgg")


def test_unknown_weights_list_those_there_are():
    with pytest.raises(MotionError, match="weights of resnet18 is 'q3'; allowed: imagenet, random"):
        networks.load("resnet18", "q3", seed=0)
    with pytest.raises(MotionError, match="weights of factorized-small.*q3, .*random"):
        networks.load("factorized-small", "imagenet", seed=0)


def test_weights_that_are_not_here_say_how_to_get_them(tmp_path, monkeypatch):
    monkeypatch.setenv("LCIP_DATA", str(tmp_path))
    with pytest.raises(DatasetError, match="Next: run `lcip fetch resnet34`"):
        networks.load("resnet34", "imagenet", seed=0)


def test_an_unknown_architecture_is_refused():
    with pytest.raises(DatasetError, match="architecture is 'vgg'; allowed: resnet18"):
        architectures.untrained("vgg")


def test_committed_codecs_are_known_by_their_quality():
    assert {"q1", "q3"} < set(networks.weights_of("factorized-small"))
    network = networks.load("factorized-small", "q3", seed=0)
    assert (network.name, network.weights) == ("factorized-small", "images/factorized-small-q3")
    same = networks.load("factorized-small", network.weights, seed=0)
    assert networks.fingerprint(network) == networks.fingerprint(same)


def test_every_weight_file_is_one_of_the_registry():
    files = {recipe.weight_file for recipe in imagenet.RECIPES.values()}
    assert files <= set(datasets.backbone_names())
