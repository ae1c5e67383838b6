"""Networks behind one interface: a picture goes in, any named layer's tensor comes out.

A layer is named by the path of the module that makes it (`g_a.3`, `layer1.0.conv2`). A module that
runs more than once, as a shared ReLU, gives `path` the first time and `path#2` the second. What a
layer's samples look at is found by `geometry.Tracer`, for any network.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from lcip.errors import refusal
from lcip.motion.affine import MotionError
from lcip.motion.geometry import Geometry, Tracer

PROBE_PX = 256
"""Side of the picture that is sent through to find the layers: large enough for a stride of 32."""


class Layer(NamedTuple):
    """Sample u of the layer looks at input position stride * u + offset_px, on both axes."""

    name: str
    channels: int
    stride: int
    offset_px: float
    receptive_px: int

    @property
    def tile_offset_px(self) -> float:
        """The offset if the layer were a shrunk picture: the middle of each sample's own tile."""
        return (self.stride - 1) / 2


class _Reached(Exception):
    """The tapped layer has spoken; the rest of the network need not run."""


@dataclass(frozen=True, eq=False)
class Network:
    """A network and how pictures enter it.

    `weights` names where its numbers come from (`random` for untrained ones). `prepare` maps a
    float32 tensor (B, 3, H, W) in [0, 1] to what the network takes. `aliases` are further names of
    layers, each for the path of a module. The module is used in evaluation mode.
    """

    name: str
    weights: str
    module: nn.Module
    prepare: Callable[[torch.Tensor], torch.Tensor]
    aliases: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.module.eval()

    @cached_property
    def layers(self) -> dict[str, Layer]:
        """The layers that can be tapped, by name, in the order in which they run."""
        image = torch.zeros(1, 3, PROBE_PX, PROBE_PX)
        heard: dict[str, torch.Tensor] = {}
        tracer = Tracer(image)

        def note(name: str, output: torch.Tensor) -> None:
            geometry = tracer.geometry_of(output)
            layer = _layer(name, output, geometry)
            if layer is not None:
                heard[name] = layer

        with torch.no_grad(), tracer:
            _listen(self.module, self.prepare(image), note)
        also = {alias: heard[path]._replace(name=alias) for alias, path in self.aliases.items()}
        return also | heard

    def layer(self, name: str) -> Layer:
        """The layer of this name; an unknown one is refused with the list of those there are."""
        if name not in self.layers:
            step = "choose one of these layers"
            raise MotionError(refusal(f"layer of {self.name}", name, self.layers, step))
        return self.layers[name]

    def tap(self, picture: np.ndarray, name: str) -> np.ndarray:
        """The tensor of layer `name` for a float picture (H, W, 3) in [0, 1]: float32 (C, h, w)."""
        return self.tap_all(picture, [name])[name]

    def tap_all(self, picture: np.ndarray, names: list[str]) -> dict[str, np.ndarray]:
        """The tensors of several layers from one pass, which stops behind the last of them."""
        tensors = self.tap_batch(_batch(picture), names)
        return {name: tensor[0].numpy() for name, tensor in tensors.items()}

    def tap_batch(self, pictures: torch.Tensor, names: list[str]) -> dict[str, torch.Tensor]:
        """The tensors (B, C, h, w) of several layers for pictures (B, 3, H, W) in [0, 1]."""
        paths = {name: self._path(name) for name in names}
        tensors: dict[str, torch.Tensor] = {}

        def note(path: str, output: torch.Tensor) -> None:
            if path in paths.values():
                # A copy: the next module may be one that works in place.
                tensors[path] = output.clone()
                if len(tensors) == len(set(paths.values())):
                    raise _Reached

        with torch.no_grad():
            _listen(self.module, self.prepare(pictures), note)
        return {name: tensors[path] for name, path in paths.items()}

    def outputs(self, batch: torch.Tensor, name: str) -> torch.Tensor:
        """The tensor of layer `name` for a batch (B, 3, H, W) in [0, 1], differentiable."""
        caught, wanted = [], self._path(name)

        def note(path: str, output: torch.Tensor) -> None:
            if path == wanted:
                caught.append(output)
                raise _Reached

        _listen(self.module, self.prepare(batch), note)
        return caught[0]

    def _path(self, name: str) -> str:
        """The path of the module that makes a layer."""
        return self.aliases.get(self.layer(name).name, name)


def _layer(name: str, output: torch.Tensor, geometry: Geometry | None) -> Layer | None:
    """The layer, or None for an output that is no map or whose two axes differ."""
    if geometry is None or output.ndim != 4 or geometry.y != geometry.x:
        return None
    stride, first, last = geometry.y
    return Layer(name, output.shape[1], stride, (first + last) / 2, last - first + 1)


def _listen(
    module: nn.Module, image: torch.Tensor, note: Callable[[str, torch.Tensor], None]
) -> None:
    """Run `module`, calling `note(name, output)` for every output of every named part of it."""
    calls: dict[str, int] = {}
    handles = []

    def hook_for(path: str) -> Callable[..., None]:
        def hook(_module: nn.Module, _inputs: object, output: object) -> None:
            calls[path] = calls.get(path, 0) + 1
            if isinstance(output, torch.Tensor):
                note(path if calls[path] == 1 else f"{path}#{calls[path]}", output)

        return hook

    try:
        for path, part in module.named_modules():
            if path:
                handles.append(part.register_forward_hook(hook_for(path)))
        module(image)
    except _Reached:
        pass
    finally:
        for handle in handles:
            handle.remove()


def _batch(picture: np.ndarray) -> torch.Tensor:
    """(H, W, 3) in [0, 1] as a float32 tensor (1, 3, H, W)."""
    picture = np.asarray(picture)
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype.kind != "f":
        allowed = "floating-point arrays of shape (H, W, 3), values 0 to 1"
        what = (picture.shape, str(picture.dtype))
        raise MotionError(
            refusal("picture (shape, type)", what, allowed, "convert it to RGB / 255")
        )
    return torch.from_numpy(np.ascontiguousarray(picture, np.float32)).permute(2, 0, 1)[None]
