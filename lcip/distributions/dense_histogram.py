"""The histogram as its formula is written, samples times bins, and what it costs in memory.

    p_i = (1/N) Σ_n max(0, 1 − |y_n − b_i|)

Written down like this, every sample meets every bin. It is what `soft_histogram` is checked
against, and what shows that two bins a sample are enough. (Thesis §2.)
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


def dense_histogram(latents: Tensor, *, lowest: int, num_bins: int) -> Tensor:
    """Soft histograms by way of an (…, N, B) tensor: float (…, N) → (…, B)."""
    bins = lowest + torch.arange(num_bins, dtype=latents.dtype)
    distance = (latents[..., None] - bins).abs()  # (…, N, B)
    return (1 - distance).clamp(min=0).mean(dim=-2)  # (…, B)


class AllocationCounter(TorchDispatchMode):
    """Adds up the bytes of every tensor that PyTorch makes while it is active; views are free."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes = 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        result = operation(*args, **(kwargs or {}))
        given = {storage_of(leaf) for leaf in tree_leaves((args, kwargs)) if is_tensor(leaf)}
        for leaf in filter(is_tensor, tree_leaves(result)):
            if storage_of(leaf) not in given:
                self.bytes += leaf.untyped_storage().nbytes()
        return result


def is_tensor(leaf: object) -> bool:
    """Whether one leaf of an operation's arguments or results is a tensor."""
    return isinstance(leaf, Tensor)


def storage_of(tensor: Tensor) -> int:
    """What two views of the same memory have in common."""
    return tensor.untyped_storage()._cdata


def allocated_bytes(histogram: Callable[[Tensor], Tensor], num_samples: int) -> int:
    """Bytes of all tensors made by a histogram of one channel and by its gradient.

    The samples are the same in every call: a wave through all bins.
    """
    samples = torch.arange(num_samples, dtype=torch.float32)
    latents = (10 * torch.sin(samples * math.sqrt(2)))[None].requires_grad_()  # (1, N)
    with AllocationCounter() as counter:
        histogram(latents).square().sum().backward()
    return counter.bytes
