"""Models trained as a stack are the models trained one by one."""

import numpy as np
import pytest
import torch
from pointcloud_samples import clouds, settled_model
from torch.nn import functional

from lcip.pointcloud import pooled
from lcip.pointcloud.models import SIZES, PointCodecModel
from lcip.pointcloud.stacked import StackedModel

LMBDAS = (10.0, 300.0, 5000.0)
RATE = 1e-5  # of plain descent: Adam would blow rounding errors up to whole steps
# Batch norm takes away the bias before it: plain training moves it by rounding errors alone.
CANCELLED = ("linear.bias", "decoder.1.bias")


def batch(step: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Sixteen clouds of 40 points with noise on them, of eight classes."""
    draw = torch.Generator().manual_seed(step)
    points = torch.from_numpy(clouds(40)).repeat(2, 1, 1)
    noise = 0.05 * torch.randn(points.shape, generator=draw)
    return points + noise, torch.arange(8).repeat(2)


def fresh(size: str) -> PointCodecModel:
    """A model with the initial weights of one seed."""
    torch.manual_seed(3)
    return PointCodecModel(size).train()


def plain_loss(model: PointCodecModel, lmbda: float, step: int) -> torch.Tensor:
    """R + λ·D of one model alone."""
    points, labels = batch(step)
    torch.manual_seed(step)
    output = model(points)
    return output.bits.mean() + lmbda * functional.cross_entropy(output.logits, labels)


def stacked_loss(stack: StackedModel, lmbdas: tuple[float, ...], step: int) -> torch.Tensor:
    """The same of every model of a stack: (L,)."""
    points, labels = batch(step)
    torch.manual_seed(step)
    output = stack(points)
    nats = [functional.cross_entropy(logits, labels) for logits in output.logits]
    return output.bits.mean(dim=1) + torch.tensor(lmbdas) * torch.stack(nats)


def gradients(stack: StackedModel, index: int) -> dict[str, torch.Tensor]:
    """One model's gradients, by the names that they have in it."""
    models = [fresh(stack_size(stack)) for _ in range(stack.num_models)]
    holder = StackedModel(models, quantised=True)
    with torch.no_grad():
        for (_, parameter), (_, empty) in zip(
            stack.named_parameters(), holder.named_parameters(), strict=True
        ):
            empty.copy_(torch.zeros_like(empty) if parameter.grad is None else parameter.grad)
    holder.copy_to(models)
    return dict(models[index].named_parameters())


def stack_size(stack: StackedModel) -> str:
    return {16: "micro", 32: "lite", 1024: "full"}[stack.num_latents]


@pytest.mark.parametrize("dense_points", [0, 64])
@pytest.mark.parametrize("size", SIZES)
def test_gradients_are_those_of_each_model_alone(size, dense_points, monkeypatch):
    monkeypatch.setattr(pooled, "DENSE_POINTS", dense_points)
    stack = StackedModel([fresh(size) for _ in LMBDAS], quantised=True).train()
    stacked_loss(stack, LMBDAS, step=1).sum().backward()
    for index, lmbda in enumerate(LMBDAS):
        alone = fresh(size)
        plain_loss(alone, lmbda, step=1).backward()
        found = gradients(stack, index)
        for name, parameter in alone.named_parameters():
            if parameter.grad is None or name.endswith(CANCELLED):
                continue
            scale = parameter.grad.abs().max()
            assert (found[name] - parameter.grad).abs().max() <= 2e-3 * scale + 1e-7, name


@pytest.mark.parametrize("size", ["micro", "lite"])
def test_training_ends_where_each_model_alone_ends(size):
    models = [fresh(size) for _ in LMBDAS]
    stack = StackedModel(models, quantised=True).train()
    together = torch.optim.SGD([p for p in stack.parameters() if p.requires_grad], lr=RATE)
    for step in range(5):
        together.zero_grad()
        stacked_loss(stack, LMBDAS, step).sum().backward()
        together.step()
    stack.copy_to(models)
    for model, lmbda in zip(models, LMBDAS, strict=True):
        alone = fresh(size)
        optimizer = torch.optim.SGD(alone.parameters(), lr=RATE)
        for step in range(5):
            optimizer.zero_grad()
            plain_loss(alone, lmbda, step).backward()
            optimizer.step()
        points, _ = batch(9)
        ours, theirs = model.eval()(points), alone.eval()(points)
        assert torch.allclose(ours.logits, theirs.logits, atol=0.02), lmbda
        assert torch.allclose(ours.bits, theirs.bits, rtol=0.01), lmbda


@pytest.mark.parametrize("size", SIZES)
def test_models_of_a_stack_do_not_touch_each_other(size):
    pair = StackedModel([fresh(size), fresh(size)], quantised=True).train()
    one = StackedModel([fresh(size)], quantised=True).train()
    first = stacked_loss(pair, (10.0, 1e6), step=2)
    alone = stacked_loss(one, (10.0,), step=2)
    assert torch.allclose(first[0], alone[0], rtol=1e-5)
    first.sum().backward()
    alone.sum().backward()
    ours, theirs = gradients(pair, 0), gradients(one, 0)
    for name in ours:
        if name.endswith(CANCELLED):
            continue
        scale = theirs[name].abs().max()
        assert (ours[name] - theirs[name]).abs().max() <= 2e-3 * scale, name


@pytest.mark.parametrize("size", SIZES)
def test_outside_training_a_stack_is_its_models(size):
    models = [settled_model(size), settled_model(size)]
    with torch.no_grad():
        models[1].decoder[6].bias.add_(1.0)
    stack = StackedModel(models, quantised=True).eval()
    points, _ = batch(4)
    with torch.no_grad():
        output = stack(points)
        for index, model in enumerate(models):
            wanted = model(points)
            assert torch.allclose(output.bits[index], wanted.bits, rtol=1e-4)
            assert torch.allclose(output.logits[index], wanted.logits, atol=1e-3)


def test_copies_go_there_and_back():
    models = [settled_model("lite"), fresh("lite")]
    stack = StackedModel(models, quantised=True)
    out = [fresh("lite"), settled_model("lite")]
    stack.copy_to(out)
    for before, after in zip(models, out, strict=True):
        wanted = before.state_dict()
        for name, value in after.state_dict().items():
            if value.is_floating_point() and "target" not in name:
                assert torch.equal(value, wanted[name]), name


def test_a_classifier_has_no_rate_and_no_noise():
    stack = StackedModel([fresh("lite")], quantised=False)
    points, _ = batch(0)
    stack.eval()
    with torch.no_grad():
        output = stack(points)
        model = fresh("lite").eval()
        wanted = model.decoder(model.encoder(points))
    assert output.bits.tolist() == [[0.0] * 16]
    assert torch.allclose(output.logits[0], wanted, atol=1e-4)


def test_moments_give_the_statistics_of_batch_norm():
    draw = np.random.default_rng(0)
    h, weight = torch.from_numpy(draw.normal(size=(1, 5, 400))), torch.randn(1, 7, 5).double()
    ones, zeros = torch.ones(1, 7, 1).double(), torch.zeros(1, 7, 1).double()
    layer = pooled.LayerParameters(weight, ones, zeros)
    folded, bias, statistics = pooled.fold(layer, h.mean(2, keepdim=True), h @ h.mT / 400)
    z = weight @ h
    normed = functional.batch_norm(z[0].T, None, None, training=True).T
    assert torch.allclose(folded @ h + bias, normed[None], atol=1e-9)
    assert torch.allclose(statistics.variance[0, :, 0], z[0].var(dim=1, correction=0))
