"""Savings on Kodak from the measured table of whole files."""

import pandas as pd
import pytest

from lcip.results import MissingTableError, extract, write_measured

RECORD = {"command": "x", "seed": None, "datasets": {}, "wall_seconds": 0.0}


@pytest.fixture
def kodak(repository):
    """Two images, three methods at quality 1, two at quality 3; another family."""
    rows = [
        ("small", 1, "static", 900, 0), ("small", 1, "static", 1100, 0),
        ("small", 1, "ideal", 800, 0), ("small", 1, "ideal", 1000, 0),
        ("small", 1, "adaptive", 820, 4), ("small", 1, "adaptive", 1020, 4),
        ("small", 3, "static", 4000, 0), ("small", 3, "ideal", 3800, 0),
        ("other", 1, "static", 500, 0),
    ]  # fmt: skip
    columns = ["family", "quality", "method", "file_bytes", "payload_side_bytes"]
    write_measured("distributions/kodak", pd.DataFrame(rows, columns=columns), **RECORD)


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ('kodak_file_rate("small", "static", 1)', 8000 / (768 * 512)),
        ('kodak_file_change("small", "ideal", 1)', -10),
        ('kodak_file_change("small", "adaptive", 1)', -8),
        ('kodak_mean_file_change("small", "ideal")', -7.5),
        ('kodak_mean_file_change("small", "adaptive")', -8),
        ('kodak_recovered("small", "adaptive")', 80),
        ('kodak_largest_side_share("small", "adaptive")', 100 * 8 / 1840),
    ],
)
def test_numbers_of_whole_files(kodak, call, value):
    assert extract(call) == (pytest.approx(value), "own measurement")


@pytest.mark.parametrize(
    "call",
    [
        'kodak_file_change("small", "adaptive", 3)',
        'kodak_file_change("small", "ideal", 2)',
        'kodak_file_rate("small", "hybrid", 1)',
        'kodak_mean_file_change("small", "hybrid")',
        'kodak_recovered("small", "hybrid")',
        'kodak_largest_side_share("small", "hybrid")',
    ],
)
def test_what_is_not_measured_is_said_to_be_missing(kodak, call):
    with pytest.raises(MissingTableError, match="is not measured yet"):
        extract(call)
