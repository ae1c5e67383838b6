"""Prediction of a moved layer: the identity, the stride's multiples, the offset, the measure."""

import numpy as np
import pytest
import torch
from torch import nn

from lcip.motion import affine
from lcip.motion.affine import MotionError
from lcip.motion.compare import Comparison, Settings, compare, run
from lcip.motion.frames import Transform
from lcip.motion.tap import Network

SETTINGS = Settings(
    frame_px=64, input_interpolation="bicubic", latent_interpolation="bicubic", erosion=1.0
)


@pytest.fixture(scope="module")
def network() -> Network:
    """Strides 2, 4, 8 with an offset: two convolutions and a pooling."""
    torch.manual_seed(0)
    module = nn.Sequential(
        nn.Conv2d(3, 8, 5, 2, 2), nn.ReLU(), nn.Conv2d(8, 8, 3, 2, 1), nn.Tanh(), nn.MaxPool2d(2)
    )
    return Network("three strides", "random", module, lambda x: x)


@pytest.fixture(scope="module")
def photograph() -> np.ndarray:
    """Smooth waves and some noise, 8 bits."""
    rng = np.random.default_rng(0)
    x, y = np.moveaxis(affine.grid(128, 144), -1, 0)
    waves = [np.sin(0.11 * x + 0.07 * k * y) + np.cos(0.05 * k * x - 0.13 * y) for k in (1, 2, 3)]
    noisy = np.stack(waves, -1) * 50 + 128 + rng.normal(0, 6, (128, 144, 3))
    return noisy.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("erosion", [0.0, 1.0])
def test_identity_leaves_exactly_zero(network, photograph, interpolation, erosion):
    settings = Settings(64, interpolation, interpolation, erosion)
    _, found = run(network, list(network.layers), photograph, Transform("identity", 0), settings)
    for comparison in found.values():
        assert comparison.nrmse == 0.0
        assert comparison.nrmse_unmoved == 0.0
    assert [c.valid_fraction for c in found.values()][0] == (
        1.0 if erosion == 0 else (30 / 32) ** 2
    )


@pytest.mark.parametrize("shift_px", [8, -16, 24])
def test_multiples_of_the_stride_leave_nothing_but_rounding(network, photograph, shift_px):
    transform = Transform("translation_x", shift_px)
    _, found = run(network, ["0", "2", "4"], photograph, transform, SETTINGS)
    for comparison in found.values():
        assert comparison.nrmse < 1e-6 < comparison.nrmse_unmoved


def test_half_a_stride_is_worse_than_a_whole_one(network, photograph):
    errors = {}
    for shift_px in (2, 3, 4):
        _, found = run(network, ["2"], photograph, Transform("translation_x", shift_px), SETTINGS)
        errors[shift_px] = found["2"].nrmse
    assert errors[4] < 1e-6 < errors[2] / 100 and errors[4] < errors[3] / 100


def test_a_ramp_through_averaging_is_predicted_without_error():
    """Where the law is exact, so is the code: affine pictures, averaging layers, any motion."""
    module = nn.Sequential(nn.AvgPool2d(2), nn.AvgPool2d(3, 2, 1, count_include_pad=False))
    network = Network("average", "random", module, lambda x: x)
    layer = network.layer("1")
    assert (layer.stride, layer.offset_px) == (4, 0.5)
    motion = affine.compose(affine.rotation(7, (31.5, 31.5)), affine.translation(2.3, -1.1))
    x, y = np.moveaxis(affine.grid(64, 64), -1, 0)
    back_x, back_y = np.moveaxis(motion.inverse()(affine.grid(64, 64)), -1, 0)
    still, moved = ((np.stack([a, b, a + b], -1) / 256) for a, b in ((x, y), (back_x, back_y)))
    before, after = (network.tap(f.astype(np.float32), "1") for f in (still, moved))
    right = compare(before, after, layer, motion, SETTINGS, layer.offset_px)
    wrong = compare(before, after, layer, motion, SETTINGS, layer.tile_offset_px)
    assert right.nrmse < 1e-6 < 1e-4 < wrong.nrmse


def test_nrmse_by_hand():
    """Errors 1, -1, 2 over a range of 8; the fourth sample is masked, value and error alike."""
    actual = np.array([[[0.0, 8.0, 4.0, 100.0]]])
    predicted = np.array([[[1.0, 7.0, 6.0, 0.0]]])
    still = np.array([[[0.0, 8.0, 8.0, 0.0]]])
    found = Comparison(still, actual, predicted, np.array([[True, True, True, False]]))
    assert found.value_range == 8
    assert found.nrmse == pytest.approx(np.sqrt(6 / 3) / 8)
    assert found.nrmse_unmoved == pytest.approx(np.sqrt(16 / 3) / 8)
    assert found.valid_fraction == 0.75


def test_the_mask_counts_for_all_channels_together():
    """One range for the whole tensor: a channel of small values counts little."""
    actual = np.array([[[0.0, 10.0]], [[0.0, 0.1]]])
    found = Comparison(actual, actual, actual + 1, np.array([[True, True]]))
    assert found.nrmse == pytest.approx(1 / 10)


def test_nothing_left_to_compare_is_refused_with_advice(network, photograph):
    with pytest.raises(MotionError) as caught:
        run(network, ["4"], photograph, Transform("translation_x", 64), SETTINGS)
    text = str(caught.value)
    assert "what is left to compare in 4 is 'nothing of its 8 x 8 samples'" in text
    assert "use a larger frame, a smaller motion, a lower erosion or an earlier layer" in text


def test_the_unpredictable_is_masked_and_the_rest_is_not_touched_by_it(network, photograph):
    """Painting what enters the frame in another colour changes no compared sample."""
    transform, motion = Transform("translation_x", 8), affine.translation(8, 0)
    painted = photograph.copy()
    left = (144 - 64) // 2
    painted[:, :left] = 255 - painted[:, :left]
    for layer in ("0", "2", "4"):
        _, plain = run(network, [layer], photograph, transform, SETTINGS)
        _, other = run(network, [layer], painted, transform, SETTINGS)
        mask = plain[layer].mask
        np.testing.assert_array_equal(mask, other[layer].mask)
        assert (plain[layer].actual != other[layer].actual).any()
        np.testing.assert_allclose(
            plain[layer].actual[:, mask], other[layer].actual[:, mask], atol=1e-6
        )
    assert (motion.shift == [8, 0]).all()
