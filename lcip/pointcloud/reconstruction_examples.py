"""Reconstructions of a few test clouds at all rates, from our streams: for grids and sliders.

Nothing here needs the data set: the points are made of the symbols in `data/streams/pointcloud/`.
"""

from typing import NamedTuple

import numpy as np

from lcip.datasets import POINT_SCALE
from lcip.errors import LcipError, refusal
from lcip.pointcloud import codec as codecs
from lcip.pointcloud import reconstruction, testset
from lcip.pointcloud.reconstruction import Reconstructor
from lcip.pointcloud.testset import CodedSet


class Frame(NamedTuple):
    """One test cloud in one model's eyes.

    `points` are int16 (M, 3) on the grid of stored clouds (x · 32767); `guess` is what the
    classifier took the packet for.
    """

    model: str
    item: int
    label: str
    guess: str
    payload_bits: int
    points: np.ndarray


def load(name: str) -> tuple[Reconstructor, CodedSet]:
    """A codec's reconstruction and its coded test set, by the codec's name."""
    reconstructor = reconstruction.load(codecs.load(name))
    return reconstructor, testset.load_test_set(reconstructor.codec, name)


def frames(reconstructor: Reconstructor, coded: CodedSet, items: list[int]) -> list[Frame]:
    """A frame for each item (index into the test set).

    Raises:
        LcipError: an item that the test set does not have.
    """
    unfit = [k for k in items if not 0 <= k < len(coded.payloads)]
    if unfit:
        allowed = f"0 to {len(coded.payloads) - 1}"
        raise LcipError(refusal("item of the test set", unfit[0], allowed, "choose another"))
    codec = reconstructor.codec
    symbols = coded.symbols[items]
    guesses = codec.logits(symbols).argmax(axis=1)
    return [
        Frame(
            model=codec.card["name"],
            item=item,
            label=codec.classes[coded.labels[item]],
            guess=codec.classes[guess],
            payload_bits=int(coded.payload_bits_of[item]),
            points=on_grid(points),
        )
        for item, guess, points in zip(items, guesses, reconstructor.points(symbols), strict=True)
    ]


def on_grid(points: np.ndarray) -> np.ndarray:
    """Float points to int16; what lies beyond the box around the unit ball is moved to its face."""
    return np.rint(np.clip(points, -1, 1) * POINT_SCALE).astype(np.int16)


def one_of_each(coded: CodedSet, classes: list[str], wanted: list[str], which: int) -> list[int]:
    """The item `which` (0: the first) of each wanted class.

    Raises:
        LcipError: a class that there is not, or that has fewer items.
    """
    items = []
    for name in wanted:
        if name not in classes:
            raise LcipError(refusal("class", name, classes, "choose one of them"))
        own = np.flatnonzero(coded.labels == classes.index(name))
        if not 0 <= which < len(own):
            allowed = f"0 to {len(own) - 1}, there are {len(own)} {name}s"
            raise LcipError(refusal("which", which, allowed, "choose another"))
        items.append(int(own[which]))
    return items


def at_rates(size: str, num_points: int, count: int) -> list[str]:
    """Of the models of a size that have a reconstruction, `count` at even distances, λ rising."""
    start = f"pointcloud/{size}-p{num_points}-l"
    names = [name for name in reconstruction.models() if name.startswith(start)]
    places = np.linspace(0, len(names) - 1, min(count, len(names)))
    return [names[k] for k in places.round().astype(int)]
