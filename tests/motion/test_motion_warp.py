"""Reading between samples: exact where a kernel should be, and honest at borders."""

import numpy as np
import pytest

from lcip.motion import affine
from lcip.motion.affine import MotionError
from lcip.motion.warp import KERNELS, mixing, read

HEIGHT, WIDTH = 14, 18


def picture_of(function) -> np.ndarray:
    """One channel, float64, of a function of (x, y)."""
    return function(*np.moveaxis(affine.grid(HEIGHT, WIDTH), -1, 0))[None]


def inner_positions(count: int = 200) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.uniform((2, 2), (WIDTH - 4, HEIGHT - 4), (count, 2))


def linear(x, y):
    return 3 * x - 2 * y + 1


def quadratic(x, y):
    return 0.5 * x**2 - x * y + 0.25 * y**2 + linear(x, y)


@pytest.mark.parametrize(
    ("kernel", "function"), [("bilinear", linear), ("bicubic", linear), ("bicubic", quadratic)]
)
def test_kernels_reproduce_the_polynomials_that_they_should(kernel, function):
    positions = inner_positions()
    values, complete = read(picture_of(function), positions, kernel, good=None)
    assert complete.all()
    np.testing.assert_allclose(values[0], function(*positions.T), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("kernel", "worst"), [("nearest", 0.3), ("bilinear", 0.032), ("bicubic", 0.0015)]
)
def test_moved_picture_against_the_analytic_one(kernel, worst):
    """A rotated wave, read from samples, against the wave itself at the rotated places."""

    def wave(x, y):
        return np.sin(0.4 * x) * np.cos(0.3 * y)

    back = affine.rotation(10, (8.5, 6.5)).inverse()
    positions = back(affine.grid(HEIGHT, WIDTH))
    values, complete = read(picture_of(wave), positions, kernel, good=None)
    error = np.abs(values[0] - wave(*np.moveaxis(positions, -1, 0)))[complete]
    assert worst / 4 < error.max() < worst


@pytest.mark.parametrize("kernel", KERNELS)
def test_whole_positions_give_the_samples_to_the_bit(kernel):
    array = np.random.default_rng(0).standard_normal((5, HEIGHT, WIDTH)).astype(np.float32)
    values, complete = read(array, affine.grid(HEIGHT, WIDTH), kernel, good=None)
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, array)
    assert complete.all()


def test_a_quarter_turn_is_rot90():
    array = np.random.default_rng(0).standard_normal((2, 9, 9))
    back = affine.rotation(90, (4, 4)).inverse()
    values, _ = read(array, back(affine.grid(9, 9)), "bicubic", good=None)
    np.testing.assert_allclose(values, np.rot90(array, axes=(1, 2)), atol=1e-12)


def test_nearest_by_hand():
    array = np.array([[[10.0, 20.0, 30.0]]])
    positions = np.array([[0.4, 0], [0.5, 0], [1.6, 0]])
    np.testing.assert_array_equal(read(array, positions, "nearest", None).values, [[10, 20, 30]])


def test_bicubic_by_hand_half_way():
    """Keys' weights at 1/2 are (-1, 9, 9, -1) / 16."""
    array = np.array([[[1.0, 2.0, 4.0, 8.0]]])
    value = read(array, np.array([[1.5, 0.0]]), "bicubic", None).values
    assert value.item() == pytest.approx((-1 + 18 + 36 - 8) / 16)


def test_complete_by_hand():
    array = np.zeros((1, 1, 4))
    positions = np.array([[0.0, 0], [0.5, 0], [1.5, 0], [3.0, 0], [3.2, 0], [-0.1, 0]])
    expect = {
        "nearest": [True, True, True, True, True, True],
        "bilinear": [True, True, True, True, False, False],
        "bicubic": [True, False, True, True, False, False],
    }
    for kernel, complete in expect.items():
        np.testing.assert_array_equal(read(array, positions, kernel, None).complete, complete)


def test_bad_samples_spoil_what_mixes_them_and_nothing_else():
    array, good = np.zeros((1, 1, 5)), np.array([[True, True, False, True, True]])
    positions = np.array([[1.0, 0], [1.5, 0], [2.0, 0], [3.0, 0], [3.5, 0]])
    bilinear = read(array, positions, "bilinear", good).complete
    np.testing.assert_array_equal(bilinear, [True, False, False, True, True])


def test_outside_the_nearest_sample_stands_in():
    values, complete = read(
        np.array([[[5.0, 6.0]]]), np.array([[-3.0, 0], [9.0, 2.0]]), "bicubic", None
    )
    np.testing.assert_array_equal(values, [[5, 6]])
    assert not complete.any()


def test_unknown_interpolation_lists_the_known_ones():
    with pytest.raises(MotionError) as caught:
        read(np.zeros((1, 2, 2)), np.zeros((1, 2)), "lanczos", None)
    assert "interpolation is 'lanczos'; allowed: nearest, bilinear, bicubic." in str(caught.value)


@pytest.mark.parametrize("kernel", KERNELS)
def test_mixing_is_read_as_a_matrix(kernel):
    rng = np.random.default_rng(2)
    array, good = rng.random((3, 9, 7), dtype=np.float32), rng.random((9, 7)) > 0.2
    positions = rng.uniform(-1.5, 9.5, (5, 6, 2))
    positions[0, 0] = (4, 2)  # a sample
    expected = read(array, positions, kernel, good)
    found = mixing(positions, (9, 7), kernel, good)
    values = (found.weights @ array.reshape(3, -1).T).T.reshape(3, 5, 6)
    np.testing.assert_allclose(values, expected.values, atol=1e-6)
    np.testing.assert_array_equal(found.complete.reshape(5, 6), expected.complete)
    assert values[:, 0, 0].tolist() == array[:, 2, 4].tolist()
