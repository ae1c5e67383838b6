"""Photographs to files and back, by any method of this chapter: `compress`, `decompress`.

    x → g_a → symbols (M, h, w) → method → side and latent → container → file, and back with g_s

Sides are filled up to multiples of 16 by repeating the last row and column, so that an image costs
what its padded latent costs; the file holds the true height and width, and `decompress` cuts. Two
streams lie in a file: the side information (empty where a method sends none) and the latent. The
container names base codec, method and fitted weights by 6 bytes of their common identity, so a file
says itself what it takes to read it (`setting_of`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from lcip import artifacts, coding
from lcip.distributions import methods
from lcip.distributions.methods import Coded, Method
from lcip.errors import LcipError, refusal
from lcip.images import factorized, zoo
from lcip.images.factorized import LMBDAS, MOST_PIXELS, PADDED, STRIDE

FAMILIES = (*factorized.FAMILIES, zoo.FAMILY)


@dataclass(frozen=True)
class Setting:
    """Which weights and which method: together they decide every byte of a file's meaning."""

    family: str
    quality: int
    method: str

    def __str__(self) -> str:
        return f"{self.method}, {self.family}, quality {self.quality}"

    @property
    def identity(self) -> bytes:
        """32 bytes, from the cards of the weights alone.

        Raises:
            ArtifactError: weights are missing.
        """
        if self.family == zoo.FAMILY:  # has no card: its identity comes with the codec
            base = zoo.load(self.quality).identity
        else:
            base = artifacts.weights_identity(factorized.weights_name(self.family, self.quality))
        own = methods.module_of(self.method).own_identity(self.family, self.quality)
        return methods.identity_of(base, self.method, own)


@dataclass(frozen=True)
class Content:
    """What is in a file.

    Attributes:
        symbols: int32 (M, ⌈height/16⌉, ⌈width/16⌉).
        height, width: of the image in pixels.
        streams: its side information and its latent as bytes.
    """

    symbols: np.ndarray
    height: int
    width: int
    streams: Coded


@dataclass(frozen=True)
class ImageCodec:
    """A base codec and a method on top of it."""

    base: factorized.Codec
    method: Method

    def compress(self, rgb: np.ndarray) -> bytes:
        """A whole file for a uint8 image (H, W, 3); grey and transparency: `read_image`.

        Raises:
            LcipError: not such an image, too large, or a method that writes no files.
        """
        factorized.check_image(rgb)
        return self.pack(self.base.symbols(rgb), *rgb.shape[:2])

    def pack(self, symbols: np.ndarray, height: int, width: int) -> bytes:
        """The file of an image whose symbols are known."""
        coded = self.method.encode(symbols)
        return coding.pack([*coded], [(height, width)], self.method.identity)

    def read(self, data: bytes) -> Content:
        """Everything in a file but the picture.

        Raises:
            StreamError: not such a file, of another model, cut, changed or extended.
        """
        file = coding.unpack(data, self.method.identity)
        height, width = image_size(file)
        shape = (self.base.num_channels, -(-height // STRIDE), -(-width // STRIDE))
        coded = Coded(*file.streams)
        return Content(self.method.decode(*coded, shape), height, width, coded)

    def decompress(self, data: bytes) -> np.ndarray:
        """The image in a file: uint8 (H, W, 3). Raises StreamError like `read`."""
        content = self.read(data)
        return self.base.reconstruct(content.symbols, content.height, content.width)


def image_size(file: coding.Unpacked) -> tuple[int, int]:
    """Height and width that a file declares, before anything of that size is allocated.

    Raises:
        StreamError: not two streams of one image, or a size that `compress` never writes.
    """
    if len(file.streams) == 2 and len(file.shapes) == 1 and len(file.shapes[0]) == 2:
        height, width = file.shapes[0]
        if 1 <= factorized.padded_pixels(height, width) <= MOST_PIXELS:
            return height, width
    found = f"{len(file.streams)} streams, shapes {file.shapes}"
    allowed = f"2 streams, 1 shape (height, width) of 1 to {MOST_PIXELS:,} {PADDED}"
    next_step = "check that this codec wrote the file"
    raise coding.StreamError(refusal("file", found, allowed, next_step))


def load(setting: Setting) -> ImageCodec:
    """The codec of a setting, from the repository's weights.

    Raises:
        LcipError: no such family, quality or method; a quality without weights (the message lists
            those that have); fitted weights that belong to another base codec.
    """
    check(setting)
    base = factorized.load(setting.family, setting.quality)
    return ImageCodec(
        base, methods.method_of(setting.method, base, setting.family, setting.quality)
    )


def check(setting: Setting) -> None:
    """Refuse what has no weights, and say what has."""
    if setting.family not in FAMILIES:
        raise LcipError(refusal("family", setting.family, FAMILIES, "choose one of them"))
    if setting.method not in methods.FILE_METHODS:
        next_step = "choose one of them"
        if setting.method in methods.BOUNDS:
            next_step = "choose one that writes files: this one is a bound"
        raise LcipError(refusal("method", setting.method, methods.FILE_METHODS, next_step))
    have = qualities(setting.family, setting.method)
    if setting.quality not in have:
        allowed = ", ".join(map(str, have)) or "none yet"
        where = f"weights for {setting.family}, {setting.method}"
        next_step = "choose one of them" if have else "choose another family or method"
        raise LcipError(refusal("quality", setting.quality, f"{allowed} ({where})", next_step))


def qualities(family: str, method: str) -> list[int]:
    """The qualities of a family that have all the weights that a method needs."""
    own_weights = methods.module_of(method).own_weights
    return [
        quality
        for quality in range(1, len(LMBDAS) + 1)
        if has_base(family, quality)
        and set(artifacts.weights_names()).issuperset(own_weights(family, quality))
    ]


def has_base(family: str, quality: int) -> bool:
    """Whether a base codec's weights are here: committed, or, of the zoo, fetched."""
    if family == zoo.FAMILY:
        return zoo.is_available(quality)
    return factorized.weights_name(family, quality) in artifacts.weights_names()


def settings() -> Iterator[Setting]:
    """All settings that have weights here."""
    for method, family in product(methods.FILE_METHODS, FAMILIES):
        for quality in qualities(family, method):
            yield Setting(family, quality, method)


def setting_of(data: bytes) -> Setting:
    """Which setting wrote a file, by the identity in it.

    Raises:
        StreamError: no file of ours, a damaged one, or of weights that are not here.
    """
    model = coding.inspect(data).model
    for setting in settings():
        if setting.identity.hex().startswith(model):
            return setting
    allowed = "a model whose weights are here"
    next_step = "get the weights that wrote the file: those of another version of the repository?"
    raise coding.StreamError(refusal("file's model", model, allowed, next_step))
