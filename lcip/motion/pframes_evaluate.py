"""Code real clips latent by latent, by every method: `python -m lcip.motion.pframes_evaluate`.

For every committed quality, every clip and every method, each frame becomes real bytes, which are
decoded again and must give the encoder's symbols. Static tables are fitted to the residuals of the
*other* clips at the same quality and method. Where chapter 2 has networks for a quality, they code
the residuals, too (`sent_coder`). `motion/pframes` holds one row a frame.
"""

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from tqdm import tqdm

from lcip import artifacts, coding, metrics, results, runtime
from lcip.distributions.methods import Method
from lcip.images import factorized
from lcip.motion import clips, pframes, prediction, residual_coder, sent_coder
from lcip.motion import vectors as motion
from lcip.motion.pframes import Scheme
from lcip.motion.prediction import Before, Step

TABLE = "motion/pframes"


class Analysed(NamedTuple):
    """A clip at one quality, as every method starts from it.

    Attributes:
        frames: uint8 (T, H, W, 3).
        symbols: T arrays (M, h, w).
        pictures: T decoded pictures, uint8 (H, W, 3).
        seen: the motion into frames 1 ... T - 1, a vector a group, in pixels.
        psnr_db: of the pictures against the frames.
    """

    frames: np.ndarray
    symbols: list[np.ndarray]
    pictures: list[np.ndarray]
    seen: list[np.ndarray]
    psnr_db: list[float]


def analyse(codec: factorized.Codec, frames: np.ndarray, seen: list[np.ndarray]) -> Analysed:
    """What every method has in common."""
    symbols = [codec.symbols(frame) for frame in frames]
    size = frames.shape[1:3]
    pictures = [codec.reconstruct(each, *size) for each in symbols]
    psnr = [metrics.psnr_db(*pair, peak=255) for pair in zip(frames, pictures, strict=True)]
    return Analysed(frames, symbols, pictures, seen, psnr)


def seen_motion(frames: np.ndarray) -> list[np.ndarray]:
    """Between every two neighbours, found on the frames themselves, the same for every quality."""
    return [motion.seen(now, then) for then, now in zip(frames, frames[1:], strict=False)]


def steps(
    method: str, codec: factorized.Codec, clip: Analysed, tables: coding.Tables | None
) -> list[Step]:
    """Every frame but the first, predicted; `tables` as in `prediction.prepare`."""
    made = zip(clip.symbols[1:], clip.symbols, clip.pictures, clip.seen, strict=False)
    return [
        prediction.prepare(method, codec, now, Before(then, picture), seen, tables)
        for now, then, picture, seen in made
    ]


def prepare_all(codec: factorized.Codec, analysed: Mapping[str, Analysed]) -> tuple[dict, dict]:
    """Steps and residuals by method and clip, for all methods but `modes`, which needs tables."""
    made = {
        method: {name: steps(method, codec, clip, None) for name, clip in analysed.items()}
        for method in prediction.METHODS
        if method != "modes"
    }
    residuals = {
        method: {name: [step.residual for step in own] for name, own in by_clip.items()}
        for method, by_clip in made.items()
    }
    return made, residuals


def fitted(residuals: Mapping[str, Mapping[str, list]], method: str, clip: str) -> coding.Tables:
    """Tables for a method and clip from the residuals by method and clip, `clip` left out."""
    methods = prediction.MODES if method == "modes" else (method,)
    by_mode = [
        [r for name, own in residuals[each].items() if name != clip for r in own]
        for each in methods
    ]
    return residual_coder.fit_stack(by_mode)


def schemes(
    tables: coding.Tables, method: str, codec: factorized.Codec, sent: Mapping[str, Method]
) -> Iterator[tuple[str, Scheme]]:
    """(name of the coder, scheme): fitted, adaptive and sent; for intra the codec's own, too.

    The methods of chapter 2 have one table a channel, so that `modes` cannot use them.
    """
    for coder in residual_coder.CODERS:
        yield coder, Scheme(method, coder, tables)
    if method == "intra":
        yield "trained", Scheme(method, "static", codec.tables)
    if method != "modes":
        for coder, chapter_2 in sent.items():
            yield coder, Scheme(method, coder, codec.tables, chapter_2)


def measure(
    codec: factorized.Codec, scheme: Scheme, clip: Analysed, made: Sequence[Step]
) -> list[dict[str, object]]:
    """A row a frame: bytes written, decoded and compared.

    The decoder has the encoder's symbols, to the last one, so its pictures are those of `clip`.
    """
    size = clip.frames.shape[1:3]
    first = codec.compress(clip.frames[0])
    files = pframes.encode(scheme, codec, first, made, size)
    decoded = pframes.decode_symbols(scheme, codec, files)
    rows = []
    for number, (file, symbols) in enumerate(zip(files, decoded, strict=True)):
        assert np.array_equal(symbols, clip.symbols[number]), "the decoder has drifted"
        side, residual = _sizes(scheme, codec, file, number)
        coded = made[number - 1].residual if number else symbols
        rows.append(
            {
                "frame": number,
                "file_bytes": len(file),
                "motion_bits": 8 * side,
                "residual_bits": 8 * residual,
                "psnr_rgb_db": clip.psnr_db[number],
                "num_pixels": size[0] * size[1],
                "nonzero_percent": nonzero_percent(coded),
            }
        )
    return rows


def measure_quality(
    family: str, quality: int, frames: Mapping[str, np.ndarray], seen: Mapping[str, list]
) -> tuple[list[dict[str, object]], str]:
    """All rows of one image codec, and its identity."""
    codec = factorized.load(family, quality)
    analysed = {name: analyse(codec, own, seen[name]) for name, own in frames.items()}
    made, residuals = prepare_all(codec, analysed)
    sent, rows = sent_coder.available(codec, family, quality), []
    for name, clip in analysed.items():
        for method in prediction.METHODS:
            tables = fitted(residuals, method, name)
            own = made[method][name] if method in made else steps(method, codec, clip, tables)
            for coder, scheme in schemes(tables, method, codec, sent):
                facts = {"clip": name, "method": method, "coder": coder}
                facts |= {"family": family, "quality": quality}
                rows += [facts | row for row in measure(codec, scheme, clip, own)]
    return rows, codec.identity.hex()


def committed_qualities() -> list[int]:
    """The qualities of the small family that the repository has weights of."""
    names = artifacts.weights_names()
    return [
        quality
        for quality in range(1, len(factorized.LMBDAS) + 1)
        if factorized.weights_name(clips.FAMILY, quality) in names
    ]


def _sizes(scheme: Scheme, codec: factorized.Codec, file: bytes, number: int) -> tuple[int, int]:
    """Bytes of the payloads: (modes and vectors, residual or first picture)."""
    if number == 0:
        return 0, len(coding.unpack(file, codec.identity).streams[0])
    sent = pframes.payloads(scheme, codec, file)
    return sum(map(len, sent.side)), len(sent.residual)


def nonzero_percent(residual: np.ndarray) -> float:
    """How many of what is coded are not 0; of the first frame, its symbols themselves."""
    return 100 * float(np.mean(residual != 0))


def main() -> None:
    """Measure every committed quality; write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    runtime.setup(seed=0, threads=given.threads)
    began = time.monotonic()
    frames = {name: clips.originals(name) for name in clips.CLIPS}
    seen = {name: seen_motion(own) for name, own in frames.items()}
    rows, identities = [], {}
    for quality in tqdm(committed_qualities(), desc="qualities"):
        own, identity = measure_quality(clips.FAMILY, quality, frames, seen)
        rows += own
        identities[factorized.weights_name(clips.FAMILY, quality)] = identity
    results.write_measured(
        TABLE,
        pd.DataFrame(rows),
        command="python -m lcip.motion.pframes_evaluate",
        seed=None,
        datasets={name: clips.digest(own) for name, own in frames.items()},
        wall_seconds=time.monotonic() - began,
        weights=identities,
    )


if __name__ == "__main__":
    main()
