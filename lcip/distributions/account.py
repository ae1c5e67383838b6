"""Where the bits of a file went: container, side information, latent, channel by channel."""

from dataclasses import dataclass

import numpy as np

from lcip.distributions.codec import ImageCodec, Setting, load, setting_of
from lcip.images import factorized


@dataclass(frozen=True)
class Account:
    """What is in a file, and what each part of it takes.

    Attributes:
        setting: method and weights that wrote it, and read it.
        model: the short identity in the file, hexadecimal.
        height, width: of the image in pixels.
        file_bytes, side_bytes, latent_bytes: of all, and of its two streams.
        channel_bits: float64 (M,), −log2 p of every channel of the latent.
        escapes: symbols that no table holds; None where the method does not count them.
    """

    setting: Setting
    model: str
    height: int
    width: int
    file_bytes: int
    side_bytes: int
    latent_bytes: int
    channel_bits: np.ndarray
    escapes: int | None

    @property
    def container_bytes(self) -> int:
        """All that is neither side information nor latent."""
        return self.file_bytes - self.side_bytes - self.latent_bytes

    @property
    def rate_bpp(self) -> float:
        """Bits of the file a pixel of the image."""
        return 8 * self.file_bytes / (self.height * self.width)

    @property
    def padded(self) -> tuple[int, int]:
        """Height and width that were coded: multiples of 16."""
        stride = factorized.STRIDE
        return -(-self.height // stride) * stride, -(-self.width // stride) * stride

    def dearest_channels(self, count: int) -> list[tuple[int, float]]:
        """The channels that take most bits, and how many: the dearest first."""
        order = np.argsort(-self.channel_bits, kind="stable")[:count]
        return [(int(j), float(self.channel_bits[j])) for j in order]


def account(data: bytes) -> Account:
    """Take a file apart with the weights that it names.

    Raises:
        StreamError: no file of ours, a damaged one, or of weights that are not here.
    """
    setting = setting_of(data)
    return account_with(load(setting), setting, data)


def account_with(codec: ImageCodec, setting: Setting, data: bytes) -> Account:
    """Take a file apart with a codec that is loaded."""
    content = codec.read(data)
    estimate = codec.method.spent_bits(content.streams.side, content.symbols)
    return Account(
        setting,
        codec.method.identity[:6].hex(),
        content.height,
        content.width,
        len(data),
        len(content.streams.side),
        len(content.streams.latent),
        estimate.channel_bits,
        estimate.escapes,
    )
