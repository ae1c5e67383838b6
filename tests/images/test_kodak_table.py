"""One table of Kodak from its parts, and who is measured."""

import pandas as pd
import pytest

from lcip import artifacts
from lcip.errors import LcipError
from lcip.images import evaluate, kodak


def test_times_become_seconds_and_no_row_is_lost() -> None:
    one = pd.DataFrame({"codec": ["a"], "encode_ms": [1500.0], "decode_ms": [20.0]})
    two = pd.DataFrame({"codec": ["b"], "encode_ms": [2.0], "decode_ms": [3.0]})
    rows = kodak.join([one, two])
    assert list(rows["codec"]) == ["a", "b"]
    assert list(rows["encode_seconds"]) == [1.5, 0.002]
    assert list(rows["decode_seconds"]) == [0.02, 0.003]
    assert not [name for name in rows if name.endswith("_ms")]


def test_without_fetched_weights_nobody_of_the_zoo_is_measured(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LCIP_DATA", str(tmp_path))
    with pytest.raises(LcipError, match="number of zoo codecs is 0; .*lcip fetch bmshj2018"):
        evaluate.entrants_of("zoo", 2)


def test_learned_are_all_families_with_weights_and_each_has_its_identity() -> None:
    entrants = evaluate.entrants_of("learned", 2)
    names = [name for name in artifacts.weights_names() if name.startswith("images/factorized-")]
    found = evaluate.identities(entrants)
    assert sorted(found) == sorted(names)
    assert all(found[name] == artifacts.load_weights(name).identity.hex() for name in names)
