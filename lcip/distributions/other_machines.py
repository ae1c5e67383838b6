"""What happens when a stream is read on another machine than it was written on.

Two machines that compute the same sum in floating point agree in all digits but, perhaps, the last:
libraries add the terms in the order that suits processor, threads and batch, and each addition is
rounded. Here both are played on one machine: `ulps` moves every logit of a float decoder by units
in its last place, and `order` adds the products of every layer in another order. The same order is
then imposed on the integer decoder (`integers`), whose sums are exact.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch

from lcip import coding
from lcip.distributions import integers
from lcip.distributions.fitted import Fitted
from lcip.distributions.methods import decode_with

SCALE = 2.0**integers.POWER_BITS  # as in the integer decoder: the likeliest bin's count


@dataclass(frozen=True)
class Reading:
    """What came of reading a latent with a machine's own tables.

    Attributes:
        tables_changed: channels whose table differs from the writer's.
        symbols_wrong: symbols read wrongly; None where the stream was refused.
    """

    tables_changed: int
    symbols_wrong: int | None

    @property
    def intact(self) -> bool:
        """Whether every symbol is what was written."""
        return self.symbols_wrong == 0


@torch.no_grad()
def float_tables(fitted: Fitted, s_q: np.ndarray, *, ulps: int, seed: int) -> coding.Tables:
    """The tables of a decoder that evaluates h_{s,q} and the softmax in single precision.

    Args:
        s_q: integers (M_q, B/8).
        ulps: by how many units in the last place every logit is moved, up or down at random.
        seed: decides which go up.
    """
    model = fitted.model
    q_hat = torch.from_numpy(s_q).float() + model.medians()  # (M_q, B/8)
    log2 = model.log2_p_hat(q_hat[None])[0]  # (M_y, B)
    log2 = moved(log2 - log2.max(dim=1, keepdim=True).values, ulps, seed)
    counts = torch.floor(torch.exp2(log2) * SCALE).to(torch.int64)
    return integers.tables_of(counts.numpy())


def moved(values: torch.Tensor, ulps: int, seed: int) -> torch.Tensor:
    """Every float32 moved by units in its last place, up or down; zeros and ends stay.

    >>> moved(torch.tensor([-1.0, 0.0]), 1, 0)[0].item() in (-1 - 2**-23, -1 + 2**-24, -1 - 2**-24)
    True
    """
    draw = np.random.default_rng(seed)
    direction = torch.from_numpy(draw.choice([-1, 1], tuple(values.shape)).astype(np.int32))
    other = (values.view(torch.int32) + ulps * direction).view(torch.float32)
    return torch.where(values == 0, values, other)


@contextmanager
def order_of_sums(seed: int) -> Iterator[None]:
    """While it lasts, the layers of `integers` add their products in two halves of random order."""
    usual = integers.apply

    def shuffled_sums(layer: integers.ExactLayer, x: np.ndarray) -> np.ndarray:
        seen = integers.windows(x, layer.stride, layer.kernel, len(layer.weight))
        places = np.random.default_rng(seed).permutation(seen.shape[1])
        halves = np.array_split(places, 2)
        sums = [layer.weight[:, :, half] @ seen[:, half] for half in halves]
        return (sums[0] + sums[1]).reshape(len(layer.bias), -1) + layer.bias[:, None]

    integers.apply = shuffled_sums
    try:
        yield
    finally:
        integers.apply = usual


def exact_tables(fitted: Fitted, s_q: np.ndarray, *, order: int | None) -> coding.Tables:
    """The tables of the integer decoder; with `order`, a seed, its sums in another order."""
    if order is None:
        return fitted.synthesis.tables(s_q)
    with order_of_sums(order):
        return fitted.synthesis.tables(s_q)


def read(
    latent: bytes, symbols: np.ndarray, written: coding.Tables, reader: coding.Tables
) -> Reading:
    """Read a latent that was written with one machine's tables by another machine's.

    Args:
        latent: the bytes.
        symbols: int32 (M, h, w), what was written.
        written, reader: the tables of either side.
    """
    changed = tables_changed(written, reader)
    try:
        found = decode_with(reader, latent, symbols.shape)
    except coding.StreamError:
        return Reading(changed, None)
    return Reading(changed, int((found != symbols).sum()))


def tables_changed(one: coding.Tables, other: coding.Tables) -> int:
    """How many channels have different tables."""
    return sum(a != b for a, b in zip(rows_of(one), rows_of(other), strict=True))


def rows_of(tables: coding.Tables) -> list[tuple[int, bytes]]:
    """First symbol and frequencies of every table."""
    return [
        (int(offset), tables.frequencies(t).tobytes()) for t, offset in enumerate(tables.offsets)
    ]
