"""encode and decode: round trip, golden bytes, rate, and the very bytes of a second coder."""

import threading

import numpy as np
import pytest
import torch
from coding_reference import intervals, reference_bytes
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip.coding import CodingError, Tables, decode, encode, ideal_bits, symbol_bits

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1


@st.composite
def random_tables(draw):
    """Up to 4 tables, skewed or not, some without any symbol but the escape."""
    weight = st.one_of(st.integers(0, 3), st.integers(0, 2**16), st.just(2**40))
    counts = draw(st.lists(st.lists(weight, max_size=6), min_size=1, max_size=4))
    escapes = [draw(st.integers(1, 2**16)) for _ in counts]
    offsets = [draw(st.one_of(st.integers(-9, 9), st.just(INT32_MIN))) for _ in counts]
    return Tables.from_counts([np.array(row, np.int64) for row in counts], offsets, escapes)


@st.composite
def random_messages(draw):
    """Tables, and up to 40 symbols, near them or anywhere in 32 bits."""
    tables = draw(random_tables())
    symbol = st.one_of(st.integers(-12, 12), st.integers(INT32_MIN, INT32_MAX))
    index = st.integers(0, len(tables) - 1)
    pairs = draw(st.lists(st.tuples(symbol, index), max_size=40))
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs], tables


@settings(deadline=None, max_examples=300)
@given(random_messages())
def test_bytes_are_those_of_the_reference_and_come_back(message):
    symbols, indexes, tables = message
    data = encode(symbols, indexes, tables)
    assert data == reference_bytes(intervals(symbols, indexes, tables))
    assert decode(data, indexes, tables).tolist() == symbols
    assert 8 * len(data) <= ideal_bits(symbols, indexes, tables) + 8


def test_golden_bytes_by_hand(dyadic):
    """0 → 0, 1 → 10, 2 → 110, together 0.010110 = 0x58/256; 5 → 111, 0 (above), 011 (3)."""
    assert encode([0, 1, 2], [0, 0, 0], dyadic) == b"\x58"
    assert encode([5], [0], dyadic) == b"\xe6"
    assert encode([0] * 100, [0] * 100, dyadic) == b""
    assert encode([2] * 8, [0] * 8, dyadic).hex() == "db6db6"
    assert encode([-1], [0], dyadic) == b"\xf8"


def test_golden_bytes():
    """Whole numbers all the way: three two-sided geometric tables, escapes, the ends of int32."""
    counts = [[1000 * 2**t >> abs(k) * (3 - t) for k in range(-5, 6)] for t in range(3)]
    tables = Tables.from_counts([np.array(row) for row in counts], [-5, -5, -6], [1, 2, 3])
    indexes = [i % 3 for i in range(48)]
    symbols = [(i * i * 5 + i) % 7 % 5 - 2 for i in range(48)]
    symbols[7], symbols[20], symbols[33], symbols[40] = 9, INT32_MIN, -17, INT32_MAX
    golden = (
        "00815238022d58a06676814ecd77190844e30ab587fd0cf44e72648bbf1d4980261a492dd3eb7bffb8e83017"
    )
    assert encode(symbols, indexes, tables).hex() == golden
    assert decode(bytes.fromhex(golden), indexes, tables).tolist() == symbols


@pytest.mark.parametrize("middles", [1, 5, 6, 20, 1000])
@pytest.mark.parametrize("last", [0, 1, 2])
def test_carry_through_a_long_run(middles, last):
    """The middle third holds ½ for ever: bytes 7F FF FF …, until a last symbol carries or not."""
    tables = Tables.from_counts([np.array([1, 1])], [0], [1])
    symbols, indexes = [1] * middles + [last], [0] * (middles + 1)
    data = encode(symbols, indexes, tables)
    assert data == reference_bytes(intervals(symbols, indexes, tables))
    assert decode(data, indexes, tables).tolist() == symbols


@pytest.mark.parametrize("length", [0, 1, 2, 3, 5, 16, 17, 100, 1000, 300_000])
def test_at_most_eight_bits_over_the_ideal(length, laplacians, draw):
    for seed in range(1 if length > 1000 else 50):
        symbols, indexes = draw(length, seed)
        data = encode(symbols, indexes, laplacians)
        assert 8 * len(data) <= ideal_bits(symbols, indexes, laplacians) + 8
        assert np.array_equal(decode(data, indexes, laplacians), symbols)


@pytest.mark.parametrize("length", [6, 16, 64])
def test_average_excess_is_some_three_bits(length, laplacians, draw):
    """Half a byte less what the length tells: well above 0, well below 8."""
    excess = []
    for seed in range(400):
        message = draw(length, seed)
        excess.append(8 * len(encode(*message, laplacians)) - ideal_bits(*message, laplacians))
    assert 0 < np.mean(excess) < 4


def test_thirty_bits_take_at_most_38():
    tables = Tables.from_counts([np.ones(31, np.int64)], [0], [1])
    symbols, indexes = np.arange(6), np.zeros(6, int)
    assert ideal_bits(symbols, indexes, tables) == 30
    assert len(encode(symbols, indexes, tables)) == 4


def test_dyadic_messages_cost_their_bits_rounded_up_to_bytes(dyadic):
    """No rounding of the interval: 8 k bits never take k + 1 bytes."""
    rng = np.random.default_rng(0)
    for length in range(1, 60):
        symbols, indexes = rng.integers(0, 3, length), np.zeros(length, int)
        bits = int((symbols + 1).sum())
        assert ideal_bits(symbols, indexes, dyadic) == bits
        assert len(encode(symbols, indexes, dyadic)) <= -(-bits // 8)


def test_empty_message(laplacians):
    assert encode([], [], laplacians) == b""
    assert ideal_bits([], [], laplacians) == 0
    decoded = decode(b"", np.empty((0, 3), int), laplacians)
    assert decoded.shape == (0, 3) and decoded.dtype == np.int32


@pytest.mark.parametrize("offset", [INT32_MIN, -1, 0, 1, INT32_MAX - 1])
@pytest.mark.parametrize("symbol", [INT32_MIN, INT32_MIN + 1, -1, 0, 1, INT32_MAX - 1, INT32_MAX])
def test_all_of_int32(symbol, offset):
    tables = Tables.from_counts([np.array([3, 4])], [offset], [1])
    data = encode([symbol], [0], tables)
    assert decode(data, [0], tables).tolist() == [symbol]
    assert len(data) * 8 <= ideal_bits([symbol], [0], tables) + 8


def test_escapes_cost_what_ideal_bits_says(dyadic):
    """3 bits of escape, 1 of side, 2 ⌊log2 d⌋ + 1 of distance d."""
    symbols = [3, 4, 5, 6, -1, -2, -3, -4, INT32_MAX, INT32_MIN]
    bits = symbol_bits(symbols, [0] * 10, dyadic)
    assert bits.tolist() == [5, 7, 7, 9, 5, 7, 7, 9, 4 + 61, 4 + 63]


def test_tables_of_nothing_but_the_escape():
    tables = Tables.from_counts([np.array([], np.int64)], [0], [1])
    assert decode(encode([-7, 9], [0, 0], tables), [0, 0], tables).tolist() == [-7, 9]
    assert symbol_bits([0, -1], [0, 0], tables).tolist() == [2, 2]


def test_1024_tables_of_one_symbol_each():
    rng = np.random.default_rng(0)
    tables = Tables.from_counts(
        rng.integers(0, 1000, (1024, 30)), rng.integers(-30, 0, 1024), [1] * 1024
    )
    symbols, indexes = rng.integers(-32, 32, 1024), np.arange(1024)
    data = encode(symbols, indexes, tables)
    assert np.array_equal(decode(data, indexes, tables), symbols)
    assert 8 * len(data) <= ideal_bits(symbols, indexes, tables) + 8


def test_a_million_symbols_of_almost_no_information():
    """Frequency 2^16 − 1 of 2^16: 22 bits for a million symbols."""
    tables = Tables.from_counts([np.array([2**40])], [5], [0])
    symbols, indexes = np.full(10**6, 5), np.zeros(10**6, int)
    assert ideal_bits(symbols, indexes, tables) == pytest.approx(22.01, abs=0.01)
    assert encode(symbols, indexes, tables) == b""
    symbols[-1] = 6
    data = encode(symbols, indexes, tables)
    assert np.array_equal(decode(data, indexes, tables), symbols)
    assert 8 * len(data) <= ideal_bits(symbols, indexes, tables) + 8


def test_shapes_and_types_of_the_arguments(laplacians, draw):
    symbols, indexes = draw(24, 1)
    data = encode(symbols, indexes, laplacians)
    shaped = symbols.reshape(2, 3, 4).astype(np.int16), indexes.reshape(2, 3, 4).astype(np.uint8)
    assert encode(*shaped, laplacians) == data
    assert encode(torch.tensor(symbols), torch.tensor(indexes), laplacians) == data
    assert np.array_equal(decode(data, shaped[1], laplacians), shaped[0])
    turned = np.asfortranarray(shaped[0]), np.asfortranarray(shaped[1])
    assert encode(*turned, laplacians) == data
    assert decode(encode(3, 50, laplacians), 50, laplacians) == 3


def test_same_bytes_in_every_thread_and_order(laplacians, draw):
    messages = [draw(2000, seed) for seed in range(8)]
    alone = [encode(*message, laplacians) for message in messages]
    together = [b""] * 8

    def work(k):
        together[k] = encode(*messages[k], laplacians)

    threads = [threading.Thread(target=work, args=(k,)) for k in reversed(range(8))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


@pytest.mark.parametrize(
    ("symbols", "indexes", "text"),
    [
        ([1.0], [0], "symbols is dtype('float64'); allowed: integers"),
        ([True], [0], "symbols is dtype('bool')"),
        ([2**31], [0], "symbols is 2147483648; allowed: -2147483648 to 2147483647"),
        ([-(2**40)], [0], "symbols is -1099511627776"),
        ([1], [1], "indexes is 1; allowed: 0 to 0"),
        ([1], [-1], "indexes is -1; allowed: 0 to 0"),
        ([1, 2], [0], "symbols.shape is (2,); allowed: (1,), the shape of indexes"),
        ([[1]], [0], "symbols.shape is (1, 1)"),
    ],
)
def test_wrong_arguments_are_refused(symbols, indexes, text, dyadic):
    for function in (encode, ideal_bits):
        with pytest.raises(CodingError) as caught:
            function(symbols, indexes, dyadic)
        assert text in str(caught.value) and "Next: " in str(caught.value)


def test_data_must_be_bytes(dyadic):
    with pytest.raises(CodingError, match="data is 'bytearray'; allowed: bytes"):
        decode(bytearray(b"\x58"), [0, 0, 0], dyadic)
