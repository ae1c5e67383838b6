"""The committed table of the rivals: whole, consistent, and saying what the chapter says."""

import pytest

from lcip import metrics, results
from lcip.pointcloud import classifier
from lcip.pointcloud.rivals import coded, evaluate, figures


@pytest.fixture(scope="module")
def table():
    return results.read_measured(evaluate.TABLE)


def test_every_place_has_a_row_of_every_coder(table):
    places = list(coded.places())
    on_grid = sum(place.grid != coded.DRACO for place in places)
    sizes = table.frame.groupby(["codec", "variant"]).size().to_dict()
    assert sizes == {
        ("tmc13", "v14"): on_grid // 2,
        ("octree", "from scratch"): on_grid,
        ("octree", "trained prior"): on_grid,
        ("draco", "level 10"): len(places) - on_grid,
        ("draco", "smallest file"): len(places) - on_grid,
        ("label", "packet"): 1,
        ("label", "stream"): 1,
    }
    assert (table.frame["num_test"] == 2468).all()


def test_the_classifiers_are_those_committed_and_nearest(table):
    trained = classifier.available()
    for row in table.frame[table.frame["codec"] != "label"].itertuples():
        assert row.classifier == f"classifier-p{classifier.nearest(row.num_points, trained)}"


def test_payloads_are_within_a_byte_of_their_estimates(table):
    own = table.frame[table.frame["has_estimate"] & (table.frame["variant"] != "stream")]
    excess = own["payload_bits"] - own["estimated_bits"]
    assert excess.max() <= 8
    assert (own["file_bits"] - own["payload_bits"] - 32).abs().max() < 1e-6
    assert set(own["codec"]) == {"octree", "label"}


def test_an_accuracy_lies_in_its_interval(table):
    frame = table.frame
    assert (frame["test_accuracy_low_percent"] <= frame["test_accuracy_percent"]).all()
    assert (frame["test_accuracy_percent"] <= frame["test_accuracy_high_percent"]).all()


def test_the_octree_without_header_is_a_lower_bound_to_the_others(table):
    """At every level of accuracy that matters it asks for fewer bits than TMC13 and Draco."""
    curves = figures.hull_curves(table.frame, "payload_bits")

    def bits(title: str, level: float) -> float:
        rows = curves[curves["title"] == title]
        return metrics.rate_at_quality(
            rows["rate_bits"], rows["accuracy"], at=level, interpolation="linear"
        )

    for level in (60.0, 70.0, 80.0, 85.0):
        assert bits("octree with prior", level) < 0.85 * bits("TMC13", level)
        assert bits("TMC13", level) < bits("Draco, smallest file", level)
        assert bits("Draco, smallest file", level) < bits("Draco, level 10", level)


def test_a_label_costs_less_than_log2_40_and_is_as_right_as_the_best_cloud(table):
    label = table.frame[table.frame["codec"] == "label"].set_index("variant")
    assert label.loc["stream", "payload_bits"] < 5.33
    best = table.frame.loc[table.frame["codec"] != "label", "test_accuracy_percent"].max()
    assert label["test_accuracy_percent"].min() > best - 1.5
