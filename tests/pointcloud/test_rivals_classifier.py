"""The classifier of decoded clouds: what training trains is what classifies, for any clouds."""

import numpy as np
import pytest
import torch
from pointcloud_samples import clouds
from torch.nn import functional

from lcip.pointcloud import classifier
from lcip.pointcloud.classifier import PointClassifier
from lcip.pointcloud.clouds import CloudError
from lcip.pointcloud.models import PointCodecModel

CARD = {
    "architecture": "PointClassifier",
    "data": "solids",
    "steps": 0,
    "seed": 0,
    "lmbda": None,
    "validation": None,
    "environment": {},
}


def settled() -> PointClassifier:
    """Random weights, batch norms that have seen clouds, gains of both signs."""
    torch.manual_seed(3)
    model = PointClassifier()
    with torch.no_grad():
        for _ in range(10):
            model(torch.from_numpy(clouds(64)))
        for block in model.encoder.blocks:
            block.norm.weight.uniform_(0.5, 1.5)
            block.norm.bias.uniform_(-0.5, 0.5)
        model.encoder.gain.vector.uniform_(0.5, 1.5)
        model.encoder.gain.vector[::3] *= -1
    return model.eval()


@pytest.fixture(scope="module")
def model() -> PointClassifier:
    return settled()


@pytest.fixture(scope="module")
def ready(model) -> classifier.Classifier:
    return classifier.folded(model, "test", bytes(32))


def test_folded_logits_are_the_model_s(model, ready):
    with torch.no_grad():
        wanted = model(torch.from_numpy(clouds(100))).numpy()
    found = ready.logits(list(clouds(100)))
    assert found.shape == (8, 40) and found.dtype == np.float32
    assert np.allclose(found, wanted, atol=1e-4 * np.abs(wanted).max())
    assert np.array_equal(ready.classify(list(clouds(100))), wanted.argmax(axis=1))


def test_clouds_of_any_sizes_together_are_as_each_alone(ready, monkeypatch):
    mixed = [clouds(200)[k][: 1 + 37 * k] for k in range(6)]
    together = ready.logits(mixed)
    alone = np.concatenate([ready.logits([cloud]) for cloud in mixed])
    scale = np.abs(together).max()
    assert np.allclose(together, alone, atol=1e-5 * scale)
    monkeypatch.setattr(classifier, "POINTS_AT_ONCE", 16)  # clouds are cut, and parts share clouds
    assert np.allclose(together, ready.logits(mixed), atol=1e-5 * scale)


def test_order_and_repetition_change_nothing(ready):
    cloud = clouds(60)[0]
    again = np.concatenate([cloud[::-1], cloud[:9]])
    one, other = ready.logits([cloud]), ready.logits([again])
    assert np.allclose(one, other, atol=1e-5 * np.abs(one).max())


def test_a_codec_without_its_bottleneck_is_a_classifier():
    codec = PointCodecModel("full").state_dict()
    state = {k: v for k, v in codec.items() if not k.startswith("bottleneck.")}
    PointClassifier().load_state_dict(state)


def test_it_learns():
    """A few steps tell the eight solids apart."""
    torch.manual_seed(0)
    model = PointClassifier()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(25):
        optimiser.zero_grad()
        functional.cross_entropy(model(torch.from_numpy(clouds(64))), torch.arange(8)).backward()
        optimiser.step()
    model.train()
    with torch.no_grad():
        for _ in range(60):  # batch norm's running statistics follow the weights
            model(torch.from_numpy(clouds(64)))
    found = classifier.folded(model.eval(), "test", bytes(32)).classify(list(clouds(64)))
    assert (found == np.arange(8)).sum() >= 7


def test_weights_come_back(tmp_path, monkeypatch, model):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/registry.toml").write_text("")
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))
    assert classifier.available() == []
    classifier.save(model, 64, CARD)
    classifier.save(model, 8, CARD)
    assert classifier.available() == [8, 64]
    found, kept = classifier.load(64), classifier.folded(model, "", b"")
    assert found.name == "pointcloud/classifier-p64" and len(found.identity) == 32
    wanted = kept.logits(list(clouds(50)))
    assert np.allclose(found.logits(list(clouds(50))), wanted, atol=0.02 * np.abs(wanted).max())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "clouds is 0; allowed: at least one"),
        ([np.zeros((0, 3))], r"shape of cloud 0 is \(0, 3\)"),
        ([np.zeros((4, 3)), np.zeros((4, 2))], r"shape of cloud 1 is \(4, 2\)"),
        ([np.zeros(3)], r"shape of cloud 0 is \(3,\)"),
        ([np.zeros((2, 3)), np.full((2, 3), np.inf)], "cloud 1 is 'NaN or infinity'"),
    ],
)
def test_clouds_that_are_none(ready, given, message):
    with pytest.raises(CloudError, match=message):
        ready.logits(given)


def test_the_nearest_classifier_is_so_by_ratio():
    trained = [64, 256, 1024]
    wanted = {1: 64, 64: 64, 127: 64, 128: 64, 129: 256, 256: 256, 512: 256, 513: 1024, 9999: 1024}
    assert {p: classifier.nearest(p, trained) for p in wanted} == wanted
