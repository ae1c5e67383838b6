"""What lies in the repository: weights, streams and the table belong together."""

import numpy as np
import pytest

from lcip import datasets, paths, results
from lcip.errors import LcipError
from lcip.notebook.static import describe
from lcip.pointcloud import codec as codecs
from lcip.pointcloud import evaluate, testset
from lcip.pointcloud.folding import exact

NOTEBOOK = "notebooks/3-pointcloud/31-codec.ipynb"
NAMES = evaluate.models()


def test_there_are_models():
    assert "pointcloud/micro-p1024-l160" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_stream_scores_what_the_table_says(name):
    codec = codecs.load(name)
    coded = testset.load_test_set(codec, name)
    score = testset.score(codec, coded)
    assert len(coded.payloads) == 2468
    check = evaluate.comparison(codec, score, coded)
    assert ((check["live"] - check["recorded"]).abs() <= check["tolerance"]).all(), check
    assert score.payload_bits <= score.estimated_bits + 8


@pytest.mark.parametrize("name", NAMES)
def test_the_stored_encoder_is_that_of_the_stored_weights(name):
    codec = codecs.load(name)
    again = exact(codec.model).to_arrays()
    for key, stored in codec.encoder.to_arrays().items():
        assert np.allclose(again[key], stored, rtol=1e-9, atol=2)


def recorded_clouds():
    """The test clouds, if there are any and they are those that the table was measured on."""
    try:
        clouds = datasets.modelnet40("test")
    except LcipError:
        pytest.skip("needs ModelNet40 in LCIP_DATA")
    recorded = results.read_measured(evaluate.TABLE).provenance["datasets"]
    if recorded != {"modelnet40/test": evaluate.digest(clouds)}:
        pytest.skip("ModelNet40 in LCIP_DATA is another drawing of points")
    return clouds


@pytest.mark.parametrize("name", NAMES)
def test_live_encoding_gives_the_bytes_of_the_stream(name):
    clouds = recorded_clouds()
    codec = codecs.load(name)
    coded = testset.load_test_set(codec, name)
    num_points = codec.card["num_points"]
    for k in range(0, len(clouds.points), 50):
        symbols = codec.symbols(clouds.points[k, :num_points])
        assert codec.payload(symbols) == coded.payloads[k]
    assert np.array_equal(coded.labels, clouds.labels)


def test_every_lambda_that_the_notebook_offers_has_weights():
    offered = describe(paths.root() / NOTEBOOK)["lmbda"].choices
    assert {codecs.weights_name("micro", 1024, choice) for choice in offered} <= set(NAMES)
