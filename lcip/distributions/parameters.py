"""The parameters of this chapter's notebooks: one dataclass a notebook, and the lists they share.

`lcip params` reads this file without running it: values are literals, or names that the source of
`lcip` assigns.
"""

from dataclasses import dataclass

from lcip import notebook
from lcip.images.parameters import PHOTOGRAPHS

FAMILIES = ("small", "paper-low", "paper-high")
KODAK = (
    "kodim01", "kodim02", "kodim03", "kodim04", "kodim05", "kodim06", "kodim07", "kodim08",
    "kodim09", "kodim10", "kodim11", "kodim12", "kodim13", "kodim14", "kodim15", "kodim16",
    "kodim17", "kodim18", "kodim19", "kodim20", "kodim21", "kodim22", "kodim23", "kodim24",
)  # fmt: skip
LARGEST_SEED = 4_294_967_295


@dataclass(frozen=True)
class Architecture:
    """Notebook 23."""

    quality: int = notebook.parameter(3, "quality index of the base codec", low=1, high=8)
    family: str = notebook.parameter("small", "whose networks are drawn", choices=FAMILIES)
    image: str = notebook.parameter(
        "kodim23", "image whose side information is shown", choices=KODAK
    )
    changes: list[str] = notebook.parameter(
        ["order", "ulp"], "by what another machine differs", choices=("order", "ulp")
    )


@dataclass(frozen=True)
class Training:
    """Notebook 24."""

    quality: int = notebook.parameter(3, "quality index of the base codec", low=1, high=8)
    photographs: list[str] = notebook.parameter(
        [
            "astronaut", "coffee", "hubble_deep_field", "immunohistochemistry", "motorcycle_left",
            "rocket", "chelsea",
        ],
        "bundled photographs of the live fit",
        choices=PHOTOGRAPHS,
    )  # fmt: skip
    num_held_out: int = notebook.parameter(
        1, "how many of them, the last ones, only judge", low=1, high=8
    )
    steps: int = notebook.parameter(400, "of the live fit", low=2, high=100_000)
    copies: int = notebook.parameter(24, "histograms drawn a photograph", low=1, high=1000)
    side_weight: float = notebook.parameter(
        1.0, "factor of lambda_q in the live fit", low=0.0, high=1000.0
    )
    weights: list[float] = notebook.parameter(
        [0.03, 0.17, 1.0, 6.0, 36.0],
        "factors of lambda_q that are compared",
        low=0.001,
        high=1000.0,
    )
    seed: int = notebook.parameter(0, "of the live fit", low=0, high=LARGEST_SEED)
