"""Which of the committed models: by size, number of points and λ, or by the packet it wrote."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from lcip import artifacts, coding
from lcip.coding.packet import PACKET_NIBBLE
from lcip.errors import LcipError, refusal
from lcip.pointcloud.codec import weights_name
from lcip.pointcloud.rate_accuracy import accuracy_text

NAME = re.compile(r"pointcloud/([a-z]+)-p([0-9]+)-l([0-9.e+-]+)")
FIRST_SIZES = ("lite", "micro", "full")  # without a wish: in this order
SLACK_PERCENT = 2.0  # about the standard error, twice, of an accuracy on the held-out clouds
OPTIONS = {"size": "--size", "num_points": "--points", "lmbda": "--lmbda"}


class Trained(NamedTuple):
    """A committed model, as its name has it."""

    size: str
    num_points: int
    lmbda: float

    @property
    def name(self) -> str:
        """Of its weights."""
        return weights_name(*self)

    def __str__(self) -> str:
        return f"{self.size}, {self.num_points} points, λ = {self.lmbda:g}"


def trained() -> list[Trained]:
    """All committed models, by size, number of points and λ."""
    found = (NAME.fullmatch(name) for name in artifacts.weights_names())
    models = [Trained(m[1], int(m[2]), float(m[3])) for m in found if m]
    return sorted(models, key=lambda model: (_rank(model.size), *model[1:]))


def validation_accuracy(card: Mapping[str, Any]) -> str:
    """A model's accuracy on the held-out clouds in per cent, with its 95 % interval."""
    held_out = re.search(r"(\d+) held out", card["data"])
    return accuracy_text(card["validation"]["accuracy_percent"], int(held_out[1]))


def choose(size: str | None, num_points: int | None, lmbda: float | None) -> Trained:
    """The committed model that is wished for; None is no wish.

    Without a wish for the size, the first of lite, micro, full that there is; for the number of
    points, the largest; for λ, the smallest whose validation accuracy is within two points of the
    best λ's. (The test set has no say.)

    Raises:
        LcipError: there is none; the message lists those that come near.
    """
    left, met = trained(), []
    for field, wish in (("size", size), ("num_points", num_points), ("lmbda", lmbda)):
        fitting = [model for model in left if wish is None or getattr(model, field) == wish]
        if not fitting:
            raise LcipError(_none(field, wish, left, met))
        met += [] if wish is None else [f"{wish} points" if field == "num_points" else str(wish)]
        left = fitting
    first = [model for model in left if model.size == left[0].size]
    most = max(model.num_points for model in first)
    return _thrifty([model for model in first if model.num_points == most])


def _none(field: str, wish: object, left: list[Trained], met: list[str]) -> str:
    """The refusal of a wish: what there is among the models `left` by the wishes `met`."""
    values = dict.fromkeys(getattr(model, field) for model in left)
    if field != "size":
        values = sorted(values)
    allowed = ", ".join(v if isinstance(v, str) else f"{v:g}" for v in values) or "none yet"
    allowed += f" (trained{': ' * bool(met)}{', '.join(met)})"
    next_step = "choose one of them; `lcip cloud models` lists all"
    return refusal(OPTIONS[field], wish, allowed, next_step)


def _rank(size: str) -> int:
    return FIRST_SIZES.index(size) if size in FIRST_SIZES else len(FIRST_SIZES)


def _thrifty(curve: list[Trained]) -> Trained:
    if len(curve) == 1:
        return curve[0]
    accuracy = {model: _validation_percent(model) for model in curve}
    enough = max(accuracy.values()) - SLACK_PERCENT
    return min((model for model in curve if accuracy[model] >= enough), key=lambda m: m.lmbda)


def _validation_percent(model: Trained) -> float:
    return artifacts.load_weights(model.name).card["validation"]["accuracy_percent"]


def sender(packet: bytes) -> Trained:
    """Which committed model wrote a packet.

    Raises:
        StreamError: none; the packet is damaged, of weights that are not here, or not a packet.
    """
    names = {artifacts.weights_identity(model.name): model for model in trained()}
    try:
        inspection = coding.inspect(packet)
    except coding.StreamError as error:
        if packet[:1] and packet[0] >> 4 == PACKET_NIBBLE:
            raise
        next_step = "encode the cloud first: `lcip cloud encode FILE -o PACKET`"
        allowed = "those of a cloud's packet"
        found = refusal("file's first bytes", packet[:4], allowed, next_step)
        raise coding.StreamError(found) from error
    if inspection.kind != "packet":
        next_step = "pass a file of `lcip cloud encode`; `lcip image` opens pictures"
        raise coding.StreamError(refusal("file", inspection.kind, "a cloud's packet", next_step))
    try:
        return names[coding.sender(packet, names)]
    except coding.StreamError as error:
        numbered = [m for key, m in names.items() if key.hex()[:3] == inspection.model]
        found = f"0x{inspection.model}" + (", but its checksum differs" if numbered else "")
        allowed = f"a packet of one of the {len(names)} models in data/weights/pointcloud"
        next_step = "receive it again (cut, extended or changed), or add the weights that wrote it"
        raise coding.StreamError(refusal("packet's model", found, allowed, next_step)) from error
