"""The octree coder's loops: what a bit is predicted from, its context, and bits to bytes and back.

An octree names the occupied cells of a cube by halving: a node is cut into eight, and a bit for
each child says whether anything lies in it. Levels are coded from the root down, the nodes of a
level in Morton order, so that when a node's turn comes all nodes of its level are known, and the
children of those before it.

For child j of a node:

* **siblings**: how many children before j are occupied, 0 to 3 or more. (If none of the first seven
  is, the eighth must be, and costs nothing.)
* **neighbours**: three faces of the child look out of its node. How many of the nodes behind them
  are occupied, and how many of the cells just behind them are known to be: a surface goes on.

`RICH` contexts add where the node lies (levels 0 to 2: which of the 73 nodes; below: its level) and
j. There are 4,576 of them, which thousands of training clouds fill. `PLAIN` ones are siblings times
occupied neighbours: 16, as many as one cloud can teach.

A tree is its leaves: sorted Morton codes of 3·depth bits, x above y above z. A node's code is that
of any of its leaves without the last bits. `counts` are adapted in place. All loops are in one file
because numba looks at one file only when it asks whether its cache is stale.
"""

import numpy as np

from lcip.coding.adaptive import adaptive_split, put_adaptive_bit, take_adaptive_bit
from lcip.coding.compiling import compiled
from lcip.coding.rangecoder import (
    EXTENDED,
    IMPOSSIBLE,
    PRECISION,
    finish,
    start_decoder,
    start_encoder,
    verify,
)

PLAIN, RICH = 0, 1
PLACED_LEVELS = 3
PLACED_NODES = 1 + 8 + 64
MOST_LEVELS = 10
SIBLINGS = 4
PAIRS = 10  # (occupied nodes, known cells) with 0 ≤ known ≤ occupied ≤ 3
NUM_PLAIN = SIBLINGS * 4
NUM_PLACED = PLACED_NODES * 8 * SIBLINGS
NUM_RICH = NUM_PLACED + (MOST_LEVELS - PLACED_LEVELS) * 8 * PAIRS * SIBLINGS
NUM_CONTEXTS = (NUM_PLAIN, NUM_RICH)
ONES = np.array([bin(byte).count("1") for byte in range(256)])
LEAST_CHANCE = 1e-200


@compiled
def rich_context(level, node, child, occupied, known, siblings):
    """The number of a rich context; `node` is the Morton code within the level."""
    if level < PLACED_LEVELS:
        before = ((1 << (3 * level)) - 1) // 7  # nodes of the levels above: 0, 1, 9
        return ((before + node) * 8 + child) * SIBLINGS + siblings
    pair = occupied * (occupied + 1) // 2 + known
    placed = (level - PLACED_LEVELS) * 8 + child
    return NUM_PLACED + (placed * PAIRS + pair) * SIBLINGS + siblings


@compiled
def context(kind, level, node, child, occupied, known, siblings):
    """The number of a context of either kind, 0 to `NUM_CONTEXTS[kind]` − 1."""
    siblings = min(siblings, SIBLINGS - 1)
    if kind == RICH:
        return rich_context(level, node, child, occupied, known, siblings)
    return occupied * SIBLINGS + siblings


@compiled
def place_below(children, first, home, child):
    """The index, a level below, of a child of the node at `home`; −1: no such child, or node."""
    if home < 0 or not (children[home] >> child) & 1:
        return -1
    return first[home] + ONES[children[home] & ((1 << child) - 1)]


@compiled
def link(count, children, behind, below):
    """From the neighbours of a level's nodes those of the nodes below: `behind` → `below`.

    Rows hold the indices of six neighbours, −1 where there is none, at 2·axis + side (axis 2: x,
    1: y, 0: z). A child's neighbour is a sibling, or a child of its node's neighbour.
    """
    first = np.empty(count, np.int64)
    total = 0
    for place in range(count):
        first[place] = total
        total += ONES[children[place]]
    at = 0
    for place in range(count):
        for child in range(8):
            if (children[place] >> child) & 1:
                for axis in range(3):
                    for side in range(2):
                        outside = ((child >> axis) & 1) == side
                        home = behind[place, 2 * axis + side] if outside else place
                        other = place_below(children, first, home, child ^ (1 << axis))
                        below[at, 2 * axis + side] = other
                at += 1


@compiled
def start_links(most):
    """The neighbours of a root, which has none; room for `most` nodes."""
    return np.full((most, 6), -1, np.int64)


@compiled
def look_out(child, place, behind, children):
    """Occupied nodes, and known occupied cells, behind the three outer faces of a child."""
    occupied, known = 0, 0
    for axis in range(3):
        other = behind[place, 2 * axis + ((child >> axis) & 1)]
        if other >= 0:
            occupied += 1
            if other < place and (children[other] >> (child ^ (1 << axis))) & 1:
                known += 1
    return occupied, known


@compiled
def level_of(leaves, shift, nodes, children):
    """The nodes above `leaves` by `shift` levels, and a byte of children each; their number."""
    count = 0
    for leaf in leaves:
        code = leaf >> (3 * shift)
        if count == 0 or nodes[count - 1] != code:
            nodes[count], children[count] = code, 0
            count += 1
        children[count - 1] |= 1 << ((leaf >> (3 * (shift - 1))) & 7)
    return count


@compiled
def is_certain(child, siblings):
    """The last child of a node in which nothing else lies."""
    return child == 7 and siblings == 0


@compiled
def write_tree(leaves, depth, kind, counts, buffer):
    """Encode all levels; returns the payload's length and Σ −log2 p."""
    state = np.empty(3, np.uint64)
    nodes, children = np.empty(leaves.size, np.int64), np.empty(leaves.size, np.int64)
    behind, below = start_links(leaves.size), start_links(leaves.size)
    bits, chance = 0.0, 1.0
    start_encoder(state)
    for level in range(depth):
        count = level_of(leaves, depth - level, nodes, children)
        for place in range(count):
            siblings = 0
            for child in range(8):
                bit = (children[place] >> child) & 1
                if not is_certain(child, siblings):
                    outside, known = look_out(child, place, behind, children)
                    row = context(kind, level, nodes[place], child, outside, known, siblings)
                    zeros = adaptive_split(counts, row) / (1 << PRECISION)
                    chance *= 1 - zeros if bit else zeros
                    if chance < LEAST_CHANCE:  # a logarithm for many bits
                        bits, chance = bits - np.log2(chance), 1.0
                    put_adaptive_bit(state, buffer, counts, row, bit)
                siblings += bit
        link(count, children, behind, below)
        behind, below = below, behind
    return finish(state, buffer), bits - np.log2(chance)


@compiled
def count_tree(leaves, depth, kind, counts):
    """Count what `write_tree` would code, without coding: zeros and ones, one each."""
    nodes, children = np.empty(leaves.size, np.int64), np.empty(leaves.size, np.int64)
    behind, below = start_links(leaves.size), start_links(leaves.size)
    for level in range(depth):
        count = level_of(leaves, depth - level, nodes, children)
        for place in range(count):
            siblings = 0
            for child in range(8):
                bit = (children[place] >> child) & 1
                if not is_certain(child, siblings):
                    outside, known = look_out(child, place, behind, children)
                    row = context(kind, level, nodes[place], child, outside, known, siblings)
                    counts[row, bit] += 1
                siblings += bit
        link(count, children, behind, below)
        behind, below = below, behind


@compiled
def read_node(state, data, place, level, kind, counts, nodes, children, behind):
    """One byte of children into `children[place]`; their number, 0: nobody encoded this."""
    children[place], siblings = 0, 0
    for child in range(8):
        bit = 1
        if not is_certain(child, siblings):
            outside, known = look_out(child, place, behind, children)
            row = context(kind, level, nodes[place], child, outside, known, siblings)
            bit = take_adaptive_bit(state, data, counts, row)
            if bit > 1:
                return 0
        children[place] |= bit << child
        siblings += bit
    return siblings


@compiled
def spread(nodes, children, count, total):
    """Replace nodes by their children, in order, from the last on; `total` are there."""
    at = total
    for place in range(count - 1, -1, -1):
        code, mask = nodes[place], children[place]
        for child in range(7, -1, -1):
            if (mask >> child) & 1:
                at -= 1
                nodes[at] = (code << 3) | child


@compiled
def read_tree(data, depth, kind, counts, nodes):
    """Fill `nodes` with leaves; returns (status, number of leaves)."""
    state = np.empty(3, np.uint64)
    children = np.empty(nodes.size, np.int64)
    behind, below = start_links(nodes.size), start_links(nodes.size)
    start_decoder(state, data)
    nodes[0], count = 0, 1
    for level in range(depth):
        total = 0
        for place in range(count):
            got = read_node(state, data, place, level, kind, counts, nodes, children, behind)
            total += got
            if got == 0:
                return IMPOSSIBLE, count
            if total > nodes.size:
                return EXTENDED, count
        link(count, children, behind, below)
        behind, below = below, behind
        spread(nodes, children, count, total)
        count = total
    return verify(state, data), count
