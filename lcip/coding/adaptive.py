"""Bits whose probabilities are learned on the way: for contexts of any kind, in integers only.

A context is a row of `counts`; encoder and decoder begin with the same counts and update them
alike, so no probability is sent. Learning one context costs about ½ log2 of its number of bits.
"""

import numpy as np

from lcip.coding.compiling import compiled
from lcip.coding.rangecoder import PRECISION, TOTAL, put, slot, take

COUNTS_LIMIT = 2048


@compiled
def start_counts(contexts):
    """Counts of zeros and ones for each context, (contexts, 2) int64, begun at one half each.

    They are kept doubled: 1 stands for ½ (the estimator of Krichevsky and Trofimov, 1981).
    """
    return np.ones((contexts, 2), np.int64)


@compiled
def adaptive_split(counts, context):
    """The frequency of a zero out of 2^16, from the counts so far: 1 to 2^16 − 1."""
    zeros, ones = counts[context, 0], counts[context, 1]
    return (zeros << PRECISION) // (zeros + ones)


@compiled
def adapt(counts, context, bit):
    """Count the bit; halve both counts when they exceed their limit, so that old bits fade."""
    counts[context, bit] += 2
    if counts[context, 0] + counts[context, 1] > COUNTS_LIMIT:
        counts[context, 0] = (counts[context, 0] + 1) >> 1
        counts[context, 1] = (counts[context, 1] + 1) >> 1


@compiled
def put_adaptive_bit(state, buffer, counts, context, bit):
    """Encode a bit with the adaptive probability of its context."""
    split = adaptive_split(counts, context)
    start, frequency = (split, TOTAL - split) if bit else (0, split)
    put(state, buffer, start, frequency, PRECISION)
    adapt(counts, context, bit)


@compiled
def take_adaptive_bit(state, data, counts, context):
    """Decode such a bit; 2: nobody encoded this."""
    split = adaptive_split(counts, context)
    value = slot(state, PRECISION)
    if value >= TOTAL:
        return 2
    bit = 1 if value >= split else 0
    start, frequency = (split, TOTAL - split) if bit else (0, split)
    take(state, data, start, frequency, PRECISION)
    adapt(counts, context, bit)
    return bit
