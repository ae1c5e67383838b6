"""Frames of the test videos. Decoding needs PyAV, which the book itself does not install."""

from pathlib import Path

import numpy as np

from lcip.datasets.errors import DatasetError
from lcip.datasets.roots import data_root, missing
from lcip.errors import refusal

VIDEOS = ("foreman", "carphone", "car-detection")
INSTALL = "run `pip install av`, then run this again"


def video(name: str, start: int, count: int) -> np.ndarray:
    """Frames `start` to `start + count - 1` of a test video: uint8 RGB, (count, H, W, 3).

    Raises `DatasetError` for an unknown name, a file that is absent or damaged, frames beyond the
    end, or where no decoder is installed.
    """
    if name not in VIDEOS:
        raise DatasetError(refusal("video", name, VIDEOS, "choose one of these"))
    path = data_root() / "video" / f"{name}.mp4"
    if not path.is_file():
        raise missing(name, path, "no file", "the video")
    return read_video(path, start, count)


def read_video(path: str | Path, start: int, count: int) -> np.ndarray:
    """`video` for any file that FFmpeg's libraries can decode."""
    for word, value, least in (("start", start, 0), ("count", count, 1)):
        if value < least:
            raise DatasetError(refusal(word, value, f"{least} or more", "choose another number"))
    frames = _decode(Path(path), start + count)[start:]
    if len(frames) < count:
        found = f"{start} to {start + count - 1} of {path}"
        allowed = f"0 to {start + len(frames) - 1}" if frames else f"fewer than {start + 1} frames"
        raise DatasetError(refusal("frames", found, allowed, "choose earlier or fewer frames"))
    return np.stack(frames)  # (count, H, W, 3)


def _decode(path: Path, stop: int) -> list[np.ndarray]:
    """The first `stop` frames. From the beginning: seeking is inexact in many files."""
    try:
        import av
    except ImportError as error:
        raise DatasetError(
            refusal("video decoder", "none installed", "PyAV (the package 'av')", INSTALL)
        ) from error
    frames = []
    try:
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                if len(frames) == stop:
                    break
                frames.append(frame.to_ndarray(format="rgb24"))
    # FFmpeg's errors, and a file without a video stream, which is an IndexError.
    except (OSError, ValueError, LookupError) as error:
        raise DatasetError(
            refusal("video", f"{path} ({error})", "a video that FFmpeg decodes", "check the file")
        ) from error
    return frames
