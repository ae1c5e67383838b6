"""Three short real clips: their frames from the data sets, or decoded from our own files.

`python -m lcip.motion.clips --quality 3` codes every frame as a photograph with the image codec,
one archive a clip, `data/streams/motion/<clip>-small-q3`. Whoever has the repository can then look
at motion in real pictures without the videos; but those frames have been through a codec of this
book once, and say so wherever they are used. Recorded tables are measured on the originals.
"""

import argparse
import hashlib
from typing import NamedTuple

import numpy as np

from lcip import artifacts, coding, datasets, runtime
from lcip.errors import refusal
from lcip.images import factorized
from lcip.motion.affine import MotionError

FAMILY = "small"


class Clip(NamedTuple):
    """`count` frames of a video from `start` on, cut to `height` x `width` at (top, left)."""

    video: str
    start: int
    count: int
    top: int
    left: int
    height: int
    width: int
    shows: str


# Every side is a multiple of the codec's stride of 16, so that no frame is padded.
CLIPS = {
    "foreman": Clip("foreman", 0, 12, 0, 0, 288, 352, "a talking head, camera in the hand"),
    "carphone": Clip("carphone", 0, 12, 0, 0, 144, 176, "a talking head in a driving car"),
    "cars": Clip(
        "car-detection", 200, 12, 72, 128, 288, 352, "two cars passing, 10 to 18 px a frame"
    ),
}


def clip_of(name: str) -> Clip:
    """The clip of this name; an unknown one is refused with the list of those there are."""
    if name not in CLIPS:
        raise MotionError(refusal("clip", name, CLIPS, "choose one of them"))
    return CLIPS[name]


def originals(name: str) -> np.ndarray:
    """The frames as the data set has them: uint8 (count, height, width, 3)."""
    clip = clip_of(name)
    frames = datasets.video(clip.video, clip.start, clip.count)
    rows = slice(clip.top, clip.top + clip.height)
    columns = slice(clip.left, clip.left + clip.width)
    return np.ascontiguousarray(frames[:, rows, columns])


def digest(frames: np.ndarray) -> str:
    """SHA-256 of the samples of decoded frames, row by row: what a measurement was made on."""
    return hashlib.sha256(np.ascontiguousarray(frames)).hexdigest()


def stream_name(clip: str, quality: int) -> str:
    """The name of a committed archive, as in `motion/cars-small-q3`."""
    factorized.lmbda_of(quality)
    return f"motion/{clip}-{FAMILY}-q{quality}"


def committed(codec: factorized.Codec, clip: str, quality: int, count: int) -> np.ndarray:
    """The first `count` frames, decoded from the repository's archive: uint8 (count, H, W, 3).

    Raises:
        ArtifactError: no archive of this clip at this quality. StreamError: of another model.
        MotionError: an unknown clip, or more frames than it has.
    """
    most = clip_of(clip).count
    if not 1 <= count <= most:
        step = "use fewer frames, or code a longer clip (lcip.motion.clips)"
        raise MotionError(refusal(f"frames of {clip}", count, f"1 to {most}", step))
    stream = artifacts.load_stream(stream_name(clip, quality))
    files = coding.unpack_batch(stream.data, codec.identity).streams
    return np.stack([codec.decompress(file) for file in files[:count]])


def write(clip: str, quality: int) -> None:
    """Code every frame of a clip as a photograph; write the archive."""
    codec = factorized.load(FAMILY, quality)
    frames = originals(clip)
    files = [codec.compress(frame) for frame in frames]
    source = CLIPS[clip]
    last = source.start + source.count - 1
    card = {
        "model": factorized.weights_name(FAMILY, quality),
        "data": f"{source.video}, frames {source.start} to {last}, {source.width} x {source.height}"
        f" at ({source.left}, {source.top})",
        "frames_sha256": digest(frames),
        "num_items": len(files),
        "environment": runtime.environment_report(),
    }
    data = coding.pack_batch(files, [], codec.identity)
    artifacts.save_stream(stream_name(clip, quality), data, card)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quality", type=int, required=True, help="1 to 8")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    runtime.setup(seed=0, threads=given.threads)
    for clip in CLIPS:
        write(clip, given.quality)


if __name__ == "__main__":
    main()
