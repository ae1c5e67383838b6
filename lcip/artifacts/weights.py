"""Trained tensors as safetensors, in half precision where that changes no reported number."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as tensors_from_bytes
from safetensors.torch import save as bytes_from_tensors

from lcip.artifacts import files
from lcip.artifacts.cards import ArtifactError, identity
from lcip.errors import refusal

KIND = files.Kind(
    label="weights",
    folder="weights",
    suffix=".safetensors",
    required=("architecture", "data", "steps", "seed", "lmbda", "validation", "environment"),
    written=(*files.WRITTEN, "half"),
)


@dataclass(frozen=True)
class Weights:
    """Tensors by name (as `load_state_dict` takes them), the card, the card's 32-byte identity."""

    tensors: dict[str, torch.Tensor]
    card: dict[str, Any]
    identity: bytes


def save_weights(
    name: str, tensors: Mapping[str, torch.Tensor], card: Mapping[str, Any], *, half: bool
) -> Path:
    """Write `data/weights/<name>.safetensors` and its card; return the path of the weights.

    The card must hold `architecture`, `data`, `steps`, `seed`, `lmbda`, `validation` and
    `environment` (None where one does not apply). With `half`, floating-point tensors are stored as
    float16, rounded to nearest (relative error at most 2**-11; absolute error at most 2**-25 for
    magnitudes under 2**-14), and come back as float32; other tensors are kept as they are.
    Non-finite values are refused, and with `half` also magnitudes beyond 65504.
    """
    if not tensors:
        step = "pass model.state_dict()"
        raise ArtifactError(refusal(f"tensors of {name!r}", {}, "at least one tensor", step))
    stored = {key: _storable(name, key, tensor, half) for key, tensor in tensors.items()}
    return files.save(KIND, name, bytes_from_tensors(stored), card, half=bool(half))


def load_weights(name: str) -> Weights:
    """Read and verify `data/weights/<name>`; float16 becomes float32 where the card says `half`.

    Raises `ArtifactError` where a file is missing or its SHA-256 is not the one in the card.
    """
    data, card = files.load(KIND, name)
    try:
        tensors = tensors_from_bytes(data)
    except SafetensorError as error:
        raise ArtifactError(f"weights {name!r} are not a safetensors file: {error}") from error
    if card["half"]:
        tensors = {key: t.float() if t.is_floating_point() else t for key, t in tensors.items()}
    return Weights(tensors, card, identity(card))


def weights_identity(name: str) -> bytes:
    """The identity that `load_weights(name)` would give, from the card alone.

    To find whose stream a file is; whether the weights are those of the card is checked when they
    are loaded.
    """
    return identity(files.card_of(KIND, name))


def weights_names() -> list[str]:
    """The names that `load_weights` takes, sorted."""
    return KIND.names()


def _storable(name: str, key: str, tensor: torch.Tensor, half: bool) -> torch.Tensor:
    what = f"tensor {key!r} of {name!r}"
    if not isinstance(tensor, torch.Tensor):
        raise ArtifactError(refusal(what, type(tensor).__name__, "torch.Tensor", "convert it"))
    # A copy, because safetensors refuses tensors that share memory.
    tensor = tensor.detach().cpu().contiguous().clone()
    if not tensor.is_floating_point():
        return tensor
    limit = torch.finfo(torch.float16 if half else tensor.dtype).max
    unfit = tensor[~(tensor.abs() <= limit)]  # written so that NaN is unfit too
    if unfit.numel():
        allowed = f"finite, magnitude at most {limit:g}"
        step = "find where training diverged" + (", or save with half=False" if half else "")
        raise ArtifactError(refusal(f"a value in {what}", unfit[0].item(), allowed, step))
    return tensor.half() if half else tensor
