"""Thesis chapter 2: the distributions that an entropy coder uses, and compressing them.

A factorised model codes channel j of every image with one static distribution. It suits the average
image and no image in particular: what that costs is the *amortisation gap*.
"""

from lcip.distributions.gap import Gap, measure, most_different, static_code_lengths_bits
from lcip.distributions.histogram import (
    channel_counts,
    entropy_bits,
    jensen_shannon_bits,
    probabilities,
)

__all__ = [
    "Gap",
    "channel_counts",
    "entropy_bits",
    "jensen_shannon_bits",
    "measure",
    "most_different",
    "probabilities",
    "static_code_lengths_bits",
]
