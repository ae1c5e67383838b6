"""Reconstructions: the loss against the metric, training end to end, refusals, frames."""

import shutil

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pointcloud_samples import clouds, settled_model

from lcip import datasets, metrics, results
from lcip.artifacts import ArtifactError
from lcip.errors import LcipError
from lcip.pointcloud import chamfer as losses
from lcip.pointcloud import codec as codecs
from lcip.pointcloud import (
    critical,
    evaluate,
    real_clouds,
    reconstruction,
    reconstruction_evaluate,
    reconstruction_examples,
    reconstruction_fit,
    testset,
)

CLASSES = [f"class {k}" for k in range(40)]


def write_split(folder, split: str, num_each: int) -> None:
    """A data set of 4 classes (4 solids), 24 stored points a cloud."""
    draw = np.random.default_rng(num_each)
    kinds = np.repeat(np.arange(4), num_each)
    points = np.stack([draw.permutation(clouds(64)[k])[:24] for k in kinds])
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(
        folder / f"{split}.npz",
        points=np.rint(points * 32767).astype(np.int16),
        labels=kinds.astype(np.uint8),
        names=np.array([f"cloud {n}" for n in range(len(kinds))]),
        classes=np.array(CLASSES),
    )


def write_codec(lmbda: float) -> str:
    """A codec of random weights for 16 points, and its coded test set."""
    name = codecs.weights_name("micro", 16, lmbda)
    facts = {"size": "micro", "num_points": 16, "lmbda": lmbda, "seed": 3, "classes": CLASSES}
    rest = dict.fromkeys(("architecture", "data", "steps", "validation", "environment"))
    codecs.save(settled_model("micro"), name, facts | rest)
    testset.save_test_set(codecs.load(name), name, datasets.modelnet40("test"), 16)
    return name


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999), m=st.integers(1, 40), p=st.integers(1, 40))
def test_the_loss_is_the_metric(seed, m, p):
    draw = np.random.default_rng(seed)
    made, target = (draw.normal(size=(2, k, 3)).astype(np.float32) for k in (m, p))
    loss = losses.chamfer(torch.from_numpy(made), torch.from_numpy(target))
    expected = [metrics.chamfer(a, b) for a, b in zip(made, target, strict=True)]
    assert np.allclose(loss, expected, rtol=1e-5)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999), m=st.integers(1, 30), p=st.integers(1, 30))
def test_the_compiled_search_finds_what_a_table_of_distances_does(seed, m, p):
    """On a lattice, so that neighbours tie and the first must win, and sums are exact."""
    draw = np.random.default_rng(seed)
    points, among = (torch.from_numpy(draw.integers(-3, 4, (3, k, 3))).float() for k in (m, p))
    table = (points[:, :, None] - among[:, None]).square().sum(-1)
    assert torch.equal(losses.nearest(points, among), table.argmin(dim=2))


def test_the_gradient_is_that_of_the_table():
    draw = torch.Generator().manual_seed(0)
    made = torch.randn(2, 7, 3, generator=draw).requires_grad_()
    target = torch.randn(2, 9, 3, generator=draw)
    squares = (made[:, :, None] - target[:, None]).square().sum(-1)
    table = squares.amin(2).mean(1) + squares.amin(1).mean(1)
    (expected,) = torch.autograd.grad(table.sum(), made)
    (found,) = torch.autograd.grad(losses.chamfer(made, target).sum(), made)
    assert torch.allclose(found, expected, atol=1e-6)


def test_folding_the_statistics_changes_no_point():
    torch.manual_seed(1)
    network = reconstruction.ReconstructionNetwork(16, (8, 8, 4), 20)
    y_hat = 5 + 3 * torch.randn(50, 16)
    y_hat[:, 3] = 7.0  # a latent that never moves
    network.standardise(y_hat)
    plain = reconstruction.ReconstructionNetwork(16, (8, 8, 4), 20)
    plain.layers.load_state_dict(network.folded())
    assert torch.allclose(network(y_hat), plain(y_hat), atol=1e-5)
    assert network(y_hat).shape == (50, 20, 3)


def fit(*more: str) -> None:
    small = ["--epochs", "4", "--batch-size", "8", "--num-targets", "12"]
    reconstruction_fit.main([*more, *small])


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A codec of 16 points, its coded test set, its reconstruction; and a small data set."""
    folder = tmp_path_factory.mktemp("template")
    (folder / "data").mkdir()
    (folder / "data" / "registry.toml").touch()
    write_split(folder / "sets" / "modelnet40", "train", num_each=20)
    write_split(folder / "sets" / "modelnet40", "test", num_each=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LCIP_ROOT", str(folder))
        patch.setenv("LCIP_DATA", str(folder / "sets"))
        write_codec(100.0)
        fit("--size", "micro", "--num-points", "16", "--lmbda", "100")
    return folder


@pytest.fixture
def repository(template, tmp_path, monkeypatch):
    """A copy of the template, to be changed."""
    folder = tmp_path / "repository"
    shutil.copytree(template, folder)
    monkeypatch.setenv("LCIP_ROOT", str(folder))
    monkeypatch.setenv("LCIP_DATA", str(folder / "sets"))
    return folder


@pytest.fixture
def trained(repository) -> str:
    """The name of its codec."""
    return codecs.weights_name("micro", 16, 100.0)


def test_the_command_writes_a_network_that_makes_points(trained, repository):
    codec = codecs.load(trained)
    reconstructor = reconstruction.load(codec)
    symbols = codec.symbols(clouds(16)[0])
    points = reconstructor.points(symbols)
    assert points.shape == (reconstruction.NUM_OUTPUTS, 3) and points.dtype == np.float32
    both = reconstructor.points(np.stack([symbols, symbols + 1]))
    assert both.shape == (2, reconstruction.NUM_OUTPUTS, 3)
    assert np.allclose(both[0], points, atol=1e-5) and not np.allclose(both[1], points, atol=1e-3)
    assert reconstructor.card["data"] == "ModelNet40 train: 72 trained on, 8 held out"
    assert not list((repository / "runs").rglob("*.checkpoint.pt"))
    assert reconstruction.models() == [trained] == evaluate.models()


def test_training_lowers_the_distance_and_gives_the_same_weights_again(trained):
    codec = codecs.load(trained)
    first = reconstruction.load(codec).card
    fit("--size", "micro", "--num-points", "16", "--lmbda", "100")
    assert reconstruction.load(codec).card["sha256"] == first["sha256"]
    untrained = reconstruction.network_of("micro")
    made = untrained(torch.from_numpy(codec.reconstruct(codec.symbols(clouds(16)[0])))[None])
    before = metrics.chamfer(made[0].detach().numpy(), clouds(16)[0])
    assert first["validation"]["chamfer"] < before / 2


def test_the_table_has_a_row_of_what_the_streams_show(trained):
    reconstruction_evaluate.main([])
    row = results.read_measured(reconstruction_evaluate.TABLE).frame.iloc[0]
    reconstructor, coded = reconstruction_examples.load(trained)
    stored = datasets.modelnet40("test").points[:, :16] / 32767
    made = reconstructor.points(coded.symbols)
    assert row["num_test"] == 12 == len(made)
    by_hand = [metrics.chamfer(*pair) for pair in zip(stored, made, strict=True)]
    assert abs(row["chamfer"] - np.mean(by_hand)) < 1e-6
    d1 = [metrics.points.d1_psnr_db(*pair, 2.0) for pair in zip(stored, made, strict=True)]
    assert abs(row["d1_psnr_db"] - np.mean(d1)) < 1e-4
    assert row["payload_bits"] == np.mean([8 * len(p) for p in coded.payloads])
    assert reconstruction_evaluate.recorded_row(reconstructor)["chamfer"] == row["chamfer"]
    reconstructor.card["lmbda"] = 7.0
    with pytest.raises(LcipError, match="'lmbda': 7.0} is 0; allowed: exactly one"):
        reconstruction_evaluate.recorded_row(reconstructor)


def test_all_trains_what_is_missing_or_for_other_weights(trained, monkeypatch):
    monkeypatch.setattr(reconstruction_fit, "NUM_POINTS", 16)
    assert reconstruction_fit.missing() == []
    other = write_codec(7.0)
    assert reconstruction_fit.missing() == [other]
    fit("--all")
    assert reconstruction_fit.missing() == []
    assert reconstruction.models() == [other, trained]


def test_a_codec_without_a_reconstruction_is_told_which_have_one(trained):
    codec = codecs.load(write_codec(7.0))
    with pytest.raises(ArtifactError, match=f"'pointcloud/micro-p16-l7'.*{trained}"):
        reconstruction.load(codec)


def test_a_network_for_other_weights_of_the_same_name_is_refused(trained):
    codec = codecs.load(trained)
    retrained = codecs.Codec(codec.model, codec.encoder, codec.tables, codec.card, bytes(32))
    with pytest.raises(ArtifactError, match="codec of .*0000.*reconstruction_fit"):
        reconstruction.load(retrained)


def test_frames_hold_what_the_stream_shows_on_the_grid(trained):
    reconstructor, coded = reconstruction_examples.load(trained)
    frames = reconstruction_examples.frames(reconstructor, coded, [0, 11])
    assert [f.item for f in frames] == [0, 11] and frames[0].label == "class 0"
    assert frames[1].payload_bits == 8 * len(coded.payloads[11])
    made = np.clip(reconstructor.points(coded.symbols[11]), -1, 1)
    assert frames[1].points.dtype == np.int16
    assert np.abs(frames[1].points / 32767 - made).max() < 1e-4
    again = reconstruction_examples.frames(reconstructor, coded, [11])[0]
    # A batch of another size may round the last bit of a float otherwise.
    assert np.abs(again.points.astype(int) - frames[1].points).max() <= 1
    assert reconstruction_examples.at_rates("micro", 16, 4) == [trained]
    classes = reconstructor.codec.classes
    assert reconstruction_examples.one_of_each(coded, classes, ["class 2"], 1) == [7]


@pytest.mark.parametrize("item", [-1, 12])
def test_an_item_that_the_test_set_lacks_is_refused(trained, item):
    with pytest.raises(LcipError, match=f"item of the test set is {item}; allowed: 0 to 11"):
        reconstruction_examples.frames(*reconstruction_examples.load(trained), [item])


def test_a_class_that_there_is_not_is_refused(trained):
    reconstructor, coded = reconstruction_examples.load(trained)
    classes = reconstructor.codec.classes
    with pytest.raises(LcipError, match="class is 'unicorn'"):
        reconstruction_examples.one_of_each(coded, classes, ["unicorn"], 0)
    with pytest.raises(LcipError, match="which is 3; allowed: 0 to 2, there are 3 class 1s"):
        reconstruction_examples.one_of_each(coded, classes, ["class 1"], 3)


def test_a_command_that_names_no_codec_is_refused(capsys):
    with pytest.raises(SystemExit):
        reconstruction_fit.main(["--size", "micro"])
    assert "--all" in capsys.readouterr().err


@pytest.fixture
def few_real_clouds(trained, monkeypatch):
    """The small data set in the place of ModelNet40."""
    monkeypatch.setattr(real_clouds, "NUM_POINTS", 16)
    monkeypatch.setattr(real_clouds, "CLASSES", ("class 0", "class 2"))
    monkeypatch.setattr(real_clouds, "AIRPLANE", "cloud 3")
    return trained


def test_the_pictures_are_drawn_where_the_data_set_is(few_real_clouds):
    codec = codecs.load(few_real_clouds)
    real_clouds.main([])
    (row,) = results.read_measured(real_clouds.TABLE).frame.itertuples()
    what, points = real_clouds.test_cloud(3, 16)
    assert what == "class 1" and points.shape == (16, 3)
    assert row.payload_bits == 8 * len(codec.payload(codec.symbols(points)))
    hit = critical.hits(codec, points, critical.SYMBOLS)
    assert row.num_critical_symbols == len(critical.smallest(hit)) <= row.num_critical_latents
    assert row.right == (row.guess == "class 1")
    for name in ("airplane", "gallery"):
        assert real_clouds.figure(name).startswith(b"\x89PNG")


def test_pictures_that_are_not_there_are_refused(trained):
    with pytest.raises(LcipError, match="figure is 'airplane.png .missing.'.*LCIP_DATA"):
        real_clouds.figure("airplane")


def test_without_any_reconstruction_there_is_nothing_to_draw(trained):
    """The template's codec is for 16 points, and the figures are of those for 1,024."""
    with pytest.raises(LcipError, match="reconstructions is 'none'; allowed: .*1024 points"):
        real_clouds.main([])
