"""Frames of the test videos. Decoding needs PyAV, which the book itself does not install."""

from collections.abc import Iterator
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
    frames = []
    for seen, frame in enumerate(_decode(Path(path)), start=1):
        if seen > start:
            frames.append(frame)
        if len(frames) == count:
            return np.stack(frames)  # (count, H, W, 3)
    found = f"{start} to {start + count - 1} of {path}"
    raise DatasetError(refusal("frames", found, f"0 to {seen - 1}", "choose earlier or fewer"))


def _decode(path: Path) -> Iterator[np.ndarray]:
    """All frames from the beginning: seeking is inexact in many files."""
    try:
        import av
    except ImportError as error:
        raise DatasetError(
            refusal("video decoder", "none installed", "PyAV (the package 'av')", INSTALL)
        ) from error
    decoded = 0
    try:
        with av.open(str(path)) as container:
            for decoded, frame in enumerate(container.decode(video=0), start=1):  # noqa: B007
                yield frame.to_ndarray(format="rgb24")
    # FFmpeg's errors, and a file without a video stream, which is an IndexError.
    except (OSError, ValueError, LookupError) as error:
        raise _damaged(path, str(error)) from error
    if not decoded:
        raise _damaged(path, "no frames")


def _damaged(path: Path, reason: str) -> DatasetError:
    found = f"{path} ({reason})"
    return DatasetError(refusal("video", found, "a video that FFmpeg decodes", "check the file"))
