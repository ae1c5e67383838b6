"""Counts that adapt while decoding: against a plain reference, back and forth, and broken."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip.coding import StreamError, Tables
from lcip.distributions import counting
from lcip.distributions.counting import FOREVER, ONE, Rule
from lcip.errors import LcipError

PLAIN = Rule(prior_weight=60, memory=FOREVER, thresholds=(), share=0)
FORGETTING = Rule(prior_weight=3, memory=5, thresholds=(), share=0)
LOCAL = Rule(prior_weight=7, memory=9, thresholds=(3, 8), share=ONE // 16)
RULES = {"plain": PLAIN, "forgetting": FORGETTING, "local": LOCAL}
every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


@pytest.fixture(scope="module")
def tables() -> Tables:
    """Three channels: symbols −1 to 1, only 0, and −6 to 6."""
    wide = np.exp(-np.abs(np.arange(-6, 7)) / 3)
    pmfs = [np.array([0.25, 0.5, 0.24]), np.array([0.99]), 0.99 * wide / wide.sum()]
    return Tables.from_pmf(pmfs, [-1, 0, -6], [0.01, 0.01, 0.01])


def latent(seed: int, height: int, width: int) -> np.ndarray:
    """Symbols of the three channels, some beyond their tables."""
    draw = np.random.default_rng(seed)
    scales = np.array([1, 0.3, 4])[:, None, None]
    return np.rint(draw.laplace(size=(3, height, width)) * scales).astype(np.int32)


def reference_bits(symbols: np.ndarray, tables: Tables, rule: Rule) -> float:
    """The definition, in fractions and dictionaries."""
    bits, limit = 0.0, rule.memory * ONE
    scales = counting.bounds(tables, Rule(1, 2, (1,), 0))[:, 0] // 6
    for c, channel in enumerate(symbols.tolist()):
        frequencies = tables.frequencies(c).tolist()
        counts = [[0] * len(frequencies) for _ in range(len(rule.thresholds) + 1)]
        for y, row in enumerate(channel):
            for x, symbol in enumerate(row):
                above = channel[y - 1][x] if y else (row[x - 1] if x else 0)
                left = row[x - 1] if x else above
                corner = channel[y - 1][x - 1] if y and x else above
                other = channel[y - 1][x + 1] if y and x + 1 < len(row) else above
                mean = Fraction(2 * abs(left) + 2 * abs(above) + abs(corner) + abs(other), 6)
                scale = Fraction(int(scales[c]), ONE)
                k = sum(mean > Fraction(t, 8) * scale for t in rule.thresholds)
                place = symbol - int(tables.offsets[c])
                inside = 0 <= place < len(frequencies) - 1
                at = place if inside else len(frequencies) - 1
                total = rule.prior_weight * ONE + sum(counts[k])
                bits -= math.log2((rule.prior_weight * frequencies[at] + counts[k][at]) / total)
                if not inside:
                    far = -place if place < 0 else place - len(frequencies) + 2
                    bits += 2 * far.bit_length()
                for j, own in enumerate(counts):
                    own[at] += ONE if j == k else rule.share
                    if sum(own) > limit:
                        own[:] = [n >> 1 for n in own]
    return bits


@every_rule
def test_costs_are_those_of_the_definition(tables, rule):
    symbols = latent(1, 9, 7)
    bits = counting.channel_bits(symbols, tables, rule).sum()
    assert bits == pytest.approx(reference_bits(symbols, tables, rule), rel=1e-12)


@every_rule
def test_payload_is_the_estimate(tables, rule):
    symbols = latent(2, 40, 50)
    data = counting.encode(symbols, tables, rule)
    bits = counting.channel_bits(symbols, tables, rule).sum()
    assert -8 < 8 * len(data) - bits < 9
    assert np.array_equal(counting.decode(data, symbols.shape, tables, rule), symbols)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 2**32 - 1),
    st.tuples(st.integers(1, 6), st.integers(1, 6)),
    st.sampled_from(list(RULES.values())),
    st.sampled_from([1, 50, 2**20, 2**29]),
)
def test_every_int32_comes_back(tables, seed, size, rule, stretch):
    symbols = latent(seed, *size).astype(np.int64) * stretch
    symbols = np.clip(symbols, -(2**31), 2**31 - 1).astype(np.int32)
    data = counting.encode(symbols, tables, rule)
    assert np.array_equal(counting.decode(data, symbols.shape, tables, rule), symbols)


def test_the_furthest_symbols(tables):
    symbols = np.array([-(2**31), 2**31 - 1] * 6, np.int32).reshape(3, 2, 2)
    data = counting.encode(symbols, tables, LOCAL)
    assert np.array_equal(counting.decode(data, symbols.shape, tables, LOCAL), symbols)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=60), st.sampled_from(list(RULES.values())))
def test_other_bytes_are_refused_or_are_the_stream_of_other_symbols(tables, data, rule):
    try:
        symbols = counting.decode(data, (3, 5, 4), tables, rule)
    except StreamError:
        return
    assert counting.encode(symbols, tables, rule) == data


@every_rule
def test_a_cut_or_longer_stream_is_not_the_same(tables, rule):
    symbols = latent(3, 8, 8)
    data = counting.encode(symbols, tables, rule)
    for other in (data[:-1], data + b"\1", data + bytes(3)):
        try:
            assert not np.array_equal(counting.decode(other, symbols.shape, tables, rule), symbols)
        except StreamError as refused:
            assert "stream of" in str(refused)


def test_golden_bytes(tables):
    """Part of the format: a change of them is a breaking change."""
    symbols = (np.arange(60, dtype=np.int32) * 7 % 11 - 5).reshape(3, 4, 5)
    written = {name: counting.encode(symbols, tables, rule).hex() for name, rule in RULES.items()}
    assert written == GOLDEN


GOLDEN = {
    "plain": "feeb89a30d80917b1f1a21f8cb7bd75428b15b3026cac2919567aba7c8ad7b315adff6ad894ce5be"
    "30f51e",
    "forgetting": "feea52a1770798dcc308d7584c2edcf83595bd2a59aa8bb38e1b960c1c277add0f1822f8e07d",
    "local": "feeb9356070763d61ea08e92d9c6be7a536499731daa3fbb0ef8ddca8fab395683c8447e68302e",
}


def test_plain_counts_learn_what_the_prior_did_not_know(tables):
    """Uniform symbols under a peaked prior: near log2 13 bits a symbol after some hundreds."""
    draw = np.random.default_rng(5)
    symbols = np.zeros((3, 100, 100), np.int32)
    symbols[2] = draw.integers(-6, 7, (100, 100))
    bits = counting.channel_bits(symbols, tables, PLAIN)
    assert bits[2] / 10_000 == pytest.approx(np.log2(13), rel=0.01)
    assert bits[1] < 10_000 * 0.0145


def test_forgetting_follows_a_change(tables):
    """The top of channel 2 is all −6, the bottom all 6: fading counts pay for the change once."""
    symbols = np.zeros((3, 80, 40), np.int32)
    symbols[2, :40], symbols[2, 40:] = -6, 6
    plain, fading = (
        counting.channel_bits(symbols, tables, Rule(20, memory, (), 0))[2]
        for memory in (FOREVER, 100)
    )
    assert fading < 0.7 * plain


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"prior_weight": 0}, "prior_weight is 0; allowed: an integer from 1 to 65536"),
        ({"prior_weight": 1.5}, "prior_weight is 1.5"),
        ({"memory": 1}, "memory is 1; allowed: an integer from 2 to 4194304"),
        ({"share": ONE + 1}, "share is 65537"),
        ({"thresholds": (8, 3)}, r"thresholds is \(8, 3\); allowed: integers from 1 to 4096"),
        ({"thresholds": (0,)}, "thresholds is "),
        ({"thresholds": (5000,)}, "thresholds is "),
    ],
)
def test_rules_that_are_none(change, text):
    with pytest.raises(LcipError, match=text):
        Rule(**({"prior_weight": 7, "memory": 9, "thresholds": (), "share": 0} | change))
