"""The parameters of this chapter's notebooks: one dataclass a notebook, and the lists they share.

`lcip params` reads this file without running it: values are literals, or names that the source of
`lcip` assigns.
"""

from dataclasses import dataclass
from pathlib import Path

from lcip import notebook
from lcip.datasets import BUNDLED

PHOTOGRAPHS = tuple(BUNDLED)
"""The photographs that come with scikit-image."""


@dataclass(frozen=True)
class CodecRace:
    """Notebook 12."""

    photographs: list[str] = notebook.parameter(
        ["astronaut", "chelsea", "coffee", "motorcycle_left"],
        "bundled photographs to compress; the first is also shown",
        choices=PHOTOGRAPHS,
    )
    own_folder: Path | None = notebook.parameter(None, "a folder of PNG or JPEG files, instead")
    largest_side_px: int = notebook.parameter(
        768, "what is larger is cropped to its middle", unit="px", low=176, high=8192
    )
    num_settings: int = notebook.parameter(6, "settings of each codec", low=4, high=10)
    equal_rate_bpp: float = notebook.parameter(
        0.35, "rate of the crops", unit="bpp", low=0.05, high=8.0
    )
    crop_down: float = notebook.parameter(
        0.28, "middle of the crop, part of the height", low=0.0, high=1.0
    )
    crop_across: float = notebook.parameter(
        0.44, "middle of the crop, part of the width", low=0.0, high=1.0
    )
    crop_px: int = notebook.parameter(128, "side of the crop", unit="px", low=16, high=1024)
    interpolation: str = notebook.parameter(
        "pchip", "of the Bjøntegaard delta", choices=("akima", "pchip", "cubic")
    )
    repeats: int = notebook.parameter(1, "runs that a time is the median of", low=1, high=99)
