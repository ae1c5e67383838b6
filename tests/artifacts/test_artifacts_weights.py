"""Saving weights and reading them back: exact, atomic, and refused when anything changed."""

import hashlib
import json

import pytest
import torch

from lcip.artifacts import (
    ArtifactError,
    identity,
    load_weights,
    save_weights,
    weights_identity,
    weights_names,
)
from lcip.errors import LcipError

NAME = "images/tiny-q3"
CARD = {
    "architecture": {"family": "factorized", "N": 2, "M": 3},
    "data": ["photos"],
    "steps": 7,
    "seed": 1,
    "lmbda": 0.013,
    "validation": {"rate_bpp": 0.5},
    "environment": {"torch": "2"},
}


def tensors():
    generator = torch.Generator().manual_seed(0)
    return {
        "g_a.weight": torch.randn(4, 3, 5, 5, generator=generator),
        "quantized_cdf": torch.arange(12, dtype=torch.int32).reshape(3, 4),
        "num_batches": torch.tensor(2**40),
    }


def save(half=False, card=CARD, **changed):
    return save_weights(NAME, {**tensors(), **changed}, card, half=half)


def test_full_precision_returns_every_bit():
    path = save()
    loaded = load_weights(NAME).tensors
    assert path.name == "tiny-q3.safetensors" and loaded.keys() == tensors().keys()
    for key, tensor in tensors().items():
        assert loaded[key].dtype == tensor.dtype and torch.equal(loaded[key], tensor)


def test_half_precision_rounds_floats_to_float16_and_leaves_integers():
    full, half = save().stat().st_size, save(half=True).stat().st_size
    loaded, weight = load_weights(NAME).tensors, tensors()["g_a.weight"]
    assert half < full
    assert loaded["g_a.weight"].dtype == torch.float32
    assert torch.equal(loaded["g_a.weight"], weight.half().float())
    assert not torch.equal(loaded["g_a.weight"], weight)
    assert loaded["num_batches"].item() == 2**40
    assert loaded["quantized_cdf"].dtype == torch.int32


def test_the_card_alone_gives_the_identity():
    path = save()
    wanted = load_weights(NAME).identity
    path.write_bytes(b"")  # not looked at
    assert weights_identity(NAME) == wanted
    with pytest.raises(ArtifactError, match="images/tiny-q3"):
        weights_identity("images/tiny-q4")


def test_float16_saved_whole_stays_float16():
    save(extra=torch.ones(2, dtype=torch.float16))
    assert load_weights(NAME).tensors["extra"].dtype == torch.float16


def test_card_holds_checksum_and_identity_is_the_hash_of_its_canonical_form():
    path = save()
    loaded = load_weights(NAME)
    card = json.loads(path.with_suffix(".json").read_text())
    assert card == loaded.card and card | CARD == card
    assert card["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    spelled = json.dumps(card, sort_keys=True, separators=(",", ":")).encode()
    assert loaded.identity == identity(card) == hashlib.sha256(spelled).digest()


def test_identity_depends_on_weights_and_on_card():
    save()
    first = load_weights(NAME).identity
    save(card={**CARD, "seed": 2})
    second = load_weights(NAME).identity
    save(num_batches=torch.tensor(1))
    assert len({first, second, load_weights(NAME).identity}) == 3


def test_saving_twice_writes_the_same_bytes():
    path = save()
    before = path.read_bytes(), path.with_suffix(".json").read_bytes()
    save()
    assert before == (path.read_bytes(), path.with_suffix(".json").read_bytes())


def test_views_and_shared_memory_are_stored_apart():
    base = torch.arange(12.0).reshape(3, 4)
    save(a=base.T, b=base[:2])
    loaded = load_weights(NAME).tensors
    assert torch.equal(loaded["a"], base.T) and torch.equal(loaded["b"], base[:2])


@pytest.mark.parametrize("position", [0, 100, -1])
def test_one_flipped_bit_is_refused(position):
    path = save()
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)
    with pytest.raises(ArtifactError, match=r"SHA-256 of weights 'images/tiny-q3'.*git checkout"):
        load_weights(NAME)


def test_new_weights_with_an_old_card_are_refused():
    """A run stopped between the two renames leaves this; it must not be read as the new model."""
    card = save().with_suffix(".json").read_bytes()
    path = save(num_batches=torch.tensor(1))
    path.with_suffix(".json").write_bytes(card)
    with pytest.raises(ArtifactError, match="SHA-256"):
        load_weights(NAME)


def test_missing_weights_list_those_that_exist():
    save()
    with pytest.raises(ArtifactError, match=r"'images/tiny-q4'.*missing.*allowed: images/tiny-q3"):
        load_weights("images/tiny-q4")
    with pytest.raises(LcipError, match="workflow"):
        load_weights("images/tiny-q4")


def test_missing_card_is_named():
    save().with_suffix(".json").unlink()
    with pytest.raises(ArtifactError, match="tiny-q3.json"):
        load_weights(NAME)


def test_nothing_on_disk_says_so():
    assert weights_names() == []
    with pytest.raises(ArtifactError, match="none on disk yet"):
        load_weights(NAME)


@pytest.mark.parametrize("key", CARD)
def test_card_without_a_required_key_is_refused_and_nothing_written(key, repository):
    with pytest.raises(ArtifactError, match=f"Next: add {key}"):
        save(card={k: v for k, v in CARD.items() if k != key})
    assert not (repository / "data" / "weights").exists()


@pytest.mark.parametrize("key", ["name", "sha256", "size_bytes", "half"])
def test_card_may_not_set_what_saving_writes(key):
    with pytest.raises(ArtifactError, match=f"'{key}'.*saving writes itself"):
        save(card={**CARD, key: "x"})


@pytest.mark.parametrize("text", ["{", "[]", "{}", "\xff"])
def test_broken_card_is_refused(text):
    save().with_suffix(".json").write_text(text, encoding="latin1")
    with pytest.raises(ArtifactError, match="card of"):
        load_weights(NAME)


def test_renamed_files_are_refused():
    path = save()
    for suffix in (".safetensors", ".json"):
        path.with_suffix(suffix).rename(path.with_name(f"tiny-q5{suffix}"))
    with pytest.raises(ArtifactError, match="name in the card of weights 'images/tiny-q5'"):
        load_weights("images/tiny-q5")


@pytest.mark.parametrize("name", ["", "../up", "a//b", "/abs", "a/..", ".hidden", "a\\b", 3])
def test_names_that_leave_the_folder_are_refused(name):
    with pytest.raises(ArtifactError, match="name of weights"):
        load_weights(name)
    with pytest.raises(ArtifactError, match="name of weights"):
        save_weights(name, tensors(), CARD, half=False)


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_non_finite_tensors_are_refused(value, half):
    with pytest.raises(ArtifactError, match=r"a value in tensor 'bad' of 'images/tiny-q3'"):
        save(half=half, bad=torch.tensor([1.0, value]))


def test_values_beyond_float16_are_refused_only_in_half_precision():
    large = torch.tensor([1.0, -1e5])
    save(large=large)
    assert torch.equal(load_weights(NAME).tensors["large"], large)
    with pytest.raises(ArtifactError, match=r"-100000.*65504.*half=False"):
        save(half=True, large=large)


def test_other_things_than_tensors_are_refused():
    with pytest.raises(ArtifactError, match="tensor 'lr' of 'images/tiny-q3' is 'float'"):
        save(lr=0.1)
    with pytest.raises(ArtifactError, match="at least one tensor"):
        save_weights(NAME, {}, CARD, half=False)


def test_loading_notes_both_files_for_the_notebook_runner(repository, monkeypatch):
    save()
    monkeypatch.setenv("LCIP_TRACE", str(repository / "trace"))
    load_weights(NAME)
    noted = (repository / "trace").read_text().split()
    stem = "data/weights/images/tiny-q3"
    assert noted == [f"{stem}.safetensors", f"{stem}.json"]
