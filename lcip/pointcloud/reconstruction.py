"""What a packet looks like: a cloud made from its symbols, for people.

The codec is trained to be classified. Can one see in the bits what the object was? A second decoder
answers: trained afterwards, on the same ŷ that the classifier reads, without changing a bit of what
is sent (thesis §3: the latents are *detached*, no gradient reaches the encoder).

    ŷ (N) → standardised → linear, ReLU (twice) → K numbers → linear → M points

The last layer is a mean cloud and K learned ways to deform it, all M points at once. The thesis's
network has the same form and 3072 outputs from 256 features, 0.8 million weights in the last layer
alone; ours are narrower, a quarter of a megabyte each, so that one for every rate can lie here.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from lcip import artifacts
from lcip.artifacts import ArtifactError
from lcip.errors import LcipError, refusal
from lcip.pointcloud.codec import Codec
from lcip.pointcloud.models import SIZES, layers_of

NUM_OUTPUTS = 512  # M
# Full's first layer reads 1,024 latents, most of which hardly ever move: it is narrow for its size.
WIDTHS = {"full": (24, 128, 56), "lite": (128, 128, 56), "micro": (128, 128, 56)}
PREFIX = "reconstruction-"
LEAST_DEVIATION = 0.25  # of a latent; one that hardly moves must not be blown up


class ReconstructionNetwork(nn.Module):
    """ŷ (B, N) → points (B, M, 3).

    Args:
        num_latents: N.
        widths: of the three hidden layers; the last is K.
        num_outputs: M.
    """

    def __init__(self, num_latents: int, widths: tuple[int, int, int], num_outputs: int) -> None:
        super().__init__()
        first, second, third = widths
        self.layers = nn.Sequential(
            nn.Linear(num_latents, first),
            nn.ReLU(),
            nn.Linear(first, second),
            nn.ReLU(),
            nn.Linear(second, third),
            nn.Linear(third, 3 * num_outputs),
        )
        # Points that start in one place would all have the same neighbour and stay together.
        nn.init.uniform_(self.layers[-1].bias, -0.5, 0.5)
        self.register_buffer("mean", torch.zeros(num_latents))
        self.register_buffer("deviation", torch.ones(num_latents))

    def standardise(self, y_hat: Tensor) -> None:
        """Take mean and deviation of the inputs from training data (K, N)."""
        self.mean.copy_(y_hat.mean(dim=0))
        self.deviation.copy_(y_hat.std(dim=0).clamp_min(LEAST_DEVIATION))

    def forward(self, y_hat: Tensor) -> Tensor:
        """(B, N) → (B, M, 3)."""
        out = self.layers((y_hat - self.mean) / self.deviation)
        return out.reshape(len(out), -1, 3)  # (B, 3·M) → (B, M, 3)

    @torch.no_grad()
    def folded(self) -> dict[str, Tensor]:
        """The parameters with mean and deviation in the first layer, to be stored."""
        state = {k: v.clone() for k, v in self.layers.state_dict().items()}
        state["0.weight"] /= self.deviation
        state["0.bias"] -= state["0.weight"] @ self.mean
        return state


@dataclass(frozen=True)
class Reconstructor:
    """A trained reconstruction network and the codec whose symbols it reads."""

    network: ReconstructionNetwork
    codec: Codec
    card: dict

    @torch.no_grad()
    def points(self, symbols: np.ndarray) -> np.ndarray:
        """What the packet shows: symbols (…, N) → float32 (…, M, 3), about in the unit ball."""
        y_hat = torch.from_numpy(np.atleast_2d(self.codec.reconstruct(symbols)))
        made = self.network(y_hat.reshape(-1, self.codec.num_latents)).numpy()  # (…, N) → (B, N)
        return made.reshape(*np.shape(symbols)[:-1], -1, 3)  # (B, M, 3) → (…, M, 3)


def weights_name(codec_name: str) -> str:
    """The name of the reconstruction weights of a codec.

    >>> weights_name("pointcloud/micro-p1024-l320")
    'pointcloud/reconstruction-micro-p1024-l320'
    """
    folder, _, own = codec_name.rpartition("/")
    return f"{folder}/{PREFIX}{own}"


def network_of(size: str) -> ReconstructionNetwork:
    """A fresh network for the codecs of a size; refused where there is no such size."""
    return ReconstructionNetwork(layers_of(size).channels[-1], WIDTHS[size], NUM_OUTPUTS)


def save(network: ReconstructionNetwork, codec: Codec, card: dict) -> Path:
    """Write the weights in half precision under `weights_name`, bound to this very codec."""
    own = {"codec": codec.card["name"], "codec_identity": codec.identity.hex()}
    name = weights_name(codec.card["name"])
    return artifacts.save_weights(name, network.cpu().folded(), {**card, **own}, half=True)


def load(codec: Codec) -> Reconstructor:
    """The reconstruction network of a codec.

    Raises:
        ArtifactError: there is none for this codec (the message lists those there are), or it was
            trained on the symbols of other weights.
    """
    name = weights_name(codec.card["name"])
    if name not in artifacts.weights_names():
        raise ArtifactError(
            refusal(
                "model with a reconstruction",
                codec.card["name"],
                models() or "none yet",
                "choose one of them, or train it: python -m lcip.pointcloud.reconstruction_fit",
            )
        )
    weights = artifacts.load_weights(name)
    if weights.card["codec_identity"] != codec.identity.hex():
        raise ArtifactError(
            refusal(
                f"codec of {name}",
                codec.identity.hex()[:16],
                weights.card["codec_identity"][:16],
                "train it for these weights: python -m lcip.pointcloud.reconstruction_fit",
            )
        )
    network = network_of(codec.card["size"])
    network.layers.load_state_dict(weights.tensors)
    return Reconstructor(network.eval(), codec, weights.card)


def models() -> list[str]:
    """The names of the codecs that have a reconstruction, by size, number of points and λ."""
    start = f"pointcloud/{PREFIX}"
    found = [name for name in artifacts.weights_names() if name.startswith(start)]
    return sorted((name.replace(PREFIX, "") for name in found), key=_order)


def _order(name: str) -> tuple[int, int, float]:
    size, num_points, lmbda = name.rpartition("/")[2].split("-")
    if size not in SIZES:
        raise LcipError(refusal("size", size, SIZES, "remove these weights"))
    return list(SIZES).index(size), int(num_points[1:]), float(lmbda[1:])
