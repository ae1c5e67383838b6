"""Curves, dips and means, each by hand on a few rows."""

import numpy as np
import pandas as pd
import pytest

from lcip.motion import published, summary
from lcip.motion.affine import MotionError


def rows_of(errors: dict[float, list[float]], stride: int) -> pd.DataFrame:
    """Translations of one layer: errors of each shift, one a photograph."""
    return pd.DataFrame(
        [
            ("n", "w", "l", stride, "translation_x", shift, "px", f"p{place}", error, 1.0, 0.5)
            for shift, own in errors.items()
            for place, error in enumerate(own)
        ],
        columns=[
            *summary.LAYER, "transform", "parameter", "unit", "image", "nrmse", "valid_fraction",
            "erosion_fraction",
        ],
    )  # fmt: skip


def test_curves_are_means_and_deviations_over_the_photographs():
    found = summary.curves(rows_of({0.0: [0, 0], 2.0: [0.1, 0.3]}, stride=4))
    assert list(found["mean"]) == [0, pytest.approx(0.2)]
    assert list(found["deviation"]) == [0, pytest.approx(0.1)]
    assert list(found["images"]) == [2, 2]


def test_a_dip_is_held_against_its_lower_neighbour():
    errors = {-2.0: [0.5], 0.0: [0.0], 2.0: [0.4], 4.0: [0.1], 6.0: [0.2], 8.0: [0.05]}
    found = summary.dips(rows_of(errors, stride=4), largest_stride=8)
    assert list(found["shift_px"]) == [4]  # not 0; not 8, whose right neighbour is missing
    assert found["depth"].item() == pytest.approx(0.5)
    table = summary.shallowest(found)
    assert (table["least_depth"].item(), table["dips"].item()) == (pytest.approx(0.5), 1)


def test_no_dips_are_refused():
    with pytest.raises(MotionError, match="sweep translations by every half stride"):
        summary.dips(rows_of({0.0: [0.0], 1.0: [0.1]}, stride=4), 8)
    with pytest.raises(MotionError, match="dips is 'none'"):
        summary.dips(rows_of({2.0: [0.4], 4.0: [0.1], 6.0: [0.2]}, stride=4), 2)


def test_trained_and_control_stand_side_by_side_in_the_order_of_the_table():
    table = pd.DataFrame(
        {"network": ["b", "b", "a"], "weights": ["q3", "random", "random"],
         "layer": ["x", "x", "y"], "stride": [2, 2, 4], "nrmse": [1.0, 2.0, 3.0]}
    )  # fmt: skip
    found = summary.trained_and_control(table, "nrmse")
    assert list(found.index) == [("b", "x", 2), ("a", "y", 4)]
    assert found.loc[("b", "x", 2)].tolist() == [1.0, 2.0]
    assert np.isnan(found.loc[("a", "y", 4), "trained"])


def test_a_density_has_area_1():
    places = np.linspace(-1, 2, 2001)
    height = summary.density([0.2, 0.3, 0.35, 0.6], places)
    assert height.sum() * (places[1] - places[0]) == pytest.approx(1, abs=1e-3)


def test_published_random_means_and_densities_are_of_the_five_layers():
    means, densities = published.random_means(), published.random_densities()
    assert dict(zip(means["model_layer"], means["stride"], strict=True)) == {
        "ResNet-34 conv0": 2, "ResNet-34 add_3": 8, "ResNet-34 add_7": 16,
        "DenseNet-121 pool3_pool": 16, "DenseNet-121 pool4_pool": 32,
    }  # fmt: skip
    assert set(densities["model_layer"]) == set(means["model_layer"])
    assert means["nrmse_mean"].between(0.009, 0.04).all()
