"""Coded test sets as files, with a card that says which model wrote them from which data."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lcip.artifacts import files
from lcip.artifacts.cards import ArtifactError
from lcip.errors import refusal

KIND = files.Kind(
    label="stream",
    folder="streams",
    suffix=".lcip",
    required=("model", "data", "num_items", "environment"),
    written=files.WRITTEN,
)


@dataclass(frozen=True)
class Stream:
    """Coded bytes and the card that says which model and which data they were made from."""

    data: bytes
    card: dict[str, Any]


def save_stream(name: str, data: bytes, card: Mapping[str, Any]) -> Path:
    """Write `data/streams/<name>.lcip` and its card; return the path of the stream.

    The card must hold `model` (the name of the weights), `data` (which data set was coded),
    `num_items` and `environment`.
    """
    if not isinstance(data, bytes):
        kind = type(data).__name__
        raise ArtifactError(refusal(f"data of {name!r}", kind, "bytes", "pass the coder's output"))
    return files.save(KIND, name, data, card)


def load_stream(name: str) -> Stream:
    """Read and verify `data/streams/<name>.lcip`.

    Raises `ArtifactError` where a file is missing or its SHA-256 is not the one in the card.
    """
    return Stream(*files.load(KIND, name))


def stream_names() -> list[str]:
    """The names that `load_stream` takes, sorted."""
    return KIND.names()
