"""The table of the rivals: every coder's bits beside the accuracy of what it decodes to."""

import numpy as np
import pandas as pd
import pytest
import torch
from pointcloud_samples import CLASSES, clouds

from lcip import coding, metrics
from lcip.datasets import POINT_SCALE, PointClouds
from lcip.pointcloud import classifier
from lcip.pointcloud.rivals import coded, evaluate, labels
from lcip.pointcloud.rivals.coded import Place
from lcip.pointcloud.rivals.errors import RivalError


@pytest.fixture(scope="module")
def stored() -> PointClouds:
    """Eight solids, each of its own class, as a data set stores them."""
    points = np.rint(clouds(1100) * POINT_SCALE).astype(np.int16)
    names = tuple(f"solid {k}" for k in range(8))
    return PointClouds(points, np.arange(8, dtype=np.uint8), names, tuple(CLASSES))


@pytest.fixture(scope="module")
def ready() -> classifier.Classifier:
    """A classifier that has been trained for nothing."""
    torch.manual_seed(0)
    return classifier.folded(
        classifier.PointClassifier().eval(), "pointcloud/classifier-p64", bytes(32)
    )


@pytest.mark.parametrize("grid", ["trunc", "draco"])
def test_what_is_classified_is_the_decoded_cloud(stored, ready, grid, monkeypatch):
    monkeypatch.setattr(evaluate, "CLOUDS_AT_ONCE", 3)
    place = Place(grid, "scale", 8, 64)
    predicted, size = evaluate.classify(place, stored, ready)
    received = [coded.received(place, x) for x in stored.coordinates(slice(None), 64)]
    assert np.array_equal(predicted, ready.classify(received))
    assert size == np.mean([len(cloud) for cloud in received])


def test_a_row_has_its_interval(stored, ready):
    row = evaluate.accuracy_row(Place("centred", "scale", 4, 64), stored, ready).iloc[0]
    assert row["classifier"] == "classifier-p64"
    low, high = row["test_accuracy_low_percent"], row["test_accuracy_high_percent"]
    assert low <= row["test_accuracy_percent"] <= high and high - low > 10


def test_labels_are_sent_two_ways(stored, ready):
    rows = evaluate.label_rows(stored, np.repeat(np.arange(40), 5), ready)
    packet, stream = rows.itertuples()
    assert (packet.variant, stream.variant) == ("packet", "stream")
    assert abs(packet.estimated_bits - np.log2(40)) < 1e-2
    assert packet.file_bits == packet.payload_bits + 32 >= 8 * coding.PACKET_OVERHEAD
    assert (
        stream.payload_bits <= packet.estimated_bits + 1 and stream.file_bits > stream.payload_bits
    )
    predicted = ready.classify(list(stored.coordinates(slice(None), 1024)))
    wanted = metrics.accuracy_percent(predicted, stored.labels).percent
    assert packet.test_accuracy_percent == stream.test_accuracy_percent == wanted


def test_a_stream_of_many_labels_reaches_the_estimate():
    under = labels.tables(np.repeat(np.arange(40), 7), 40)
    sent = np.random.default_rng(0).integers(0, 40, 2468)
    sizes = evaluate.label_sizes(sent, under, bytes(32))
    assert abs(sizes["stream"]["payload_bits"] - labels.label_bits(sent, under).mean()) < 0.01
    assert sizes["stream"]["file_bits"] < sizes["stream"]["payload_bits"] + 0.2
    assert sizes["packet"]["file_bits"] == sizes["packet"]["payload_bits"] + 32


def test_the_table_joins_bits_and_accuracy_by_place():
    bits = pd.concat(
        [
            evaluate.tmc13_rows(),
            pd.DataFrame(
                [
                    {
                        "codec": "octree",
                        "variant": "from scratch",
                        **Place("trunc", "scale", 8, 64)._asdict(),
                        "has_estimate": True,
                        "estimated_bits": 300.0,
                        "payload_bits": 304.0,
                        "file_bits": 336.0,
                        "least_file_bits": 40.0,
                        "num_test": 2468,
                    }
                ]
            ),
        ]
    )
    accuracy = bits[["grid", "setting_name", "setting", "num_points"]].drop_duplicates()
    accuracy = accuracy.assign(
        classifier="classifier-p64",
        test_accuracy_percent=accuracy["setting"] / 4,
        test_accuracy_low_percent=0.0,
        test_accuracy_high_percent=100.0,
        num_decoded_points=9.0,
    )
    label = pd.DataFrame([{name: 0 for name in evaluate.COLUMNS} | {"codec": "label"}])
    table = evaluate.joined(bits, accuracy, label)
    assert list(table.columns) == list(evaluate.COLUMNS) and len(table) == 72 + 1 + 1
    own = table[table["codec"] == "octree"].iloc[0]
    same = table[
        (table["codec"] == "tmc13") & (table["setting"] == 8) & (table["num_points"] == 64)
    ].iloc[0]
    assert own["test_accuracy_percent"] == same["test_accuracy_percent"] == 2.0
    assert not same["has_estimate"] and same["payload_bits"] < same["file_bits"]
    assert not table.isna().any().any()


def test_without_classifiers_the_next_step_is_named(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/registry.toml").write_text("")
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))
    with pytest.raises(RivalError, match="number of classifiers is 0.*--bits-only"):
        evaluate.checked_classifiers()
