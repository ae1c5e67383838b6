"""The two small networks that squeeze the distributions of an image: h_{a,q} and h_{s,q}.

    p (M_y × B) → h_{a,q} → q (M_q × B/8) → rounded, coded → q̂ → h_{s,q} → logits (M_y × B)

Row j of p is the histogram of latent channel j over B bins. Both networks convolve along the bins
and treat latent channels as channels. Three layers of stride 2 make B/8 of B. All layers but the
one beside q work in G groups; a shuffle behind a grouped layer carries every group's results to all
groups of the next.

Source: thesis §2, figure "2.4" of the defence's slides (the thesis's prose speaks of two layers of
stride 2; figure, numbers and weights have three).
"""

from dataclasses import dataclass

from torch import Tensor, nn

from lcip.errors import LcipError, refusal

TOTAL_STRIDE = 8  # bins of p for one of q
OUTER_KERNEL = 5  # of the layer beside the distributions


@dataclass(frozen=True)
class Configuration:
    """Sizes of a pair of networks.

    Attributes:
        M_y: channels of the base codec's latent.
        N_q, M_q: hidden channels, and channels of q.
        kernel: K of all layers but the outermost.
        groups: G.
        num_bins: B, bins of a histogram, a multiple of 8.
    """

    M_y: int
    N_q: int
    M_q: int
    kernel: int
    groups: int
    num_bins: int

    @property
    def hidden(self) -> int:
        """Channels between the outermost layer and the next."""
        return max(self.N_q, self.M_y // 2)

    @property
    def q_shape(self) -> tuple[int, int]:
        """The shape of q for one image: (M_q, B/8)."""
        return self.M_q, self.num_bins // TOTAL_STRIDE


CONFIGURATIONS = {
    "small": Configuration(M_y=96, N_q=32, M_q=16, kernel=15, groups=8, num_bins=256),
    "paper-low": Configuration(M_y=192, N_q=32, M_q=16, kernel=15, groups=8, num_bins=256),
    "paper-high": Configuration(M_y=320, N_q=64, M_q=32, kernel=15, groups=8, num_bins=1024),
}


def configuration(family: str) -> Configuration:
    """The configuration that belongs to a family of base codecs."""
    if family not in CONFIGURATIONS:
        raise LcipError(refusal("family", family, CONFIGURATIONS, "choose one of them"))
    return CONFIGURATIONS[family]


class ChannelShuffle(nn.Module):
    """Channel (g, c) becomes channel (c, g): the next layer's groups see all groups of the last."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, x: Tensor) -> Tensor:
        """(batch, C, n) → (batch, C, n)."""
        split = x.unflatten(1, (self.groups, -1))  # (batch, G, C/G, n)
        return split.transpose(1, 2).flatten(1, 2)  # (batch, C, n)


def conv(inputs: int, outputs: int, kernel: int, *, stride: int, groups: int) -> nn.Conv1d:
    """A convolution along the bins that keeps their number, or divides it by the stride."""
    return nn.Conv1d(inputs, outputs, kernel, stride, kernel // 2, groups=groups)


def deconv(inputs: int, outputs: int, kernel: int, *, stride: int, groups: int) -> nn.Module:
    """Its mirror image: the number of bins is kept, or multiplied by the stride."""
    return nn.ConvTranspose1d(
        inputs, outputs, kernel, stride, kernel // 2, output_padding=stride - 1, groups=groups
    )


class AnalysisQ(nn.Sequential):
    """h_{a,q}: distributions p (batch, M_y, B) → q (batch, M_q, B/8)."""

    def __init__(self, config: Configuration) -> None:
        N, K, G = config.N_q, config.kernel, config.groups
        super().__init__(
            conv(config.M_y, config.hidden, OUTER_KERNEL, stride=1, groups=G),
            ChannelShuffle(G),
            nn.ReLU(),
            conv(config.hidden, N, K, stride=2, groups=G),
            ChannelShuffle(G),
            nn.ReLU(),
            conv(N, N, K, stride=2, groups=G),
            ChannelShuffle(G),
            nn.ReLU(),
            conv(N, N, K, stride=2, groups=G),
            nn.ReLU(),  # the next layer has one group: nothing to shuffle for
            conv(N, config.M_q, K, stride=1, groups=1),
        )


class SynthesisQ(nn.Sequential):
    """h_{s,q}: q̂ (batch, M_q, B/8) → logits (batch, M_y, B); softmax over the bins is not in it."""

    def __init__(self, config: Configuration) -> None:
        N, K, G = config.N_q, config.kernel, config.groups
        super().__init__(
            deconv(config.M_q, N, K, stride=1, groups=1),
            nn.ReLU(),
            deconv(N, N, K, stride=2, groups=G),
            ChannelShuffle(G),
            nn.ReLU(),
            deconv(N, N, K, stride=2, groups=G),
            ChannelShuffle(G),
            nn.ReLU(),
            deconv(N, config.hidden, K, stride=2, groups=G),
            ChannelShuffle(G),
            nn.ReLU(),
            deconv(config.hidden, config.M_y, OUTER_KERNEL, stride=1, groups=G),
        )
