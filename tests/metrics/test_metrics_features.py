"""NRMSE: by hand, masked, and with every choice of range stated."""

import math

import numpy as np
import pytest
import torch

from lcip.metrics import MetricError, nrmse, nrmse_from_psnr_db, psnr_db_from_nrmse

ACTUAL = np.arange(24.0).reshape(2, 3, 4)


def test_a_constant_error_over_a_stated_range():
    assert nrmse(ACTUAL + 2, ACTUAL, mask=None, value_range=8) == 0.25
    assert nrmse(ACTUAL + 2.3, ACTUAL, mask=None, value_range="actual") == pytest.approx(0.1)


def test_identical_tensors_have_no_error():
    assert nrmse(ACTUAL, ACTUAL, mask=None, value_range=1) == 0


def test_mask_excludes_elements_from_error_and_range():
    """One row of two counts: values 0..3 and 12..15, range 15; the errors elsewhere are ignored."""
    mask = np.array([[True], [False], [False]]) & np.ones((3, 4), bool)
    predicted = np.where(mask, ACTUAL + 3, np.nan)
    assert nrmse(predicted, ACTUAL, mask=mask, value_range="actual") == pytest.approx(3 / 15)


@pytest.mark.parametrize("shape", [(2, 3, 4), (3, 4), (1, 3, 4), (4,), (2, 1, 1)])
def test_mask_may_be_broadcast(shape):
    assert nrmse(ACTUAL + 1, ACTUAL, mask=np.ones(shape, bool), value_range=4) == 0.25


def test_torch_tensors_and_masks():
    predicted, actual = torch.tensor(ACTUAL + 1), torch.tensor(ACTUAL, requires_grad=True)
    assert nrmse(predicted, actual, mask=actual > 3, value_range=4) == 0.25


def test_range_of_large_integers_does_not_wrap_around():
    a = np.array([0, 200], np.uint8)
    assert nrmse(a[::-1], a, mask=None, value_range="actual") == 1.0


@pytest.mark.parametrize("left_out", ["mask", "value_range"])
def test_no_choice_has_a_default(left_out):
    choices = {"mask": None, "value_range": 1.0}
    del choices[left_out]
    with pytest.raises(TypeError, match=left_out):
        nrmse(ACTUAL, ACTUAL, **choices)


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (np.ones((2, 3, 4)), r"mask is 'float64 \(2, 3, 4\)'; allowed: bool"),
        (np.ones((2, 3), bool), r"mask is 'bool \(2, 3\)'"),
        (np.ones((1, 2, 3, 4), bool), "mask is"),
        (np.zeros((3, 4), bool), "False everywhere"),
    ],
)
def test_unfit_masks_are_refused(mask, message):
    with pytest.raises(MetricError, match=message):
        nrmse(ACTUAL, ACTUAL, mask=mask, value_range=1)


@pytest.mark.parametrize("value_range", [0, -1, math.nan, math.inf, "range", None])
def test_unfit_ranges_are_refused(value_range):
    with pytest.raises(MetricError, match="value_range is"):
        nrmse(ACTUAL, ACTUAL, mask=None, value_range=value_range)


def test_a_constant_tensor_has_no_range_of_its_own():
    with pytest.raises(MetricError, match=r"value_range is 0.0; allowed: a finite number above 0"):
        nrmse(np.ones(4), np.ones(4), mask=None, value_range="actual")


def test_shapes_and_values_that_do_not_fit_are_refused():
    with pytest.raises(MetricError, match="shape of actual"):
        nrmse(ACTUAL[:1], ACTUAL, mask=None, value_range=1)
    with pytest.raises(MetricError, match="predicted is '1 of 24 not finite'"):
        nrmse(np.where(ACTUAL > 22, np.inf, ACTUAL), ACTUAL, mask=None, value_range=1)


@pytest.mark.parametrize(("psnr", "published"), [(27, 0.044), (41, 0.009)])
def test_published_line_between_psnr_and_nrmse(psnr, published):
    """Thesis chapter 4: 27 to 41 dB correspond to 0.044 to 0.009, at peak 255 and range 256."""
    value = nrmse_from_psnr_db(psnr, peak=255, value_range=256)
    assert value == pytest.approx(published, abs=5.1e-4)
    assert psnr_db_from_nrmse(value, peak=255, value_range=256) == pytest.approx(psnr)


def test_nrmse_agrees_with_psnr_of_the_same_error():
    """An error of one level at peak 255: 48.13 dB, NRMSE 1/256."""
    assert nrmse_from_psnr_db(48.1308036086791, peak=255, value_range=256) == pytest.approx(1 / 256)
