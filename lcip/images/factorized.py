"""The factorised-prior image codec: a static distribution for every channel of the latent.

    x (3×H×W) → g_a → y (M×H/16×W/16) → round → ŷ → entropy coder → bytes → ŷ → g_s → x̂

The architecture is CompressAI's `FactorizedPrior` (four 5×5 convolutions of stride 2, GDN between
them); the coder is `lcip.coding`. Symbols are s = round(y − m) with m the median of each channel's
learned density, and ŷ = s + m. The integer tables that code the symbols are computed once, when
training ends, and stored with the weights: no float has a say in how a byte is read.

Sources: Ballé et al., "Variational image compression with a scale hyperprior", ICLR 2018; thesis
§2.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from lcip import artifacts, coding, runtime  # noqa: F401  (runtime before compressai)
from lcip.errors import LcipError, refusal

# isort: split
from compressai.models import FactorizedPrior

STRIDE = 16  # pixels a latent position, both ways
LMBDAS = (0.0018, 0.0035, 0.0067, 0.013, 0.025, 0.0483, 0.0932, 0.18)  # quality 1 … 8
FAMILIES = {"small": (64, 96), "paper-low": (128, 192), "paper-high": (192, 320)}  # (N, M)
MOST_PIXELS = 2**26  # 8192 × 8192, once padded; with M = 96 the symbols take 100 MB
PADDED = f"pixels, sides filled up to multiples of {STRIDE}"
TAIL_MASS = 1e-6  # of each channel's density that is left to the escape symbol, on either side


def lmbda_of(quality: int) -> float:
    """The λ of CompressAI's quality index: L = R [bpp] + λ·255²·MSE."""
    if not isinstance(quality, int | np.integer) or quality not in range(1, len(LMBDAS) + 1):
        raise LcipError(
            refusal("quality", quality, range(1, 9), "choose one of the eight qualities")
        )
    return LMBDAS[quality - 1]


def new_model(family: str) -> FactorizedPrior:
    """An untrained model of a family."""
    if family not in FAMILIES:
        raise LcipError(refusal("family", family, FAMILIES, "choose one of them"))
    return FactorizedPrior(*FAMILIES[family])


@torch.no_grad()
def update_medians(model: FactorizedPrior) -> None:
    """Move the bottleneck's quantiles to where its learned density has them (by bisection)."""
    model.entropy_bottleneck._update_quantiles()


def medians(model: FactorizedPrior) -> Tensor:
    """The median of every channel's density, shape (M,)."""
    return model.entropy_bottleneck.quantiles[:, 0, 1].detach()


@torch.no_grad()
def channel_pmfs(model: FactorizedPrior, lowest: int, highest: int) -> np.ndarray:
    """p_j(s) for s = lowest … highest: the mass of the density in [m_j + s − ½, m_j + s + ½].

    Returns:
        Float64 array (M, highest − lowest + 1); rows need not sum to 1, what is missing lies
        outside.
    """
    bottleneck = model.entropy_bottleneck
    double = FactorizedPrior(model.N, model.M).entropy_bottleneck.double()
    double.load_state_dict(
        {k: v.cpu().double() for k, v in bottleneck.state_dict().items() if v.is_floating_point()},
        strict=False,
    )
    steps = torch.arange(lowest, highest + 1, dtype=torch.float64)
    samples = medians(model).cpu().double()[:, None, None] + steps  # (M, 1, S)
    likelihood, _, _ = double._likelihood(samples)
    return likelihood[:, 0].numpy()


def build_tables(model: FactorizedPrior, reach: int = 2048) -> coding.Tables:
    """The integer tables of a trained model, one a channel.

    A channel's table spans the symbols between the quantiles that leave `TAIL_MASS` on either side;
    the rest is the escape symbol's.
    """
    pmfs = channel_pmfs(model, -reach, reach)  # (M, 2·reach + 1)
    rows, offsets, escapes = [], [], []
    for pmf in pmfs:
        below = np.cumsum(pmf)
        above = np.cumsum(pmf[::-1])[::-1]
        first = min(int(np.searchsorted(below, TAIL_MASS)), reach)
        last = max(int(len(pmf) - np.searchsorted(above[::-1], TAIL_MASS)) - 1, reach)
        rows.append(pmf[first : last + 1])
        offsets.append(first - reach)
        escapes.append(max(1.0 - float(pmf[first : last + 1].sum()), 2 * TAIL_MASS))
    return coding.Tables.from_pmf(rows, np.array(offsets), np.array(escapes))


def padded_pixels(height: int, width: int) -> int:
    """Pixels of an image whose sides are filled up to multiples of the stride.

    >>> padded_pixels(1, 17)
    512
    """
    return -(-height // STRIDE) * -(-width // STRIDE) * STRIDE**2


def check_image(rgb: np.ndarray) -> None:
    """Refuse what is not an 8-bit RGB image, or is too large to be coded in one piece."""
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or 0 in rgb.shape:
        found = f"{rgb.dtype} {rgb.shape}"
        next_step = "read the picture with lcip.datasets.read_image"
        raise LcipError(refusal("image", found, "uint8 of shape (H, W, 3), H and W ≥ 1", next_step))
    height, width = rgb.shape[:2]
    if padded_pixels(height, width) > MOST_PIXELS:
        size = f"{height} × {width} pixels"
        next_step = "cut the picture into parts"
        raise LcipError(refusal("image", size, f"1 to {MOST_PIXELS:,} {PADDED}", next_step))


def to_tensor(rgb: np.ndarray) -> Tensor:
    """uint8 (H, W, 3) → float32 (1, 3, H, W) in [0, 1]."""
    check_image(rgb)
    return torch.from_numpy(rgb.copy()).permute(2, 0, 1)[None].float() / 255  # (1, 3, H, W)


def to_image(x_hat: Tensor) -> np.ndarray:
    """float (1, 3, H, W) → uint8 (H, W, 3), clipped and rounded."""
    return (x_hat[0].clamp(0, 1) * 255).round().byte().permute(1, 2, 0).cpu().numpy()  # (H, W, 3)


def image_size(file: coding.Unpacked) -> tuple[int, int]:
    """Height and width that a file declares, before anything of that size is allocated.

    Raises:
        StreamError: not one payload of one image, or a size that `compress` never writes.
    """
    if len(file.streams) == 1 and len(file.shapes) == 1 and len(file.shapes[0]) == 2:
        height, width = file.shapes[0]
        if 1 <= padded_pixels(height, width) <= MOST_PIXELS:
            return height, width
    found = f"{len(file.streams)} streams, shapes {file.shapes}"
    allowed = f"1 stream, 1 shape (height, width) of 1 to {MOST_PIXELS:,} {PADDED}"
    next_step = "check that a factorised codec of this book wrote the file"
    raise coding.StreamError(refusal("file", found, allowed, next_step))


def pad(x: Tensor) -> Tensor:
    """Repeat the last row and column until both sides are multiples of the stride."""
    height, width = x.shape[-2:]
    return functional.pad(x, (0, -width % STRIDE, 0, -height % STRIDE), mode="replicate")


@contextmanager
def room_for(height: int, width: int) -> Iterator[None]:
    """Say in one line that the transforms of an image did not fit into memory."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:  # torch's allocator raises the latter
        if not isinstance(error, MemoryError) and "allocate memory" not in str(error):
            raise
        size = f"{height} × {width} pixels"
        allowed = "as many as the transforms find memory for, some hundred bytes a pixel"
        next_step = "cut the picture into parts, or use a machine with more memory"
        raise LcipError(refusal("image", size, allowed, next_step)) from error


@dataclass(frozen=True)
class Codec:
    """A trained model with its integer tables: photographs in, bytes out, and back."""

    model: FactorizedPrior
    tables: coding.Tables
    card: dict
    identity: bytes

    @property
    def g_a(self) -> nn.Sequential:
        """The analysis transform."""
        return self.model.g_a

    @property
    def num_channels(self) -> int:
        """M, the number of latent channels."""
        return self.model.M

    @torch.no_grad()
    def latent(self, rgb: np.ndarray) -> np.ndarray:
        """y − m, before rounding: float32 (M, ⌈H/16⌉, ⌈W/16⌉)."""
        with room_for(*rgb.shape[:2]):
            y = self.model.g_a(pad(to_tensor(rgb)))[0]
        return (y - medians(self.model)[:, None, None]).numpy()

    def symbols(self, rgb: np.ndarray) -> np.ndarray:
        """s = round(y − m): int32 (M, ⌈H/16⌉, ⌈W/16⌉)."""
        return np.rint(self.latent(rgb)).astype(np.int32)

    @torch.no_grad()
    def reconstruct(self, symbols: np.ndarray, height: int, width: int) -> np.ndarray:
        """x̂ = g_s(s + m), cropped: uint8 (height, width, 3)."""
        y_hat = torch.from_numpy(symbols).float() + medians(self.model)[:, None, None]
        with room_for(height, width):
            return to_image(self.model.g_s(y_hat[None])[..., :height, :width])

    def indexes(self, shape: tuple[int, ...]) -> np.ndarray:
        """The table of every symbol of a latent (M, h, w): its channel."""
        return np.repeat(np.arange(shape[0], dtype=np.int32), int(np.prod(shape[1:])))

    def estimated_bits(self, symbols: np.ndarray) -> float:
        """−Σ log2 p of the symbols under the integer tables, escapes included."""
        return coding.ideal_bits(symbols.ravel(), self.indexes(symbols.shape), self.tables)

    def encode_symbols(self, symbols: np.ndarray) -> bytes:
        """The payload: the symbols, entropy-coded channel after channel."""
        return coding.encode(symbols.ravel(), self.indexes(symbols.shape), self.tables)

    def compress(self, rgb: np.ndarray) -> bytes:
        """A whole file: container (image height and width inside) and payload."""
        payload = self.encode_symbols(self.symbols(rgb))
        return coding.pack([payload], [rgb.shape[:2]], self.identity)

    def read_symbols(self, data: bytes) -> tuple[np.ndarray, tuple[int, int]]:
        """The symbols (M, h, w) in a file, and the height and width of its image.

        Raises:
            StreamError: not such a file, of another model, cut, changed or extended.
        """
        file = coding.unpack(data, self.identity)
        height, width = image_size(file)
        shape = (self.num_channels, -(-height // STRIDE), -(-width // STRIDE))
        decoded = coding.decode(file.streams[0], self.indexes(shape), self.tables)
        return decoded.reshape(shape), (height, width)

    def decompress(self, data: bytes) -> np.ndarray:
        """The image in a file: uint8 (H, W, 3). Raises StreamError like `read_symbols`."""
        symbols, (height, width) = self.read_symbols(data)
        return self.reconstruct(symbols, height, width)


def weights_name(family: str, quality: int) -> str:
    """The name of committed weights, as in `images/factorized-small-q3`."""
    lmbda_of(quality)
    return f"images/factorized-{family}-q{quality}"


def save(model: FactorizedPrior, family: str, quality: int, card: dict, half: bool) -> Path:
    """Write parameters, tables and card under `data/weights/images/`.

    With `half` the parameters are rounded to half precision first, so that the tables belong to
    what is stored. Buffers are constants of the architecture, such as the least likelihood of 1e-9,
    which half precision would make 0; a new model brings them along.
    """
    update_medians(model)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.half().float() if half else parameter)
    tensors = {name: parameter.detach() for name, parameter in model.named_parameters()}
    arrays = build_tables(model).to_arrays()
    tensors |= {f"tables.{k}": torch.from_numpy(np.asarray(v)) for k, v in arrays.items()}
    return artifacts.save_weights(weights_name(family, quality), tensors, card, half=half)


def load(family: str, quality: int) -> Codec:
    """A trained codec: from the repository's weights, or, of the family `zoo`, from fetched ones.

    Raises:
        ArtifactError: no such weights (the message lists those there are), or changed ones.
        DatasetError: weights of the zoo that were not fetched.
    """
    if family == "zoo":
        from lcip.images import zoo  # here, because it stands on this file

        return zoo.load(quality)
    weights = artifacts.load_weights(weights_name(family, quality))
    model = new_model(family)
    with torch.no_grad():
        for parameter_name, parameter in model.named_parameters():
            parameter.copy_(weights.tensors[parameter_name])
    prefix = "tables."
    arrays = {
        k.removeprefix(prefix): v.numpy()
        for k, v in weights.tensors.items()
        if k.startswith(prefix)
    }
    tables = coding.Tables.from_arrays(arrays)
    return Codec(model.eval(), tables, weights.card, weights.identity)


def load_named(name: str) -> Codec:
    """A trained codec by family and quality in one word, as in `small-q3`.

    Raises:
        LcipError: not such a word. ArtifactError: like `load`.
    """
    family, separator, quality = name.rpartition("-q")
    if family not in FAMILIES or not separator or not quality.isdecimal():
        allowed = [f"{family}-q1 … {family}-q8" for family in FAMILIES]
        raise LcipError(refusal("weights to start from", name, allowed, "name one of them"))
    return load(family, int(quality))
