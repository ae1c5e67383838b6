"""Weight files that others trained: ImageNet backbones and CompressAI's factorized prior."""

from pathlib import Path

import numpy as np

from lcip.datasets.errors import DatasetError
from lcip.datasets.registry import entry, registry
from lcip.datasets.roots import data_root, missing
from lcip.errors import refusal
from lcip.paths import atomic_write

ZOO = "bmshj2018-factorized"
QUALITIES = tuple(range(1, 9))
TRUNK_LAYERS = ("conv1", "layer1", "layer2", "layer3")
BATCH_NORM_EPSILON = 1e-5  # torch.nn.BatchNorm2d, which torchvision's ResNet uses as it is


def backbone(name: str) -> dict[str, np.ndarray]:
    """The tensors of an ImageNet backbone by name, as stored; it must have been fetched.

    Names are those of the registry below `backbones/`. A `.pth` file of torchvision gives its state
    dictionary; an `.npz` file its arrays.
    """
    path = _backbone_path(name)
    if not path.is_file():
        raise missing(name, path, "no file", "the weights")
    try:
        return _read_npz(path) if path.suffix == ".npz" else _read_state(path)
    # A damaged zip or pickle raises a family of unrelated errors.
    except Exception as error:
        advice = f"remove the file and run `lcip fetch {name}`"
        found = f"{path} ({' '.join(str(error).split())[:200]})"
        raise DatasetError(refusal("weights", found, "a whole weight file", advice)) from error


def backbone_names() -> list[str]:
    """The names that `backbone` knows, in the order of the registry."""
    return [name for name, found in registry().items() if found.folder == "backbones"]


def zoo_factorized(quality: int) -> Path:
    """The path of CompressAI's bmshj2018-factorized weights (trained for MSE), quality 1 to 8."""
    if isinstance(quality, bool) or quality not in QUALITIES:
        raise DatasetError(refusal("quality", quality, QUALITIES, "choose one of these"))
    path = data_root() / entry(ZOO).files[quality - 1].path
    if not path.is_file():
        raise missing(ZOO, path, "no file", f"the weights of quality {quality}")
    return path


def zoo_tensors(quality: int) -> dict[str, np.ndarray]:
    """The tensors of `zoo_factorized(quality)`, under the names that they were stored by."""
    path = zoo_factorized(quality)
    try:
        return _read_state(path)
    except Exception as error:  # as in `backbone`
        advice = f"remove the file and run `lcip fetch {ZOO}`"
        found = f"{path} ({' '.join(str(error).split())[:200]})"
        raise DatasetError(refusal("weights", found, "a whole weight file", advice)) from error


def prepare_resnet_trunk(downloaded: Path, folder: Path) -> None:
    r"""Fold batch normalisation into the convolutions of ResNet-18's first four stages.

    With running mean $\mu$ and variance $\sigma^2$, scale $\gamma$ and shift $\beta$ of a channel,
    $w' = s w$ and $b' = \beta - s \mu$ with $s = \gamma / \sqrt{\sigma^2 + \epsilon}$ give the
    same output with one layer. Written: `resnet18-imagenet-trunk.npz`, float32.
    """
    state = _read_state(downloaded)
    folded = {}
    for key in state:
        convolution = key.removesuffix(".weight")
        if key.startswith(TRUNK_LAYERS) and state[key].ndim == 4:
            folded |= _folded(state, convolution)
    with atomic_write(folder / "resnet18-imagenet-trunk.npz") as temporary:
        np.savez_compressed(temporary, **folded)


def _folded(state: dict[str, np.ndarray], convolution: str) -> dict[str, np.ndarray]:
    norm = _norm_after(convolution)
    gamma, beta, mean, variance = (
        state[f"{norm}.{key}"].astype(np.float64)
        for key in ("weight", "bias", "running_mean", "running_var")
    )
    scale = gamma / np.sqrt(variance + BATCH_NORM_EPSILON)  # (output channels,)
    weight = state[f"{convolution}.weight"] * scale[:, None, None, None]
    return {
        f"{convolution}.weight": weight.astype(np.float32),
        f"{convolution}.bias": (beta - mean * scale).astype(np.float32),
    }


def _norm_after(convolution: str) -> str:
    """After `layer1.0.conv2` comes `layer1.0.bn2`; after `downsample.0`, `downsample.1`."""
    if convolution.endswith("downsample.0"):
        return convolution.removesuffix("0") + "1"
    return convolution.replace("conv", "bn")


def _backbone_path(name: str) -> Path:
    if name not in (names := backbone_names()):
        raise DatasetError(refusal("backbone", name, names, "choose one of these"))
    return data_root() / next(iter(entry(name).holds))


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    # Opened here: np.load leaves the file open where it is no zip.
    with open(path, "rb") as file, np.load(file, allow_pickle=False) as stored:
        return {key: stored[key] for key in stored.files}


def _read_state(path: Path) -> dict[str, np.ndarray]:
    # Only .pth files need torch; every other reader of this package works without loading it.
    import torch

    state = torch.load(path, map_location="cpu", weights_only=True)
    return {key: tensor.numpy() for key, tensor in state.items()}
