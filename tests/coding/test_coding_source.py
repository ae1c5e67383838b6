"""Sources, prefix codes and intervals: the weather code of the thesis, and laws for any source."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip import coding
from lcip.coding import intervals, prefix
from lcip.coding.source import (
    Source,
    conditional_entropy_bits,
    context_tables,
    draw_with_memory,
    stationary,
)

WEATHER = Source("SRC", (0.5, 0.25, 0.25))
AFTER_C = Source("SRC", (0.25, 0.5, 0.25))
MESSAGE = "SRCSSRCS"


@st.composite
def sources(draw) -> Source:
    weights = draw(st.lists(st.integers(1, 50), min_size=2, max_size=7))
    return Source("abcdefg"[: len(weights)], tuple(w / sum(weights) for w in weights))


def test_the_weather_code_of_the_thesis():
    code = prefix.huffman(WEATHER)
    assert code == {"S": "0", "R": "10", "C": "11"}
    assert prefix.write(MESSAGE, code) == "010110010110"
    assert prefix.huffman(AFTER_C) == {"S": "10", "R": "0", "C": "11"}
    assert WEATHER.bits(MESSAGE).tolist() == [1, 2, 2, 1, 1, 2, 2, 1]
    assert WEATHER.entropy_bits == 1.5 and prefix.mean_length(code, WEATHER) == 1.5


@settings(max_examples=50, deadline=None)
@given(sources())
def test_huffman_is_a_full_prefix_code_within_a_bit_of_the_entropy(source):
    code = prefix.huffman(source)
    words = sorted(code.values())
    assert not any(b.startswith(a) for a, b in zip(words, words[1:], strict=False))
    assert prefix.kraft_sum(code) == 1
    length = prefix.mean_length(code, source)
    assert source.entropy_bits - 1e-9 <= length < source.entropy_bits + 1
    assert length <= prefix.mean_length(prefix.fixed_length(source), source) + 1e-9


@settings(max_examples=50, deadline=None)
@given(sources(), st.integers(0, 40), st.integers(0, 99))
def test_what_is_written_is_read(source, length, seed):
    message = source.draw(length, seed)
    assert len(message) == length
    for code in (prefix.huffman(source), prefix.fixed_length(source)):
        assert prefix.read(prefix.write(message, code), code) == message


def test_huffman_of_fibonacci_weights_is_as_deep_as_can_be():
    weights = (1, 1, 2, 3, 5, 8)
    code = prefix.huffman(Source("abcdef", tuple(w / 20 for w in weights)))
    assert sorted(map(len, code.values())) == [1, 2, 3, 4, 5, 5]


@settings(max_examples=50, deadline=None)
@given(sources(), sources())
def test_no_model_beats_the_source_itself(source, model):
    if source.alphabet == model.alphabet:
        assert source.divergence_bits(model) >= -1e-12
    assert source.divergence_bits(source) == 0


def test_divergence_by_hand():
    # 1/2 log2(1/2 : 1/4) + 1/4 log2(1/4 : 1/2) = 1/4
    assert WEATHER.divergence_bits(AFTER_C) == pytest.approx(0.25, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(sources(), st.integers(1, 30), st.integers(0, 99))
def test_an_interval_is_as_wide_as_its_message_is_probable(source, length, seed):
    message = source.draw(length, seed)
    steps = intervals.narrow([intervals.shares(source)] * length, source.places(message))
    last = steps[-1]
    assert float(last.width) == pytest.approx(2 ** -source.bits(message).sum(), rel=1e-9)
    bits = intervals.shortest_bits(last.low, last.width)
    value = Fraction(int(bits or "0", 2), 2 ** len(bits))
    assert last.low <= value < last.low + last.width
    assert len(bits) <= source.bits(message).sum() + 1 + 1e-9


def test_our_coder_writes_a_number_of_the_message_s_interval():
    places = WEATHER.places(MESSAGE)
    tables = WEATHER.tables()
    payload = coding.encode(places, np.zeros_like(places), tables)
    last = intervals.narrow([intervals.integer_shares(tables, 0)] * len(places), places)[-1]
    assert len(payload) == 2
    assert last.low <= intervals.number(payload) < last.low + last.width


def test_blocks_keep_the_entropy_of_a_letter():
    words = WEATHER.blocks(3)
    assert len(words) == 27 and words.alphabet[1] == "SSR"
    assert words.entropy_bits == pytest.approx(3 * WEATHER.entropy_bits)


def test_memory_lowers_the_entropy():
    after = {"S": WEATHER, "R": WEATHER, "C": AFTER_C}
    often = stationary(after)
    # π_C = 1/4 whatever came before, and π_S = 1/2 (1 − π_C) + 1/4 π_C.
    assert often.probabilities == pytest.approx((7 / 16, 5 / 16, 1 / 4))
    assert conditional_entropy_bits(after) == pytest.approx(1.5)
    assert often.entropy_bits > 1.5
    message = draw_with_memory(after, "S", 4000, seed=0)
    behind = [b for a, b in zip(message, message[1:], strict=False) if a == "C"]
    assert np.mean([letter == "R" for letter in behind]) == pytest.approx(0.5, abs=0.06)
    assert len(context_tables(after)) == 3


@pytest.mark.parametrize(
    ("alphabet", "probabilities", "words"),
    [
        ("S", (1.0,), "two or more letters"),
        ("SS", (0.5, 0.5), "each once"),
        ("SRC", (0.5, 0.5), "number of probabilities is 2; allowed: 3"),
        ("SR", (1.0, 0.0), "positive, of sum 1"),
        ("SR", (0.6, 0.6), "positive, of sum 1"),
        ("SR", (float("nan"), 0.5), "positive, of sum 1"),
    ],
)
def test_what_is_no_source_is_refused(alphabet, probabilities, words):
    with pytest.raises(coding.CodingError, match=words):
        Source(alphabet, probabilities)


def test_what_is_no_message_is_refused():
    with pytest.raises(coding.CodingError, match="letter of the message is 'X'; allowed: S, R, C"):
        WEATHER.bits("SXR")
    with pytest.raises(coding.CodingError, match="letter of the message is 'X'"):
        prefix.write("SX", prefix.huffman(WEATHER))
    with pytest.raises(coding.StreamError, match="end of the stream is '1'"):
        prefix.read("0101", {"S": "0", "R": "10", "C": "11"})
    with pytest.raises(coding.CodingError, match="length of a block is 0"):
        WEATHER.blocks(0)
    with pytest.raises(coding.CodingError, match="alphabet is"):
        WEATHER.cross_entropy_bits(Source("AB", (0.5, 0.5)))
