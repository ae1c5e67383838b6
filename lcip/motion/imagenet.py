"""Networks that were trained to name what is on ImageNet's photographs.

ResNet-18, ResNet-34, DenseNet-121, SqueezeNet and MobileNetV2 are torchvision's architectures, so
that layers have torchvision's names; MobileNet is Keras' (see `mobilenet`). Weights are files of
the data folder:

    resnet18      conv1 to layer3, batch norm folded in: resnet18-imagenet-trunk
    squeezenet    its authors' own release: squeezenet1_0-imagenet (Caffe: BGR, mean subtracted)
    mobilenet     Keras' MobileNet 1.0/224: mobilenet1_0-imagenet-trunk
    resnet34, densenet121, mobilenet_v2      torchvision's files, as they are

Batch norm runs on its stored statistics, untrained on mean 0 and variance 1, where it does nothing.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from lcip import datasets
from lcip.datasets import architectures
from lcip.errors import refusal
from lcip.motion import mobilenet
from lcip.motion.affine import MotionError

TRAINED = "imagenet"
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # torchvision's; RGB in [0, 1]
CAFFE_MEAN_BGR = (104.0, 117.0, 123.0)  # SqueezeNet's release; samples 0 to 255


class Recipe(NamedTuple):
    """How a network is made: its weight file's name, untrained module, filling, input."""

    weight_file: str
    untrained: Callable[[], nn.Module]
    fill: Callable[[nn.Module, Mapping[str, np.ndarray]], nn.Module]
    prepare: Callable[[torch.Tensor], torch.Tensor]


def build(name: str, seed: int | None) -> tuple[nn.Module, Callable[[torch.Tensor], torch.Tensor]]:
    """The module and how pictures enter it; `seed` None for trained weights.

    Raises `DatasetError` where the weights are not in the data folder: it says how to get them.
    """
    recipe = RECIPES[name]
    tensors = datasets.backbone(recipe.weight_file) if seed is None else None
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed or 0)
        module = recipe.untrained()
    return (module if tensors is None else recipe.fill(module, tensors)), recipe.prepare


def normalised(picture: torch.Tensor) -> torch.Tensor:
    """RGB in [0, 1] less torchvision's mean, over its deviation."""
    mean, deviation = (torch.tensor(v).view(3, 1, 1) for v in (MEAN, DEVIATION))
    return (picture - mean) / deviation


def caffe(picture: torch.Tensor) -> torch.Tensor:
    """RGB in [0, 1] to BGR of 0 to 255 less the mean."""
    bgr = torch.cat(picture.split(1, dim=1)[::-1], dim=1)
    return 255 * bgr - torch.tensor(CAFFE_MEAN_BGR).view(3, 1, 1)


def trunk18() -> nn.Module:
    """ResNet-18's conv1 to layer3, each batch norm folded into the convolution before it."""
    whole = architectures.untrained("resnet18")
    names = ("conv1", "relu", "maxpool", "layer1", "layer2", "layer3")
    trunk = nn.Sequential()
    for name in names:
        trunk.add_module(name, getattr(whole, name))
    _fold_norms(trunk)
    return trunk


def _fold_norms(module: nn.Module) -> None:
    """Give every convolution a bias of 0 and take the norms out: at the start they do nothing."""
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm2d):
            setattr(module, name, nn.Identity())
        elif isinstance(child, nn.Conv2d):
            child.bias = nn.Parameter(torch.zeros(child.out_channels))
        else:
            _fold_norms(child)


def _by_name(module: nn.Module, tensors: Mapping[str, np.ndarray]) -> nn.Module:
    """Weights whose names are the module's own."""
    state = {name: torch.from_numpy(np.asarray(array)) for name, array in tensors.items()}
    try:
        module.load_state_dict(state)
    except RuntimeError as error:
        step = "remove the file and fetch it again"
        raise MotionError(refusal("weights", str(error)[:200], "the network's own", step)) from None
    return module


def _by_order(module: nn.Module, tensors: Mapping[str, np.ndarray]) -> nn.Module:
    """SqueezeNet's arrays, which lie in the order in which its convolutions run."""
    names = [name.removesuffix(".weight") for name in tensors if name.endswith(".weight")]
    state = module.state_dict()
    own = [name.removesuffix(".weight") for name in state if name.endswith(".weight")]
    pairs = zip(own, names, strict=True)
    moved = {f"{o}.{p}": tensors[f"{n}.{p}"] for o, n in pairs for p in ("weight", "bias")}
    return _by_name(module, moved)


def _of_torchvision(name: str) -> Recipe:
    return Recipe(name, lambda: architectures.untrained(name), _by_name, normalised)


RECIPES = {
    "resnet18": Recipe("resnet18-imagenet-trunk", trunk18, _by_name, normalised),
    "squeezenet": Recipe(
        "squeezenet1_0-imagenet",
        lambda: architectures.untrained("squeezenet1_0"),
        _by_order,
        caffe,
    ),
    "mobilenet": Recipe(
        "mobilenet1_0-imagenet-trunk", mobilenet.new_model, mobilenet.load, mobilenet.prepare
    ),
    "resnet34": _of_torchvision("resnet34"),
    "densenet121": _of_torchvision("densenet121"),
    "mobilenet_v2": _of_torchvision("mobilenet_v2"),
}
