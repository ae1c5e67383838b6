"""The seam for models of one's own: single symbols, adaptive bits, integers, compilation."""

import numpy as np
import pytest
from coding_reference import intervals, reference_bytes, shortest_bytes
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip.coding import (
    CodingError,
    RangeDecoder,
    RangeEncoder,
    StreamError,
    adaptive,
    decode_integers,
    encode,
    encode_integers,
    rangecoder,
)
from lcip.coding.compiling import DIGEST, compiled


@st.composite
def slots(draw):
    """(start, frequency, precision) of up to 40 symbols."""
    found = []
    for _ in range(draw(st.integers(0, 40))):
        precision = draw(st.sampled_from([1, 4, 16, 24, 32]))
        start = draw(st.integers(0, 2**precision - 1))
        found.append((start, draw(st.integers(1, 2**precision - start)), precision))
    return found


@settings(deadline=None)
@given(slots())
def test_symbol_by_symbol(steps):
    encoder = RangeEncoder()
    for step in steps:
        encoder.put(*step)
    data = encoder.finish()
    assert data == reference_bytes(steps)
    decoder = RangeDecoder(data)
    for start, frequency, precision in steps:
        assert start <= decoder.slot(precision) < start + frequency
        decoder.take(start, frequency, precision)
    decoder.finish()
    with pytest.raises((StreamError, CodingError)):
        extended = RangeDecoder(data + b"\1" * 9)
        for step in steps:
            extended.take(*step)
        extended.finish()


def test_symbol_by_symbol_gives_the_bytes_of_encode(laplacians, draw):
    """More than the first buffer holds, with escapes."""
    symbols, indexes = draw(5000, 0)
    encoder = RangeEncoder()
    for step in intervals(symbols, indexes, laplacians):
        encoder.put(*step)
    data = encoder.finish()
    assert data == encode(symbols, indexes, laplacians)
    assert len(data) > 1024
    assert encoder.finish() == b""


@pytest.mark.parametrize("step", [(0, 0, 8), (-1, 1, 8), (250, 7, 8), (0, 1, 0), (0, 1, 33)])
def test_intervals_that_are_none(step):
    with pytest.raises(CodingError, match="interval is 'start"):
        RangeEncoder().put(*step)
    with pytest.raises(CodingError, match="interval is 'start"):
        RangeDecoder(b"").take(*step)


def test_taking_another_slot_is_refused():
    with pytest.raises(CodingError, match="slot is 0; allowed: 5 to 7"):
        RangeDecoder(b"").take(5, 3, 8)


@compiled
def write_bits(bits, contexts, counts, state, buffer):
    """A chapter's encoding loop: each bit in its context."""
    rangecoder.start_encoder(state)
    for i in range(bits.size):
        adaptive.put_adaptive_bit(state, buffer, counts, contexts[i], bits[i])
    return rangecoder.finish(state, buffer)


@compiled
def read_bits(data, contexts, counts, state, bits):
    """Its decoding loop."""
    rangecoder.start_decoder(state, data)
    for i in range(bits.size):
        bits[i] = adaptive.take_adaptive_bit(state, data, counts, contexts[i])
        if bits[i] > 1:
            return rangecoder.IMPOSSIBLE
    return rangecoder.verify(state, data)


def test_adaptive_bits_learn_their_contexts():
    rng = np.random.default_rng(0)
    contexts = rng.integers(0, 3, 20_000)
    chance = np.array([0.02, 0.5, 0.9])[contexts]
    bits = (rng.random(20_000) < chance).astype(np.int64)
    buffer, state = np.empty(20_000, np.uint8), np.empty(3, np.uint64)
    length = write_bits(bits, contexts, adaptive.start_counts(3), state, buffer)
    entropy = -np.where(bits == 1, np.log2(chance), np.log2(1 - chance)).sum()
    assert abs(8 * length / entropy - 1) < 0.01
    data, found = buffer[:length].copy(), np.empty_like(bits)
    assert read_bits(data, contexts, adaptive.start_counts(3), state, found) == rangecoder.FINE
    assert np.array_equal(found, bits)


@compiled
def write_steps(steps, buffer):
    """(start, frequency, total) each."""
    state = np.empty(3, np.uint64)
    rangecoder.start_encoder(state)
    for i in range(len(steps)):
        rangecoder.put_of(state, buffer, steps[i, 0], steps[i, 1], steps[i, 2])
    return rangecoder.finish(state, buffer)


@compiled
def follow_steps(data, steps):
    """IMPOSSIBLE where a slot is not the one that was written."""
    state = np.empty(3, np.uint64)
    rangecoder.start_decoder(state, data)
    for i in range(len(steps)):
        start, frequency, total = steps[i, 0], steps[i, 1], steps[i, 2]
        if not start <= rangecoder.slot_of(state, total) < start + frequency:
            return rangecoder.IMPOSSIBLE
        rangecoder.take_of(state, data, start, frequency, total)
    return rangecoder.verify(state, data)


@st.composite
def shares(draw):
    """(start, frequency, total) of up to 40 symbols, totals up to 2^40."""
    found = []
    for _ in range(draw(st.integers(0, 40))):
        total = draw(st.one_of(st.integers(1, 10), st.integers(1, 2**40)))
        start = draw(st.integers(0, total - 1))
        found.append((start, draw(st.integers(1, total - start)), total))
    return found


@settings(deadline=None, max_examples=100)
@given(shares())
def test_shares_of_any_total(steps):
    array = np.array(steps, np.int64).reshape(-1, 3)
    buffer = np.empty(8 * len(steps) + rangecoder.SPARE_BYTES, np.uint8)
    data = buffer[: write_steps(array, buffer)].copy()
    assert data.tobytes() == shortest_bytes(steps)
    assert follow_steps(data, array) == rangecoder.FINE
    bits = sum(np.log2(total / frequency) for _, frequency, total in steps)
    assert 8 * len(data) < bits + 8 + 2**-13 * len(steps)


def test_golden_bytes_of_shares():
    """Thirds and fifths: 2, then 0, then 4 of 5, then the middle of 2^40 − 1."""
    steps = np.array([[2, 1, 3], [0, 1, 3], [4, 1, 5], [2**39, 7, 2**40 - 1]])
    buffer = np.empty(64, np.uint8)
    assert buffer[: write_steps(steps, buffer)].tobytes().hex() == "c44443c16c17"


def test_a_slot_beyond_any_total_is_refused():
    step = np.array([[0, 1, 3]])
    beyond = np.frombuffer(b"\xff" * 8, np.uint8)
    assert follow_steps(beyond, step) == rangecoder.IMPOSSIBLE


@settings(deadline=None)
@given(st.lists(st.one_of(st.integers(0, 20), st.integers(0, 2**31 - 2)), max_size=60))
def test_integers_come_back(values):
    assert decode_integers(encode_integers(values), len(values)).tolist() == values


def test_golden_bytes_of_integers():
    assert encode_integers([]) == b""
    assert encode_integers([0]) == b"\x80"
    assert encode_integers([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]).hex() == "24bcfa8cdd25"
    assert len(encode_integers([5] * 2468)) == 5


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=40), st.integers(0, 100))
def test_integers_from_random_bytes(data, count):
    try:
        values = decode_integers(data, count)
    except StreamError:
        return
    assert encode_integers(values) == data


@pytest.mark.parametrize("values", [[2**31 - 2] * 100, [0, 2**31 - 2] * 50])
def test_dearest_integers_fit_their_buffer(values):
    assert decode_integers(encode_integers(values), 100).tolist() == values


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([-1], "values is -1; allowed: 0 to 2147483646"),
        ([2**31 - 1], "values is 2147483647"),
        ([0.5], "values is 'float64 of shape"),
        ([[1]], "values is 'int64 of shape"),
    ],
)
def test_integers_that_cannot_be_coded(values, text):
    with pytest.raises(CodingError, match=text):
        encode_integers(values)


def test_a_count_beyond_the_bound_is_refused():
    for count in (-1, 2**20 + 1):
        with pytest.raises(CodingError, match=f"count is {count}; allowed: 0 to 1048576"):
            decode_integers(b"", count)


def test_compiled_without_any_place_for_a_cache():
    """numba caches nothing for a function of no file: a read-only installation fares alike."""
    namespace = {}
    exec("def double(x):\n    return 2 * x", namespace)
    assert compiled(namespace["double"])(21) == 42


def test_compiled_functions_carry_the_digest_of_the_sources():
    """So that a cache of the old arithmetic is never used with the new."""
    assert rangecoder.put.__qualname__ == f"put_{DIGEST}"
    assert write_bits.py_func.__qualname__ == f"write_bits_{DIGEST}"
