"""decode accepts a byte string if and only if encode writes it."""

import itertools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip.coding import StreamError, Tables, decode, encode
from lcip.errors import LcipError

NEXT = "Next: check that the stream is whole and unchanged, and that tables and indexes are"


def exact(data, indexes, tables):
    """Decode or refuse; what is accepted must be what the encoder writes."""
    try:
        symbols = decode(data, indexes, tables)
    except StreamError:
        return None
    assert encode(symbols, indexes, tables) == data
    return symbols


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_every_string_of_up_to_two_bytes(count):
    """Exhaustive: what is accepted is canonical, and every message's stream is accepted."""
    tables = Tables.from_counts([np.array([500, 3, 2000])], [0], [700])
    indexes = [0] * count
    strings = [bytes(s) for n in range(3) for s in itertools.product(range(256), repeat=n)]
    accepted = {data for data in strings if exact(data, indexes, tables) is not None}
    written = {encode(s, indexes, tables) for s in itertools.product(range(3), repeat=count)}
    assert {data for data in written if len(data) <= 2} <= accepted
    assert len(accepted) < len(strings)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=40), st.integers(0, 60))
def test_random_bytes(data, count):
    tables = Tables.from_counts([np.array([1, 2]), np.array([9, 0, 9])], [0, -1], [1, 5])
    exact(data, np.arange(count) % 2, tables)


@pytest.mark.parametrize("count", [16, 1000])
def test_extended_streams_are_refused(count, laplacians, draw):
    symbols, indexes = draw(count, 3)
    data = encode(symbols, indexes, laplacians)
    for junk in (b"\0", b"\x01", b"\xff", data, b"\0" * 9, bytes(range(256)) * 10):
        with pytest.raises(StreamError):
            decode(data + junk, indexes, laplacians)


@pytest.mark.parametrize("count", [16, 200])
def test_cut_or_changed_streams_never_give_the_message(count, laplacians, draw):
    """Without a checksum they may be another message's stream, but then exactly."""
    symbols, indexes = draw(count, 4)
    data = encode(symbols, indexes, laplacians)
    for length in range(len(data)):
        other = exact(data[:length], indexes, laplacians)
        assert other is None or not np.array_equal(other, symbols)
    for bit in range(8 * len(data)):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        other = exact(bytes(changed), indexes, laplacians)
        assert other is None or not np.array_equal(other, symbols)


def test_texts(dyadic):
    """Each reason says what is wrong, what is allowed, and the next step."""
    cases = {
        "of 5 bytes is 'going on behind the last of 3 symbols'": (b"\x58\0\0\0\1", 3),
        "of 1 bytes is 'not ending as the encoder ends 3 symbols'": (b"\x59", 3),
        "of 1 bytes is 'not ending as the encoder ends 1 symbols'": (b"\0", 1),
        "of 9 bytes is 'naming no symbol after 1 of 2'": (b"\x70" + bytes(8), 2),
    }
    for text, (data, count) in cases.items():
        with pytest.raises(LcipError) as caught:
            decode(data, [0] * count, dyadic)
        assert text in str(caught.value) and NEXT in str(caught.value)


def test_the_gap_that_rounding_leaves_is_refused():
    """After three symbols of 21845 of 65536 the width is 21845³ · 2^15, no multiple of 2^16."""
    thirds = Tables(np.array([[0, 21845, 43690, 65536]]), np.array([3]), np.array([0]))
    number = (21845**3 * 2**15 - 1) * 2
    with pytest.raises(StreamError, match="naming no symbol after 3 of 4"):
        decode(number.to_bytes(8, "big"), [0] * 4, thirds)


def test_overshoot_beyond_int32_is_refused():
    """The escape's 33 bits reach beyond 2^31 − 1: nobody encodes that."""
    near = Tables.from_counts([np.array([1])], [0], [1])
    far = Tables.from_counts([np.array([1])], [2**31 - 1], [1])
    data = encode([2**31 - 1], [0], near)
    with pytest.raises(StreamError, match="naming a symbol beyond 32 bits after 0 of 1"):
        decode(data, [0], far)


def test_hostile_streams_take_little_memory(laplacians):
    """Random megabytes for few symbols, few bytes for many symbols."""
    rng = np.random.default_rng(0)
    exact(b"", [0], laplacians)
    tracemalloc.start()
    for _ in range(20):
        exact(rng.bytes(2**20), [50] * 10, laplacians)
        exact(rng.bytes(10), np.full(20_000, 99), laplacians)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**24
