"""A cloud to a packet of some bytes, and the packet to a class.

    points → grid → exact encoder → symbols → range coder → payload → packet
    packet → payload → symbols → ŷ → decoder → 40 logits

The encoder's arithmetic is exact and the entropy coder's tables are integers, so the order of the
points, the batch, the number of threads and the machine change no byte. Only the decoder's logits
are floating point, and no byte depends on them.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from lcip import artifacts, coding
from lcip.pointcloud.clouds import to_grid
from lcip.pointcloud.exact import ExactEncoder
from lcip.pointcloud.folding import exact, tame
from lcip.pointcloud.models import PointCodecModel
from lcip.pointcloud.tables import build_tables

TABLES, EXACT = "tables.", "exact."


@dataclass(frozen=True)
class Guess:
    """One class that a cloud may belong to, and the probability that the decoder gives it."""

    name: str
    probability: float


@dataclass(frozen=True)
class Codec:
    """A trained model, its exact encoder and its integer tables."""

    model: PointCodecModel
    encoder: ExactEncoder
    tables: coding.Tables
    card: dict
    identity: bytes

    @property
    def num_latents(self) -> int:
        """N, the number of symbols of a cloud."""
        return self.model.num_latents

    @property
    def classes(self) -> list[str]:
        """The 40 class names, in the order of the logits."""
        return self.card["classes"]

    def symbols(self, points: np.ndarray) -> np.ndarray:
        """s of one cloud, points (P, 3) float in the unit ball or int16 on the grid: int32 (N,).

        Raises:
            CloudError: not a cloud, NaN or infinity, points outside the unit ball.
        """
        return self.encoder.symbols(to_grid(points))

    def latents(self, points: np.ndarray) -> np.ndarray:
        """y of one cloud before rounding: float64 (N,). Raises CloudError like `symbols`."""
        return self.encoder.latents(to_grid(points))

    def reconstruct(self, symbols: np.ndarray) -> np.ndarray:
        """ŷ = s + m, what the decoder sees: (…, N) → float32 (…, N)."""
        return np.asarray(symbols, np.float32) + self.model.medians.numpy()

    def critical(self, points: np.ndarray) -> np.ndarray:
        """Indices of points that alone decide the packet, at most N: those that reach a maximum.

        Of several points that reach the same maximum the first is taken.
        """
        return np.unique(self.encoder.features(to_grid(points)).argmax(axis=0))

    def estimated_bits(self, symbols: np.ndarray) -> np.ndarray:
        """−Σ log2 p under the integer tables, escapes included: symbols (…, N) → float64 (…)."""
        indexes = np.broadcast_to(np.arange(self.num_latents), np.shape(symbols))
        return coding.symbol_bits(symbols, indexes, self.tables).sum(axis=-1)

    def payload(self, symbols: np.ndarray) -> bytes:
        """The symbols (N,), entropy-coded: as many bytes as the estimate asks for."""
        return coding.encode(symbols, np.arange(self.num_latents), self.tables)

    def read_payload(self, payload: bytes) -> np.ndarray:
        """The symbols (N,) of a payload. Raises StreamError where no encoder wrote it."""
        return coding.decode(payload, np.arange(self.num_latents), self.tables)

    def encode(self, points: np.ndarray) -> bytes:
        """A cloud's packet: the payload and at most four bytes that name the model and check it."""
        return coding.pack_packet(self.payload(self.symbols(points)), self.identity)

    def decode(self, packet: bytes) -> np.ndarray:
        """The symbols (N,) in a packet.

        Raises:
            StreamError: not a packet, of another model, cut, changed or extended.
        """
        return self.read_payload(coding.unpack_packet(packet, self.identity))

    @torch.no_grad()
    def logits(self, symbols: np.ndarray) -> np.ndarray:
        """t̂ from symbols: (B, N) → float32 (B, 40)."""
        return self.model.decoder(torch.from_numpy(self.reconstruct(symbols))).numpy()

    def probabilities(self, symbols: np.ndarray) -> np.ndarray:
        """The softmax of the logits: (B, N) → float64 (B, 40)."""
        logits = self.logits(symbols).astype(np.float64)
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def classify(self, packet: bytes, num_guesses: int) -> list[Guess]:
        """The likeliest classes of the cloud in a packet, likeliest first."""
        chances = self.probabilities(self.decode(packet)[None])[0]
        best = np.argsort(-chances, kind="stable")[:num_guesses]
        return [Guess(self.classes[k], float(chances[k])) for k in best]


def weights_name(size: str, num_points: int, lmbda: float) -> str:
    """The name of committed weights and streams.

    >>> weights_name("micro", 1024, 320.0)
    'pointcloud/micro-p1024-l320'
    """
    return f"pointcloud/{size}-p{num_points}-l{lmbda:g}"


@torch.no_grad()
def tensors_of(model: PointCodecModel) -> dict[str, torch.Tensor]:
    """All that a codec is made of: floats, exact encoder, tables.

    Floats are rounded to half precision first, in the model itself, so that all the rest belongs
    to what is stored.
    """
    model.eval().cpu()
    tame(model.decoder)
    for tensor in model.state_dict().values():
        if tensor.is_floating_point():
            tensor.copy_(tensor.half().float())
    tensors = {k: v for k, v in model.state_dict().items() if not k.startswith(_DERIVED)}
    tables, encoder = build_tables(model).to_arrays(), exact(model).to_arrays()
    tensors |= {TABLES + k: torch.from_numpy(v) for k, v in tables.items()}
    return tensors | {EXACT + k: torch.from_numpy(v) for k, v in encoder.items()}


def save(model: PointCodecModel, name: str, card: dict) -> Path:
    """Write weights, exact encoder, tables and card under `data/weights/<name>`."""
    return artifacts.save_weights(name, tensors_of(model), card, half=True)


# What CompressAI keeps in its state but recomputes or never uses here.
_DERIVED = (
    "bottleneck._offset",
    "bottleneck._quantized_cdf",
    "bottleneck._cdf_length",
    "bottleneck.target",
)


def load(name: str) -> Codec:
    """A trained codec from the repository's weights, by the name that `weights_name` gives.

    Raises:
        ArtifactError: no such weights (the message lists those there are), or changed ones.
    """
    weights = artifacts.load_weights(name)
    return of_tensors(weights.tensors, weights.card, weights.identity)


def of_tensors(tensors: dict[str, torch.Tensor], card: dict, identity: bytes) -> Codec:
    """A codec from what `tensors_of` gave."""
    model = PointCodecModel(card["size"])
    floats = {k: v for k, v in tensors.items() if not k.startswith((TABLES, EXACT))}
    missing, unexpected = model.load_state_dict(floats, strict=False)
    assert not unexpected and all(k.startswith(_DERIVED) for k in missing), (missing, unexpected)
    return Codec(
        model.eval(),
        ExactEncoder.from_arrays(_part(tensors, EXACT)),
        coding.Tables.from_arrays(_part(tensors, TABLES)),
        card,
        identity,
    )


def _part(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, np.ndarray]:
    parts = {k: v for k, v in tensors.items() if k.startswith(prefix)}
    return {k.removeprefix(prefix): v.numpy() for k, v in parts.items()}
