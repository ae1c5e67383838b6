"""Fitting end to end on a few generated photographs, and what a step is made of."""

import shutil
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from lcip import artifacts, datasets, paths, training
from lcip.distributions import ablation, fit, fitted, latents
from lcip.distributions.examples import draw_examples, narrowed
from lcip.distributions.fit import ANNEALED_FROM
from lcip.distributions.recipes import BEST, PLAIN, STEPS, best_for, path
from lcip.images import factorized

NUM_BINS = 256
SHORT = replace(BEST, steps=6, batch_size=4, copies=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A repository that holds the base codec alone, and a data folder with 20 photographs."""
    here, folder = paths.root(), tmp_path_factory.mktemp("fit")
    draw = np.random.default_rng(0)
    (folder / "sets" / "photos").mkdir(parents=True)
    for number in range(20):
        smooth = draw.integers(0, 256, (9, 9, 3), dtype=np.uint8)
        picture = Image.fromarray(smooth).resize((96 + 8 * (number % 3), 80))
        picture.save(folder / "sets" / "photos" / f"photo-{number:02d}.jpg")
    weights = folder / "data" / "weights" / "images"
    weights.mkdir(parents=True)
    for file in (here / "data" / "weights" / "images").glob("factorized-small-q3.*"):
        shutil.copy(file, weights)
    (folder / paths.MARKER).touch()
    return folder


@pytest.fixture
def repository(folder, monkeypatch):
    monkeypatch.setenv("LCIP_DATA", str(folder / "sets"))
    monkeypatch.setenv("LCIP_ROOT", str(folder))
    monkeypatch.delenv("LCIP_TRACE", raising=False)
    return folder


@pytest.fixture
def cached(base, repository):
    return latents.cached(base, datasets.photos(), views=2, device="cpu")


def run(monkeypatch, *options):
    given = ["--quality", "3", "--steps", "6", "--batch-size", "4", "--copies", "2"]
    monkeypatch.setattr(sys, "argv", ["fit", *given, *options])
    fit.main()


def task_of(base, cached, recipe):
    examples = fit.examples_of(base, "small", cached, recipe, seed=1)
    return fit.task_of(base, "small", cached, examples, recipe, seed=1)


def test_the_command_writes_weights_that_load_and_save_bits(base, repository, monkeypatch):
    run(monkeypatch)
    found = fitted.load("small", 3, base)
    card = found.card
    assert card["steps"] == 6 and card["lmbda"] == 0.0067 and card["base_identity"]
    assert card["data"] == "training photographs: 19 trained on, 1 held out"
    assert card["recipe"]["batch_size"] == 4 and card["recipe"]["corrects"] is True
    validation = card["validation"]
    assert validation["objective"] == validation["latent_bits"] + validation["side_bits"]
    assert validation["ideal_bits"] < validation["latent_bits"] < validation["static_bits"]
    assert not list(repository.rglob("*.pt"))


def test_a_stopped_fit_ends_like_one_that_went_on(base, repository, monkeypatch, cached):
    whole = task_of(base, cached, SHORT)
    settings = fit.settings_of(SHORT, seed=1)
    training.fit(whole, settings, device="cpu", facts={}, progress=False)
    halves, checkpoint = task_of(base, cached, SHORT), repository / "stopped.pt"
    batch = halves.batch
    calls = []

    def stop_at_the_fourth(draw):
        calls.append(1)
        if len(calls) == 4:
            raise RuntimeError("power cut")
        return batch(draw)

    monkeypatch.setattr(halves, "batch", stop_at_the_fourth)
    options = {"device": "cpu", "facts": {}, "progress": False}
    with pytest.raises(RuntimeError, match="power cut"):
        training.fit(halves, settings, checkpoint=checkpoint, save_every_seconds=0, **options)
    resumed = task_of(base, cached, SHORT)
    training.fit(resumed, settings, checkpoint=checkpoint, **options)
    for name, tensor in whole.model.state_dict().items():
        assert torch.equal(tensor, resumed.model.state_dict()[name]), name


def test_the_loss_is_the_thesis_s_divided_by_the_positions(base, cached):
    task = task_of(base, cached, replace(SHORT, blend=0.0, side_weight=3.0))
    batch = task.batch(np.random.default_rng((0, 0)))
    task.model.eval()
    loss, figures = task.loss(batch)
    latent, side = task.rates(batch.p)
    assert loss.item() == pytest.approx((latent + 3 * side / 1536).mean().item())
    assert figures["side_bits"] == pytest.approx(side.mean().item())


def test_an_untrained_correction_costs_what_the_static_codec_does(base, cached):
    task = task_of(base, cached, SHORT)
    task.model.eval()
    with torch.no_grad():
        row = task.validate()
    assert row["latent_bits"] == pytest.approx(row["static_bits"], rel=1e-4)
    assert row["recovered_percent"] <= 0.1


def test_photographs_that_judge_are_new_to_base_codec_and_networks(base):
    train, held_out = fit.split_photos(base, 100)
    assert sorted([*train, *held_out]) == list(range(100)) and len(held_out) == 5
    assert held_out.tolist() == training.split(100, 0.05, base.card["seed"])[1].tolist()


def test_lambda_rises_where_it_is_annealed(base, cached):
    task = task_of(base, cached, replace(SHORT, steps=10, annealed_share=0.5, side_weight=2.0))
    weights = [task.side_weight(np.random.default_rng((1, step))) for step in range(10)]
    assert weights[0] == pytest.approx(2 * ANNEALED_FROM) and weights[5:] == [2.0] * 5
    assert weights == sorted(weights)
    steady = task_of(base, cached, SHORT)
    assert steady.side_weight(np.random.default_rng((1, 0))) == 1.0


def test_crops_hold_256_positions_and_target_sized_parts_more(base, cached):
    photographs = np.arange(3)
    crops = draw_examples(cached, photographs, replace(PLAIN, copies=2), num_bins=NUM_BINS, seed=0)
    assert len(crops.heights) == 6
    whole = draw_examples(cached, photographs, replace(BEST, copies=1), num_bins=NUM_BINS, seed=0)
    views = cached.of(1)
    together = np.concatenate([view.reshape(-1, view.shape[-1]) for view in views])
    expected = (np.floor(together + np.float32(0.5)) == 0).mean(axis=0)
    found = whole.whole(whole.take(np.array([1])))[0, :, NUM_BINS // 2]
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-2)


def test_bins_that_no_example_uses_are_left_out_evenly():
    heights = np.zeros((2, 3, 64), np.float16)
    heights[0, :, 20], heights[1, :, 39] = 1, 1
    found = narrowed(heights)
    assert found.heights.shape == (2, 3, 32)  # 20 below and 24 above are free: 16 cut on each side
    assert np.array_equal(found.whole(found.take(np.array([0, 1]))).numpy(), heights)


def test_the_path_leads_from_the_plain_recipe_to_the_best():
    names, recipes = zip(*path(), strict=True)
    assert recipes[0] == PLAIN and len(recipes) == len(STEPS) + 1 == len(set(names))
    assert replace(recipes[-1], steps=BEST.steps) == BEST
    for before, after in zip(recipes, recipes[1:], strict=False):
        assert before != after


def test_switches_of_the_command_line_reach_the_recipe(monkeypatch):
    options = ["--quality", "3", "--corrects", "no", "--blend", "0.25", "--schedule", "constant"]
    monkeypatch.setattr(sys, "argv", ["fit", *options])
    found = fit.recipe_of(fit.arguments())
    assert found == replace(BEST, corrects=False, blend=0.25, schedule="constant")


def test_committed_weights_belong_to_their_codec_and_the_default_recipe():
    """All committed fits: made by the recipe that the command has, for the codec that is there."""
    names = [n for n in artifacts.weights_names() if n.startswith("distributions/adaptive-")]
    assert names
    for name in names:
        family, _, quality = name.removeprefix("distributions/adaptive-").rpartition("-q")
        found = fitted.load(family, int(quality), factorized.load(family, int(quality)))
        assert {"annealed_share": 0.0} | found.card["recipe"] == vars(
            best_for(family, int(quality))
        ), name


def test_the_ablation_has_a_row_a_step_and_two_of_the_weights(
    base, repository, monkeypatch, cached
):
    run(monkeypatch)
    plan = [("plain", True, replace(PLAIN, steps=2, copies=1)), ("best", True, SHORT)]
    monkeypatch.setattr(ablation, "plan", lambda: plan)
    rows = ablation.measure("small", 3, cached, seed=1)
    assert [row["step"] for row in rows] == [
        *("plain", "best", "fitted for longer", "the encoder's search for q")
    ]
    for row in rows:
        assert row["ideal_bits"] == pytest.approx(rows[0]["ideal_bits"])
        saved = row["static_bits"] - row["latent_bits"] - row["side_bits"]
        share = 100 * saved / (row["static_bits"] - row["ideal_bits"])
        assert row["recovered_percent"] == pytest.approx(share)
    assert rows[0]["recovered_percent"] < rows[1]["recovered_percent"]
    assert rows[2]["recovered_percent"] <= rows[3]["recovered_percent"]


def test_the_ablation_s_plan_ends_with_what_was_not_kept():
    names = [name for name, kept, _ in ablation.plan() if kept]
    assert names == [name for name, _ in path()]
    assert [name for name, kept, _ in ablation.plan() if not kept]
