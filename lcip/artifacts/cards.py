"""Cards: JSON with one canonical spelling, so that its hash can name a model."""

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

from lcip.errors import LcipError, refusal


class ArtifactError(LcipError):
    """Weights or a stream that are missing, changed, or described by an unfit card."""


def canonical_json(card: Mapping[str, Any]) -> bytes:
    """The one spelling of a card that is hashed: sorted keys, no spaces, UTF-8, shortest floats.

    >>> canonical_json({"steps": 10, "lmbda": 0.013, "data": ["a", "b"]})
    b'{"data":["a","b"],"lmbda":0.013,"steps":10}'
    """
    text = json.dumps(
        plain(card, "card"), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return text.encode("utf8")


def readable_json(card: Mapping[str, Any], where: str) -> bytes:
    """The spelling that is stored: sorted keys, two spaces of indent, one final newline."""
    text = json.dumps(plain(card, where), sort_keys=True, indent=2, ensure_ascii=False)
    return f"{text}\n".encode()


def identity(card: Mapping[str, Any]) -> bytes:
    """The 32 bytes of SHA-256 over `canonical_json(card)`.

    >>> identity({}).hex()[:16]
    '44136fa355b3678a'
    """
    return hashlib.sha256(canonical_json(card)).digest()


def require(
    card: Mapping[str, Any], name: str, required: tuple[str, ...], taken: tuple[str, ...] = ()
) -> None:
    """Refuse a card that lacks a `required` key, or sets a `taken` one (saving writes those)."""
    missing = [key for key in required if key not in card]
    if missing:
        allowed = f"a card with all of {', '.join(required)}"
        step = f"add {', '.join(missing)} (None where it does not apply)"
        raise ArtifactError(refusal(f"card of {name!r}", sorted(card), allowed, step))
    clash = [key for key in taken if key in card]
    if clash:
        allowed = f"keys other than {', '.join(taken)}, which saving writes itself"
        raise ArtifactError(refusal(f"card of {name!r}", clash, allowed, "leave them out"))


def plain(value: Any, where: str) -> Any:
    """`value` with only JSON's own types in it, or an error that says where the stranger sits.

    NumPy and torch scalars become Python's, tuples become lists.
    """
    if isinstance(value, Mapping):
        return {_key(key, where): plain(item, f"{where}: {key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, f"{where}[{index}]") for index, item in enumerate(value)]
    if hasattr(value, "item") and tuple(getattr(value, "shape", (0,))) == ():
        value = value.item()
    finite = not isinstance(value, float) or math.isfinite(value)
    if value is None or (isinstance(value, str | bool | int | float) and finite):
        return value
    allowed = "null, text, true or false, integers, finite numbers, lists and objects of these"
    raise ArtifactError(refusal(where, value, allowed, "leave it out or convert it"))


def _key(key: object, where: str) -> str:
    if isinstance(key, str):
        return key
    raise ArtifactError(refusal(f"a key in {where}", key, "text", f"write it as {str(key)!r}"))
