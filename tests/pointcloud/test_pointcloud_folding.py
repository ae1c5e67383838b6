"""Folding changes no symbol, and exact arithmetic does not see order, batch or threads."""

import itertools

import numpy as np
import pytest
import torch
from pointcloud_samples import clouds, settled_model

from lcip.pointcloud import choice
from lcip.pointcloud import codec as codecs
from lcip.pointcloud.clouds import to_grid
from lcip.pointcloud.exact import EXACT_BITS, ExactEncoder
from lcip.pointcloud.folding import LARGEST_VARIANCE, exact, fold, tame
from lcip.pointcloud.models import SIZES


def unfolded_latents(model, points: np.ndarray) -> np.ndarray:
    """y of the trained modules as they are, in float64."""
    with torch.no_grad():
        return model.double().encoder(torch.from_numpy(points).double()[None])[0].numpy()


def many_clouds() -> list[np.ndarray]:
    """Clouds of every solid and of random numbers, on the grid's values."""
    draw = np.random.default_rng(0)
    noise = [draw.uniform(-0.57, 0.57, (p, 3)) for p in (1, 2, 30, 400)]
    return [to_grid(c) / 32767 for c in [*clouds(300), *noise]]


@pytest.mark.parametrize("size", list(SIZES))
def test_folding_batch_norm_and_gain_changes_no_symbol(size):
    model = settled_model(size)
    folded, medians = fold(model.encoder), model.medians.double().numpy()
    for points in many_clouds():
        y = unfolded_latents(model, points)
        assert np.allclose(folded.latents(points), y, rtol=1e-10, atol=1e-10)
        assert np.array_equal(np.rint(folded.latents(points) - medians), np.rint(y - medians))


@pytest.mark.parametrize("size", list(SIZES))
def test_the_exact_grid_changes_no_symbol_either(size):
    model = settled_model(size)
    encoder, medians = exact(model), model.medians.double().numpy()
    for points in many_clouds():
        grid = to_grid(points)
        expected = np.rint(unfolded_latents(model, points) - medians)
        assert np.array_equal(encoder.symbols(grid), expected)


LARGEST_ERROR = {"micro": 1e-8, "lite": 1e-4, "full": 1e-4}  # in steps of the quantiser


@pytest.mark.parametrize("size", list(SIZES))
def test_the_exact_grid_is_far_finer_than_the_quantiser(size):
    model = settled_model(size)
    encoder = exact(model)
    for points in many_clouds():
        error = encoder.latents(to_grid(points)) - unfolded_latents(model, points)
        assert np.abs(error).max() < LARGEST_ERROR[size]


@pytest.mark.parametrize("name", [model.name for model in choice.trained()])
def test_nor_does_folding_change_a_symbol_of_the_committed_models(name):
    """Against the trained modules, batch norm and gain in place, in double precision."""
    codec = codecs.load(name)
    medians = codec.model.medians.double().numpy()
    for points in many_clouds():
        y = unfolded_latents(codec.model, points)
        error = np.abs(codec.latents(points) - y)
        # Full latents can be some hundreds: a float32 model would be off by as much.
        assert (error <= 1e-4 + 1e-6 * np.abs(y)).all()
        # A latent that ReLU has made zero is so exactly, and may lie on a threshold: ties go up.
        sure = (np.abs((y - medians) % 1 - 0.5) > error) | (error == 0)
        expected = np.floor(y - medians + 0.5)
        assert sure.mean() > 0.99 and np.array_equal(codec.symbols(points)[sure], expected[sure])


@pytest.mark.parametrize("size", ["lite", "full"])
def test_no_point_of_the_unit_ball_reaches_a_ceiling(size):
    encoder, draw = exact(settled_model(size)), np.random.default_rng(3)
    points = draw.normal(size=(4000, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True) * draw.choice([1, 1.5], (4000, 1))
    h = to_grid(points).astype(np.float64)
    for layer in encoder.layers[:-1]:
        h = np.rint(np.maximum(h @ layer.weight.T + layer.bias, 0) * 2.0**-layer.shift)
        assert (h <= 0.75 * layer.ceiling).all()


@pytest.mark.parametrize("size", list(SIZES))
def test_points_outside_the_ball_are_exact_too(size):
    """Whole numbers up to int16's ends, which no cloud in the unit ball has."""
    encoder = exact(settled_model(size))
    ends = np.array(list(itertools.product([-32768, 0, 32767], repeat=3)), np.int16)
    features = encoder.features(ends)
    assert np.array_equal(features, np.rint(features)) and features.max() < 2.0**EXACT_BITS
    alone = [encoder.features(ends[k : k + 1])[0] for k in range(len(ends))]
    assert np.array_equal(features, np.array(alone))


@pytest.mark.parametrize("size", list(SIZES))
def test_every_intermediate_is_a_whole_number_that_float64_holds(size):
    encoder = exact(settled_model(size))
    largest = np.full(3, 32768.0)
    for layer in encoder.layers:
        for part in (layer.weight, layer.bias):
            assert np.array_equal(part, np.rint(part))
        bound = abs(layer.weight) @ largest + abs(layer.bias)
        assert bound.max() <= 2.0**EXACT_BITS
        largest = layer.ceiling
    features = encoder.features(to_grid(clouds(50)[0]))
    assert np.array_equal(features, np.rint(features))


@pytest.mark.parametrize("size", list(SIZES))
def test_sums_are_those_of_unbounded_integers(size):
    encoder = exact(settled_model(size))
    grid = to_grid(clouds(20)[1])
    h = grid.astype(object)
    for layer in encoder.layers[:-1]:
        z = h @ layer.weight.astype(np.int64).astype(object).T
        z = np.maximum(z + layer.bias.astype(np.int64).astype(object), 0)
        h = np.rint(z.astype(np.float64) * 2.0**-layer.shift).astype(np.int64).astype(object)
    last = encoder.layers[-1]
    z = h @ last.weight.astype(np.int64).astype(object).T
    z = np.maximum(z + last.bias.astype(np.int64).astype(object), 0)
    assert np.array_equal(encoder.features(grid).astype(np.int64), z.astype(np.int64))


@pytest.mark.parametrize("size", list(SIZES))
def test_order_doubling_and_batching_of_points_change_nothing(size, monkeypatch):
    encoder = exact(settled_model(size))
    grid = to_grid(clouds(333)[2])
    before = encoder.pooled(grid)
    draw = np.random.default_rng(1)
    for _ in range(5):
        assert np.array_equal(encoder.pooled(draw.permutation(grid)), before)
    assert np.array_equal(encoder.pooled(np.concatenate([grid, grid[:100]])), before)
    monkeypatch.setattr("lcip.pointcloud.exact.POINTS_AT_ONCE", 7)
    assert np.array_equal(encoder.pooled(grid), before)


def test_a_negative_gain_keeps_its_sign():
    model = settled_model("micro")
    y = exact(model).latents(to_grid(clouds(100)[0]))
    negative = model.encoder.gain.vector.detach().numpy() < 0
    assert negative.any() and (y[negative] <= 0).all() and (y[~negative] >= 0).all()


def test_arrays_give_the_encoder_back():
    encoder = exact(settled_model("lite"))
    arrays = encoder.to_arrays()
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.int32), np.dtype(np.int64)}
    for array in arrays.values():
        assert (array.dtype == np.int64) == (np.abs(array).max() >= 2**31)
    again = ExactEncoder.from_arrays(arrays)
    grid = to_grid(clouds(100)[3])
    assert np.array_equal(again.symbols(grid), encoder.symbols(grid))
    assert len(again.layers) == 5


def test_taming_a_decoder_changes_no_logit():
    model = settled_model("full")
    with torch.no_grad():
        model.decoder[2].running_var.mul_(1e6)
        y = 100 * torch.randn(6, 1024)
        before = model.decoder(y)
        tame(model.decoder)
        after = model.decoder(y)
    assert model.decoder[2].running_var.max() <= LARGEST_VARIANCE
    assert torch.allclose(before, after, atol=1e-3)
