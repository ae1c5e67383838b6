"""CompressAI's own pretrained factorised priors, behind the interface of ours.

Their weights are fetched (`lcip fetch bmshj2018-factorized`), not kept here. Nobody has exported
integer tables for them, so the tables are computed when the weights are loaded, from their
densities in double precision; the codec's identity covers the tables, too. Were a machine's
arithmetic to give other tables, it would refuse the files of the first machine, not misread them.

The medians are those that were trained with the model (an auxiliary loss moves them), so that
symbols are the published model's own.
"""

import hashlib
import re

import numpy as np
import torch

from lcip import artifacts, datasets, runtime  # noqa: F401  (runtime before compressai)
from lcip.errors import LcipError, refusal
from lcip.images import factorized

# isort: split
from compressai.models import FactorizedPrior

FAMILY = "zoo"
# Generations of CompressAI spelled a density's parameters _matrices.0, _matrix0 and matrices.0.
DENSITY = re.compile(r"^entropy_bottleneck\._?(matri(?:x|ces)|bias(?:es)?|factors?)\.?(\d)$")
PLURAL = {"m": "matrices", "b": "biases", "f": "factors"}


def parameter_name(stored: str) -> str:
    """The name that a stored tensor's parameter has in the installed CompressAI.

    >>> parameter_name("module.entropy_bottleneck._matrix3"), parameter_name("g_a.0.weight")
    ('entropy_bottleneck.matrices.3', 'g_a.0.weight')
    """
    name = stored.removeprefix("module.")
    found = DENSITY.match(name)
    return f"entropy_bottleneck.{PLURAL[found[1][0]]}.{found[2]}" if found else name


def is_available(quality: int) -> bool:
    """Whether the weights of a quality have been fetched."""
    try:
        datasets.zoo_factorized(quality)
    except datasets.DatasetError:
        return False
    return True


def load(quality: int) -> factorized.Codec:
    """The published codec of a quality, 1 to 8.

    Raises:
        DatasetError: weights that were not fetched (the message says how), or damaged ones.
        LcipError: a file that holds other tensors.
    """
    lmbda = factorized.lmbda_of(quality)
    tensors = {parameter_name(k): v for k, v in datasets.zoo_tensors(quality).items()}
    model = new_model(tensors, quality)
    tables = factorized.build_tables(model)
    card = {
        "architecture": f"CompressAI FactorizedPrior(N, M) = ({model.N}, {model.M})",
        "data": "CompressAI's model zoo: bmshj2018-factorized, trained for MSE",
        "family": FAMILY,
        "quality": quality,
        "lmbda": lmbda,
        "parameters_sha256": digest(
            [p.detach().numpy() for _, p in sorted(model.named_parameters())]
        ),
        "tables_sha256": digest([np.asarray(v) for _, v in sorted(tables.to_arrays().items())]),
    }
    return factorized.Codec(model, tables, card, artifacts.identity(card))


def new_model(tensors: dict[str, np.ndarray], quality: int) -> FactorizedPrior:
    """A model of the tensors' own size that holds them."""
    try:
        sizes = tensors["g_a.0.weight"].shape[0], tensors["g_a.6.weight"].shape[0]
        model = FactorizedPrior(*sizes)
        for name, parameter in model.named_parameters():
            parameter.data.copy_(torch.from_numpy(tensors[name]))
    except (KeyError, RuntimeError, IndexError) as error:
        found = f"a file of {len(tensors)} tensors ({' '.join(str(error).split())[:200]})"
        allowed = "CompressAI's bmshj2018-factorized"
        next_step = "remove the file and run `lcip fetch bmshj2018-factorized`"
        raise LcipError(
            refusal(f"zoo weights of quality {quality}", found, allowed, next_step)
        ) from error
    return model.eval()


def digest(arrays: list[np.ndarray]) -> str:
    """SHA-256 over the shapes and bytes of arrays."""
    found = hashlib.sha256()
    for array in arrays:
        found.update(repr((array.dtype.str, array.shape)).encode() + array.tobytes())
    return found.hexdigest()
