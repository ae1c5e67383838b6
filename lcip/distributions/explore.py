"""What the interactive page shows of encoding distributions, from the committed Kodak streams."""

import numpy as np

from lcip.distributions import figures_heat_maps as heat_maps
from lcip.distributions import methods
from lcip.distributions.histogram import channel_counts
from lcip.images import factorized, streams
from lcip.plotting import widgets

FAMILY = "small"
LARGEST_WINDOW = 61  # symbols drawn of a channel


def most_changed(image: str, quality: int, count: int) -> list[widgets.Channel]:
    """The channels of a Kodak photograph that gain most bits by their own distribution.

    Static: the table that all images share. Adaptive: the table rebuilt from the side information
    that is sent with this image. Only channels whose symbols fit into the window are taken.
    """
    codec = factorized.load(FAMILY, quality)
    symbols = streams.read_one(codec, streams.stream_name(FAMILY, quality), image).symbols
    method = methods.method_of("adaptive", codec, FAMILY, quality)
    tables, _ = heat_maps.rebuilt(method, symbols)
    window = {"lowest": int(symbols.min()), "num_bins": int(np.ptp(symbols)) + 1}
    counts = channel_counts(symbols, **window)
    before, after = (heat_maps.tabled(t, **window) for t in (codec.tables, tables))
    saved = (counts * np.log2(after / before)).sum(axis=1)
    spans = [np.flatnonzero(row) for row in counts]
    fits = np.array([len(s) > 2 and np.ptp(s) < LARGEST_WINDOW for s in spans])
    chosen = np.argsort(-np.where(fits, saved, -np.inf), kind="stable")[:count]
    return [_channel(k, window["lowest"], counts[k], before[k], after[k]) for k in chosen]


def _channel(
    number: int, lowest: int, counts: np.ndarray, before: np.ndarray, after: np.ndarray
) -> widgets.Channel:
    seen = np.flatnonzero(counts)
    part = slice(max(0, seen[0] - 2), seen[-1] + 3)
    return widgets.Channel(
        f"channel {number}", lowest + int(part.start), counts[part], before[part], after[part]
    )
