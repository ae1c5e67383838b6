"""Times of the steps: measured, positive, and of the steps they name."""

import pytest

from lcip.errors import LcipError
from lcip.pointcloud import times


def test_each_step_of_a_codec_takes_time(codec, cloud):
    found = times.steps(codec, cloud, repeats=2)
    assert min(found) > 0
    assert found.encode_s == found.transform_s + found.write_s
    assert found.decode_s == found.read_s + found.classify_s
    assert found.whole_s == found.transform_s + found.classify_s


def test_the_least_of_some_repetitions_is_taken(monkeypatch):
    clock = iter([0.0, 5.0, 10.0, 12.0, 20.0, 23.0])
    monkeypatch.setattr(times.time, "perf_counter", lambda: next(clock))
    calls = []
    assert times.least_seconds(lambda: calls.append(1), repeats=3) == 2.0
    assert len(calls) == 4


def test_the_plain_classifier_takes_time(cloud):
    assert times.classifier_seconds(cloud[:32], repeats=1) > 0


def test_no_repetition_is_refused():
    with pytest.raises(LcipError, match="repeats is 0; allowed: at least 1"):
        times.least_seconds(int, repeats=0)
