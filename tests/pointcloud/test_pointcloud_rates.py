"""Codecs by their rate: those that are there and measured, nearest, spread."""

import pandas as pd
import pytest

from lcip.errors import LcipError
from lcip.pointcloud import rates


@pytest.fixture(autouse=True)
def table(monkeypatch):
    """Four micro codecs and one lite are measured; one micro's weights are not here."""
    rows = [
        ("micro", 1024, lmbda, bits) for lmbda, bits in ((10, 16), (320, 56), (40, 30), (20, 9))
    ]
    rows += [("lite", 1024, 10.0, 20.0), ("full", 1024, 10.0, 20.0), ("micro", 64, 10.0, 7.0)]
    frame = pd.DataFrame(rows, columns=["size", "num_points", "lmbda", "payload_bits"])
    names = ["micro-p1024-l10", "micro-p1024-l320", "micro-p1024-l40", "lite-p1024-l10"]
    names += ["micro-p64-l10", "micro-p1024-l9999"]
    monkeypatch.setattr(
        rates.results, "read_measured", lambda name: type("Measured", (), {"frame": frame})
    )
    monkeypatch.setattr(rates.evaluate, "models", lambda: [f"pointcloud/{n}" for n in names])


def test_they_come_by_rate_and_only_where_weights_and_rows_agree():
    found = rates.rated("micro", 1024)
    assert [one.name for one in found] == [
        f"pointcloud/micro-p1024-l{lmbda}" for lmbda in (10, 40, 320)
    ]
    assert [one.payload_bits for one in found] == [16, 30, 56]


@pytest.mark.parametrize(("bits", "lmbda"), [(1, 10), (22, 10), (24, 40), (1e6, 320)])
def test_the_nearest_rate(bits, lmbda):
    assert rates.nearest("micro", 1024, bits).name == f"pointcloud/micro-p1024-l{lmbda}"


@pytest.mark.parametrize(("count", "expected"), [(1, [16]), (2, [16, 56]), (9, [16, 30, 56])])
def test_spread_from_lowest_to_highest(count, expected):
    assert [one.payload_bits for one in rates.spread("micro", 1024, count)] == expected


def test_sizes_with_weights_and_rows():
    assert rates.sizes(1024) == ["micro", "lite"] and rates.sizes(64) == ["micro"]
    assert rates.sizes(8) == []


def test_a_size_that_is_not_here_is_refused():
    with pytest.raises(LcipError, match="'full-p1024'; allowed: lite-p1024, micro-p1024"):
        rates.rated("full", 1024)
