"""The side information: q's symbols to bytes under static integer tables, and back.

q has M_q channels of B/8 values. s_q = round(q − m) with m the median of each channel's density;
the densities are learned with the networks and become integer tables when these are saved: one a
channel, or, better, one a value of q. For a channel says different things in different places:
among the rare symbols it is nearly always silent. Such a table is the channel's, corrected by how
often the training photographs have each symbol in that place.
"""

import numpy as np
import torch

from lcip import coding, runtime  # noqa: F401  (runtime before compressai)
from lcip.distributions.integers import MOST_Q
from lcip.errors import refusal

# isort: split
from compressai.entropy_models import EntropyBottleneck

ESCAPE_MASS = 2e-4
"""Chance of a symbol outside its table: images differ from what the fit has seen, and an escape
should not be dear. It costs 12 bits and a distance, and all other symbols 0.0003 bits."""

PRIOR = 32
"""Photographs that a channel's density counts as, beside those that were counted in a place."""


@torch.no_grad()
def q_pmfs(bottleneck: EntropyBottleneck, lowest: int, highest: int) -> np.ndarray:
    """p_j(s) for s = lowest … highest: float64 (M_q, highest − lowest + 1).

    The mass of the density in [m_j + s − ½, m_j + s + ½], in double precision.
    """
    double = EntropyBottleneck(bottleneck.channels, filters=bottleneck.filters).double()
    state = bottleneck.state_dict()
    floats = {k: v.cpu().double() for k, v in state.items() if v.is_floating_point()}
    double.load_state_dict(floats, strict=False)
    steps = torch.arange(lowest, highest + 1, dtype=torch.float64)
    samples = medians(bottleneck)[:, None, None] + steps  # (M_q, 1, S)
    likelihood, _, _ = double._likelihood(samples)
    return likelihood[:, 0].numpy()


def medians(bottleneck: EntropyBottleneck) -> torch.Tensor:
    """The median of every channel's density: float64 (M_q,)."""
    return bottleneck.quantiles[:, 0, 1].detach().cpu().double()


def q_tables(bottleneck: EntropyBottleneck) -> coding.Tables:
    """One table a channel of q: the symbols that hold all but `ESCAPE_MASS` of its density."""
    pmfs = q_pmfs(bottleneck, -MOST_Q, MOST_Q)  # (M_q, 2·MOST_Q + 1)
    rows, offsets = [], []
    for pmf in pmfs / pmfs.sum(axis=1, keepdims=True):
        first = min(int(np.searchsorted(np.cumsum(pmf), ESCAPE_MASS / 2)), MOST_Q)
        above = int(np.searchsorted(np.cumsum(pmf[::-1]), ESCAPE_MASS / 2))
        kept = pmf[first : max(len(pmf) - above, MOST_Q + 1)]
        rows.append(kept / kept.sum() * (1 - ESCAPE_MASS))
        offsets.append(first - MOST_Q)
    return coding.Tables.from_pmf(rows, offsets, np.full(len(rows), ESCAPE_MASS))


def place_tables(bottleneck: EntropyBottleneck, s_q: np.ndarray) -> coding.Tables:
    """One table a value of q: p(s) ∝ occurrences of s there + `PRIOR` · p(s) of its channel.

    Args:
        s_q: integers (images, M_q, B/8), what training photographs have.

    Returns:
        M_q · B/8 tables, channel after channel.
    """
    of_channels = q_tables(bottleneck)
    rows, offsets = [], []
    for channel, offset in enumerate(of_channels.offsets):
        frequencies = of_channels.frequencies(channel)[:-1].astype(np.float64)
        symbols = offset + np.arange(len(frequencies))
        counts = (s_q[:, channel, :, None] == symbols).sum(axis=0)  # (B/8, S)
        p = counts + PRIOR * frequencies / frequencies.sum()
        rows += list(p / p.sum(axis=1, keepdims=True) * (1 - ESCAPE_MASS))
        offsets += [int(offset)] * s_q.shape[2]
    return coding.Tables.from_pmf(rows, offsets, np.full(len(rows), ESCAPE_MASS))


def indexes(shape: tuple[int, int], num_tables: int) -> np.ndarray:
    """The table of every symbol of q (M_q, B/8): that of its channel, or its own.

    >>> indexes((2, 3), 2).tolist(), indexes((2, 3), 6).tolist()
    ([0, 0, 0, 1, 1, 1], [0, 1, 2, 3, 4, 5])
    """
    size = shape[0] * shape[1]
    return np.arange(size, dtype=np.int32) // np.int32(size // num_tables)


def write(s_q: np.ndarray, tables: coding.Tables) -> bytes:
    """The symbols of q (M_q, B/8), channel after channel."""
    return coding.encode(s_q.ravel(), indexes(s_q.shape, len(tables)), tables)


def read(data: bytes, shape: tuple[int, int], tables: coding.Tables) -> np.ndarray:
    """The symbols that `write` wrote: int32 (M_q, B/8).

    Raises:
        StreamError: `write` never writes these bytes, or a symbol beyond what is ever sent.
    """
    s_q = coding.decode(data, indexes(shape, len(tables)), tables).reshape(shape)
    largest = int(np.abs(s_q.astype(np.int64)).max())
    if largest > MOST_Q:
        allowed = f"magnitudes up to {MOST_Q}"
        raise coding.StreamError(
            refusal("a symbol of the side stream", largest, allowed, "get the file again")
        )
    return s_q


def bits(s_q: np.ndarray, tables: coding.Tables) -> float:
    """−log2 p of the symbols of q."""
    return coding.ideal_bits(s_q.ravel(), indexes(s_q.shape, len(tables)), tables)
