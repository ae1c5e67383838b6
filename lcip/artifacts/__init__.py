"""Weights and streams on disk: bytes, and beside them a card that says where they came from.

`data/weights/<name>.safetensors` and `data/streams/<name>.lcip` each stand beside a `.json` card.
The card holds the SHA-256 of the bytes, so that a file which changed is refused; the SHA-256 of a
model's card in canonical form is the model's *identity*, which coded streams carry in their header.
"""

from lcip.artifacts.cards import ArtifactError, canonical_json, identity
from lcip.artifacts.streams import Stream, load_stream, save_stream, stream_names
from lcip.artifacts.weights import (
    Weights,
    load_weights,
    save_weights,
    weights_identity,
    weights_names,
)

__all__ = [
    "ArtifactError",
    "Stream",
    "Weights",
    "canonical_json",
    "identity",
    "load_stream",
    "load_weights",
    "save_stream",
    "save_weights",
    "stream_names",
    "weights_identity",
    "weights_names",
]
