"""Training a curve end to end on generated clouds, the split, and what augmentation may do."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from pointcloud_samples import clouds, settled_model

from lcip import artifacts, results
from lcip.errors import LcipError
from lcip.pointcloud import classifier, classifier_fit, curve, evaluate, fit, recipes, testset
from lcip.pointcloud import codec as codecs
from lcip.pointcloud.augment import Augmentation, augmented, scales, some_points, to_unit_ball

NOTHING = Augmentation(keep_least=1.0, largest_scale=1.0, jitter=0.0, mirror=False)
CLASSES = np.array([f"class {k}" for k in range(40)])


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
        classes=CLASSES,
    )


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """An empty repository, and a small data set where LCIP_DATA points."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "registry.toml").touch()
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))
    monkeypatch.setenv("LCIP_DATA", str(tmp_path / "sets"))
    write_split(tmp_path / "sets" / "modelnet40", "train", num_each=20)
    write_split(tmp_path / "sets" / "modelnet40", "test", num_each=3)
    return tmp_path


def small(*lmbdas: float, epochs: int = 6) -> recipes.Recipe:
    """A recipe for a moment's training."""
    return replace(recipes.MICRO, lmbdas=lmbdas, epochs=epochs, batch_size=8)


def train(monkeypatch, *lmbdas: float) -> str:
    """Train and measure a curve of 16 points; the name of its first model's weights."""
    lmbdas = lmbdas or (100.0,)
    monkeypatch.setattr(recipes, "RECIPES", {"micro": small(*lmbdas)})
    monkeypatch.setitem(recipes.KEPT, 16, lmbdas)
    curve.main(["--size", "micro", "--num-points", "16"])
    return codecs.weights_name("micro", 16, lmbdas[0])


def test_the_command_writes_a_codec_that_evaluation_scores(repository, monkeypatch):
    name = train(monkeypatch)
    codec = codecs.load(name)
    assert codec.card["data"] == "ModelNet40 train: 72 trained on, 8 held out"
    assert codec.card["size"] == "micro" and codec.card["lmbda"] == 100
    (best,) = (row for row in codec.card["curve"] if row["step"] == codec.card["best_step"])
    assert codec.card["validation"].items() <= best.items()
    evaluate.main([])
    coded = testset.load_test_set(codec, name)
    frame = results.read_measured(evaluate.TABLE).frame
    row = frame.iloc[0]
    assert len(frame) == 1 and row["num_test"] == 12 and row["num_points"] == 16
    assert row["payload_bits"] == np.mean([8 * len(p) for p in coded.payloads])
    assert row["file_bits"] * 12 == 8 * len((repository / f"data/streams/{name}.lcip").read_bytes())
    assert row["test_accuracy_low_percent"] <= row["test_accuracy_percent"]


def test_a_model_that_is_not_kept_has_a_row_and_no_weights(repository, monkeypatch):
    monkeypatch.setattr(recipes, "RECIPES", {"micro": small(10.0, 100.0)})
    monkeypatch.setitem(recipes.KEPT, 16, (100.0,))
    curve.main(["--size", "micro", "--num-points", "16"])
    frame = results.read_measured(evaluate.table_name("micro", 16)).frame
    assert frame["lmbda"].tolist() == [10, 100]
    assert frame["file_bits"].gt(frame["payload_bits"]).all()
    assert evaluate.models() == [codecs.weights_name("micro", 16, 100)]


def test_evaluation_refuses_a_stream_that_does_not_give_its_row(repository, monkeypatch):
    train(monkeypatch)
    frame = results.read_measured(evaluate.table_name("micro", 16)).frame
    changed = frame.assign(payload_bits=frame["payload_bits"] + 1)
    with pytest.raises(LcipError, match="micro-p16-l100.*lcip.pointcloud.curve --size micro"):
        evaluate.check(changed, codecs.weights_name("micro", 16, 100))


def test_a_classifier_is_trained_and_the_next_starts_from_it(repository, monkeypatch):
    first = small(epochs=4)
    monkeypatch.setattr(recipes, "CLASSIFIER", first)
    monkeypatch.setattr(recipes, "FIRST_CLASSIFIER", 16)
    classifier_fit.main(["--num-points", "16"])
    start = classifier.weights_name(16)
    resting = replace(first, epochs=1, learning_rate=1e-12, start=start)
    monkeypatch.setattr(recipes, "NEXT_CLASSIFIER", resting)
    classifier_fit.main(["--num-points", "8"])
    assert classifier.available() == [8, 16]
    clouds_of_eight = list(clouds(8))
    key = "encoder.blocks.3.linear.weight"
    first, second = (
        artifacts.load_weights(classifier.weights_name(p)).tensors[key] for p in (16, 8)
    )
    assert torch.allclose(first, second, atol=1e-6)
    assert np.isfinite(classifier.load(8).logits(clouds_of_eight)).all()


def test_the_stream_holds_the_symbols_of_live_encoding(repository, monkeypatch):
    name = train(monkeypatch)
    evaluate.main([])
    codec = codecs.load(name)
    coded = testset.load_test_set(codec, name)
    stored = np.load(repository / "sets/modelnet40/test.npz")
    live = [codec.symbols(points[:16]) for points in stored["points"]]
    assert np.array_equal(coded.symbols, live)
    assert np.array_equal(coded.labels, stored["labels"])


def test_a_second_training_is_one_and_gives_the_same_weights(repository, monkeypatch):
    first = codecs.load(train(monkeypatch)).model.state_dict()
    assert not list((repository / "runs").rglob("*.pt"))
    second = codecs.load(train(monkeypatch)).model.state_dict()
    assert all(torch.equal(first[key], second[key]) for key in first if "target" not in key)


def test_stored_weights_are_what_the_exact_encoder_and_tables_belong_to(repository, monkeypatch):
    codec = codecs.load(train(monkeypatch))
    again = codecs.exact(codec.model).to_arrays()
    assert all(np.array_equal(again[k], v) for k, v in codec.encoder.to_arrays().items())
    tables = codecs.build_tables(codec.model)
    assert np.array_equal(tables.cumulative, codec.tables.cumulative)


def test_a_score_agrees_with_its_own_record_whole_or_sampled(repository, monkeypatch):
    name = train(monkeypatch)
    evaluate.main([])
    codec = codecs.load(name)
    coded = testset.load_test_set(codec, name)
    for num in (12, 5, 1):
        score = testset.score(codec, coded.sample(num))
        check = evaluate.comparison(codec, score, coded)
        if num == 12:
            assert (check["live"] == check["recorded"]).all()
            assert check["tolerance"].max() == 0.1
        assert ((check["live"] - check["recorded"]).abs() <= check["tolerance"]).all()
        assert check.loc["file_bits", "live"] == check.loc["file_bits", "recorded"]


def test_a_model_without_a_record_is_named(repository, monkeypatch):
    second = train(monkeypatch, 7.0, 100.0)
    first = codecs.weights_name("micro", 16, 100)
    evaluate.main([])
    other = codecs.load(second)
    other.card["seed"] = 99
    assert [round(v) for v in results.read_measured(evaluate.TABLE).frame["lmbda"]] == [7, 100]
    assert evaluate.models() == [second, first]
    with pytest.raises(LcipError, match="'seed': 99.*exactly one"):
        evaluate.recorded_row(other)


def test_the_split_takes_the_same_share_of_every_class():
    labels = np.repeat([0, 1, 2], [100, 50, 20])
    train_rows, held_out = fit.stratified_split(labels, 0.1, seed=3)
    assert np.bincount(labels[held_out]).tolist() == [10, 5, 2]
    assert sorted([*train_rows, *held_out]) == list(range(170))
    assert np.array_equal(held_out, fit.stratified_split(labels, 0.1, seed=3)[1])
    assert not np.array_equal(held_out, fit.stratified_split(labels, 0.1, seed=4)[1])


def task_of(size: str, lmbdas: tuple[float, ...]) -> fit.CloudTask:
    """Eight solids to train on and to validate with."""
    stored = np.rint(clouds(32) * 32767).astype(np.int16)
    models = [settled_model(size) for _ in lmbdas or (None,)]
    recipe = replace(small(*lmbdas), augmentation=NOTHING)
    labels = np.arange(8)
    return fit.CloudTask(
        models, stored, labels, clouds(32), labels, num_points=32, recipe=recipe
    )  # fmt: skip


def test_the_loss_is_the_sum_over_models_of_bits_plus_lambda_times_nats():
    task = task_of("micro", (50.0, 500.0))
    task.model.eval()
    batch = task.batch(np.random.default_rng(0))
    loss, _ = task.loss(batch)
    output = task.model(batch[0])
    adjusted = output.logits + task.recipe.prior_exponent * task.log_prior
    nats = [torch.nn.functional.cross_entropy(logits, batch[1]) for logits in adjusted]
    wanted = output.bits.mean(dim=1) + torch.tensor([50.0, 500.0]) * torch.stack(nats)
    assert torch.allclose(loss, wanted.sum(), rtol=1e-5)


def test_every_class_weighs_the_same_in_the_mean_over_classes():
    task = task_of("micro", ())
    task.held_out_labels = torch.tensor([0, 0, 0, 1])
    right = torch.tensor([[1.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    assert task._class_mean(right).tolist() == [0.5, 0.5]


def test_the_log_prior_is_that_of_the_training_clouds():
    prior = fit.log_prior(np.array([0, 0, 0, 1])).exp()
    assert torch.allclose(prior[:2], torch.tensor([0.75, 0.25]))
    assert torch.isfinite(fit.log_prior(np.array([0, 0, 0, 1]))).all()


def test_the_early_part_has_another_lambda_and_fewer_points():
    task = task_of("micro", (50.0, 500.0))
    task.recipe = replace(task.recipe, early=recipes.Early(lmbda=200.0, num_points=8, share=0.8))
    found = {}
    for task.progress in (0.0, 0.25, 0.5, 0.79, 0.8):
        found[task.progress] = (task.weights_now.tolist(), task.num_points_now)
    assert found[0.0] == ([200.0, 500.0], 8)
    assert found[0.25] == ([100.0, 500.0], 8)
    assert found[0.5] == ([50.0, 500.0], 8) and found[0.79] == found[0.5]
    assert found[0.8] == ([50.0, 500.0], 32)
    assert task.batch(np.random.default_rng(0))[0].shape == (8, 32, 3)


def test_codecs_that_start_from_a_classifier_start_with_few_bits():
    models = [settled_model("full") for _ in range(2)]
    given = torch.from_numpy(clouds(32))
    with torch.no_grad():
        before = float(models[0](given).bits.mean())
        gain = models[0].encoder.gain.vector.clone()
    fit.ready(models, given, seed=0)
    with torch.no_grad():
        after = [float(model.eval()(given).bits.mean()) for model in models]
    assert torch.allclose(models[1].encoder.gain.vector, fit.START_GAIN * gain)
    assert after[0] == after[1] < before / 5


def test_settling_makes_symbols_cheaper_and_changes_none():
    task = task_of("lite", (50.0, 500.0))
    given = torch.from_numpy(clouds(32))
    before = [codecs.of_tensors(codecs.tensors_of(m), {"size": "lite"}, b"") for m in task.models]
    fit.settle(task, seed=0)
    after = [codecs.of_tensors(codecs.tensors_of(m), {"size": "lite"}, b"") for m in task.models]
    for old, new in zip(before, after, strict=True):
        symbols = np.stack([old.symbols(cloud) for cloud in given.numpy()])
        assert np.array_equal(symbols, [new.symbols(cloud) for cloud in given.numpy()])
        assert new.estimated_bits(symbols).mean() < old.estimated_bits(symbols).mean()
        assert torch.equal(old.model.medians, new.model.medians)


def test_validation_gives_every_model_its_figures():
    task = task_of("micro", (50.0, 500.0))
    task.model.eval()
    with torch.no_grad():
        row = task.validate()
    first, second = (fit.figures_of(row, k) for k in (0, 1))
    assert first == second  # equal models
    names = {"bits", "cross_entropy_nats", "accuracy_percent", "class_mean_accuracy_percent"}
    assert set(first) == names
    # One cloud of each class is held out: the two kinds of mean are one.
    assert abs(first["class_mean_accuracy_percent"] - first["accuracy_percent"]) < 1e-9
    wrong = 1 - first["accuracy_percent"] / 100
    objectives = [np.log(first["bits"] + lmbda * wrong) for lmbda in (50, 500)]
    assert abs(row["objective"] - np.mean(objectives)) < 1e-6


def test_augmentation_that_changes_nothing_only_shuffles_points():
    given = to_unit_ball(clouds(50))
    out = augmented(given, 50, NOTHING, np.random.default_rng(0))
    for cloud, same in zip(given, out, strict=True):
        assert np.array_equal(np.unique(cloud, axis=0), np.unique(same, axis=0))


def test_few_points_keep_their_places_in_the_whole_cloud():
    given = to_unit_ball(clouds(60))
    out = augmented(given, 8, NOTHING, np.random.default_rng(0))
    assert out.shape == (8, 8, 3)
    for cloud, part in zip(given, out, strict=True):
        assert {tuple(p) for p in part} <= {tuple(p) for p in cloud}
    anew = augmented(given, 8, replace(NOTHING, anew=True), np.random.default_rng(0))
    assert np.allclose(anew, to_unit_ball(out), atol=1e-6)


def test_whole_clouds_are_scaled_within_the_unit_ball_and_are_seeded():
    how = Augmentation(keep_least=1.0, largest_scale=1.3, jitter=0.0, mirror=True)
    out = augmented(clouds(60), 60, how, np.random.default_rng(1))
    assert out.dtype == np.float32
    assert np.allclose(np.linalg.norm(out, axis=2).max(axis=1), 1, atol=1e-5)
    assert np.abs(out.mean(axis=1)).max() < 1e-6
    assert np.array_equal(out, augmented(clouds(60), 60, how, np.random.default_rng(1)))


def test_a_random_number_of_points_is_kept_and_jitter_is_as_large_as_asked_for():
    how = Augmentation(keep_least=0.5, largest_scale=1.0, jitter=0.02, mirror=False)
    given = clouds(60)
    counts = {augmented(given, 60, how, np.random.default_rng(k)).shape[1] for k in range(40)}
    assert min(counts) >= 30 and max(counts) <= 60 and len(counts) > 5
    moved = augmented(given, 60, replace(how, keep_least=1.0), np.random.default_rng(3))
    placed = augmented(given, 60, NOTHING, np.random.default_rng(3))
    assert 0.018 < (moved - placed).std() < 0.022


def test_scales_stay_in_their_range_and_only_x_is_mirrored():
    how = Augmentation(keep_least=1.0, largest_scale=1.25, jitter=0.0, mirror=True)
    factors = scales(500, how, np.random.default_rng(2))[:, 0]
    assert np.abs(factors).min() >= 0.8 - 1e-6 and np.abs(factors).max() <= 1.25 + 1e-6
    assert (factors[:, 1:] > 0).all() and 0.3 < (factors[:, 0] < 0).mean() < 0.7


def test_some_points_are_different_points_of_the_cloud():
    given = clouds(40)
    chosen = some_points(given, 10, np.random.default_rng(0))
    assert chosen.shape == (8, 10, 3)
    for cloud, part in zip(given, chosen, strict=True):
        assert len(np.unique(part, axis=0)) == len(part)
        assert {tuple(p) for p in part} <= {tuple(p) for p in cloud}
