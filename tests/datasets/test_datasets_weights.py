"""Weight files of others."""

import numpy as np
import pytest
import torch

from lcip import runtime  # noqa: F401  (before torchvision)
from lcip.datasets import DatasetError, backbone, backbone_names, zoo_factorized
from lcip.datasets.weights import prepare_resnet_trunk

# isort: split
from torchvision.models import resnet18


@pytest.fixture(scope="module")
def network():
    """A ResNet-18 whose batch norm does something: statistics far from 0 and 1."""
    torch.manual_seed(0)
    made = resnet18(weights=None)
    for module in made.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias)
    return made.eval()


def apply(folded, name, x, stride):
    weight, bias = (torch.from_numpy(folded[f"{name}.{part}"]) for part in ("weight", "bias"))
    return torch.nn.functional.conv2d(x, weight, bias, stride, padding=weight.shape[-1] // 2)


def trunk(folded, x):
    """conv1 to layer3 with convolutions alone."""
    x = torch.relu(apply(folded, "conv1", x, 2))
    x = torch.nn.functional.max_pool2d(x, 3, 2, 1)
    for name, block in ((f"layer{n}", f"layer{n}.{b}") for n in (1, 2, 3) for b in (0, 1)):
        stride = 2 if name != "layer1" and block.endswith("0") else 1
        out = torch.relu(apply(folded, f"{block}.conv1", x, stride))
        out = apply(folded, f"{block}.conv2", out, 1)
        if f"{block}.downsample.0.weight" in folded:
            x = apply(folded, f"{block}.downsample.0", x, stride)
        x = torch.relu(out + x)
    return x


def test_the_folded_trunk_gives_what_the_network_gives(network, tmp_path, data_folder):
    torch.save(network.state_dict(), tmp_path / "resnet18.pth")
    prepare_resnet_trunk(tmp_path / "resnet18.pth", data_folder / "backbones")
    folded = backbone("resnet18-imagenet-trunk")
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        wanted = network.maxpool(network.relu(network.bn1(network.conv1(x))))
        wanted = network.layer3(network.layer2(network.layer1(wanted)))
        got = trunk(folded, x)
    np.testing.assert_allclose(got, wanted, rtol=1e-3, atol=1e-3 * wanted.abs().max())
    assert len(folded) == 30 and folded["layer3.0.downsample.0.weight"].shape == (256, 128, 1, 1)
    assert all(array.dtype == np.float32 for array in folded.values())


def test_a_state_dictionary_is_read(network, data_folder):
    (data_folder / "backbones").mkdir()
    torch.save(network.state_dict(), data_folder / "backbones" / "resnet18-f37072fd.pth")
    state = backbone("resnet18")
    assert state["conv1.weight"].shape == (64, 3, 7, 7)
    network.load_state_dict({key: torch.from_numpy(value) for key, value in state.items()})


def test_names_are_those_of_the_registry(data_folder):
    assert {"resnet18", "resnet34", "densenet121"} <= set(backbone_names())
    assert "kodak" not in backbone_names()
    with pytest.raises(DatasetError, match="backbone is 'vgg16'; allowed: resnet18, "):
        backbone("vgg16")
    with pytest.raises(DatasetError, match="resnet34-b627a593.pth.*`lcip fetch resnet34`"):
        backbone("resnet34")


@pytest.mark.parametrize("name", ["resnet18-f37072fd.pth", "resnet18-imagenet-trunk.npz"])
def test_damaged_weights_are_refused(data_folder, name):
    (data_folder / "backbones").mkdir()
    (data_folder / "backbones" / name).write_bytes(b"no weights")
    entry = "resnet18" if name.endswith("pth") else "resnet18-imagenet-trunk"
    with pytest.raises(
        DatasetError, match=f"weights is .*remove the file and run `lcip fetch {entry}"
    ):
        backbone(entry)


def test_the_zoo_gives_a_path_for_each_quality(data_folder):
    (data_folder / "zoo").mkdir()
    path = data_folder / "zoo" / "bmshj2018-factorized-prior-3-5c6f152b.pth.tar"
    path.touch()
    assert zoo_factorized(3) == path
    with pytest.raises(DatasetError, match="prior-8-.*`lcip fetch bmshj2018-factorized`"):
        zoo_factorized(8)


@pytest.mark.parametrize("quality", [0, 9, "3", True, None])
def test_a_quality_outside_the_zoo_is_refused(quality):
    with pytest.raises(DatasetError, match="quality is .*; allowed: 1, 2, 3, 4, 5, 6, 7, 8"):
        zoo_factorized(quality)
