"""The two experiments: rows, order, shares, refusals, and the rule on random small networks."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from lcip.datasets import bundled_photographs
from lcip.motion.affine import MotionError
from lcip.motion.compare import Settings
from lcip.motion.randomly import draws
from lcip.motion.sweeps import (
    NO_MOTION,
    PANELS,
    RANDOM_COLUMNS,
    SWEEP_COLUMNS,
    Subject,
    at_random,
    share_out,
    sweep,
    transforms,
)
from lcip.motion.tap import Network

SETTINGS = Settings(96, "bicubic", "bilinear", 1.0)


def small(seed: int) -> Network:
    torch.manual_seed(seed)
    parts = [nn.Conv2d(3, 5, 5, 2, 2), nn.ReLU(), nn.Conv2d(5, 6, 3, 2, 0), nn.ReLU()]
    return Network("small", "random", nn.Sequential(*parts), lambda x: x)


@pytest.fixture(scope="module")
def photographs():
    return bundled_photographs(["coffee", "rocket"])


@pytest.fixture(scope="module")
def rows(photographs) -> pd.DataFrame:
    motions = [
        m for kind in PANELS for m in transforms(kind, [NO_MOTION[kind], 1.1], SETTINGS.frame_px)
    ]
    return sweep(Subject(small(0), ["0", "3"], 0.5), photographs, motions, SETTINGS)


def test_a_row_for_each_motion_photograph_and_layer(rows):
    assert tuple(rows) == SWEEP_COLUMNS
    assert len(rows) == 8 * 2 * 2
    assert not rows.duplicated(["layer", "transform", "parameter", "image"]).any()
    assert set(rows["stride"]) == {2, 4} and (rows["erosion_fraction"] == 0.5).all()


def test_the_identity_of_every_panel_leaves_exactly_nothing(rows):
    still = rows["parameter"] == rows["transform"].map(NO_MOTION)
    assert (rows.loc[still, "nrmse"] == 0).all() and still.sum() == 4 * 4
    assert (rows.loc[~still, "nrmse"] > 1e-4).all()


def test_progress_is_told_after_each_motion(photographs):
    heard = []
    motions = transforms("rotation", [0, 3, 5], 96)
    sweep(Subject(small(0), ["0"], 0.0), photographs, motions, SETTINGS, lambda *a: heard.append(a))
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_the_published_panels():
    assert PANELS["translation_x"] == tuple(range(-30, 31))
    assert {kind: (min(a), max(a)) for kind, a in PANELS.items()} == {
        "translation_x": (-30, 30), "rotation": (-10, 10), "scale_x": (0.8, 1.25),
        "shear_x": (-10, 10),
    }  # fmt: skip
    assert all(NO_MOTION[kind] in amounts for kind, amounts in PANELS.items())
    assert all(list(amounts) == sorted(set(amounts)) for amounts in PANELS.values())


def test_a_shift_as_large_as_the_frame_is_refused():
    with pytest.raises(MotionError, match="is -96; allowed: less than the frame's side, 96 px"):
        transforms("translation_x", [0, -96], 96)
    with pytest.raises(MotionError, match="transform is 'jump'; allowed: translation_x, rotation"):
        transforms("jump", [0], 96)


def test_draws_are_dealt_in_turn():
    motions = draws(5, seed=0)
    shares = share_out(motions, ["a", "b"])
    assert {image: list(own) for image, own in shares.items()} == {"a": [0, 2, 4], "b": [1, 3]}
    assert shares["b"][3] == motions[3]
    assert list(share_out(motions[:1], ["a", "b"])) == ["a"]


def test_every_network_gets_the_same_random_motion(photographs):
    motions = dict(enumerate(draws(3, seed=0)))
    subjects = [Subject(small(0), ["0", "3"], 0.5), Subject(small(1), ["3"], 0.0)]
    rows = at_random(subjects, "coffee", photographs["coffee"], motions, Settings(
        192, "bicubic", "bilinear", 0.5))  # fmt: skip
    assert tuple(rows) == RANDOM_COLUMNS and len(rows) == 3 * 3
    assert list(rows["tx_px"][:2]) == [motions[0].tx_px] * 2
    assert (rows["nrmse"] > 0.001).all() and rows["valid_fraction"].between(0.2, 1).all()
    assert list(rows["draw"]) == [0, 0, 1, 1, 2, 2, 0, 1, 2]
    own = rows[rows["erosion_fraction"] == 0.0]
    assert list(own["layer"]) == ["3"] * 3


@settings(max_examples=12, deadline=None)
@given(
    kernels=st.lists(st.integers(1, 5), min_size=1, max_size=3),
    strides=st.lists(st.integers(1, 3), min_size=3, max_size=3),
    paddings=st.lists(st.integers(0, 2), min_size=3, max_size=3),
    steps=st.integers(-2, 2),
    seed=st.integers(0, 99),
)
def test_whole_strides_are_free_in_any_small_network(kernels, strides, paddings, steps, seed):
    """By brute force: moved by whole strides, what saw the same pixels before is the same."""
    torch.manual_seed(seed)
    channels = [3, 4, 4, 4]
    layers = [
        nn.Conv2d(channels[i], 4, k, strides[i], min(paddings[i], k // 2))
        for i, k in enumerate(kernels)
    ]
    network = Network("n", "random", nn.Sequential(*layers), lambda x: x)
    name = str(len(layers) - 1)
    picture = np.random.default_rng(seed).integers(0, 256, (208, 208, 3), dtype=np.uint8)
    shift = steps * network.layer(name).stride
    motions = transforms("translation_x", [shift], 192)
    own = Settings(192, "bicubic", "bilinear", 1.0)
    rows = sweep(Subject(network, [name], 1.0), {"noise": picture}, motions, own)
    assert rows["nrmse"].item() < 1e-5
