"""PSNR, MS-SSIM and bits per pixel: values by hand, identities, and every mix-up refused."""

import math

import numpy as np
import pytest
import torch

from lcip.errors import LcipError
from lcip.metrics import MetricError, bits_per_pixel, ms_ssim, ms_ssim_db, psnr_db


def picture(seed=0, height=176, width=192):
    """Smooth uint8 RGB with texture: a sum of waves and a little noise, (H, W, 3)."""
    y, x = np.mgrid[:height, :width]
    waves = [120 + 60 * np.sin(x / (5 + c)) + 40 * np.cos(y / (9 - c)) for c in range(3)]
    noise = np.random.default_rng(seed).normal(0, 4, (height, width, 3))
    return np.clip(np.stack(waves, -1) + noise, 0, 255).round().astype(np.uint8)


def noisy(image, sd):
    noise = np.random.default_rng(1).normal(0, sd, image.shape)
    return np.clip(image + noise, 0, 255).round().astype(np.uint8)


def test_psnr_of_one_level_everywhere():
    a = np.full((4, 5, 3), 100, np.uint8)
    assert psnr_db(a, a + 1, peak=255) == pytest.approx(48.1308036086791, abs=1e-12)


def test_psnr_takes_one_mean_over_all_channels():
    """Errors of 10 in one of three channels: MSE 100/3, not the mean of one finite and two inf."""
    a = np.zeros((4, 5, 3), np.uint8)
    b = a.copy()
    b[..., 0] = 10
    assert psnr_db(a, b, peak=255) == pytest.approx(10 * math.log10(255**2 * 3 / 100), abs=1e-12)


def test_psnr_does_not_wrap_around_in_uint8():
    assert psnr_db(np.uint8([0]), np.uint8([255]), peak=255) == 0
    assert psnr_db(np.uint8([255]), np.uint8([0]), peak=255) == 0


def test_psnr_of_identical_arrays_is_infinite():
    assert psnr_db(picture(), picture(), peak=255) == math.inf


def test_psnr_is_the_same_in_every_container_and_range():
    a, b = picture(), noisy(picture(), 5)
    value = psnr_db(a, b, peak=255)
    assert psnr_db(torch.tensor(a), b, peak=255) == value
    assert psnr_db(a.tolist(), b.tolist(), peak=255) == value
    assert psnr_db(a / 255, b / 255, peak=1) == pytest.approx(value, abs=1e-9)
    assert psnr_db(b, a, peak=255) == value


def test_psnr_takes_every_float_type_and_refuses_ragged_lists():
    a, b = torch.tensor([0.0, 1.0]), torch.tensor([0.5, 1.0])
    value = psnr_db(a, b, peak=1)
    for dtype in (torch.float16, torch.bfloat16, torch.float64):
        assert psnr_db(a.to(dtype), b.to(dtype), peak=1) == value
    with pytest.raises(MetricError, match="a is 'ragged"):
        psnr_db([[1, 2], [3]], [[1, 2], [3]], peak=255)


def test_psnr_survives_the_smallest_difference():
    assert math.isfinite(psnr_db([0.0], [1e-160], peak=1e150))


def test_peak_is_required():
    for metric in (psnr_db, ms_ssim):
        with pytest.raises(TypeError, match="peak"):
            metric(picture(), picture())


@pytest.mark.parametrize("metric", [psnr_db, ms_ssim])
@pytest.mark.parametrize("peak", [0, -1, math.nan, math.inf, "255", None, True])
def test_impossible_peaks_are_refused(metric, peak):
    with pytest.raises(MetricError, match="peak is"):
        metric(picture(), picture(), peak=peak)


@pytest.mark.parametrize("metric", [psnr_db, ms_ssim])
@pytest.mark.parametrize(
    ("change_a", "change_b", "peak", "message"),
    [
        (lambda x: x[:-1], lambda x: x, 255, "shape of b is .176, 192, 3.*175, 192, 3.*crop"),
        (lambda x: x, lambda x: x[..., :1], 255, "shape of b"),
        (lambda x: x, lambda x: x / 255, 255, "dtypes of a and b is 'uint8 and float64'"),
        (lambda x: x, lambda x: x, 1, "peak of the uint8 image a is 1.0; allowed: 255"),
        (lambda x: x / 255, lambda x: x / 255, 255, "peak is '255 while both images lie between"),
        (lambda x: x / 1, lambda x: x / 1, 1, "range of a is '6 to 232'; allowed: 0 to peak = 1"),
        (lambda x: x / 255, lambda x: x / 255 - 1, 1, "range of b is '-0.97.*clamp"),
        (lambda x: x / 255, lambda x: np.where(x > 9, x / 255, np.nan), 1, "b is '.* not finite"),
        (lambda x: x > 9, lambda x: x, 255, "dtype of a is 'bool'"),
        (lambda x: x[:0], lambda x: x[:0], 255, "shape of a is .0, 192, 3.; allowed: non-empty"),
    ],
)
def test_mix_ups_are_refused(metric, change_a, change_b, peak, message):
    with pytest.raises(LcipError, match=message):
        metric(change_a(picture()), change_b(picture()), peak=peak)


def test_ms_ssim_of_identical_images_is_exactly_one():
    assert ms_ssim(picture(), picture(), peak=255) == 1.0
    assert ms_ssim_db(ms_ssim(picture(), picture(), peak=255)) == math.inf


def test_ms_ssim_falls_with_noise_and_is_symmetric():
    a = picture()
    values = [ms_ssim(a, noisy(a, sd), peak=255) for sd in (1, 10, 40)]
    assert 1 > values[0] > values[1] > values[2] > 0
    assert ms_ssim(noisy(a, 10), a, peak=255) == pytest.approx(values[1], abs=1e-6)


def test_ms_ssim_is_the_same_in_every_container_and_range():
    a, b = picture(), noisy(picture(), 10)
    value = ms_ssim(a, b, peak=255)
    planes = [torch.tensor(image).permute(2, 0, 1) for image in (a, b)]
    assert ms_ssim(*planes, peak=255) == value
    assert ms_ssim(*(image[None] for image in planes), peak=255) == value
    assert ms_ssim(a / 255, b / 255, peak=1) == pytest.approx(value, abs=1e-6)
    grey = ms_ssim(a[..., 0], b[..., 0], peak=255)
    assert grey == ms_ssim(a[..., :1], b[..., :1], peak=255)


def test_ms_ssim_of_two_constant_images():
    """Without structure only the luminance term of the fifth scale remains, to the power 0.1333."""
    a, b = (np.full((176, 176), level, np.uint8) for level in (50, 100))
    c1 = (0.01 * 255) ** 2
    luminance = (2 * 50 * 100 + c1) / (50**2 + 100**2 + c1)
    assert ms_ssim(a, b, peak=255) == pytest.approx(luminance**0.1333, abs=5e-5)


@pytest.mark.parametrize(
    "shape", [(160, 200), (200, 160, 3), (3, 200, 200), (1, 200, 200, 3), (9,)]
)
def test_ms_ssim_refuses_small_images_and_wrong_layouts(shape):
    image = np.zeros(shape, np.uint8)
    with pytest.raises(MetricError, match=r"H and W of at least 161.*psnr_db"):
        ms_ssim(image, image, peak=255)


def test_ms_ssim_works_from_161_pixels_up():
    image = picture(height=161, width=161)
    assert ms_ssim(image, noisy(image, 5), peak=255) < 1


def test_ms_ssim_refuses_numpy_beside_torch():
    image = picture()
    with pytest.raises(MetricError, match="NumPy beside torch"):
        ms_ssim(image, torch.tensor(image).permute(2, 0, 1), peak=255)


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan])
def test_ms_ssim_db_refuses_what_is_no_similarity(value):
    with pytest.raises(MetricError, match="allowed: 0 to 1"):
        ms_ssim_db(value)


def test_bits_per_pixel_by_hand():
    assert bits_per_pixel(3, height=4, width=2) == 3.0
    assert bits_per_pixel(0, height=4, width=2) == 0.0


@pytest.mark.parametrize(
    "arguments", [(-1, 4, 2), (1.5, 4, 2), (1, 0, 2), (1, 4, 2.0), (1, 4, True)]
)
def test_bits_per_pixel_refuses_parts_of_bytes_and_empty_images(arguments):
    num_bytes, height, width = arguments
    with pytest.raises(MetricError, match="a whole number from"):
        bits_per_pixel(num_bytes, height=height, width=width)
