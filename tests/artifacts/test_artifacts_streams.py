"""Streams keep their bytes; cards keep to JSON and to one spelling."""

import numpy as np
import pytest
import torch

from lcip.artifacts import (
    ArtifactError,
    canonical_json,
    identity,
    load_stream,
    save_stream,
    stream_names,
)

CARD = {"model": "images/tiny-q3", "data": "kodak", "num_items": 24, "environment": {}}


@pytest.mark.parametrize("data", [b"", b"\x00\xffLCIP" * 100])
def test_stream_returns_its_bytes_and_card(data):
    path = save_stream("images/kodak-q3", data, CARD)
    stream = load_stream("images/kodak-q3")
    assert path.name == "kodak-q3.lcip" and stream.data == data
    assert stream.card | CARD == stream.card and stream.card["size_bytes"] == len(data)
    assert stream_names() == ["images/kodak-q3"]


def test_truncated_stream_is_refused():
    path = save_stream("kodak", b"abcdef", CARD)
    path.write_bytes(b"abcde")
    with pytest.raises(ArtifactError, match=r"SHA-256 of stream 'kodak' \(5 bytes\).*\(6 bytes\)"):
        load_stream("kodak")


def test_stream_must_be_bytes_with_a_full_card():
    with pytest.raises(ArtifactError, match="data of 'kodak' is 'str'; allowed: bytes"):
        save_stream("kodak", "text", CARD)
    with pytest.raises(ArtifactError, match="add model"):
        save_stream("kodak", b"", {k: v for k, v in CARD.items() if k != "model"})


def test_missing_stream_lists_the_others():
    save_stream("kodak", b"x", CARD)
    with pytest.raises(ArtifactError, match="stream 'modelnet40'.*allowed: kodak"):
        load_stream("modelnet40")


def test_canonical_form_ignores_order_and_kinds_of_number():
    one = {"a": np.float64(0.1), "b": (1, np.int32(2)), "c": torch.tensor(True)}
    other = {"c": True, "b": [1, 2], "a": 0.1}
    assert canonical_json(one) == canonical_json(other) == b'{"a":0.1,"b":[1,2],"c":true}'
    assert identity(one) == identity(other) != identity({**other, "a": 0.2})


def test_canonical_form_keeps_text_beyond_ascii():
    assert canonical_json({"λ": "Bjøntegaard"}) == '{"λ":"Bjøntegaard"}'.encode()


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"validation": {"psnr_db": float("nan")}}, "card: validation: psnr_db is nan"),
        ({"data": ["a", {1, 2}]}, r"card: data\[1\] is \{1, 2\}"),
        ({"data": np.zeros(2)}, "card: data is array"),
        ({"sizes": {8: 1}}, "a key in card: sizes is 8; allowed: text"),
    ],
)
def test_cards_say_where_a_stranger_sits(value, where):
    with pytest.raises(ArtifactError, match=where):
        canonical_json(value)
