"""Parts of a long measurement are kept, and only for the same facts."""

import pandas as pd
import pytest

from lcip.motion.parts import Parts


@pytest.fixture
def place(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "registry.toml").touch()
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))


def made(value: float):
    return lambda: pd.DataFrame({"value": [value, 0.1 + 0.2], "image": ["a", "b"]})


def never():
    raise AssertionError("made again")


def test_what_is_there_is_not_made_again(place):
    first = Parts("motion/t", {"seed": 0}).part("one", made(1 / 3))
    again = Parts("motion/t", {"seed": 0})
    pd.testing.assert_frame_equal(again.part("one", never), first)
    assert list(first) == ["value", "image"] and first["value"][0] == 1 / 3
    assert again.seconds() >= 0


@pytest.mark.parametrize("other", [("motion/t", {"seed": 1}), ("motion/u", {"seed": 0})])
def test_other_facts_have_other_parts(place, other):
    Parts("motion/t", {"seed": 0}).part("one", made(1.0))
    with pytest.raises(AssertionError, match="made again"):
        Parts(*other).part("one", never)


def test_removed_parts_are_made_again(place):
    parts = Parts("motion/t", {"seed": 0})
    parts.part("one", made(1.0))
    parts.remove()
    assert not parts.folder.exists()
    assert parts.part("one", made(2.0))["value"][0] == 2.0
