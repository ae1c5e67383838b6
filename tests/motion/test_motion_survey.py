"""The two large tables: how they are put together, and that the committed ones are whole."""

import numpy as np
import pandas as pd
import pytest

from lcip import datasets, results
from lcip.motion import choices, networks, summary, survey, sweeps
from lcip.motion.compare import Settings
from lcip.motion.parts import Parts
from lcip.motion.randomly import draws
from lcip.motion.sweeps import RANDOM_COLUMNS, SWEEP_COLUMNS, Subject

QUALITY, SEED = 3, 0


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A repository of its own, so that no part of a real run is touched."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "registry.toml").touch()
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))
    for name in ("SWEEP_SETTINGS", "RANDOM_SETTINGS"):
        monkeypatch.setattr(survey, name, Settings(96, "bicubic", "bilinear", 0.5))


@pytest.fixture(scope="module")
def photographs():
    """Seven, so that the controls get two of them."""
    base = datasets.bundled_photographs(["coffee"])["coffee"]
    return {f"p{n}": np.ascontiguousarray(base[20 * n : 20 * n + 200, :240]) for n in range(7)}


@pytest.fixture(scope="module")
def subjects():
    trained = networks.load("factorized-small", f"q{QUALITY}", SEED)
    control = networks.load("factorized-small", "random", SEED)
    return [Subject(each, ("g_a.1", "g_a.3"), 0.5) for each in (trained, control)]


def test_sweeps_hold_every_photograph_for_trained_and_some_for_controls(
    place, photographs, subjects, monkeypatch
):
    monkeypatch.setattr(survey, "PANELS", {"translation_x": (0.0, 2.0), "rotation": (0.0, 5.0)})
    rows = survey.measure_sweeps(subjects, photographs, Parts("motion/t", {}))
    assert tuple(rows) == SWEEP_COLUMNS
    control = rows["weights"] == "random"
    assert rows[~control]["image"].nunique() == 7
    assert set(rows[control]["image"]) == {"p0", "p6"}
    assert len(rows) == (7 + 2) * 4 * 2


def test_random_rows_are_ordered_by_network_layer_and_draw(place, photographs, subjects):
    some = {name: photographs[name] for name in ("p0", "p1")}
    motions = [draw._replace(tx_px=2.0, ty_px=1.0) for draw in draws(4, SEED)]
    rows = survey.measure_random(subjects, some, motions, Parts("motion/t", {}))
    assert tuple(rows) == RANDOM_COLUMNS
    assert list(rows["draw"]) == [0, 1, 2, 3] * 4
    assert list(rows["image"][:4]) == ["p0", "p1", "p0", "p1"]
    assert list(dict.fromkeys(rows["weights"])) == [f"images/factorized-small-q{QUALITY}", "random"]
    assert all(float(f"{value:.4g}") == value for value in rows["nrmse"])


def test_who_is_absent_is_told_and_left_out(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LCIP_DATA", str(tmp_path))
    found = survey.subjects(QUALITY, SEED)
    told = capsys.readouterr().err
    assert "left out: resnet34 imagenet" in told and "lcip fetch resnet34" in told
    names = [(s.network.name, s.network.weights) for s in found]
    assert names[0] == ("factorized-small", f"images/factorized-small-q{QUALITY}")
    assert names[1:] == [(name, "random") for name in survey.COMPARED]
    assert [s.erosion for s in found[1:]] == [0.5] * 5 + [0.0]


def test_the_command_needs_its_choices():
    with pytest.raises(SystemExit):
        survey.main(["sweeps"])
    with pytest.raises(SystemExit):
        choices.main([])


def test_each_choice_gives_a_row_and_changes_what_it_says(photographs, subjects):
    base = Settings(160, "bicubic", "bilinear", 0.5)
    draw = draws(1, SEED)[0]._replace(tx_px=3.0, ty_px=-2.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(choices.SETTINGS, "frame 224 px", {"frame_px": 128})
        found = list(choices.outcomes(subjects[0], photographs["p0"], draw, base))
    table = pd.DataFrame(
        [(layer.name, *outcome) for layer, outcome in found],
        columns=["layer", "choice", "nrmse", "valid"],
    )
    assert set(table["choice"]) == set(choices.CHOICES)
    assert len(table) == 2 * len(choices.CHOICES)
    nrmse = table.set_index(["layer", "choice"])["nrmse"]["g_a.3"]
    assert nrmse["range without tails"] > nrmse["as measured"] < nrmse["nothing"]
    assert nrmse["layer read nearest"] > nrmse["as measured"]
    valid = table.set_index(["layer", "choice"])["valid"]["g_a.3"]
    assert valid["erosion 1"] < valid["as measured"] < valid["erosion 0"]
    expected = sweeps.at_random([subjects[0]], "p0", photographs["p0"], {0: draw}, base)
    live = expected.set_index("layer")["nrmse"]["g_a.3"]
    assert nrmse["as measured"] == pytest.approx(live, rel=1e-4)


@pytest.fixture(scope="module", params=[survey.SWEEPS, survey.RANDOM, choices.TABLE])
def committed(request):
    return results.read_measured(request.param)


def test_committed_tables_are_of_the_committed_codec(committed):
    """Trained again? Then measure again: the commands stand in lcip.motion.survey."""
    weights = committed.provenance["weights"]
    network = networks.load("factorized-small", f"q{QUALITY}", SEED)
    assert weights[f"{network.name}/{network.weights}"] == networks.fingerprint(network)
    assert {"resnet18/imagenet", "squeezenet/imagenet", "mobilenet/imagenet"} < set(weights)


def test_committed_sweeps_are_whole_and_dip():
    rows = results.read_measured(survey.SWEEPS).frame
    assert tuple(rows) == SWEEP_COLUMNS
    keys = ["network", "weights", "layer", "transform", "parameter", "image"]
    assert not rows.duplicated(keys).any()
    trained = rows[rows["weights"] != "random"]
    amounts = sum(map(len, sweeps.PANELS.values()))
    counts = trained.groupby(summary.LAYER).size()
    assert (counts == 24 * amounts).all() and len(counts) >= 16
    still = rows["parameter"] == rows["transform"].map(sweeps.NO_MOTION)
    assert (rows.loc[still, "nrmse"] == 0).all()
    assert (summary.dips(trained, summary.DEEPEST_STRIDE)["depth"] >= 0.25).all()


def test_committed_random_motion_is_whole_and_below_the_level():
    rows = results.read_measured(survey.RANDOM).frame
    assert tuple(rows) == RANDOM_COLUMNS
    assert not rows.duplicated(["network", "weights", "layer", "draw"]).any()
    means = summary.means(rows)
    assert (means["draws"] == survey.DRAWS).all() and survey.DRAWS >= 200
    assert set(means["network"]) == set(survey.COMPARED)
    assert means[means["weights"] != "random"]["mean"].max() <= 0.045
    first = rows.drop_duplicates("draw").set_index("draw").sort_index()
    expected = draws(survey.DRAWS, SEED)
    for number in (0, 100, survey.DRAWS - 1):
        assert tuple(first.loc[number, list(expected[0]._fields)]) == expected[number]


def test_claims_quote_the_worst_layers():
    """A number of data/claims.csv that stands for "all layers" must be the worst of them."""
    means = summary.means(results.read_measured(survey.RANDOM).frame)
    trained = means[means["weights"] != "random"]
    is_codec = trained["network"].isin(networks.CODECS)
    table = results.claims().set_index("id")["extractor"]
    for claim, own in (("", trained[~is_codec]), ("-codec", trained[is_codec])):
        worst = own.loc[own["mean"].idxmax()]
        for name in ("network", "weights", "layer"):
            assert f'{name}="{worst[name]}"' in table[f"nrmse-reasonable-motion{claim}"]


def test_a_recorded_row_measured_again():
    try:
        items = {item.name: item.path for item in datasets.kodak()}
    except datasets.DatasetError:
        pytest.skip("Kodak is not in the data folder")
    network = networks.load("factorized-small", f"q{QUALITY}", SEED)
    subject = Subject(network, networks.layers_of(network.name), 0.5)
    photograph = {"kodim04": datasets.read_image(items["kodim04"])}
    motions = sweeps.transforms("rotation", (-10.0, 2.5), survey.SWEEP_SETTINGS.frame_px)
    live = sweeps.sweep(subject, photograph, motions, survey.SWEEP_SETTINGS)
    keys = ["weights", "layer", "transform", "parameter", "image"]
    both = live.merge(results.read_measured(survey.SWEEPS).frame, on=keys)
    assert len(both) == len(live)
    assert (both["nrmse_x"] - both["nrmse_y"]).abs().max() < 1e-4
