"""Measured curves beside published ones: what is not trained is said so, nothing is mixed."""

import math

import numpy as np
import pandas as pd
import pytest

from lcip import metrics, paths, results
from lcip.errors import LcipError
from lcip.pointcloud import bd_table, overheads
from lcip.pointcloud import rate_accuracy as ra
from lcip.pointcloud.recipes import LMBDAS, NUM_POINTS
from lcip.results import clouds, derivations
from lcip.results.extractors import extract
from lcip.results.scoreboard import outcome

RECORD = {"command": "x", "seed": 1, "datasets": {}, "wall_seconds": 0.0}
BITS = (10.0, 20.0, 40.0, 80.0)
PERCENT = (60.0, 72.0, 79.0, 82.0)


def models(size="micro", num_points=1024, shift=0.0):
    """Four models on a hull, and one that it leaves out; estimate, payload, file 2 bits apart."""
    bits, percent = (*BITS, 50.0), (*PERCENT, 70.0)
    return pd.DataFrame(
        {
            "size": size, "num_points": num_points, "lmbda": [10.0, 40.0, 160.0, 1600.0, 640.0],
            "seed": 1, "epochs": 1,
            "validation_accuracy_percent": [60.0, 70.0, 85.0, 84.0, 71.0],
            "test_accuracy_percent": [value + shift for value in percent],
            "estimated_bits": bits, "payload_bits": [b + 2 for b in bits],
            "file_bits": [b + 4 for b in bits], "num_test": 2468,
            "train_seconds": 1.0, "device": "cpu",
        }
    )  # fmt: skip


def inputs():
    """TMC13 of three points with a floor of 72 bits, and an octree without any."""
    rows = []
    for codec, variant, floor in (
        ("tmc13", "v14", 72.0), ("octree", "from scratch", 0.0), ("octree", "trained prior", 0.0)
    ):  # fmt: skip
        for extra, percent in ((0.0, 4.0), (200.0, 60.0), (800.0, 85.0), (3000.0, 88.0)):
            bits = floor + extra
            rows.append((codec, variant, 1024, percent, bits, bits, bits + 256))
    columns = ["codec", "variant", "num_points", "test_accuracy_percent"]
    columns += ["estimated_bits", "payload_bits", "file_bits"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Published tables as they are, and a measured one of micro alone."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "registry.toml").touch()
    (tmp_path / "data" / "published").symlink_to(paths.root() / "data" / "published")
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))
    results.write_measured(clouds.TABLE, models(), **RECORD)
    return tmp_path


def test_a_curve_is_the_hull_in_the_bits_that_are_asked_for(repository):
    estimated = clouds.cloud_curve("micro", 1024, "estimated_bits")
    assert estimated.rate.tolist() == list(BITS) and estimated.quality.tolist() == list(PERCENT)
    assert clouds.cloud_curve("micro", 1024, "payload_bits").rate[0] == 12
    assert clouds.cloud_curve("micro", 1024, "file_bits").rate[0] == 14
    with pytest.raises(results.ResultsError, match="rate_column is 'bits'; allowed: .*payload"):
        clouds.cloud_curve("micro", 1024, "bits")


def test_best_and_chosen_accuracies_are_two_numbers(repository):
    assert clouds.cloud_best_accuracy("micro", 1024) == 82.0
    assert clouds.cloud_chosen_accuracy("micro", 1024) == 79.0


def test_bits_at_an_accuracy_are_linear_between_points(repository):
    assert extract('cloud_bits_at_accuracy("micro", 1024, "payload_bits", at=75.5)')[0] == 32.0


@pytest.mark.parametrize(
    "call",
    [
        'cloud_best_accuracy("full", 1024)',
        'cloud_chosen_accuracy("micro", 8)',
        'cloud_bits_at_accuracy("micro", 1024, "payload_bits", at=90)',
        'cloud_bits_at_accuracy("micro", 1024, "payload_bits", at=10)',
        'cloud_bd_accuracy("lite", 1024)',
        'cloud_bd_rate_against_tmc13("micro", 1024)',
        'cloud_best_accuracy_drop("full", "micro")',
    ],
)
def test_claims_on_what_is_not_trained_are_not_attempted(repository, call):
    claim = {"extractor": call, "value": "1", "comparison": "abs<=1", "better": "", "note": "n"}
    assert outcome(claim).status == "not attempted"


def test_bd_accuracy_of_the_published_curve_against_itself_is_nothing(repository):
    points = derivations.accuracy_curve("proposed", "micro", "1024")
    frame = models().iloc[[0]].drop(columns=["estimated_bits", "test_accuracy_percent"])
    frame = frame.merge(
        pd.DataFrame({"estimated_bits": points.rate, "test_accuracy_percent": points.quality}),
        how="cross",
    )
    results.write_measured(clouds.TABLE, frame, **RECORD)
    assert clouds.cloud_bd_accuracy("micro", 1024) == pytest.approx(0, abs=1e-9)
    shifted = frame.assign(test_accuracy_percent=frame["test_accuracy_percent"] + 1.5)
    results.write_measured(clouds.TABLE, shifted, **RECORD)
    assert clouds.cloud_bd_accuracy("micro", 1024) == pytest.approx(1.5, abs=1e-9)


def test_the_table_of_models_names_every_cell(repository):
    table = ra.trained_table("micro")
    assert list(table.index) == list(LMBDAS) and list(table.columns) == list(NUM_POINTS)
    assert table.loc[160.0, 1024] == "79.0 (77.4–80.6)"
    assert (table[512] == "not trained").all() and (
        ra.trained_table("full") == "not trained"
    ).all().all()


def test_every_size_and_number_of_points_stands_beside_the_published_one(repository):
    table = ra.against_published()
    assert len(table) == 24
    row = table.loc["micro", 1024]
    assert row["published best (%)"].startswith("83.6 (8") and row["best (%)"].startswith("82.0 (")
    assert row["chosen by validation (%)"].startswith("79.0 (") and row["models"] == "5"
    assert float(row["BD-accuracy (points)"]) > 0
    assert (table.loc["full"].drop(columns="published best (%)") == "not trained").all().all()


def test_goals_are_judged_by_the_numbers(repository):
    goals = ra.targets()
    assert goals.loc["best accuracy, micro, P = 1024 (%)", "reached"] == "no"
    assert goals.loc["best accuracy, full, P = 1024 (%)", "measured"] == "not trained"
    assert goals.loc["BD-accuracy, micro, P = 1024 (points)", "reached"] == "yes"
    results.write_measured(clouds.TABLE, models(shift=0.6), **RECORD)
    assert ra.targets().loc["best accuracy, micro, P = 1024 (%)", "reached"] == "yes"


def test_bits_are_told_apart_and_a_curve_s_end_is_said(repository):
    table = ra.bits_table(1024, at=79.0)
    assert table.loc["micro", ["estimated", "payload", "packet"]].tolist() == [
        "40.0",
        "42.0",
        "74.0",
    ]
    assert table.loc["full", "payload"] == "not trained"
    high = ra.bits_table(1024, at=86.0)
    assert high.loc["micro", "payload"] == "ends at 82.0 %" == high.loc["micro", "packet"]
    assert high.loc["micro", "published, estimated"] == "ends at 83.6 %"
    assert ra.bits_table(1024, at=50.0).loc["micro", "payload"] == "begins at 60.0 %"
    assert ra.bits_table(1024, at=80.0).loc["full", "published, estimated"] == "28.4"


def test_table_3_2_comes_out_but_for_two_cells():
    table = bd_table.published_table()
    assert len(table) == 28
    missing = bd_table.not_reproduced(table)
    assert list(zip(missing["codec"], missing["P"], strict=True)) == [
        ("micro", "256"),
        ("micro", "128"),
    ]
    assert missing["recomputed"].round(2).tolist() == [9.93, 11.78]
    shown = bd_table.side_by_side(table)
    assert shown.loc[("full", "1024")].tolist() == [
        "88.5 / 88.5 (87.2–89.7)", "-93.8 / -93.8", "16.4 / 16.4"
    ]  # fmt: skip
    assert shown.loc[("micro", "256"), "BD-accuracy (points)"] == "11.0 / 9.9 *"
    assert shown.loc[("TMC13", "*"), "BD-rate (%)"].replace("-", "") == "0.0 / 0.0"


def test_the_convention_decides_bd_accuracy():
    anchor = derivations.accuracy_curve(*derivations.ANCHOR)
    full = derivations.accuracy_curve("proposed", "full", "1024")
    table = bd_table.conventions(anchor, full)["BD-accuracy (points)"]
    assert table["Akima, held flat (the thesis)"] == pytest.approx(16.44, abs=0.01)
    assert table["Akima, only rates in common"] == pytest.approx(28.84, abs=0.01)
    assert table["one cubic, held flat"] == pytest.approx(15.38, abs=0.01)


def test_the_measured_table_says_what_is_missing(repository):
    anchor = derivations.accuracy_curve(*derivations.ANCHOR)
    table = bd_table.measured_table(anchor, "payload_bits")
    assert len(table) == 24 and (table.loc["lite"] == "not trained").all().all()
    row = table.loc["micro", 1024]
    assert row["models on the curve"] == "4" and float(row["BD-rate (%)"]) < -80
    held = metrics.extend_flat(
        [b + 2 for b in BITS], PERCENT, to_rate=anchor.rate.max(), epsilon=1e-12
    )
    by_hand = metrics.bd_quality(*anchor, *held, interpolation="akima")
    assert float(row["BD-accuracy (points)"]) == pytest.approx(by_hand, abs=0.051)


def test_a_single_point_has_no_average():
    anchor = derivations.accuracy_curve(*derivations.ANCHOR)
    one = metrics.curve([30.0], [70.0], "one")
    best, rate, accuracy = bd_table.compare_if_possible(anchor, one)
    assert best == 70 and math.isnan(rate) and math.isnan(accuracy)


def test_the_share_of_headers_by_hand(repository):
    results.write_measured(clouds.INPUT_TABLE, inputs(), **RECORD)
    test = metrics.curve([10, 40, 100], [60.0, 85.0, 86.0], "test")
    table = overheads.share_table({"test": test, "none": None}, at=85.0)
    assert table.loc["TMC13, measured here", "bits at 85 %"] == "872"
    assert table.loc["… less its floor, measured", "bits at 85 %"] == "800"
    assert table.loc["octree, from scratch", "overhead"] == f"{100 * 72 / 832:.0f} %"
    assert table.loc["TMC13, published", "overhead"] == "0 %"
    assert (table["none"] == "not trained").all()
    assert overheads.anchor()[0] == "TMC13, measured here"


def test_without_the_table_only_the_published_anchor_is_there(repository):
    assert list(overheads.anchors()) == ["TMC13, published", "… less its floor"]
    assert ra.input_codecs() is None and overheads.anchor()[0] == "TMC13, published"
    assert overheads.floor_bits(overheads.anchor()[1]) == 72


def test_the_label_alone_is_a_point_where_it_is_measured(repository):
    assert ra.label_point("payload_bits") is None
    frame = inputs()
    results.write_measured(clouds.INPUT_TABLE, frame, **RECORD)
    assert ra.label_point("payload_bits") is None
    label = frame.iloc[:1].assign(codec="label", variant="packet", payload_bits=8.0)
    label["test_accuracy_percent"] = 87.0
    results.write_measured(
        clouds.INPUT_TABLE, pd.concat([frame, label], ignore_index=True), **RECORD
    )
    assert ra.label_point("payload_bits") == (8.0, 87.0)


def test_models_are_picked_from_what_is_committed():
    names = ra.committed("micro")
    assert names == sorted(names, key=lambda name: float(name.rpartition("-l")[2]))
    assert ra.chosen(names, 1) == names[0]
    with pytest.raises(LcipError, match=f"rate is 99; allowed: 1 to {len(names)}.*{names[0]}"):
        ra.chosen(names, 99)
    with pytest.raises(LcipError, match="size is 'nano'.*micro"):
        ra.committed("nano")


def test_intervals_are_wilson_s():
    low, high = metrics.wilson_interval(2184, 2468, confidence=0.95)
    assert ra.accuracy_text(100 * 2184 / 2468, 2468) == f"88.5 ({100 * low:.1f}–{100 * high:.1f})"


def test_published_curves_have_every_number_of_points():
    curves = ra.published_curves("lite")
    assert list(curves) == list(NUM_POINTS)
    assert all((np.diff(curve.rate) > 0).all() for curve in curves.values())
