"""How the networks are fitted: every choice by name, from the thesis's plain recipe to ours.

`STEPS` leads from one to the other, one idea a step; `lcip.distributions.ablation` measures each.
All recipes run for equally many steps of equally large batches, so that each step of the way is
paid with nothing but its idea.
"""

from dataclasses import dataclass, replace

TARGET_POSITIONS = 1536  # latent positions of the target, an image of 768 × 512 pixels
CROP_POSITIONS = 16  # along each side of a crop of 256 × 256 pixels


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a fit, beside the data, the seed and the base codec.

    Attributes:
        steps, batch_size, learning_rate: of Adam.
        schedule: of the learning rate, see `training.Settings`.
        average_decay: of the running mean of the weights that is kept, or 0 for none.
        crops: whether a training histogram is that of a 256 × 256 crop, or of large parts of all
            `views` of a photograph.
        views: latents a photograph (`latents.SHIFTS`).
        copies: histograms drawn a photograph, before the fit begins.
        smallest_part: least share of a photograph's height and of its width in a copy; the first
            copy is the whole photograph.
        blend: share of training histograms that are a mean, weighted at random, of two.
        corrects, standardises: see `model.DistributionModel`.
        scaled_start: variances of the initial weights by He, none lost on the way; else PyTorch's.
        q_deviation: initial standard deviation of q at the middle bins; 0 leaves what it is.
        init_scale: initial width of q's densities.
        straight_through: h_{s,q} is trained with rounded q, else with noise.
        side_weight: factor of λ_q.
        annealed_share: share of the steps in which λ_q rises to its value, from a fifth of it.
    """

    steps: int
    batch_size: int
    learning_rate: float
    schedule: str
    average_decay: float
    crops: bool
    views: int
    copies: int
    smallest_part: float
    blend: float
    corrects: bool
    standardises: bool
    scaled_start: bool
    q_deviation: float
    init_scale: float
    straight_through: bool
    side_weight: float
    annealed_share: float


PLAIN = Recipe(
    steps=1000,
    batch_size=16,
    learning_rate=1e-4,
    schedule="constant",
    average_decay=0.0,
    crops=True,
    views=1,
    copies=4,
    smallest_part=1.0,
    blend=0.0,
    corrects=False,
    standardises=False,
    scaled_start=False,
    q_deviation=0.0,
    init_scale=10.0,
    straight_through=False,
    side_weight=1.0,
    annealed_share=0.0,
)

STEPS = (
    ("a correction of the static logits", {"corrects": True}),
    ("a larger, falling learning rate", {"learning_rate": 5e-3, "schedule": "cosine"}),
    ("mean of the weights", {"average_decay": 0.99}),
    ("initial weights that keep the scale", {"scaled_start": True}),
    ("standardised input", {"standardises": True}),
    ("q of the rounding's scale, narrow densities", {"q_deviation": 1.5, "init_scale": 2.0}),
    ("rounding instead of noise before h_sq", {"straight_through": True}),
    ("target-sized histograms", {"crops": False, "views": 2}),
    ("parts of photographs, and blends of two", {"smallest_part": 0.4, "blend": 0.5}),
)
"""What changes, and the fields that change with it, one after the other."""


REJECTED = (("λ_q annealed from a fifth", {"annealed_share": 0.6}),)
"""What was tried on top of all steps and is not in `BEST`."""


def path() -> list[tuple[str, Recipe]]:
    """The plain recipe and what every further step makes of it."""
    found = [("plain", PLAIN)]
    for name, changes in STEPS:
        found.append((name, replace(found[-1][1], **changes)))
    return found


BEST = replace(path()[-1][1], steps=4000)
"""The recipe of the committed weights: all steps, fitted for longer."""

OWN = {("small", 1): {"steps": 8000, "side_weight": 1.5}}
"""What some codecs have of their own beside `BEST`. At the lowest rate q weighs most in a file."""


def best_for(family: str, quality: int) -> Recipe:
    """The recipe of a codec's committed weights: `BEST`, and what is its `OWN`."""
    return replace(BEST, **OWN.get((family, quality), {}))
