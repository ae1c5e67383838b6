"""How long a method takes to code a latent and to decode it: what is sent against what adapts.

Only the step between symbols and bytes is timed, in processor milliseconds of one thread, the
median over some Kodak images of 768 × 512; the base codec's transforms, which all methods share,
are timed beside it. Times are this machine's, and no two runs agree to the last digit.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from tqdm import tqdm

from lcip.distributions import methods, rows
from lcip.images import factorized, streams
from lcip.images.evaluate import timed

IMAGES, REPEATS = 6, 3
TRANSFORMS = "transforms"


def measure(codecs: Iterable[tuple[str, int]]) -> tuple[pd.DataFrame, dict[str, str]]:
    """One row a base codec and method, and the identities of all weights."""
    found, identities = [], {}
    for family, quality in tqdm(list(codecs), desc="times"):
        base = factorized.load(family, quality)
        identities |= rows.identities_of(base, family, quality)
        items = streams.read(base, streams.stream_name(family, quality))[:IMAGES]
        symbols = [item.symbols for item in items]
        facts = {"family": family, "quality": quality}
        made = [codec.method for codec in rows.methods_of(base, family, quality)]
        timed_rows = [row(method, symbols) for method in made if method.name not in methods.BOUNDS]
        timed_rows.append(transforms_row(base, items[0]))
        found += [facts | times for times in timed_rows]
    return pd.DataFrame(found), identities


def row(method: methods.Method, symbols: list[np.ndarray]) -> dict[str, object]:
    """Medians over latents of coding and decoding by one method."""
    method.decode(*method.encode(symbols[0]), symbols[0].shape)  # compiles what is to be compiled
    encodes, decodes = [], []
    for latent in symbols:
        coded, encode_ms = timed(lambda latent=latent: method.encode(latent), 1)
        _, decode_ms = timed(lambda c=coded, s=latent.shape: method.decode(*c, s), REPEATS)
        encodes.append(encode_ms)
        decodes.append(decode_ms)
    return {
        "method": method.name,
        "num_symbols": symbols[0].size,
        "encode_ms": float(np.median(encodes)),
        "decode_ms": float(np.median(decodes)),
    }


def transforms_row(base: factorized.Codec, item: streams.Coded) -> dict[str, object]:
    """g_a as encoding and g_s as decoding, for one picture of that size."""
    picture = base.reconstruct(item.symbols, item.height, item.width)
    _, encode_ms = timed(lambda: base.symbols(picture), REPEATS)
    decode = lambda: base.reconstruct(item.symbols, item.height, item.width)  # noqa: E731
    _, decode_ms = timed(decode, REPEATS)
    return {
        "method": TRANSFORMS,
        "num_symbols": item.symbols.size,
        "encode_ms": encode_ms,
        "decode_ms": decode_ms,
    }
