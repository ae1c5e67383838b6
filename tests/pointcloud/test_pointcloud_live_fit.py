"""The little task: solids of their own proportions, a stack trained on them, bytes in the end."""

import doctest
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from lcip import plotting, training
from lcip.errors import LcipError
from lcip.pointcloud import figures_training, fit, live_fit
from lcip.pointcloud.augment import Augmentation
from lcip.pointcloud.live_fit import Variety, varied
from lcip.pointcloud.recipes import Recipe

SAME = Variety(stretch=1.0, turn_deg=0.0, missing=0.0)
CLASSES = ["cone", "table", "bowl"]
RECIPE = Recipe((5.0, 200.0), 2, 6, 4e-3, 0.0, Augmentation(1.0, 1.0, 0.0, False), None)


@pytest.fixture(scope="module")
def task():
    how = Variety(1.3, 20.0, 0.2)
    made = live_fit.live_task(
        "micro", RECIPE, CLASSES, how, num_points=16, num_each=6, num_held_out=4, seed=3
    )
    settings = fit.settings_of(RECIPE, len(made.points), 3)
    result = training.fit(made, settings, device="cpu", facts={}, progress=False)
    made.model.copy_to(made.models)
    return made, result


def test_the_example_in_a_docstring():
    assert doctest.testmod(figures_training).failed == 0


def test_an_object_lies_in_the_unit_ball_and_is_drawn_by_its_generator():
    one, again, other = (varied("chair", 50, Variety(1.5, 60, 0.3), np.random.default_rng(s))
                         for s in (1, 1, 2))  # fmt: skip
    assert one.shape == (50, 3) and abs(np.linalg.norm(one, axis=1).max() - 1) < 1e-5
    assert np.array_equal(one, again) and not np.array_equal(one, other)


def test_nothing_varies_where_nothing_may():
    cone = varied("cone", 4000, SAME, np.random.default_rng(0))
    assert abs(np.ptp(cone[:, 0]) / np.ptp(cone[:, 2]) - 1.2 / 1.35) < 0.03


def test_what_is_missing_is_a_cap():
    draw = np.random.default_rng(4)
    whole, part = (np.ptp(varied("cone", 3000, Variety(1.0, 0.0, missing), draw), axis=0)
                   for missing in (0.0, 0.9))  # fmt: skip
    assert not np.allclose(whole / whole.max(), part / part.max(), atol=0.1)


def test_classes_come_in_equal_numbers_on_the_grid():
    points, labels = live_fit.varied_solids(CLASSES, 2, 10, SAME, seed=0)
    assert points.shape == (6, 10, 3) and points.dtype == np.int16
    assert labels.tolist() == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Variety(0.9, 0, 0), "stretch is 0.9; allowed: at least 1"),
        (lambda: Variety(1, 181, 0), "turn_deg is 181; allowed: 0 to 180"),
        (lambda: Variety(1, 0, 1.0), "missing is 1.0; allowed: 0 to below 1"),
        (lambda: live_fit.varied_solids(["cone", "tree"], 1, 5, SAME, 0), "class is 'tree'"),
    ],
)
def test_what_cannot_be_is_refused(make, text):
    with pytest.raises(LcipError, match=text):
        make()


def test_held_out_objects_are_others(task):
    made, _ = task
    assert made.held_out.shape == (12, 16, 3) and len(made.points) == 18
    trained = {tuple(cloud[:16].ravel()) for cloud in made.points}
    held_out = np.rint(made.held_out.numpy() * 32767).astype(np.int16)
    assert not trained & {tuple(cloud.ravel()) for cloud in held_out}


def test_the_curves_have_a_row_for_each_step_and_lambda(task):
    made, result = task
    table = live_fit.curves(result.rows, RECIPE.lmbdas)
    assert table["lmbda"].tolist() == [5.0, 200.0] * len(result.rows)
    assert table["step"].iloc[-1] == result.steps_done
    row = result.rows[-1]
    assert table["bits"].tolist()[-2:] == [row["bits_0"], row["bits_1"]]


def test_trained_models_write_bytes_of_about_their_estimate(task):
    made, _ = task
    rows = live_fit.coded(made, CLASSES)
    assert rows["lmbda"].tolist() == [5.0, 200.0]
    assert (rows["payload_bits"] <= rows["estimated_bits"] + 8).all()
    assert rows["distinct_messages"].between(1, 12).all()
    assert rows["accuracy_percent"].between(0, 100).all()


def test_noise_and_rounding_are_told_apart(task):
    made, result = task
    rows = live_fit.noise_and_rounding(made, seed=0)
    assert (rows["noise_bits"] != rows["rounding_bits"]).all()
    last = live_fit.curves(result.rows, RECIPE.lmbdas).tail(2)
    assert np.allclose(rows["rounding_bits"], last["bits"], rtol=5e-3)
    assert np.allclose(rows["rounding_nats"], last["cross_entropy_nats"], rtol=5e-3)


def test_changes_are_held_against_the_first_of_their_lambda(monkeypatch):
    rows = [
        ("micro", 64, 10.0, "none", 70.0, 60.0, 10),
        ("micro", 64, 10.0, "jitter", 71.5, 59.0, 1000),
        ("micro", 64, 20.0, "none", 80.0, 75.0, 985),
        ("micro", 16, 10.0, "none", 50.0, 40.0, 985),
    ]
    percent = ["validation_accuracy_percent", "class_mean_accuracy_percent"]
    names = ["size", "num_points", "lmbda", "change", *percent, "num_validation"]
    record = SimpleNamespace(frame=pd.DataFrame(rows, columns=names))
    monkeypatch.setattr(live_fit.results, "read_measured", lambda name: record)
    gains = live_fit.training_gains(64)
    assert gains["gain_points"].tolist() == [0, 1.5, 0]
    assert gains["class_mean_gain_points"].tolist() == [0, -1, 0]
    # Wilson's interval of 7 of 10.
    assert gains[["low_percent", "high_percent"]].iloc[0].round(1).tolist() == [39.7, 89.2]
    assert (gains["high_percent"] - gains["low_percent"]).iloc[1] < 6
    assert gains.index.names == ["lmbda", "change"]
    table = live_fit.by_lambda(gains.iloc[:2], "validation_accuracy_percent", "gain_points")
    assert table.to_dict() == {"λ = 10": {"none": "70.0 (+0.0)", "jitter": "71.5 (+1.5)"}}
    assert list(table.index) == ["none", "jitter"]


def test_what_was_not_measured_has_no_table(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "registry.toml").touch()
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))
    assert live_fit.training_gains(1024) is None


def test_the_figures_draw_every_lambda(task):
    made, result = task
    table = live_fit.curves(result.rows * 2, RECIPE.lmbdas)
    figure = plotting.check_figure(figures_training.training_curves(table))
    assert [len(axes.lines) for axes in figure.axes] == [2, 2, 2]
    ideal = live_fit.curves(result.rows, RECIPE.lmbdas)
    figure = figures_training.live_rate_accuracy(live_fit.coded(made, CLASSES), ideal)
    assert len(plotting.check_figure(figure).axes[0].lines) == 3
