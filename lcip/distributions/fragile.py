"""Why the decoder computes in integers: a floating-point one, on a machine a hair different.

Encoder and decoder compute the tables from the same weights and the same s_q. In floating point two
machines may yet differ in a last bit: a library sums in another order (`order`), or rounds one
exponential the other way (`ulp`). Mostly nothing comes of it, as frequencies have 16 bits and
floats 24. But sooner or later a frequency moves by 1 in 65,536; then the decoder's intervals are no
longer the encoder's, and what follows in the stream is noise.

    story = tell(fitted, [symbols_of_one_image, symbols_of_another], "order")
    story.floats.wrong_symbols, story.integers.wrong_symbols
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from lcip.coding import StreamError, Tables
from lcip.distributions import adaptive, side
from lcip.distributions.fitted import Fitted
from lcip.distributions.integers import POWER_BITS, exact_synthesis, tables_of
from lcip.distributions.methods import decode_with, encode_with
from lcip.distributions.prior import lowest_symbol
from lcip.errors import LcipError, refusal

MOST_TRIALS = {"order": 60, "ulp": 800}  # an image


@dataclass(frozen=True)
class Machine:
    """A decoder's h_{s,q}, and the order in which its first layer sums the channels of q.

    Attributes:
        layers: of h_{s,q}; the first one's inputs are in that order already.
        order: a permutation of the channels of q.
    """

    layers: nn.Sequential
    order: np.ndarray


@dataclass(frozen=True)
class Outcome:
    """What one kind of arithmetic makes of a stream that the other machine wrote.

    Attributes:
        changed_tables: how many of the channels' tables differ between the two machines.
        wrong_symbols: of `num_symbols`; all of them where the decoder refuses the stream.
        refusal: what the decoder said, if it noticed.
    """

    changed_tables: int
    num_symbols: int
    wrong_symbols: int
    refusal: str | None


@dataclass(frozen=True)
class Story:
    """The same tiny change, met by a floating-point decoder and by the integer one.

    Attributes:
        image: its number.
        change: in words.
        trials: how many such changes it took until one moved a frequency in floating point.
    """

    image: int
    change: str
    trials: int
    floats: Outcome
    integers: Outcome


def tell(found: Fitted, latents: Sequence[np.ndarray], change: str) -> Story:
    """Encode on one machine, decode on another that differs by the least: the first harm done.

    Args:
        found: fitted networks.
        latents: int32 (M, h, w) an image; they are tried one after the other.
        change: `order` (the first layer sums its inputs in another order) or `ulp` (one probability
            is the next larger float32).

    Raises:
        LcipError: another word, or no such change moves a frequency of any image.
    """
    if change not in MOST_TRIALS:
        raise LcipError(refusal("change", change, MOST_TRIALS, "choose one of them"))
    for image, symbols in enumerate(latents):
        s_q = found.analyse(adaptive.distributions(symbols, found.config.num_bins))
        here = Machine(found.model.h_sq, np.arange(found.config.M_q))
        harm = first_harm(found, here, s_q, change)
        if harm:
            trials, words, there, p_hat, others = harm
            floats = meet(symbols, float_tables(p_hat), float_tables(others))
            integers = (integer_tables(found, machine, s_q) for machine in (here, there))
            return Story(image, words, trials, floats, meet(symbols, *integers))
    allowed = f"other ones after one of {MOST_TRIALS[change]} changes"
    raise LcipError(refusal("tables", "the same", allowed, "try more images"))


def first_harm(
    found: Fitted, here: Machine, s_q: np.ndarray, change: str
) -> tuple[int, str, Machine, np.ndarray, np.ndarray] | None:
    """The first change of a frequency: trials, words, the other machine, p̂ here and there."""
    p_hat = float_probabilities(found, here, s_q)
    make = reordered if change == "order" else nudged
    for trial in range(MOST_TRIALS[change]):
        words, there, others = make(found, here, s_q, p_hat, trial)
        rows = (p_hat != others).any(axis=1)
        if rows.any() and changed(float_tables(p_hat[rows]), float_tables(others[rows])):
            return trial + 1, words, there, p_hat, others
    return None


def reordered(
    found: Fitted, here: Machine, s_q: np.ndarray, p_hat: np.ndarray, trial: int
) -> tuple[str, Machine, np.ndarray]:
    """A machine whose first layer sums over the channels of q backwards, or in some other order."""
    order = here.order[::-1].copy()
    if trial:
        order = np.random.default_rng(trial).permutation(here.order)
    layers = copy.deepcopy(here.layers)
    layers[0].weight.data = layers[0].weight.data[torch.from_numpy(order)]
    there = Machine(layers, order)
    words = f"q's channels summed in the order {', '.join(map(str, order))}"
    return words, there, float_probabilities(found, there, s_q)


def nudged(
    found: Fitted, here: Machine, s_q: np.ndarray, p_hat: np.ndarray, trial: int
) -> tuple[str, Machine, np.ndarray]:
    """A machine whose softmax gives one of the larger probabilities below ½ one unit more.

    The integer decoder calls no exponential, so for it nothing is different.
    """
    rank, channel = divmod(trial, len(p_hat))
    row = p_hat[channel]
    place = int(np.argsort(-np.where(row < 0.5, row, 0))[rank])
    others = p_hat.copy()
    others[channel, place] = np.nextafter(p_hat[channel, place], np.float32(2))
    symbol = place + lowest_symbol(p_hat.shape[1])
    before, after = p_hat[channel, place], others[channel, place]
    words = f"P({symbol}) in channel {channel} is {after:.9f}, not {before:.9f}"
    return words, here, others


@torch.no_grad()
def float_probabilities(found: Fitted, machine: Machine, s_q: np.ndarray) -> np.ndarray:
    """p̂ of a decoder that computes in floating point: float32 (M_y, B)."""
    medians = side.medians(found.model.bottleneck).numpy()[:, None]
    q_hat = torch.from_numpy((s_q + medians)[machine.order]).float()[None]  # (1, M_q, B/8)
    logits = machine.layers(q_hat)
    if found.model.corrects:
        logits = logits + found.model.static_logits
    return torch.softmax(logits, dim=-1)[0].numpy()


def float_tables(p_hat: np.ndarray) -> Tables:
    """Probabilities rounded to integers at the very end."""
    return tables_of(np.rint(p_hat.astype(np.float64) * 2.0**POWER_BITS).astype(np.int64))


def integer_tables(found: Fitted, machine: Machine, s_q: np.ndarray) -> Tables:
    """The tables of our decoder, with the same change to its weights or to the order of sums."""
    medians = side.medians(found.model.bottleneck).numpy()[machine.order]
    exact = exact_synthesis(machine.layers, medians, found.synthesis.static)
    return exact.tables(s_q[machine.order])


def changed(one: Tables, other: Tables) -> int:
    """How many tables differ."""
    rows = (
        [(t.offsets[j], t.frequencies(j).tobytes()) for j in range(len(t))] for t in (one, other)
    )
    return sum(a != b for a, b in zip(*rows, strict=True))


def meet(symbols: np.ndarray, writer: Tables, reader: Tables) -> Outcome:
    """Encode with the tables of one machine, decode with those of another."""
    latent = encode_with(writer, symbols)
    try:
        decoded = decode_with(reader, latent, symbols.shape)
    except StreamError as error:
        return Outcome(changed(writer, reader), symbols.size, symbols.size, str(error))
    wrong = int((decoded != symbols).sum())
    return Outcome(changed(writer, reader), symbols.size, wrong, None)
