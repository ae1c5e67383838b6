"""The committed tables: complete, of the committed weights, and what this machine measures too."""

import pytest

from lcip import datasets, results
from lcip.motion import evaluate, networks
from lcip.motion.rows import agreement

QUALITY, SEED, IMAGE = 3, 0, "coffee"


@pytest.fixture(scope="module")
def trained():
    return networks.trained(QUALITY)


@pytest.mark.parametrize("table", [evaluate.WARPING, evaluate.OFFSETS])
def test_it_was_measured_with_the_committed_weights(table, trained):
    """Trained again? Then: python -m lcip.motion.evaluate --quality 3 --seed 0."""
    provenance = results.read_measured(table).provenance
    assert provenance["weights"] == {trained.weights: networks.identity(QUALITY)}
    assert set(provenance["datasets"]) == set(datasets.bundled_photographs())


def test_warping_has_every_network_layer_motion_and_photograph_once(trained):
    frame = results.read_measured(evaluate.WARPING).frame
    keys = ["weights", "layer", "transform", "parameter", "image"]
    assert not frame.duplicated(keys).any()
    num_images = len(datasets.bundled_photographs())
    assert len(frame) == 2 * len(networks.STAGES) * len(evaluate.TRANSFORMS) * num_images
    assert set(frame["weights"]) == {trained.weights, "random"}


def test_the_laws_hold_in_every_row():
    """Nothing at the identity, rounding at whole strides, elsewhere less than doing nothing.

    But for rare pictures with hardly anything in them: there warping may be a little worse.
    """
    frame = results.read_measured(evaluate.WARPING).frame
    still = frame["transform"] == "identity"
    shifted = frame["transform"] == "translation_x"
    whole = shifted & (frame["parameter"] % frame["stride"] == 0)
    assert (frame.loc[still, ["nrmse", "unmoved_nrmse"]] == 0).all(axis=None)
    assert (frame.loc[whole, "nrmse"] < 1e-6).all()
    rest = frame[~still & ~whole]
    assert (rest["nrmse"] > 0.0001).all()
    assert (rest["nrmse"] < 1.1 * rest["unmoved_nrmse"]).all()
    assert (rest["nrmse"] < rest["unmoved_nrmse"]).mean() > 0.99


def test_measuring_again_gives_the_recorded_rows(trained):
    photograph = datasets.bundled_photographs([IMAGE])
    for network in (trained, networks.untrained(SEED)):
        live = evaluate.measure(
            network, networks.STAGES, photograph, evaluate.TRANSFORMS[-3:], evaluate.BOOK
        )
        recorded = results.read_measured(evaluate.WARPING).frame
        both = agreement(live, recorded, evaluate.WARPING_VALUES)
        assert len(both) == len(live)
        assert both["gap"].max() < 1e-4


def test_a_recorded_offset_measured_again(trained):
    photograph = datasets.bundled_photographs([IMAGE])
    live = evaluate.measure_offsets(
        trained, ["g_a.5"], photograph, evaluate.OFFSETS_TRANSFORM, evaluate.BOOK
    )
    both = agreement(live, results.read_measured(evaluate.OFFSETS).frame, evaluate.OFFSETS_VALUES)
    assert len(both) == 3
    assert both["gap"].max() < 1e-4
