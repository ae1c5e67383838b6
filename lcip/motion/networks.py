"""The networks of this chapter by name: our own codecs, and networks trained on ImageNet.

    load("factorized-small", "q3", seed=0)     g_a of our codec at quality 3
    load("resnet18", "imagenet", seed=0)       weights from the data folder
    load("densenet121", "random", seed=0)      the control: what training starts from

Any layer of any of them can be tapped; `layers_of` names those that the tables compare, the last of
each resolution. Of ResNet-34 and DenseNet-121 they are the published ones, under their published
names, which are those of Keras: ALIASES says which modules of torchvision they are.
"""

import hashlib
from collections import OrderedDict

import torch
from torch import nn

from lcip import artifacts
from lcip.errors import refusal
from lcip.images import factorized
from lcip.motion import imagenet
from lcip.motion.affine import MotionError
from lcip.motion.tap import Network

FAMILY = "small"
NAME = f"factorized-{FAMILY}"
RANDOM = "random"
STAGES = ("g_a.1", "g_a.3", "g_a.5", "g_a.6")
"""The ends of the four stages of g_a, total strides 2, 4, 8, 16; the last is the latent y."""

CODECS = {f"factorized-{family}": family for family in factorized.FAMILIES}
LAYERS = {
    **dict.fromkeys(CODECS, STAGES),
    "resnet18": ("conv1", "layer1.1.add", "layer2.1.add", "layer3.1.add"),
    "squeezenet": ("features.0", "features.5", "features.10", "features.12"),
    "mobilenet": ("conv_pw_1", "conv_pw_3", "conv_pw_5", "conv_pw_11"),
    "resnet34": ("conv0", "add_3", "add_7"),
    "densenet121": ("pool3_pool", "pool4_pool"),
    "mobilenet_v2": ("features.1", "features.3", "features.6", "features.13"),
}
ALIASES = {
    "resnet34": {"conv0": "conv1", "add_3": "layer2.0.add", "add_7": "layer3.0.add"},
    "densenet121": {
        "pool3_pool": "features.transition2.pool",
        "pool4_pool": "features.transition3.pool",
    },
}
"""The published layers, and the modules of torchvision that compute the same.

ResNet-34 has residual blocks add, add_1, ... in the order in which they run, three of them at
stride 4: add_3 is the sum of the first block at stride 8, add_7 of the first at stride 16. The sums
are taken before the ReLU that follows them.
"""


def names() -> list[str]:
    """What `load` knows."""
    return list(LAYERS)


def layers_of(name: str) -> tuple[str, ...]:
    """The layers of a network that the tables compare, in running order."""
    return LAYERS[_known(name)]


def weights_of(name: str) -> list[str]:
    """What `load` takes as `weights`: trained ones first (if they are here or not), then random."""
    if _known(name) not in CODECS:
        return [imagenet.TRAINED, RANDOM]
    prefix = _prefix(name)
    here = [found for found in artifacts.weights_names() if found.startswith(f"{prefix}q")]
    return [found.removeprefix(prefix) for found in here] + [RANDOM]


def load(name: str, weights: str, seed: int) -> Network:
    """A network by name; `seed` makes the numbers of the control and is not used by trained ones.

    The weights of a codec may be given by quality or by their whole name, which they keep.

    Raises:
        MotionError: an unknown network, or weights that it has not; both say what there is.
        DatasetError: weights that are not in the data folder; it says how to get them.
    """
    allowed = weights_of(name)
    weights = weights.removeprefix(_prefix(name))
    if weights not in allowed:
        step = "choose one of these"
        raise MotionError(refusal(f"weights of {name}", weights, allowed, step))
    if name not in CODECS:
        module, prepare = imagenet.build(name, seed if weights == RANDOM else None)
        return Network(name, weights, module, prepare, ALIASES.get(name, {}))
    if weights == RANDOM:
        return untrained(seed, CODECS[name])
    return trained(int(weights.removeprefix("q")), CODECS[name])


def fingerprint(network: Network) -> str:
    """SHA-256 of a network's numbers by name, hexadecimal, for provenance records."""
    digest = hashlib.sha256()
    for name, tensor in sorted(network.module.state_dict().items()):
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}\n".encode())
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()


def trained(quality: int, family: str = FAMILY) -> Network:
    """g_a of the factorised-prior codec with the repository's weights."""
    module = _analysis(factorized.load(family, quality).g_a)
    return Network(f"factorized-{family}", factorized.weights_name(family, quality), module, _as_is)


def identity(quality: int, family: str = FAMILY) -> str:
    """The identity of the trained weights, hexadecimal, for provenance records."""
    return factorized.load(family, quality).identity.hex()


def untrained(seed: int, family: str = FAMILY) -> Network:
    """The same layers with the random numbers that training starts from: the control."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module = _analysis(factorized.new_model(family).g_a)
    return Network(f"factorized-{family}", RANDOM, module, _as_is)


def _prefix(name: str) -> str:
    """What stands before the quality in the name of a codec's weights; nothing for the others."""
    return factorized.weights_name(CODECS[name], 1).removesuffix("q1") if name in CODECS else ""


def _known(name: str) -> str:
    if name not in LAYERS:
        raise MotionError(refusal("network", name, LAYERS, "choose one of these"))
    return name


def _analysis(g_a: nn.Module) -> nn.Module:
    """Under one parent, so that the layers are called g_a.0, g_a.1, ..."""
    return nn.Sequential(OrderedDict(g_a=g_a))


def _as_is(picture: torch.Tensor) -> torch.Tensor:
    """The codec takes RGB in [0, 1]."""
    return picture
