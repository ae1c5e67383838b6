"""Fitted networks on disk: `distributions/adaptive-<family>-q<quality>`, beside their base codec.

A file holds the parameters (half precision) and the integer tables of q. Its card names the base
codec whose latents the networks were fitted to, and they are refused with another one: h_{s,q}
corrects that codec's distributions.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from lcip import artifacts, coding
from lcip.artifacts import ArtifactError
from lcip.distributions import side
from lcip.distributions.integers import ExactSynthesis, exact_synthesis
from lcip.distributions.model import DistributionModel
from lcip.distributions.networks import Configuration, configuration
from lcip.distributions.prior import static_log2, static_logits
from lcip.distributions.refine import Refiner, refiner
from lcip.errors import refusal
from lcip.images import factorized

TABLES = "tables."


@dataclass(frozen=True)
class Fitted:
    """Fitted networks, ready to code.

    Attributes:
        model: in floating point, for the encoder and for drawings.
        synthesis: its h_{s,q} in integers.
        q_tables: integer tables of q's symbols, one a channel or one a value.
    """

    model: DistributionModel
    config: Configuration
    synthesis: ExactSynthesis
    q_tables: coding.Tables
    card: dict
    identity: bytes

    @cached_property
    def refiner(self) -> Refiner:
        """The encoder's search for a better q."""
        return refiner(self.model, self.q_tables)

    @torch.no_grad()
    def analyse(self, p: np.ndarray) -> np.ndarray:
        """s_q = round(h_{a,q}(p) − m_q): float32 (M_y, B) → int64 (M_q, B/8)."""
        q = self.model.analyse(torch.from_numpy(p)[None])[0].double()  # (M_q, B/8)
        centred = q - side.medians(self.model.bottleneck)[:, None]
        return np.rint(centred.numpy()).astype(np.int64)


def weights_name(family: str, quality: int) -> str:
    """The name of committed weights, as in `distributions/adaptive-small-q3`."""
    factorized.lmbda_of(quality)
    return f"distributions/adaptive-{family}-q{quality}"


def weights_identity(family: str, quality: int) -> bytes:
    """The identity of committed weights, from their card."""
    return artifacts.weights_identity(weights_name(family, quality))


@torch.no_grad()
def save(
    model: DistributionModel,
    family: str,
    quality: int,
    base: factorized.Codec,
    card: dict,
    examples: Iterable[torch.Tensor] = (),
) -> Path:
    """Write parameters, the tables of q, and the card under `data/weights/distributions/`.

    Parameters are rounded to half precision first, so that the tables belong to what is stored.

    Args:
        base: the codec whose latents the model was fitted to.
        card: as `artifacts.save_weights` asks; base codec and options are added.
        examples: distributions (batch, M_y, B) of training photographs; what they make q is counted
            place by place. Without them every channel has one table.
    """
    model.cpu().eval()
    model.bottleneck._update_quantiles()
    for parameter in model.parameters():
        parameter.copy_(parameter.half().float())
    tensors = {name: parameter.detach() for name, parameter in model.named_parameters()}
    arrays = q_tables_of(model, examples).to_arrays()
    tensors |= {TABLES + name: torch.from_numpy(array) for name, array in arrays.items()}
    facts = {
        "base": factorized.weights_name(family, quality),
        "base_identity": base.identity.hex(),
        "configuration": asdict(configuration(family)),
        "options": model.options,
    }
    name = weights_name(family, quality)
    return artifacts.save_weights(name, tensors, {**card, **facts}, half=True)


@torch.no_grad()
def q_tables_of(model: DistributionModel, examples: Iterable[torch.Tensor]) -> coding.Tables:
    """The tables of q: of every value where there are examples to count, else of every channel."""
    symbols = [(model.analyse(p) - model.medians()).round().int().numpy() for p in examples]
    if not symbols:
        return side.q_tables(model.bottleneck)
    return side.place_tables(model.bottleneck, np.concatenate(symbols))


def load(family: str, quality: int, base: factorized.Codec) -> Fitted:
    """The networks that were fitted to a base codec.

    Raises:
        ArtifactError: no such weights (the message lists those there are), changed ones, or weights
            of another base codec.
    """
    name, config = weights_name(family, quality), configuration(family)
    weights = artifacts.load_weights(name)
    check_base(name, weights.card, base)
    model = restored(weights, config, base.tables)
    static = static_log2(base.tables, config.num_bins)
    arrays = {
        k.removeprefix(TABLES): v.numpy()
        for k, v in weights.tensors.items()
        if k.startswith(TABLES)
    }
    return Fitted(
        model,
        config,
        exact_synthesis(
            model.h_sq,
            side.medians(model.bottleneck).numpy(),
            static if model.corrects else np.zeros_like(static),
        ),
        coding.Tables.from_arrays(arrays),
        weights.card,
        weights.identity,
    )


@torch.no_grad()
def restored(
    weights: artifacts.Weights, config: Configuration, static: coding.Tables
) -> DistributionModel:
    """The model in floating point."""
    logits = torch.from_numpy(static_logits(static, config.num_bins))
    model = DistributionModel(config, logits, **weights.card["options"])
    for name, parameter in model.named_parameters():
        parameter.copy_(weights.tensors[name])
    return model.eval()


def check_base(name: str, card: dict, base: factorized.Codec) -> None:
    """Refuse weights that were fitted to another base codec."""
    wanted = base.identity.hex()
    if card["base_identity"] != wanted:
        what = f"base codec of weights {name!r}"
        next_step = "take the base codec that they were fitted to, or fit them again"
        raise ArtifactError(refusal(what, card["base_identity"][:12], wanted[:12], next_step))
