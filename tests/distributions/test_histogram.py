"""Counts, entropies, divergences against values computed by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lcip.distributions import histogram
from lcip.errors import LcipError


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=200))
def test_mass_is_exact_and_counts_are_those_of_a_dictionary(values):
    symbols = np.array([values, values[::-1]])
    counts = histogram.channel_counts(symbols, lowest=-50, num_bins=101)
    assert counts.sum(axis=1).tolist() == [len(values)] * 2
    for value in set(values):
        assert counts[0, value + 50] == values.count(value)
    assert histogram.probabilities(counts).sum(axis=1) == pytest.approx([1, 1], abs=1e-12)


def test_a_symbol_outside_the_bins_is_refused():
    with pytest.raises(LcipError, match="symbol is 4; allowed: -1 to 3.*Next: widen the bins"):
        histogram.channel_counts(np.array([[0, 4]]), lowest=-1, num_bins=5)


def test_a_channel_without_symbols_is_refused():
    with pytest.raises(LcipError, match="number of symbols in channel 1 is 0"):
        histogram.probabilities(np.array([[1, 1], [0, 0]]))


def test_entropy_by_hand():
    p = np.array([[0.25] * 4, [1, 0, 0, 0], [0.5, 0.5, 0, 0]])
    assert histogram.entropy_bits(p).tolist() == [2, 0, 1]


def test_jensen_shannon_by_hand():
    p, q = np.array([1.0, 0.0]), np.array([0.5, 0.5])
    mean_entropy = -(0.75 * np.log2(0.75) + 0.25 * np.log2(0.25))
    assert histogram.jensen_shannon_bits(p, q) == pytest.approx(mean_entropy - 0.5)
    assert histogram.jensen_shannon_bits(p, p) == 0
