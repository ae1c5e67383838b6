"""The fast way gives the numbers of the slow one."""

import numpy as np
import pytest
import torch
from torch import nn

from lcip.motion import affine, compare
from lcip.motion.affine import MotionError
from lcip.motion.batches import Album, Stills
from lcip.motion.compare import Settings
from lcip.motion.frames import cut
from lcip.motion.tap import Network

MOTIONS = {
    "identity": affine.identity(),
    "shift": affine.translation(5.5, -3),
    "turn": affine.rotation(12, (31.5, 31.5)),
    "stretch": affine.compose(affine.scale(1.1, 0.9, (31.5, 31.5)), affine.translation(-4, 2)),
}


@pytest.fixture(scope="module")
def network() -> Network:
    torch.manual_seed(0)
    parts = [nn.Conv2d(3, 6, 5, 2, 2), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Conv2d(6, 4, 3)]
    return Network("n", "random", nn.Sequential(*parts), lambda x: 2 * x - 1)


@pytest.fixture(scope="module")
def photographs() -> list[np.ndarray]:
    """Odd and even sides, one barely larger than the frame: what moves in lies beyond its end."""
    rng = np.random.default_rng(1)
    return [rng.integers(0, 256, shape, dtype=np.uint8) for shape in ((71, 90, 3), (64, 65, 3))]


@pytest.mark.parametrize("name", MOTIONS)
@pytest.mark.parametrize("kernel", ["nearest", "bilinear", "bicubic"])
def test_frames_are_those_of_cut(photographs, name, kernel):
    settings = Settings(64, kernel, "bilinear", 0.0)
    album = Album(photographs, list(MOTIONS.values()), settings)
    for frame, photograph in zip(album.moved(MOTIONS[name]), photographs, strict=True):
        expected = cut(photograph, MOTIONS[name], 64, kernel).moved
        np.testing.assert_allclose(frame.permute(1, 2, 0), expected, atol=2e-6)


@pytest.mark.parametrize("kernel", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("far", [affine.scale(0.01, 1, (31.5, 31.5)), affine.translation(1e5, 3)])
def test_reading_far_outside_takes_no_more_room_than_the_photographs(photographs, kernel, far):
    settings = Settings(64, kernel, "bilinear", 0.0)
    album = Album(photographs, [far], settings)
    assert album.side_px <= 64 + 2 * 13, "half of the 26 px that the widest of them goes on"
    for frame, photograph in zip(album.moved(far), photographs, strict=True):
        expected = cut(photograph, far, 64, kernel).moved
        np.testing.assert_allclose(frame.permute(1, 2, 0), expected, atol=2e-6)


@pytest.mark.parametrize("name", MOTIONS)
@pytest.mark.parametrize("erosion", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("kernel", ["nearest", "bilinear", "bicubic"])
def test_errors_are_those_of_compare(network, photographs, name, erosion, kernel):
    settings, motion = Settings(64, "bicubic", kernel, erosion), MOTIONS[name]
    layers = ["0", "2", "3"]
    album = Album(photographs, [motion], settings)
    stills = Stills(network, layers, album.still(), settings)
    found = list(stills.errors(motion, album.moved(motion), [0, 1]))
    assert [(place, layer.name) for place, layer, *_ in found] == [
        (place, layer) for place in (0, 1) for layer in layers
    ]
    for place, layer, nrmse, valid in found:
        frames = cut(photographs[place], motion, 64, "bicubic")
        before, after = (network.tap(f, layer.name) for f in (frames.still, frames.moved))
        slow = compare.compare(before, after, layer, motion, settings, layer.offset_px)
        assert nrmse == pytest.approx(slow.nrmse, rel=1e-4, abs=1e-7)
        assert valid == slow.valid_fraction
        assert name != "identity" or nrmse == 0


def test_some_places_can_be_asked_for(network, photographs):
    settings, motion = Settings(64, "bicubic", "bilinear", 0.5), MOTIONS["turn"]
    album = Album(photographs, [motion], settings)
    stills = Stills(network, ["3"], album.still(), settings)
    moved = album.moved(motion)
    both = [row[2] for row in stills.errors(motion, moved, [0, 1])]
    (second,) = (row[2] for row in stills.errors(motion, moved[1:], [1]))
    assert second == pytest.approx(both[1], rel=1e-6)


def test_nothing_left_to_compare_is_refused(network, photographs):
    settings, motion = Settings(64, "bicubic", "bilinear", 1.0), affine.translation(62, 0)
    album = Album(photographs, [motion], settings)
    stills = Stills(network, ["3"], album.still(), settings)
    with pytest.raises(MotionError, match="what is left to compare in 3 is 'nothing of its"):
        list(stills.errors(motion, album.moved(motion), [0, 1]))


def test_a_layer_that_says_nothing_is_refused(photographs):
    silent = nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), nn.ReLU())
    nn.init.constant_(silent[0].bias, -100.0)
    settings, motion = Settings(64, "bicubic", "bilinear", 0.5), affine.translation(3, 0)
    album = Album(photographs, [motion], settings)
    stills = Stills(Network("n", "random", silent, lambda x: x), ["1"], album.still(), settings)
    with pytest.raises(MotionError, match="range of the layer is 0.0; allowed: a layer that is"):
        list(stills.errors(motion, album.moved(motion), [0, 1]))


def test_photographs_smaller_than_the_frame_are_refused(photographs):
    settings = Settings(65, "bicubic", "bilinear", 1.0)
    with pytest.raises(MotionError, match="frame_px is 65; allowed: 1 to 64, the short side"):
        Album(photographs, [affine.identity()], settings)


def test_no_photographs_are_refused():
    with pytest.raises(MotionError, match="photographs is .*; allowed: one or more"):
        Album([], [affine.identity()], Settings(64, "bicubic", "bilinear", 0.5))
