"""The table: a row a measurement, what it depends on, its comparison with a live run."""

import numpy as np
import pandas as pd
import pytest

from lcip import results
from lcip.datasets import bundled_photographs
from lcip.motion import evaluate, networks
from lcip.motion.affine import MotionError
from lcip.motion.evaluate import BOOK, OFFSETS_VALUES, WARPING_VALUES, measure, measure_offsets
from lcip.motion.frames import Transform
from lcip.motion.rows import agreement, mean_over_images, part_left

SOME = (Transform("identity", 0), Transform("translation_x", 16), Transform("rotation", 10))


@pytest.fixture(scope="module")
def coffee() -> dict[str, np.ndarray]:
    return bundled_photographs(["coffee"])


@pytest.fixture(scope="module")
def rows(coffee) -> pd.DataFrame:
    return measure(networks.untrained(seed=0), networks.STAGES, coffee, SOME, BOOK)


def test_one_row_for_each_transform_image_and_layer(rows):
    assert len(rows) == len(SOME) * len(networks.STAGES)
    assert not rows.duplicated(["layer", "transform", "parameter", "image"]).any()
    assert set(WARPING_VALUES) < set(rows.columns)
    assert list(rows["layer"][:4]) == list(networks.STAGES)
    assert list(rows["stride"][:4]) == [2, 4, 8, 16]


def test_values_are_plausible(rows):
    still = rows[rows["transform"] == "identity"]
    shifted = rows[rows["transform"] == "translation_x"]
    turned = rows[rows["transform"] == "rotation"]
    assert (still[["nrmse", "unmoved_nrmse"]] == 0).all(axis=None)
    assert (shifted["nrmse"] < 1e-6).all() and (shifted["unmoved_nrmse"] > 0.01).all()
    assert (turned["nrmse"] > 0.001).all() and (turned["nrmse"] < turned["unmoved_nrmse"]).all()
    assert ((rows["valid_fraction"] > 0.3) & (rows["valid_fraction"] <= 1)).all()


def test_untrained_weights_depend_on_the_seed_alone_and_leave_the_generator_alone():
    import torch

    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first, again, other = (networks.untrained(seed) for seed in (0, 0, 1))
    assert torch.rand(1) == expected
    weights = [network.module.state_dict()["g_a.0.weight"] for network in (first, again, other)]
    assert (weights[0] == weights[1]).all() and (weights[0] != weights[2]).any()


def test_stages_of_g_a_have_the_four_strides_and_no_offset():
    layers = [networks.untrained(0).layer(name) for name in networks.STAGES]
    assert [(x.stride, x.offset_px, x.receptive_px) for x in layers] == [
        (2, 0, 5),
        (4, 0, 13),
        (8, 0, 29),
        (16, 0, 61),
    ]


def test_agreement_compares_what_was_recorded_under_the_same_settings(rows):
    recorded = rows.copy()
    recorded.loc[3, "nrmse"] += 0.25
    recorded.loc[5, "frame_px"] = 128
    found = agreement(rows.drop(index=0), recorded, WARPING_VALUES)
    assert len(found) == len(rows) - 2
    assert found["gap"].max() == pytest.approx(0.25)
    assert (found["gap"] > 1e-9).sum() == 1


def test_agreement_of_other_settings_is_empty(rows):
    assert agreement(rows, rows.assign(erosion_fraction=0.5), WARPING_VALUES).empty


def test_mean_over_images_has_a_line_a_transform_and_a_column_a_stride(rows):
    two = pd.concat([rows, rows.assign(image="other", nrmse=rows["nrmse"] + 0.5)])
    table = mean_over_images(two, "nrmse")
    assert list(table.columns) == [2, 4, 8, 16]
    assert list(table.index) == ["identity", "translation_x 16 px", "rotation 10 deg"]
    np.testing.assert_allclose(table.loc["identity"], 0.25)


def test_part_left_is_a_ratio_of_means_without_the_identity(rows):
    other = rows.assign(image="other", nrmse=3 * rows["nrmse"], unmoved_nrmse=rows["unmoved_nrmse"])
    table = part_left(pd.concat([rows, other]))
    assert list(table.index) == ["translation_x 16 px", "rotation 10 deg"]
    turned = rows[rows["transform"] == "rotation"].set_index("stride")
    expected = 2 * turned["nrmse"] / turned["unmoved_nrmse"]
    np.testing.assert_allclose(table.loc["rotation 10 deg"], expected)


def test_mean_of_an_unknown_column_is_refused(rows):
    with pytest.raises(MotionError, match="nrmse, unmoved_nrmse, valid_fraction. Next: choose a"):
        mean_over_images(rows, "psnr")
    with pytest.raises(MotionError, match="choose measured columns"):
        agreement(rows, rows, ["psnr"])


def test_offsets_have_a_row_for_each_belief_and_agree_with_themselves(coffee):
    network = networks.untrained(seed=0)
    rows = measure_offsets(network, ["g_a.3"], coffee, Transform("rotation", 30), BOOK)
    assert list(rows["belief"]) == ["window", "sensitivity", "tile"]
    np.testing.assert_allclose(rows["offset_px"], [0, 0, 1.5], atol=0.25)
    assert rows["nrmse"][2] > rows["nrmse"][0] > 0
    assert (agreement(rows, rows, OFFSETS_VALUES)["gap"] == 0).all()


def test_the_command_writes_both_tables_with_their_provenance(tmp_path, monkeypatch, coffee):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "registry.toml").touch()
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))
    monkeypatch.setattr(networks, "trained", lambda quality: networks.untrained(quality))
    monkeypatch.setattr(networks, "identity", lambda quality: "ab" * 32)
    monkeypatch.setattr(networks, "STAGES", ("g_a.1", "g_a.3"))
    monkeypatch.setattr(evaluate.datasets, "bundled_photographs", lambda: coffee)
    monkeypatch.setattr(evaluate, "TRANSFORMS", SOME[:2])
    evaluate.main(["--quality", "3", "--seed", "0"])
    for table, num_rows in ((evaluate.WARPING, 2 * 2 * 2), (evaluate.OFFSETS, 2 * 2 * 3)):
        frame, provenance = results.read_measured(table)
        assert len(frame) == num_rows
        assert provenance["command"] == "python -m lcip.motion.evaluate --quality 3 --seed 0"
        assert list(provenance["datasets"]) == ["coffee"]


def test_the_command_needs_its_choices():
    with pytest.raises(SystemExit):
        evaluate.main([])
