"""Models by wish, and by the packets they wrote."""

import shutil

import pytest

from lcip import artifacts, coding, paths
from lcip.errors import LcipError
from lcip.pointcloud import choice
from lcip.pointcloud import codec as codecs
from lcip.pointcloud.choice import Trained

ACCURACY = {
    Trained("full", 1024, 40.0): 88.0,
    Trained("lite", 256, 10.0): 70.0,
    Trained("lite", 256, 1600.0): 83.0,
    Trained("lite", 1024, 10.0): 74.0,
    Trained("lite", 1024, 80.0): 83.5,
    Trained("lite", 1024, 320.0): 84.4,
    Trained("lite", 1024, 1600.0): 84.0,
    Trained("micro", 256, 20.0): 60.0,
}


@pytest.fixture
def several(monkeypatch):
    """More models than one size and one number of points, whatever is committed."""
    others = ["images/factorized-small-q1", "pointcloud/reconstruction-lite-p256-l10"]
    names = [model.name for model in ACCURACY] + others
    monkeypatch.setattr("lcip.artifacts.weights_names", lambda: sorted(names))
    monkeypatch.setattr(choice, "_validation_percent", ACCURACY.__getitem__)


@pytest.mark.parametrize(
    ("wish", "model"),
    [
        ((None, None, None), ("lite", 1024, 80.0)),  # 320 is best, 80 near enough
        (("lite", 256, None), ("lite", 256, 1600.0)),
        (("lite", 1024, 1600.0), ("lite", 1024, 1600.0)),
        (("full", None, None), ("full", 1024, 40.0)),
        ((None, 256, 20.0), ("micro", 256, 20.0)),
        ((None, None, 1600.0), ("lite", 1024, 1600.0)),
        ((None, None, 40.0), ("full", 1024, 40.0)),
    ],
)
def test_the_model_that_is_wished_for(several, wish, model):
    assert choice.choose(*wish) == Trained(*model)


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (("huge", None, None), "--size is 'huge'; allowed: lite, micro, full (trained). Next: "),
        (("full", 256, None), "--points is 256; allowed: 1024 (trained: full)."),
        (("lite", 256, 80.0), "allowed: 10, 1600 (trained: lite, 256 points)."),
        ((None, 8, None), "--points is 8; allowed: 256, 1024 (trained)."),
        ((None, None, 7.5), "--lmbda is 7.5; allowed: 10, 20, 40, 80, 320, 1600 (trained)."),
        (("lite", None, float("nan")), "--lmbda is nan; allowed: 10, 80, 320, 1600 (trained: "),
    ],
)
def test_a_wish_that_no_model_meets_is_told_what_there_is(several, wish, told):
    with pytest.raises(LcipError) as caught:
        choice.choose(*wish)
    assert told in str(caught.value)


def test_models_come_in_order_and_nothing_else_is_one(several):
    assert choice.trained() == sorted(
        ACCURACY, key=lambda m: (["lite", "micro", "full"].index(m.size), *m[1:])
    )


def test_without_any_models_that_is_told(monkeypatch):
    monkeypatch.setattr("lcip.artifacts.weights_names", list)
    with pytest.raises(LcipError, match="--size is None; allowed: none yet"):
        choice.choose(None, None, None)
    with pytest.raises(coding.StreamError, match="packet of one of the 0 models"):
        choice.sender(coding.pack_packet(b"", bytes(32)))


MODELS = choice.trained()


def test_the_committed_models_are_found_by_their_names():
    assert MODELS and {model.name for model in MODELS} <= set(artifacts.weights_names())
    for model in MODELS:
        card = artifacts.load_weights(model.name).card
        assert (card["size"], card["num_points"], card["lmbda"]) == tuple(model)
        assert 0 < choice._validation_percent(model) <= 100


def test_the_choice_among_committed_models_follows_its_rule():
    model = choice.choose(None, None, None)
    curve = [m for m in MODELS if m[:2] == model[:2]]
    percent = {m.lmbda: choice._validation_percent(m) for m in curve}
    enough = [
        lmbda for lmbda, p in percent.items() if p >= max(percent.values()) - choice.SLACK_PERCENT
    ]
    assert model.lmbda == min(enough)


@pytest.mark.parametrize("model", MODELS, ids=str)
def test_the_sender_of_a_packet_is_found(model):
    identity = artifacts.weights_identity(model.name)
    assert choice.sender(coding.pack_packet(b"\x12\x34", identity)) == model


def test_a_packet_of_weights_that_are_not_here_is_told():
    packet = coding.pack_packet(b"\x12\x34", bytes(32))
    told = f"packet's model is '0x000'; allowed: a packet of one of the {len(MODELS)} models in"
    with pytest.raises(coding.StreamError, match=told):
        choice.sender(packet)


def test_a_damaged_packet_of_a_model_that_is_here_is_told():
    packet = coding.pack_packet(b"\x12\x34", artifacts.weights_identity(MODELS[0].name))
    with pytest.raises(coding.StreamError, match="but its checksum differs'.*receive it again"):
        choice.sender(packet[:-1])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (coding.pack([b"", b""], [(1, 1)], bytes(32)), "file is 'image file'; allowed: a cloud's"),
        (coding.pack_batch([b""], [], bytes(32)), "file is 'batch'; allowed: a cloud's packet"),
        (
            b"hello, world, hello",
            "file's first bytes is b'hell'; allowed: those of a",
        ),
        (b"\xb0", "packet is '1 bytes'; allowed: 4 to 4004 bytes"),
    ],
)
def test_other_files_are_told(data, told):
    with pytest.raises(coding.StreamError, match=told):
        choice.sender(data)


def test_a_model_that_was_changed_is_not_loaded_for_a_packet(tmp_path, monkeypatch):
    """The card names the model, the checksum in it binds the weights: other bytes are refused."""
    model = MODELS[0]
    source = paths.root() / "data" / "weights" / "pointcloud"
    (tmp_path / "data" / "weights" / "pointcloud").mkdir(parents=True)
    (tmp_path / paths.MARKER).touch()
    for suffix in (".json", ".safetensors"):
        name = model.name.rpartition("/")[2] + suffix
        shutil.copy(source / name, tmp_path / "data" / "weights" / "pointcloud")
    weights = tmp_path / "data" / "weights" / f"{model.name}.safetensors"
    packet = coding.pack_packet(b"\x12", artifacts.weights_identity(model.name))
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))
    assert choice.sender(packet) == model
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x55")
    with pytest.raises(artifacts.ArtifactError, match="SHA-256 of weights"):
        codecs.load(choice.sender(packet).name)
