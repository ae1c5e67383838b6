"""The format, frozen: bytes of a small latent under fixed integer weights, by method.

No float takes part, neither g_a nor a trained weight, so these bytes are the same everywhere. A
change of them is a breaking change of the format.
"""

import numpy as np
import pytest

from lcip import coding
from lcip.coding import Tables
from lcip.distributions import side
from lcip.distributions.adaptive import Adaptive
from lcip.distributions.codec import ImageCodec
from lcip.distributions.integers import ExactLayer, ExactSynthesis
from lcip.distributions.methods import encode_with
from lcip.distributions.prior import static_log2
from lcip.distributions.static import Static
from lcip.images import factorized

CHANNELS, BINS, Q_SHAPE = 4, 16, (2, 2)
HEIGHT, WIDTH = 33, 80
ANSWER = np.array([[1, -2], [0, 3]], np.int32)  # a symbol of it lies outside its table
STATIC = (
    "4c4349112a2a2a2a2a2a122150020020f675880bfc8d5d86870079339775b630b88c232e2164824b728ff6f6256f3c"
    "01d100a334"
)
ADAPTIVE = (
    "4c434911777777777777122150020222b4f3f8ef24530306d4bed65a096cfb0a29527a71112b4942fbe22fc8e105a9"
    "5d0e5103ffbe16aaa3"
)
OFFSET = -8
FREQUENCIES = [16, 16, 16, 94, 178, 214, 1720, 7292, 42715, 10205, 2571, 276, 93, 97, 16, 16, 1]


def draw(number: int, low: int, high: int, count: int) -> np.ndarray:
    """Integers of a linear congruence, which no library's generator can change."""
    state, found = number, []
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        found.append(low + (state >> 8) % (high - low))
    return np.array(found)


def layer(number: int, outputs: int, inputs: int, stride: int) -> ExactLayer:
    kernel = 3
    weight = draw(number, -(2**16), 2**16, outputs * inputs * kernel).astype(np.float64)
    bias = draw(number + 1, -(2**29), 2**29, outputs).astype(np.float64)
    return ExactLayer(weight.reshape(1, outputs, -1), bias, 16, stride, kernel, 1)


@pytest.fixture(scope="module")
def tables() -> Tables:
    counts = [np.array([1, 6, 40, 9, 1]) + j for j in range(CHANNELS)]
    return Tables.from_counts(counts, [-2] * CHANNELS, [1] * CHANNELS)


@pytest.fixture(scope="module")
def adaptive(tables) -> Adaptive:
    layers = (layer(1, 4, 2, 2), layer(3, 4, 4, 2), layer(5, 4, 4, 2), layer(7, CHANNELS, 4, 1))
    medians = np.array([3000.0, -5000.0])
    synthesis = ExactSynthesis(layers, medians, static_log2(tables, BINS))
    q_tables = Tables.from_counts([np.array([1, 4, 9, 4, 1])] * 2, [-2, -2], [1, 1])
    return Adaptive(lambda p, positions: ANSWER, synthesis, q_tables, Q_SHAPE, b"\x77" * 32)


@pytest.fixture(scope="module")
def symbols() -> np.ndarray:
    """(4, 3, 5), of a picture of 33×80 pixels; two lie outside every table, one beyond the bins."""
    found = draw(11, -2, 3, CHANNELS * 15).reshape(CHANNELS, 3, 5).astype(np.int32)
    found[1, 2, 3], found[2, 0, 0] = 9, -70000
    return found


def codec_of(method) -> ImageCodec:
    """A codec whose transforms nobody asks."""
    base = factorized.Codec(None, None, {}, bytes(32))
    return ImageCodec(base, method)


def read(method, data: bytes) -> np.ndarray:
    side, latent = coding.unpack(data, method.identity).streams
    return method.decode(side, latent, (CHANNELS, 3, 5))


def packed(method, side_stream: bytes, latent: bytes) -> str:
    return coding.pack([side_stream, latent], [(HEIGHT, WIDTH)], method.identity).hex()


def test_static_bytes(tables, symbols):
    method = Static(tables, b"\x2a" * 32)
    assert packed(method, *method.encode(symbols)) == STATIC
    assert np.array_equal(read(method, bytes.fromhex(STATIC)), symbols)


def test_adaptive_bytes(adaptive, symbols):
    side_stream = side.write(ANSWER, adaptive.q_tables)
    tables = adaptive.synthesis.tables(ANSWER)
    assert packed(adaptive, side_stream, encode_with(tables, symbols)) == ADAPTIVE
    assert np.array_equal(read(adaptive, bytes.fromhex(ADAPTIVE)), symbols)


def test_adaptive_tables(adaptive):
    """What h_sq in integers makes of an answer, channel 1."""
    tables = adaptive.synthesis.tables(ANSWER)
    assert tables.frequencies(1).tolist() == FREQUENCIES and tables.offsets[1] == OFFSET


def test_what_the_encoder_writes_is_the_golden_file(adaptive, symbols):
    assert codec_of(adaptive).pack(symbols, HEIGHT, WIDTH).hex() == ADAPTIVE
