"""Video: a clear word without a decoder, the right frames with one."""

import sys
from types import ModuleType

import numpy as np
import pytest

from lcip.datasets import DatasetError, read_video, video

FRAMES = np.arange(10, dtype=np.uint8)[:, None, None, None] * np.ones((1, 4, 6, 3), np.uint8)


class Frame:
    def __init__(self, pixels):
        self.pixels = pixels

    def to_ndarray(self, format):
        assert format == "rgb24"
        return self.pixels


class Container:
    def __init__(self, frames):
        self.frames = frames

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def decode(self, video):
        return (Frame(pixels) for pixels in self.frames)


@pytest.fixture
def decoder(monkeypatch):
    """A stand-in for PyAV, which is not installed: ten frames, frame n all of value n."""
    stand_in = ModuleType("av")

    def open_(path):
        if path.endswith("empty.mp4"):
            return Container(FRAMES[:0])
        if path.endswith("bad.mp4"):
            raise OSError("Invalid data found when processing input")
        return Container(FRAMES)

    stand_in.open = open_
    monkeypatch.setitem(sys.modules, "av", stand_in)


@pytest.fixture
def foreman(data_folder):
    (data_folder / "video").mkdir()
    (data_folder / "video" / "foreman.mp4").touch()


def test_frames_are_those_asked_for(decoder, foreman):
    got = video("foreman", 3, 4)
    assert got.shape == (4, 4, 6, 3) and got.dtype == np.uint8
    assert got[:, 0, 0, 0].tolist() == [3, 4, 5, 6]


@pytest.mark.parametrize(("start", "count"), [(8, 3), (20, 1)])
def test_frames_beyond_the_end_are_refused(decoder, foreman, start, count):
    with pytest.raises(DatasetError, match="frames is .*; allowed: 0 to 9. Next: choose earlier"):
        video("foreman", start, count)


@pytest.mark.parametrize(("start", "count", "said"), [(-1, 1, "start is -1"), (0, 0, "count is 0")])
def test_numbers_that_are_none_are_refused(decoder, foreman, start, count, said):
    with pytest.raises(DatasetError, match=said):
        video("foreman", start, count)


def test_without_a_decoder_the_way_to_get_one_is_said(monkeypatch, foreman):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(DatasetError, match="video decoder is 'none installed'.*`pip install av`"):
        video("foreman", 0, 1)


def test_a_damaged_video_is_refused(decoder, tmp_path):
    with pytest.raises(DatasetError, match="bad.mp4 .Invalid data.*a video that FFmpeg decodes"):
        read_video(tmp_path / "bad.mp4", 0, 1)
    with pytest.raises(DatasetError, match="empty.mp4 .no frames"):
        read_video(tmp_path / "empty.mp4", 0, 1)


def test_missing_and_unknown_videos_are_refused(data_folder):
    with pytest.raises(DatasetError, match="carphone.mp4.*`lcip fetch carphone`"):
        video("carphone", 0, 1)
    with pytest.raises(DatasetError, match="video is 'akiyo'; allowed: foreman, carphone, car-det"):
        video("akiyo", 0, 1)
