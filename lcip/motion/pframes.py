"""Code a clip latent by latent, each predicted from the last one that the decoder has.

Every frame's symbols s_t = round(y_t - m) come from the image codec's own g_a and quantiser, and
every method of `prediction` sends them exactly, as integers relative to an integer prediction P,

    residual_t = s_t - P(ŝ_{t-1}),     ŝ_t = P(ŝ_{t-1}) + residual_t = s_t,

so all methods show the very same pictures, and differ in bytes alone. The reference is the
decoder's own (a closed loop): nothing can drift.

The first frame's file is one of the image codec. Every later one is a container with the payloads
of modes and vectors, and that of the residual; its identity is that of the whole scheme.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lcip import coding
from lcip.distributions.methods import Method
from lcip.errors import refusal
from lcip.images.factorized import Codec, image_size
from lcip.motion.prediction import SIDE_STREAMS, Before, Step, follow
from lcip.motion.residual_coder import ResidualCoder
from lcip.motion.sent_coder import SentCoder


class Scheme(NamedTuple):
    """All that encoder and decoder must agree on, beside the image codec.

    Attributes:
        method: one of `prediction.METHODS`.
        coder: one of `residual_coder.CODERS`, or of `sent_coder.SENT`.
        tables: the static tables, M of them; for `modes` M of each mode.
        sent: the method of chapter 2 that takes the tables' place, for a coder of `SENT`.
    """

    method: str
    coder: str
    tables: coding.Tables
    sent: Method | None = None

    def residual_coder(self) -> ResidualCoder | SentCoder:
        """A coder at its start, for the residuals of one clip."""
        return SentCoder(self.sent) if self.sent else ResidualCoder(self.coder, self.tables)

    def identity(self, codec: Codec) -> bytes:
        """32 bytes that differ wherever another scheme would write other bytes."""
        arrays = self.tables.to_arrays()
        parts = [codec.identity, self.method.encode(), self.coder.encode()]
        parts += [arrays[name].tobytes() for name in sorted(arrays)]
        parts += [self.sent.identity] if self.sent else []
        return hashlib.sha256(b"\0".join(parts)).digest()


class Frame(NamedTuple):
    """A decoded frame: int32 symbols (M, h, w), uint8 picture (H, W, 3)."""

    symbols: np.ndarray
    picture: np.ndarray


class Payloads(NamedTuple):
    """What a frame's file holds, and the height and width that it declares."""

    side: tuple[bytes, ...]
    residual: bytes
    size: tuple[int, int]


def encode(
    scheme: Scheme, codec: Codec, first: bytes, steps: Sequence[Step], size: tuple[int, int]
) -> list[bytes]:
    """The files of a clip: that of the first frame as it is, and one for each step after it."""
    coder, identity = scheme.residual_coder(), scheme.identity(codec)
    files = [first]
    for step in steps:
        residual = coder.encode(step.residual, step.indexes)
        files.append(coding.pack([*step.side, residual], [size], identity))
    return files


def payloads(scheme: Scheme, codec: Codec, file: bytes) -> Payloads:
    """A frame's file taken apart.

    Raises:
        StreamError: of another scheme or codec, damaged, or no such file.
    """
    unpacked = coding.unpack(file, scheme.identity(codec))
    wanted = SIDE_STREAMS[scheme.method] + 1
    if len(unpacked.streams) != wanted:
        step = "check that this scheme wrote the file"
        found = len(unpacked.streams)
        raise coding.StreamError(refusal("streams of a frame", found, str(wanted), step))
    *side, residual = unpacked.streams
    return Payloads(
        tuple(side), residual, image_size(coding.Unpacked((residual,), unpacked.shapes))
    )


def decode(scheme: Scheme, codec: Codec, files: Sequence[bytes]) -> list[Frame]:
    """Every frame of a clip, from its files alone.

    Raises:
        StreamError: files of another scheme, cut, changed, or of unequal sizes.
    """
    symbols = decode_symbols(scheme, codec, files)
    size = codec.read_symbols(files[0])[1]
    return [Frame(each, codec.reconstruct(each, *size)) for each in symbols]


def decode_symbols(scheme: Scheme, codec: Codec, files: Sequence[bytes]) -> list[np.ndarray]:
    """`decode` without pictures, but for those that the method `pixels` predicts from."""
    if not files:
        step = "give the file of the first frame, too"
        raise coding.StreamError(refusal("files of a clip", 0, "one or more", step))
    symbols, size = codec.read_symbols(files[0])
    decoded, coder, picture = [symbols], scheme.residual_coder(), None
    for file in files[1:]:
        sent = payloads(scheme, codec, file)
        if sent.size != size:
            step = "decode the frames of one clip together"
            raise coding.StreamError(refusal("size of a frame", sent.size, f"{size}", step))
        if scheme.method == "pixels":
            picture = codec.reconstruct(decoded[-1], *size)
        guess = follow(scheme.method, codec, Before(decoded[-1], picture), sent.side)
        decoded.append(guess.predicted + coder.decode(sent.residual, guess.indexes))
    return decoded
