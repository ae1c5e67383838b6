"""Stride, offset, receptive field: by brute force, by hand, and where the trail ends."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from lcip.motion.geometry import INPUT, Axis, Geometry, Tracer
from lcip.motion.tap import Network

SIDE = 48


def geometry(module: nn.Module) -> Geometry | None:
    image = torch.zeros(1, 3, SIDE, SIDE)
    tracer = Tracer(image)
    with torch.no_grad(), tracer:
        output = module.eval()(image)
    return tracer.geometry_of(output)


def random_layer(rng: np.random.Generator, channels: int) -> nn.Module:
    """A convolution or a pooling with its own numbers on each axis; all weights positive."""
    kind = rng.choice(["conv", "max", "average", "relu", "normalise", "pad"])
    kernel, stride = rng.integers(1, 5, 2), rng.integers(1, 3, 2)
    padding = rng.integers(0, kernel // 2 + 1)
    kernel, stride, padding = (tuple(int(n) for n in a) for a in (kernel, stride, padding))
    if kind == "max":
        dilation = int(rng.integers(1, 3))
        return nn.MaxPool2d(kernel, stride, padding, dilation)
    if kind == "average":
        return nn.AvgPool2d(kernel, stride, padding)
    if kind == "relu":
        return nn.ReLU(inplace=bool(rng.integers(2)))
    if kind == "normalise":
        return nn.BatchNorm2d(channels)
    if kind == "pad":
        return nn.ZeroPad2d(tuple(int(n) for n in rng.integers(-1, 3, 4)))
    dilation = tuple(int(n) for n in rng.integers(1, 3, 2))
    layer = nn.Conv2d(channels, channels, kernel, stride, padding, dilation)
    nn.init.uniform_(layer.weight, 0.5, 1)
    nn.init.zeros_(layer.bias)
    return layer


def seen(module: nn.Module, axis: int, place: tuple[int, int]) -> np.ndarray:
    """Brute force: the input rows (axis 0) or columns (1) whose change changes output `place`."""
    base = torch.rand(1, 3, SIDE, SIDE, dtype=torch.float64, generator=torch.manual_seed(1))
    changed = base.repeat(SIDE, 1, 1, 1)
    for line in range(SIDE):
        changed[line].select(axis + 1, line).add_(1000)
    with torch.no_grad():
        before, after = module(base)[0], module(changed)
    difference = (after - before)[:, :, place[0], place[1]].abs().amax(dim=1)
    return np.flatnonzero(difference.numpy() > 1e-9)


@pytest.mark.parametrize("seed", range(25))
def test_rule_against_brute_force_on_random_networks(seed):
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    module = nn.Sequential(*(random_layer(rng, 3) for _ in range(rng.integers(2, 6))))
    found = geometry(module)
    module.double()
    height, width = module(torch.zeros(1, 3, SIDE, SIDE, dtype=torch.float64)).shape[2:]
    place = (height // 2, width // 2)
    for axis, (line, index) in enumerate(zip(found, place, strict=True)):
        window = np.arange(line.first, line.last + 1) + line.stride * index
        seen_lines = seen(module, axis, place)
        # Dilated windows have holes: compare what they span.
        inside = window[(window >= 0) & (window < SIDE)]
        assert line.stride >= 1
        if (inside == window).all():
            assert (seen_lines[0], seen_lines[-1]) == (window[0], window[-1])
        else:
            assert set(seen_lines) <= set(inside)


@pytest.mark.parametrize("seed", range(10))
def test_a_ramp_reads_back_the_sampling_position(seed):
    """Averaging networks answer the picture I(x, y) = x with the place where each sample looks."""
    rng = np.random.default_rng(seed)
    layers = []
    for _ in range(3):
        kernel = int(rng.integers(1, 6))
        settings = dict(
            stride=int(rng.integers(1, 3)), padding=int(rng.integers(0, kernel // 2 + 1))
        )
        if rng.integers(2):
            layers.append(nn.AvgPool2d(kernel, **settings))
        else:
            layers.append(nn.Conv2d(3, 3, kernel, groups=3, bias=False, **settings))
            nn.init.constant_(layers[-1].weight, 1 / kernel**2)
    module = nn.Sequential(*layers)
    axis = geometry(module).x
    ramp = torch.arange(SIDE, dtype=torch.float32).expand(1, 3, SIDE, SIDE)
    with torch.no_grad():
        answer = module(ramp)[0, 0]
    index = np.arange(answer.shape[1])
    whole = (axis.stride * index + axis.first >= 0) & (axis.stride * index + axis.last < SIDE)
    offset = (axis.first + axis.last) / 2
    middle = answer[answer.shape[0] // 2].numpy()
    assert whole.any()
    np.testing.assert_allclose(middle[whole], (axis.stride * index + offset)[whole], rtol=1e-5)


def test_values_by_hand():
    """5 x 5, stride 2, padding 2, four times: offset 0, field 1 + 4 (1 + 2 + 4 + 8) = 61."""
    four = nn.Sequential(*(nn.Conv2d(3, 3, 5, 2, 2) for _ in range(4)))
    assert geometry(four).x == Axis(16, -30, 30)
    assert geometry(nn.MaxPool2d(2)).x == Axis(2, 0, 1)
    assert geometry(nn.Sequential(nn.MaxPool2d(2), nn.AvgPool2d(2))).x == Axis(4, 0, 3)
    assert geometry(nn.Conv2d(3, 3, 3, 2, 0)).x == Axis(2, 0, 2)
    assert geometry(nn.Identity()) == INPUT


def test_axes_are_followed_apart():
    found = geometry(nn.Conv2d(3, 3, (3, 5), (1, 2), (1, 0)))
    assert found == Geometry(y=Axis(1, -1, 1), x=Axis(2, 0, 4))


class Branches(nn.Module):
    """A residual block whose shortcut pools functionally, then a concatenation and a shuffle."""

    def __init__(self):
        super().__init__()
        self.main = nn.Conv2d(3, 3, 3, 2, 1)

    def forward(self, x):
        y = F.relu(self.main(x)) + F.avg_pool2d(x, 2)
        y = torch.cat([y, 2 * y, y, torch.ones_like(y)], dim=1)
        batch, channels, *sides = y.shape
        y = y.view(batch, 2, channels // 2, *sides).transpose(1, 2).reshape(batch, channels, *sides)
        return F.pad(y.chunk(2, dim=1)[0], (1, 0, 0, 0), mode="reflect")


def test_branches_join_and_channels_may_be_shuffled():
    """-1 ... 1 joins 0 ... 1; a column of padding on the left moves x by a sample of stride 2."""
    assert geometry(Branches()) == Geometry(y=Axis(2, -1, 1), x=Axis(2, -3, -1))


class Gate(nn.Module):
    def forward(self, x):
        y = F.max_pool2d(x, 2)
        return y * torch.sigmoid(F.adaptive_avg_pool2d(y, 1))


def test_a_gate_of_one_number_a_channel_does_not_end_the_trail():
    assert geometry(Gate()) == Geometry(Axis(2, 0, 1), Axis(2, 0, 1))


@pytest.mark.parametrize(
    "module",
    [
        nn.Upsample(scale_factor=2),
        nn.ConvTranspose2d(3, 3, 4, 2, 1),
        nn.AdaptiveAvgPool2d(4),
        nn.Flatten(),
        nn.Softmax(dim=-1),
    ],
    ids=lambda module: type(module).__name__,
)
def test_where_there_is_no_rule_the_trail_ends(module):
    assert geometry(module) is None
    assert geometry(nn.Sequential(module, nn.ReLU())) is None


def test_a_transposed_picture_has_no_geometry():
    class Turn(nn.Module):
        def forward(self, x):
            return x.transpose(-1, -2)

    assert geometry(Turn()) is None


def test_branches_of_unequal_stride_cannot_join():
    class Unequal(nn.Module):
        def forward(self, x):
            return F.max_pool2d(x, 2, 2) + F.max_pool2d(x, 25, 1)

    assert geometry(Unequal()) is None


def test_nothing_is_left_switched_on():
    before = geometry(nn.Conv2d(3, 3, 3))
    Network("n", "random", nn.Sequential(nn.Conv2d(3, 3, 3)), lambda x: x).layers  # noqa: B018
    assert geometry(nn.Conv2d(3, 3, 3)) == before
