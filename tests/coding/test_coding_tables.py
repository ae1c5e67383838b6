"""Tables: rounding of probabilities, validation, storage."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip.coding import CodingError, Tables
from lcip.coding.quantise import quantise

GOOD = {
    "cumulative": np.array([[0, 1, 65536, 65536], [0, 5, 7, 65536]]),
    "sizes": np.array([2, 3]),
    "offsets": np.array([0, -1]),
}


def loss_bits(pmf, frequencies):
    """Kullback-Leibler divergence of the integer table from the probabilities."""
    used = pmf > 0
    return np.sum(pmf[used] * np.log2(pmf[used] * 2**16 / frequencies[used]))


def best_frequencies(pmf):
    """The optimum by single moves in floating point, logarithms and all."""
    f = np.maximum(np.floor(pmf * 2**16), 1).astype(int)
    while True:
        gain = pmf * np.log2(1 + 1 / f)
        pain = np.where(f > 1, -pmf * np.log2(1 - 1 / np.maximum(f, 1.5)), np.inf)
        more, less = int(gain.argmax()), int(pain.argmin())
        missing = 2**16 - f.sum()
        if missing == 0 and gain[more] <= pain[less] * (1 + 1e-12):
            return f
        f[more] += missing >= 0
        f[less] -= missing <= 0


@pytest.mark.parametrize("seed", range(20))
def test_rounding_is_all_but_optimal(seed):
    rng = np.random.default_rng(seed)
    raw = rng.gamma(0.02 + seed / 20, size=5 + 40 * seed) + 1e-12
    pmf = raw / raw.sum()
    frequencies = Tables.from_pmf([pmf[:-1]], [0], [pmf[-1]]).frequencies(0)
    best = loss_bits(pmf, best_frequencies(pmf))
    assert loss_bits(pmf, frequencies) <= best * 1.01 + 1e-9


@settings(deadline=None)
@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=50).filter(any))
def test_frequencies_are_positive_and_sum_to_2_16(counts):
    frequencies = quantise(np.array(counts, np.int64))
    assert frequencies.min() >= 1 and frequencies.sum() == 2**16
    order = np.argsort(counts, kind="stable")
    assert (np.diff(frequencies[order])[np.diff(np.array(counts)[order]) > 0] >= 0).all()


def test_golden_frequencies():
    """The rounding belongs to the format wherever a distribution is sent with its message."""
    assert quantise(np.array([1, 1, 1])).tolist() == [21846, 21845, 21845]
    assert quantise(np.array([10**9, 1, 0, 7, 10**6])).tolist() == [65468, 1, 1, 1, 65]
    assert quantise(np.array([2**40, 2**40, 1])).tolist() == [32768, 32767, 1]


def test_every_slot_of_the_widest_table_is_kept():
    pmf = np.zeros(65534)
    pmf[7] = 1.0
    frequencies = Tables.from_pmf([pmf], [-30000], [0.0]).frequencies(0)
    assert frequencies[7] == 2 and frequencies.sum() == 2**16 and len(frequencies) == 65535


def test_from_pmf_of_unequal_lengths():
    tables = Tables.from_pmf([[0.5, 0.25], [], np.float32([1.0])], [3, 0, -9], [0.25, 1.0, 0.0])
    expected = [[0, 32768, 49152, 65536], [0, 65536, 65536, 65536], [0, 65535, 65536, 65536]]
    assert tables.cumulative.tolist() == expected
    assert tables.sizes.tolist() == [3, 1, 2] and tables.offsets.tolist() == [3, 0, -9]
    assert len(tables) == 3
    assert all(getattr(tables, name).dtype == np.int32 for name in GOOD)


def test_arrays_round_trip_and_are_copies():
    tables = Tables(**GOOD)
    arrays = tables.to_arrays()
    tensors = {name: torch.tensor(array) for name, array in arrays.items()} | {"extra": 1}
    again = Tables.from_arrays(tensors)
    for name in GOOD:
        assert np.array_equal(getattr(again, name), GOOD[name])
        assert arrays[name].dtype == np.int32
    arrays["cumulative"][:] = 0
    GOOD["offsets"].copy()[:] = 7
    assert tables.cumulative[0, 1] == 1
    with pytest.raises(ValueError, match="read-only"):
        tables.cumulative[0, 0] = 1


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (
            {"cumulative": np.zeros(3, int)},
            "cumulative is 'int64 of shape (3,)'; allowed: integers",
        ),
        ({"cumulative": GOOD["cumulative"] * 1.0}, "cumulative is 'float64 of shape (2, 4)'"),
        ({"sizes": np.array([2])}, "tables is '2 rows, 1 sizes, 2 offsets'"),
        (
            {"sizes": np.array([0, 3])},
            "sizes[0] is 0; allowed: 1 to 3, as cumulative has 4 columns",
        ),
        ({"sizes": np.array([2, 4])}, "sizes[1] is 4; allowed: 1 to 3"),
        ({"sizes": np.array([3, 3])}, "cumulative[0] is '[    0     1 65536 65536]'"),
        ({"sizes": np.array([1, 3])}, "strictly rising from 0 to 65536 over its 1 slots"),
        ({"offsets": np.array([0, 2**31])}, "offsets is 2147483648; allowed: 32-bit integers"),
        ({"offsets": np.array([0, 2**31 - 1])}, "offsets[1] is 2147483647; allowed: symbols below"),
        ({"cumulative": np.array([[0, 1, 65536, 65536], [0, 7, 5, 65536]])}, "cumulative[1] is"),
        ({"cumulative": np.array([[0, 1, 65536, 65536], [0, 5, 5, 65536]])}, "cumulative[1] is"),
        ({"cumulative": np.array([[1, 2, 65536, 65536], [0, 5, 7, 65536]])}, "cumulative[0] is"),
        ({"cumulative": np.array([[0, 1, 65536, 65537], [0, 5, 7, 65536]])}, "cumulative[0] is"),
        ({"cumulative": np.array([[0, 1, 65536, 65536], [0, 5, 7, 65535]])}, "cumulative[1] is"),
        ({"cumulative": np.array([[0, 1, 65536, 0], [0, 5, 7, 65536]])}, "cumulative[0] is"),
        ({"cumulative": np.empty((0, 4), int)}, "at least one row"),
    ],
)
def test_wrong_tables_are_refused(change, text):
    with pytest.raises(CodingError) as caught:
        Tables(**(GOOD | change))
    assert text in str(caught.value) and "Next: " in str(caught.value)


@pytest.mark.parametrize(
    ("pmfs", "escapes", "text"),
    [
        (
            [[0.5, 0.4]],
            [0.0],
            "pmfs[0] is 'least 0, sum with the escape 0.9'; allowed: probabilities",
        ),
        ([[1.5, -0.5]], [0.0], "least -0.5, sum with the escape 1'"),
        ([[np.nan, 0.5]], [0.5], "least nan"),
        ([[np.inf]], [0.0], "sum with the escape inf"),
        ([[[0.5, 0.5]]], [0.0], "pmfs[0] is 'shape (1, 2)'; allowed: one axis of at most 65534"),
        ([np.full(65535, 1 / 65535)], [0.0], "shape (65535,)"),
        ([[1.0], [1.0]], [0.0, 0.0], "2 distributions, 1 offsets, 2 escapes"),
        ([], [], "tables is '0 distributions, 1 offsets, 0 escapes'"),
    ],
)
def test_wrong_probabilities_are_refused(pmfs, escapes, text):
    with pytest.raises(CodingError) as caught:
        Tables.from_pmf(pmfs, [0], escapes)
    assert text in str(caught.value) and "Next: " in str(caught.value)


@pytest.mark.parametrize(
    ("counts", "escapes", "text"),
    [
        ([np.array([0.5])], [1], "counts[0] is 'float64 of shape (1,)'; allowed: integers"),
        ([np.array([1])], [0.5], "counts[0] is"),
        ([np.array([-1, 3])], [1], "least -1, greatest 3'; allowed: 0 to 2^40, not all 0"),
        ([np.array([2**40 + 1])], [1], "greatest 1099511627777"),
        ([np.array([0, 0])], [0], "least 0, greatest 0"),
    ],
)
def test_wrong_counts_are_refused(counts, escapes, text):
    with pytest.raises(CodingError) as caught:
        Tables.from_counts(counts, [0], escapes)
    assert text in str(caught.value)


def test_missing_array_is_named():
    arrays = Tables(**GOOD).to_arrays()
    for name in GOOD:
        with pytest.raises(CodingError, match=f"add '{name}'"):
            Tables.from_arrays({key: array for key, array in arrays.items() if key != name})


def test_from_counts_is_exact_where_it_can_be():
    for counts in itertools.product((1, 2, 4, 8), repeat=3):
        scale = 2**16 // sum(counts)
        if scale * sum(counts) == 2**16:
            tables = Tables.from_counts([np.array(counts[:-1])], [0], [counts[-1]])
            assert tables.frequencies(0).tolist() == [scale * count for count in counts]
