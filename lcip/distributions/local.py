"""Counts that follow the picture from place to place: beyond one distribution a channel.

As `backward`, but old counts fade, and the neighbours already decoded choose among three sets of
counts. The ideal saving bounds whoever codes all of a channel with one distribution; this method
does not, and passes the bound. It sends nothing and learns nothing beforehand; what it gains is a
measure of what the places of a latent tell about each other, which the thesis's method leaves
alone. (Context models proper, as Minnen et al. 2018, learn a network for it.)
"""

from lcip.distributions import counting
from lcip.distributions.backward import Counted, counted
from lcip.images import factorized

NAME = "local"
RULE = counting.Rule(prior_weight=16, memory=96, thresholds=(3, 8), share=counting.ONE // 16)


def own_weights(family: str, quality: int) -> list[str]:
    """None."""
    return []


def own_identity(family: str, quality: int) -> bytes:
    """The rule."""
    return RULE.facts


def make(codec: factorized.Codec, family: str, quality: int) -> Counted:
    """The method on top of a base codec."""
    return counted(codec, NAME, RULE)
