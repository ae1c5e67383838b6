"""The three networks: shapes, work, groups, and what the thesis's text leaves out."""

import numpy as np
import pytest
import torch
from pointcloud_samples import clouds, settled_model
from torch import nn

from lcip import results
from lcip.errors import LcipError
from lcip.pointcloud import macs
from lcip.pointcloud.layers import Block, Gain, PointLinear, shuffled
from lcip.pointcloud.models import SIZES, PointCodecModel

PUBLISHED = "pc_table_3_1_layers"


@pytest.mark.parametrize("size", list(SIZES))
def test_the_counter_finds_what_the_thesis_prints(size):
    row = results.read_published(PUBLISHED).set_index("codec").loc[size]
    work = macs.measure(size)
    assert work.encoder_mac_per_point == row["recomputed_encoder_mac_per_point"]
    assert work.decoder_mac == row["recomputed_decoder_mac"]
    assert work.encoder_layers == row["encoder_layers_out_channels_per_groups"]
    assert work.decoder_layers == row["decoder_layers"]


def test_the_counter_counts_products_by_hand():
    assert macs.count_macs(nn.Linear(3, 5), torch.zeros(2, 3)) == 2 * 3 * 5
    assert macs.count_macs(PointLinear(8, 4, groups=4), torch.zeros(10, 8)) == 10 * 4 * 2 * 1


@pytest.mark.parametrize("size", list(SIZES))
def test_outputs_have_their_shapes(size):
    output = PointCodecModel(size).eval()(torch.from_numpy(clouds(32)))
    latents = SIZES[size].channels[-1]
    assert output.y.shape == (8, latents) and output.logits.shape == (8, 40)
    assert output.bits.shape == (8,) and (output.bits > 0).all()


def test_an_unknown_size_is_refused_with_the_list():
    with pytest.raises(LcipError, match="size is 'tiny'; allowed: full, lite, micro"):
        PointCodecModel("tiny")


def test_point_linear_is_a_grouped_convolution_of_kernel_one():
    linear, conv = PointLinear(8, 12, groups=4), nn.Conv1d(8, 12, 1, groups=4)
    conv.weight.data = linear.weight.data[:, :, None]  # (12, 2) → (12, 2, 1)
    conv.bias.data = linear.bias.data
    x = torch.randn(5, 8)
    expected = conv(x.T[None])[0].T  # (M, C) → (1, C, M) → (M, C')
    assert torch.allclose(linear(x), expected, atol=1e-6)
    assert torch.allclose(x @ linear.dense_weight().T + linear.bias, expected, atol=1e-6)


def test_shuffling_interleaves_the_groups():
    assert shuffled(6, 3).tolist() == [0, 2, 4, 1, 3, 5]
    block = Block(4, 4, groups=2, shuffle=2).eval()
    with torch.no_grad():
        block.linear.weight.fill_(1.0)
        block.linear.bias.copy_(torch.tensor([1.0, 2.0, 3.0, 4.0]))
    out = block(torch.zeros(1, 4))[0]
    assert torch.allclose(out, torch.tensor([1.0, 3.0, 2.0, 4.0]), atol=1e-4)


def test_only_lite_shuffles_and_only_between_its_grouped_layers():
    shuffles = {s: [b.shuffle for b in PointCodecModel(s).encoder.blocks] for s in SIZES}
    assert shuffles == {"full": [1] * 5, "lite": [1, 1, 1, 2, 1], "micro": [1]}


def test_the_decoder_is_the_published_code_s_not_the_text_s():
    kinds = [type(layer) for layer in PointCodecModel("micro").decoder]
    linear, norm = nn.Linear, nn.BatchNorm1d
    assert kinds == [Gain, linear, norm, nn.ReLU, linear, nn.Dropout, linear]
    assert PointCodecModel("micro").decoder[5].p == 0.3


def test_the_gain_starts_at_ten():
    assert torch.equal(Gain(3)(torch.tensor([[1.0, 2.0, 3.0]])), torch.tensor([[10.0, 20.0, 30.0]]))


def test_adding_noise_in_training_and_rounding_about_medians_afterwards():
    model = settled_model("micro")
    model.update_medians()
    x = torch.from_numpy(clouds(64))
    y = model.encoder(x)
    rounded = torch.round(y - model.medians) + model.medians
    assert torch.allclose(model(x).logits, model.decoder(rounded), atol=1e-4)
    noisy, _ = model.bottleneck.train()(y)
    assert 0 < (noisy - y).abs().max() <= 0.5001


def test_the_gradient_reaches_every_parameter_but_the_quantiles():
    model = PointCodecModel("lite")
    output = model(torch.from_numpy(clouds(64)))
    (output.bits.mean() + output.logits.square().mean()).backward()
    without = [name for name, p in model.named_parameters() if p.grad is None]
    assert without == ["bottleneck.quantiles"]


def test_bits_are_the_sum_over_latents_of_each_cloud():
    model = settled_model("micro")
    x = torch.from_numpy(clouds(64))
    _, likelihoods = model.bottleneck(model.encoder(x))
    expected = -np.log2(likelihoods.detach().double().numpy()).sum(axis=1)
    assert np.allclose(model(x).bits.detach().numpy(), expected, rtol=1e-5)
