"""The parameters of this chapter's notebooks: one dataclass a notebook, and the lists they share.

`lcip params` reads this file without running it: values are literals, or names that the source of
`lcip` assigns.
"""

from dataclasses import dataclass
from pathlib import Path

from lcip import notebook
from lcip.images.parameters import PHOTOGRAPHS
from lcip.motion.warp import KERNELS

NETWORKS = (
    "factorized-small",
    "factorized-paper-low",
    "factorized-paper-high",
    "resnet18",
    "squeezenet",
    "mobilenet",
    "mobilenet_v2",
    "resnet34",
    "densenet121",
)
FEW_PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "rocket")
"""Those large enough for every frame that the notebooks cut out."""
WEIGHTS = "imagenet, or q1 ... q8 of our codecs, or random"
EROSION = "part of the receptive field that must have been seen before"
LARGEST_SEED = 4_294_967_295


@dataclass(frozen=True)
class Theory:
    """Notebook 41."""

    photograph: str = notebook.parameter(
        "chelsea", "bundled photograph that moves", choices=FEW_PHOTOGRAPHS
    )
    quality: int = notebook.parameter(
        3, "quality of the codec whose filters are used", choices=(1, 3)
    )
    side_px: int = notebook.parameter(256, "side of the square frame", unit="px", low=64, high=296)
    speed_x_px: float = notebook.parameter(
        0.5, "motion to the right in one frame", unit="px", low=0.01, high=8.0
    )
    speed_y_px: float = notebook.parameter(
        0.25, "motion downwards in one frame", unit="px", low=0.0, high=8.0
    )
    blur_px: float = notebook.parameter(
        2.0, "width (sigma) of the blur before the ladder", unit="px", low=0.25, high=16.0
    )
    seed: int = notebook.parameter(0, "of the untrained control", low=0, high=LARGEST_SEED)


@dataclass(frozen=True)
class Warping:
    """Notebook 42."""

    photograph: str = notebook.parameter(
        "chelsea", "bundled photograph to move", choices=PHOTOGRAPHS
    )
    own_picture: Path | None = notebook.parameter(None, "a PNG or JPEG file to move instead")
    network_name: str = notebook.parameter("factorized-small", "network", choices=NETWORKS)
    weights: str = notebook.parameter("q3", WEIGHTS)
    layer: str = notebook.parameter(
        "g_a.5", "layer of the figure; of g_a, even ones are convolutions, odd ones follow a GDN"
    )
    translation_px: float = notebook.parameter(
        35.0, "to the right", unit="px", low=-512.0, high=512.0
    )
    rotation_deg: float = notebook.parameter(
        10.0, "anticlockwise", unit="deg", low=-180.0, high=180.0
    )
    scale_ratio: float = notebook.parameter(1.2, "horizontal stretch", low=0.25, high=4.0)
    shear_deg: float = notebook.parameter(
        10.0, "horizontal shear", unit="deg", low=-75.0, high=75.0
    )
    frame_px: int = notebook.parameter(256, "side of the frame", unit="px", low=32, high=4096)
    input_interpolation: str = notebook.parameter("bicubic", "to move the picture", choices=KERNELS)
    latent_interpolation: str = notebook.parameter("bilinear", "to warp the layer", choices=KERNELS)
    erosion: float = notebook.parameter(1.0, EROSION, low=0.0, high=1.0)
    residual_colour_max: float = notebook.parameter(
        0.25, "brightest residual colour, part of the layer's range", low=0.001, high=1.0
    )
    sweep_px: int = notebook.parameter(
        36, "longest translation of the sweep", unit="px", low=16, high=512
    )
    offset_rotation_deg: float = notebook.parameter(
        30.0, "rotation that tells offsets apart", unit="deg", low=-180.0, high=180.0
    )
    seed: int = notebook.parameter(0, "of the untrained control", low=0, high=LARGEST_SEED)


@dataclass(frozen=True)
class Sweeps:
    """Notebook 43."""

    network_name: str = notebook.parameter(
        "factorized-small", "network of the live sweep", choices=NETWORKS
    )
    weights: str = notebook.parameter("q3", WEIGHTS)
    photographs: list[str] = notebook.parameter(
        ["chelsea", "coffee"], "bundled photographs of the live sweep", choices=PHOTOGRAPHS
    )
    own_pictures: Path | None = notebook.parameter(None, "a folder of pictures to use instead")
    frame_px: int = notebook.parameter(224, "side of the frame", unit="px", low=96, high=2048)
    input_interpolation: str = notebook.parameter("bicubic", "to move the picture", choices=KERNELS)
    latent_interpolation: str = notebook.parameter("bilinear", "to warp the layer", choices=KERNELS)
    erosion: float = notebook.parameter(0.5, EROSION, low=0.0, high=1.0)
    seed: int = notebook.parameter(0, "of random weights", low=0, high=LARGEST_SEED)


@dataclass(frozen=True)
class RandomMotion:
    """Notebook 44."""

    network_name: str = notebook.parameter(
        "factorized-small", "network that is measured live", choices=NETWORKS
    )
    weights: str = notebook.parameter("q3", WEIGHTS)
    photographs: list[str] = notebook.parameter(
        ["astronaut", "coffee", "rocket"],
        "bundled photographs that are measured live",
        choices=PHOTOGRAPHS,
    )
    own_pictures: Path | None = notebook.parameter(None, "a folder of pictures to use instead")
    draws: int = notebook.parameter(18, "random motions that are measured live", low=6, high=10_000)
    frame_px: int = notebook.parameter(384, "side of the frame", unit="px", low=96, high=2048)
    input_interpolation: str = notebook.parameter("bicubic", "to move the picture", choices=KERNELS)
    latent_interpolation: str = notebook.parameter("bilinear", "to warp the layer", choices=KERNELS)
    erosion: float = notebook.parameter(0.5, EROSION, low=0.0, high=1.0)
    seed: int = notebook.parameter(
        0, "of the motions and of random weights", low=0, high=LARGEST_SEED
    )


@dataclass(frozen=True)
class BlockMatching:
    """Notebook 45."""

    clip: str = notebook.parameter(
        "cars", "which committed clip", choices=("cars", "foreman", "carphone")
    )
    frame: int = notebook.parameter(
        4, "the later of the two frames, counted from 0", low=1, high=11
    )
    quality: int = notebook.parameter(
        3, "quality of the network's codec, and of the committed clips", choices=(3,)
    )
    layer: str = notebook.parameter(
        "g_a.5", "layer of the arrows", choices=("g_a.1", "g_a.3", "g_a.5", "g_a.6")
    )
    window_px: int = notebook.parameter(
        256, "side of the square cut from the frames' middle", unit="px", low=160, high=288
    )
    input_block: int = notebook.parameter(31, "side of a block in the input", unit="px", low=1)
    input_reach: int = notebook.parameter(
        20, "longest displacement searched in the input", unit="px", low=1, high=64
    )
    layer_block: int = notebook.parameter(3, "side of a block in a layer, samples", low=1)
    layer_reach: int = notebook.parameter(
        5, "longest displacement searched in a layer, samples", low=1, high=32
    )
    channels: int = notebook.parameter(4, "channels of the layer to show", low=1, high=8)
    photograph: str = notebook.parameter(
        "chelsea", "bundled photograph for known motion", choices=FEW_PHOTOGRAPHS
    )
    sweep_px: int = notebook.parameter(20, "longest known translation", unit="px", low=8, high=32)
    seed: int = notebook.parameter(0, "of the untrained control", low=0, high=LARGEST_SEED)
