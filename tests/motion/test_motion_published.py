"""The published curves: found, joined with their strides, read at the nearest amount."""

import pytest

from lcip.motion import published
from lcip.motion.affine import MotionError


def test_every_point_has_the_stride_of_its_layer():
    points = published.curves()
    assert points["stride"].notna().all()
    assert points.groupby("model_layer")["stride"].first().to_dict() == {
        "ResNet-34 conv0": 2,
        "ResNet-34 add_3": 8,
        "ResNet-34 add_7": 16,
        "DenseNet-121 pool3_pool": 16,
        "DenseNet-121 pool4_pool": 32,
    }


def test_values_at_an_amount_are_those_of_the_nearest_point():
    table = published.at({"rotation_deg": 10, "scale_x": 1.2})
    assert list(table.columns) == ["rotation_deg", "scale_x"]
    assert list(table.index.get_level_values("stride")) == [2, 8, 16, 16, 32]
    points = published.curves()
    add_3 = points[(points["model_layer"] == "ResNet-34 add_3")]
    turned = add_3[add_3["transform"] == "rotation_deg"].sort_values("parameter_value")
    assert table.loc[("ResNet-34 add_3", 8), "rotation_deg"] == turned["nrmse"].iloc[-1]


def test_the_published_curve_dips_at_a_multiple_of_the_stride():
    shift, nrmse = published.translations("ResNet-34 add_3")
    assert shift.min() >= 0
    near = nrmse[(shift - 24).abs() <= 0.5].min()
    assert near < 0.75 * nrmse[(shift - 20).abs() <= 1].min()


def test_unknown_names_list_the_known_ones():
    with pytest.raises(MotionError, match="allowed: translation_px, rotation_deg"):
        published.at({"zoom": 2})
    with pytest.raises(MotionError, match="allowed: ResNet-34 conv0, ResNet-34 add_3"):
        published.translations("VGG")
