"""A fit for a page is the fit of the committed weights, made small."""

import doctest
from dataclasses import replace

import numpy as np
import pytest

from lcip import training
from lcip.distributions import live_fit
from lcip.distributions.fit import settings_of
from lcip.distributions.recipes import BEST
from lcip.images import factorized


@pytest.fixture(scope="module")
def task():
    codec = factorized.load("small", 3)
    draw = np.random.default_rng(0)
    pictures = [draw.integers(0, 256, (64, 80, 3), dtype=np.uint8) for _ in range(4)]
    recipe = replace(BEST, steps=6, copies=3, views=1, batch_size=4)
    return live_fit.live_task(codec, "small", pictures, 1, recipe, seed=0)


def test_the_last_pictures_only_judge(task):
    assert len(task.examples.heights) == 3 * 3
    assert task.held_out.shape == (1, 96, 256)


def test_every_step_is_remembered(task):
    task.excess.clear()
    settings = settings_of(task.recipe, seed=0)
    result = training.fit(task, settings, device="cpu", facts={}, progress=False)
    assert len(task.excess) == result.steps_done == 6
    assert np.isfinite(task.excess).all() and min(task.excess) > 0


def test_the_example_in_its_docstring():
    assert doctest.testmod(live_fit).failed == 0
