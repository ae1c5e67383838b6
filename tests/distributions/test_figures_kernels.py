"""The kernels and the memory of the histogram layer, drawn and counted."""

from functools import partial

import numpy as np
import pytest
import torch

from lcip import plotting
from lcip.distributions import dense_histogram, figures_kernels, soft_histogram

BINS = {"lowest": -8, "num_bins": 16}


def test_the_kernels_drawn_are_those_of_the_layer():
    u = np.linspace(-1.5, 1.5, 25)
    for name, kernel in (("soft", figures_kernels.soft), ("hard", figures_kernels.hard)):
        samples = torch.from_numpy(u)[:, None]
        layer = soft_histogram.histogram(samples, kernel=name, lowest=-4, num_bins=9)
        assert kernel(u) == pytest.approx(layer[:, 4].numpy(), abs=1e-12)


def test_every_kernel_has_a_panel_and_a_curve_for_each_bin():
    figure = plotting.check_figure(figures_kernels.kernels(3))
    assert [axes.get_title().split(":")[0] for axes in figure.axes] == list(soft_histogram.KERNELS)
    assert [len(axes.lines) for axes in figure.axes] == [3, 9, 12]


def test_the_dense_histogram_is_the_same_histogram():
    latents = torch.from_numpy(np.random.default_rng(1).normal(0, 2, (3, 50)))
    ours = soft_histogram.histogram(latents, kernel="soft", **BINS)
    dense = dense_histogram.dense_histogram(latents, **BINS)
    assert torch.allclose(ours, dense, atol=1e-12)


def test_memory_is_counted_once_and_views_are_free():
    with dense_histogram.AllocationCounter() as counter:
        made = torch.zeros(1000) + 1
        made.view(10, 100)[3].add_(1)
    assert counter.bytes == 2 * 4000


def test_ours_grows_with_the_samples_and_dense_with_samples_times_bins():
    def allocated(histogram, num_bins, num_samples):
        bins = {"lowest": -num_bins // 2, "num_bins": num_bins}
        return dense_histogram.allocated_bytes(partial(histogram, **bins), num_samples)

    ours = partial(soft_histogram.histogram, kernel="soft")
    dense = dense_histogram.dense_histogram
    assert allocated(ours, 64, 8192) < 120 * 8192
    assert allocated(ours, 1024, 8192) < 1.1 * allocated(ours, 64, 8192)
    assert allocated(dense, 1024, 8192) > 15 * allocated(dense, 64, 8192)


def test_the_memory_figure_has_a_line_for_each():
    lines = {"B = 2": [1 << 20, 1 << 22], "B = 4": [1 << 20, 1 << 21]}
    figure = plotting.check_figure(figures_kernels.memory([8, 32], lines, lines))
    drawn = figure.axes[0].lines
    assert [line.get_label() for line in drawn] == [
        "ours, B = 2", "ours, B = 4", "dense, B = 2", "dense, B = 4",
    ]  # fmt: skip
    assert drawn[0].get_ydata().tolist() == [1, 4]
