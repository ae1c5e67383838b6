"""Where a sample of a layer looks: stride, offset, receptive field, by following a picture.

Along one axis, sample i of a layer depends on the input samples from s i + first to s i + last.
Every layer with a window (kernel k, stride s', padding p, dilation d) changes these three numbers
by

    first += s (-p)         last += s (-p + d (k - 1))         s *= s'

A sum or a concatenation of branches sees what any branch sees: the smallest `first` and the largest
`last`; its branches must share one stride. What acts on each position by itself changes nothing.

The middle of the window is where the sample looks, s i + o with **offset** o = (first + last) / 2;
its width, last - first + 1, is the **receptive field**. A 5 x 5 kernel of stride 2 and padding 2
has o = 0, a 2 x 2 pooling o = 1/2: half a sample between two.

Nothing is declared by hand: `Tracer` listens to the tensor operations while any network runs once,
so that branches, functional pooling and shared modules are seen as they are. An operation that it
has no rule for (attention, up-sampling, a global mean) ends the trail: tensors behind it have no
geometry.
"""

from typing import NamedTuple

import torch
from torch.utils._python_dispatch import TorchDispatchMode

aten = torch.ops.aten


class Axis(NamedTuple):
    """Sample i looks at input samples stride * i + first ... stride * i + last."""

    stride: int
    first: int
    last: int

    def window(self, kernel: int, stride: int, padding: int, dilation: int) -> "Axis":
        """This axis behind one more layer with a window."""
        reach = dilation * (kernel - 1) - padding
        first, last = self.first - self.stride * padding, self.last + self.stride * reach
        return Axis(self.stride * stride, first, last)

    def join(self, other: "Axis") -> "Axis":
        """What either branch sees."""
        return Axis(self.stride, min(self.first, other.first), max(self.last, other.last))


class Geometry(NamedTuple):
    """The two axes of a map of shape (..., H, W)."""

    y: Axis
    x: Axis


INPUT = Geometry(Axis(1, 0, 0), Axis(1, 0, 0))

# Position by position although PyTorch does not tag them so. Of a normalisation in training mode
# only the statistics come from elsewhere.
POINTWISE = {
    aten.native_batch_norm, aten._native_batch_norm_legit, aten.cudnn_batch_norm,
    aten._native_batch_norm_legit_no_training, aten.native_group_norm, aten._prelu_kernel,
    aten.detach, aten.alias, aten.native_dropout, aten.cat, aten.hardswish, aten.hardswish_,
    aten.hardsigmoid, aten.hardsigmoid_, aten.mish, aten.mish_,
}  # fmt: skip
# Act on the leading dimensions; kept as long as the two last ones come out as they went in.
LEADING = {
    aten.view, aten._unsafe_view, aten.reshape, aten.expand, aten.unsqueeze, aten.split,
    aten.split_with_sizes, aten.slice,
}  # fmt: skip
# Take only the shape of what they are given: their result is a constant.
SHAPE_ONLY = {
    aten.ones_like, aten.zeros_like, aten.full_like, aten.empty_like, aten.rand_like,
    aten.randn_like, aten.new_zeros, aten.new_ones, aten.new_full, aten.new_empty,
}  # fmt: skip
PADDING = {aten.constant_pad_nd, aten.reflection_pad2d, aten.replication_pad2d}
MAX_POOLING = {aten.max_pool2d_with_indices, aten.max_pool2d}


class Tracer(TorchDispatchMode):
    """While active, follows `image` (1, C, H, W) through all operations; then ask `geometry_of`."""

    def __init__(self, image: torch.Tensor) -> None:
        super().__init__()
        # By identity; the tensor is kept beside its geometry so that no other can take its place.
        self._known: dict[int, tuple[torch.Tensor, Geometry | None]] = {id(image): (image, INPUT)}

    def geometry_of(self, tensor: torch.Tensor) -> Geometry | None:
        """The geometry of a tensor that the network made from the image, None where it has none."""
        return self._known.get(id(tensor), (tensor, None))[1]

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # noqa: ANN001, ANN204
        output = func(*args, **(kwargs or {}))
        sources = [t for t in _tensors((args, kwargs or {})) if id(t) in self._known]
        if sources and func.overloadpacket not in SHAPE_ONLY:
            for made in _tensors(output):
                self._known[id(made)] = (made, self._follow(func, args, sources, made))
        return output

    def _follow(self, func, args: tuple, sources: list, made: torch.Tensor) -> Geometry | None:
        if made.ndim < 3:
            return None
        packet = func.overloadpacket
        if packet is aten.transpose or packet is aten.permute:
            return self._transposed(packet, args, sources[0])
        if torch.Tag.pointwise in func.tags or packet in POINTWISE or packet in LEADING:
            return self._joined(sources, made)
        before = self.geometry_of(sources[0])
        rule = _window_of(packet, args)
        if before is None or rule is None or sources[0] is not args[0]:
            return None
        (ky, kx), (sy, sx), (py, px), (dy, dx) = rule
        return Geometry(before.y.window(ky, sy, py, dy), before.x.window(kx, sx, px, dx))

    def _joined(self, sources: list[torch.Tensor], made: torch.Tensor) -> Geometry | None:
        # One number a channel, as a gate by a global mean, does not move where a sample looks.
        spread = [t for t in sources if t.ndim >= 3 and t.shape[-2:] != (1, 1)] or sources
        known = [self.geometry_of(t) for t in spread]
        if any(g is None for g in known) or any(t.shape[-2:] != made.shape[-2:] for t in spread):
            return None
        if len({(g.y.stride, g.x.stride) for g in known}) > 1:
            return None
        joined = known[0]
        for other in known[1:]:
            joined = Geometry(joined.y.join(other.y), joined.x.join(other.x))
        return joined

    def _transposed(self, packet, args: tuple, source: torch.Tensor) -> Geometry | None:
        rank = source.ndim
        order = list(range(rank))
        if packet is aten.permute:
            order = [int(d) % rank for d in args[1]]
        else:
            a, b = int(args[1]) % rank, int(args[2]) % rank
            order[a], order[b] = order[b], order[a]
        return self.geometry_of(source) if order[-2:] == [rank - 2, rank - 1] else None


def _window_of(packet, args: tuple) -> tuple | None:
    """(kernel, stride, padding, dilation), each (y, x), of what has a window; None of the rest."""
    if packet is aten.convolution:
        _, weight, _, stride, padding, dilation, transposed, *_ = args
        if transposed or weight.ndim != 4:
            return None
        return tuple(weight.shape[-2:]), _pair(stride), _pair(padding), _pair(dilation)
    if packet in MAX_POOLING or packet is aten.avg_pool2d:
        kernel = _pair(args[1])
        stride = _pair(args[2]) if len(args) > 2 and args[2] else kernel
        padding = _pair(args[3]) if len(args) > 3 else (0, 0)
        dilation = _pair(args[4]) if packet in MAX_POOLING and len(args) > 4 else (1, 1)
        return kernel, stride, padding, dilation
    if packet in PADDING:
        left, _, top, _ = [*args[1], 0, 0][:4]
        return (1, 1), (1, 1), (top, left), (1, 1)
    return None


def _pair(numbers: list[int]) -> tuple[int, int]:
    """(y, x) from one number for both or one for each."""
    return (numbers[0], numbers[-1])


def _tensors(nested: object) -> list[torch.Tensor]:
    """The tensors in nested tuples, lists and dictionaries."""
    if isinstance(nested, torch.Tensor):
        return [nested]
    if isinstance(nested, dict):
        nested = list(nested.values())
    if isinstance(nested, tuple | list):
        return [tensor for item in nested for tensor in _tensors(item)]
    return []
