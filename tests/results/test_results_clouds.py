"""Extractors of chapter 3 by hand, on small tables; what is not there is not attempted."""

import pandas as pd
import pytest

from lcip.results import MissingTableError, ResultsError, clouds, extract, write_measured

RECORD = {"command": "x", "seed": 1, "datasets": {}, "wall_seconds": 0.0}
INPUTS = pd.DataFrame(
    {
        "codec": ["tmc13"] * 4 + ["draco"] * 3 + ["label"],
        "variant": ["v14"] * 4 + ["level 10"] * 3 + ["stream"],
        "num_points": [64, 64, 1024, 1024, 64, 64, 1024, 1024],
        "test_accuracy_percent": [4.0, 60, 80, 88, 4, 60, 88, 87.5],
        "payload_bits": [72.0, 200, 400, 1600, 1376, 1500, 2000, 8],
        "estimated_bits": [72.0, 200, 400, 1600, 1376, 1500, 2000, 6],
        "file_bits": [328.0, 456, 656, 1856, 1376, 1500, 2000, 9],
    }
)
LAYERS = pd.DataFrame(
    {
        "size": ["lite"],
        "encoder_layers": ["8 8 16 16/2 32/4"],
        "decoder_layers": ["512 256 40"],
        "encoder_mac_per_point": [472],
    }
)


def test_coders_of_whole_clouds(repository):
    write_measured(clouds.INPUT_TABLE, INPUTS, **RECORD)
    assert extract('input_best_accuracy("tmc13", "v14")') == (88.0, "own measurement")
    assert extract('input_accuracy("label", 1024)')[0] == 87.5
    assert extract('input_bits_at_accuracy("tmc13", "v14", "payload_bits", at=70)')[0] == 300
    assert extract('input_bits_at_accuracy("tmc13", "v14", "file_bits", at=70)')[0] == 556
    assert extract('input_bd_rate_against_tmc13("tmc13", "v14", "payload_bits")')[0] == (
        pytest.approx(0, abs=1e-6)
    )
    assert extract('input_bd_rate_against_tmc13("draco", "level 10", "file_bits")')[0] > 200
    assert extract('input_bd_accuracy_against_tmc13("draco", "level 10", "file_bits")')[0] < 0


@pytest.mark.parametrize(
    "call",
    [
        'input_best_accuracy("octree", "from scratch")',
        'input_accuracy("label", 8)',
        'input_bits_at_accuracy("tmc13", "v14", "payload_bits", at=95)',
    ],
)
def test_what_is_not_in_the_table_is_not_measured_yet(repository, call):
    with pytest.raises(MissingTableError):
        extract(call)
    write_measured(clouds.INPUT_TABLE, INPUTS, **RECORD)
    with pytest.raises(MissingTableError, match="not measured yet"):
        extract(call)


def test_layers_tell_widths_and_work(repository):
    write_measured("pointcloud/layers", LAYERS, **RECORD)
    assert extract('layer_width("lite", "encoder", -1)')[0] == 32
    assert extract('layer_width("lite", "encoder", 3)')[0] == 16
    assert extract('layer_width("lite", "decoder", -1)')[0] == 40
    assert extract('encoder_mac("lite", 256)')[0] == 120832


def test_the_airplane_needs_four_rates(repository):
    frame = pd.DataFrame(
        {
            "size": "lite", "num_points": 1024, "lmbda": [160.0, 10, 1600, 40],
            "estimated_bits": [36.0, 13, 124, 19],
        }
    )  # fmt: skip
    write_measured(clouds.AIRPLANE_TABLE, frame.iloc[:3], **RECORD)
    with pytest.raises(MissingTableError, match="lite, four rates"):
        extract('airplane_bits("lite", 1)')
    write_measured(clouds.AIRPLANE_TABLE, frame, **RECORD)
    assert [extract(f'airplane_bits("lite", {k})')[0] for k in (1, 2, 3, 4)] == [13, 19, 36, 124]


def test_the_best_number_of_points():
    assert extract('best_num_points("lite")') == (512.0, "published points")
    assert extract('best_num_points("micro")')[0] == 1024


def test_a_table_of_models_must_have_all_eight_numbers_of_points(repository):
    columns = {
        "size": "lite",
        "lmbda": 10.0,
        "test_accuracy_percent": [50.0, 60, 70, 80, 84, 85, 86, 85.5],
    }
    frame = pd.DataFrame({**columns, "num_points": list(clouds.ALL_POINTS)})
    write_measured(clouds.TABLE, frame.iloc[:7], **RECORD)
    with pytest.raises(MissingTableError, match="all of 8 to 1024"):
        extract('cloud_best_num_points("lite")')
    write_measured(clouds.TABLE, frame, **RECORD)
    assert extract('cloud_best_num_points("lite")')[0] == 512


def test_unknown_kinds_of_bits_are_refused(repository):
    write_measured(clouds.INPUT_TABLE, INPUTS, **RECORD)
    with pytest.raises(ResultsError, match="rate_column is 'bytes'"):
        clouds.input_curve("tmc13", "v14", "bytes")


def test_labels_of_a_binary_source():
    number, basis = extract("label_bits_at_accuracy(90, [(2, 5)])")
    assert number == pytest.approx(0.531004, abs=1e-6) and basis == "arithmetic"
