"""Measured tables: exact round trips, equal bytes for equal rows, and no row without provenance."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lcip.errors import LcipError
from lcip.results import (
    MissingTableError,
    ResultsError,
    measured_names,
    read_measured,
    write_measured,
)

NAME = "distributions/gap"
RECORD = {
    "command": "snakemake data/measured/distributions/gap.csv",
    "seed": 1,
    "datasets": {"kodak": "0" * 64},
    "wall_seconds": 12.34567,
}


def table(**changes):
    columns = {
        "image": ["kodim01", "kodim02", "NA"],
        "rate_bpp": [0.1, 1 / 3, 2e-7],
        "payload_bytes": [10, 2**40, 0],
        "is_first": [True, False, False],
    }
    return pd.DataFrame({**columns, **changes})


def write(frame=None, **changes):
    return write_measured(NAME, table() if frame is None else frame, **{**RECORD, **changes})


@pytest.mark.usefixtures("repository")
def test_rows_come_back_exactly_with_their_types():
    write()
    frame = read_measured(NAME).frame
    pd.testing.assert_frame_equal(frame, table(), check_dtype=False, check_exact=True)
    assert [str(dtype) for dtype in frame.dtypes] == ["str", "float64", "int64", "bool"]


@pytest.mark.usefixtures("repository")
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.floats(allow_nan=False), min_size=20, max_size=60))
def test_floats_round_trip_to_the_last_bit(values):
    write(pd.DataFrame({"rate_bpp": values}))
    back = read_measured(NAME).frame["rate_bpp"].to_numpy()
    assert back.tobytes() == np.array(values, dtype=np.float64).tobytes()


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    "text", ["NA", "null", "1", "True", "a,b", 'a"b', "two\nlines", " x ", "é"]
)
def test_text_stays_text(text):
    write(table(image=[text, "b", "c"]))
    assert read_measured(NAME).frame["image"][0] == text


@pytest.mark.usefixtures("repository")
def test_single_precision_is_written_as_the_double_it_is():
    write(table(rate_bpp=np.float32([0.1, 0.2, 0.3])))
    assert read_measured(NAME).frame["rate_bpp"][0] == float(np.float32(0.1))


@pytest.mark.usefixtures("repository")
def test_equal_rows_give_equal_bytes_with_unix_line_ends():
    first = write().read_bytes()
    assert write(wall_seconds=99.0).read_bytes() == first
    assert first.startswith(b"image,rate_bpp,payload_bytes,is_first\nkodim01,0.1,10,True\n")
    assert b"\r" not in first


@pytest.mark.usefixtures("repository")
def test_provenance_says_how_the_table_was_made():
    path = write(weights={"images/small-q3": "a" * 64})
    record = json.loads(path.with_suffix(".json").read_text())
    assert record == read_measured(NAME).provenance
    assert {key: record[key] for key in RECORD} == {**RECORD, "wall_seconds": 12.346}
    assert record["name"] == NAME and record["num_rows"] == 3
    assert record["weights"] == {"images/small-q3": "a" * 64}
    assert record["columns"]["rate_bpp"] == "float" and record["columns"]["image"] == "text"
    assert record["commit"] == record["environment"]["commit"]
    assert "torch" in record["environment"]["packages"]


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(("old", "new"), [(b"0.1", b"0.2"), (b"\n", b"\r\n"), (b"NA,", b"NB,")])
def test_edited_rows_are_refused(old, new):
    path = write()
    path.write_bytes(path.read_bytes().replace(old, new))
    with pytest.raises(ResultsError, match="SHA-256 of table 'distributions/gap'.*snakemake"):
        read_measured(NAME)


@pytest.mark.usefixtures("repository")
def test_new_rows_under_an_old_record_are_refused():
    """A run stopped between the two renames leaves this."""
    record = write().with_suffix(".json").read_bytes()
    write(table(payload_bytes=[1, 2, 3])).with_suffix(".json").write_bytes(record)
    with pytest.raises(ResultsError, match="SHA-256"):
        read_measured(NAME)


@pytest.mark.usefixtures("repository")
def test_missing_tables_and_records_are_named():
    with pytest.raises(MissingTableError, match="gap.csv.*missing.*none measured yet"):
        read_measured(NAME)
    path = write()
    assert measured_names() == [NAME]
    with pytest.raises(MissingTableError, match=r"motion/x.*allowed: distributions/gap"):
        read_measured("motion/x")
    path.with_suffix(".json").unlink()
    with pytest.raises(MissingTableError, match="gap.json"):
        read_measured(NAME)


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("text", ["{", "{}"])
def test_broken_provenance_is_refused(text):
    write().with_suffix(".json").write_text(text)
    with pytest.raises(ResultsError, match="provenance of table"):
        read_measured(NAME)


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("name", ["gap", "../up/x", "A/b", "a/b/c", "a/b.csv", None])
def test_unfit_table_names_are_refused(name):
    for call in (lambda: read_measured(name), lambda: write_measured(name, table(), **RECORD)):
        with pytest.raises(ResultsError, match="name of a measured table is .*chapter/table"):
            call()


def test_a_number_without_a_unit_is_refused_and_nothing_written(repository):
    with pytest.raises(LcipError) as caught:
        write(table(rate=[1.0, 2.0, 3.0]))
    message = str(caught.value)
    assert "a numeric column of 'distributions/gap' is 'rate'" in message
    assert "bits, bytes, bpp, " in message and "quality, lmbda, seed" in message
    assert "rate_bits" in message and "num_" in message
    assert not (repository / "data" / "measured").exists()


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    "column", ["latency_ms", "psnr_db", "encoder_mac_per_point", "num_points", "nrmse_unmoved"]
)
def test_units_and_numbers_without_unit_are_taken(column):
    write(pd.DataFrame({column: [1.5]}))
    assert read_measured(NAME).frame[column][0] == 1.5


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("column", ["bitsy", "points_num", "db2", "qualitative"])
def test_endings_count_as_whole_words(column):
    with pytest.raises(ResultsError, match=f"is '{column}'"):
        write(pd.DataFrame({column: [1.5]}))


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (table()[:0], "'empty'; allowed: a data frame with rows"),
        (table().to_dict(), "'dict'; allowed: a data frame"),
        (table().set_index("image"), "index of 'distributions/gap'.*reset_index"),
        (table()[1:], "index of 'distributions/gap'"),
        (table().rename(columns={"image": "Image name"}), "'Image name'; allowed: lower snake"),
        (table().rename(columns={"rate_bpp": "image"}), "'image'; allowed: each once"),
        (table(rate_bpp=[1.0, np.nan, 2.0]), "'rate_bpp' of 'distributions/gap', row 1, is 'miss"),
        (table(image=["a", "", "c"]), "column 'image' of 'distributions/gap', row 1, is 'missing'"),
        (table(image=["a", 1, "c"]), "column 'image'.*'object'; allowed: integers, floats"),
        (table(day=pd.to_datetime(["2023-12-15"] * 3)), "column 'day'.*allowed: integers"),
        (table(x_bits=[1 + 2j] * 3), "column 'x_bits'.*complex"),
        (table(image=["a", "b\rc", "d"]), "'image'.*row 1, is .*allowed: text without carriage"),
        (table(x_bits=np.uint64([1, 2, 2**63])), "'x_bits'.*row 2, is .*allowed: below 2\\^63"),
    ],
)
def test_unfit_tables_are_refused(frame, message):
    with pytest.raises(ResultsError, match=message):
        write(frame)


@pytest.mark.usefixtures("repository")
def test_long_form_takes_its_unit_from_the_row():
    rows = pd.DataFrame({"parameter": [8.0, 1.2], "unit": ["px", "times"], "nrmse": [0.1, 0.2]})
    write(rows)
    assert read_measured(NAME).frame["parameter"].tolist() == [8.0, 1.2]
    with pytest.raises(ResultsError, match="is 'parameter'.*beside a text column unit"):
        write(rows.drop(columns="unit"))


@pytest.mark.usefixtures("repository")
def test_a_computation_without_chance_has_no_seed():
    write(seed=None)
    assert read_measured(NAME).provenance["seed"] is None


@pytest.mark.usefixtures("repository")
def test_a_setting_that_does_not_apply_may_be_missing():
    write(table(lmbda=[0.013, np.nan, np.nan]))
    assert read_measured(NAME).frame["lmbda"].isna().tolist() == [False, True, True]


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"command": " "}, "command of table"),
        ({"seed": -1}, "seed of table .* is -1"),
        ({"seed": True}, "seed of table"),
        ({"wall_seconds": float("nan")}, "wall_seconds of table"),
        ({"datasets": ["kodak"]}, r"datasets of table .* is \['kodak'\]; allowed: SHA-256 by"),
        ({"datasets": {"kodak": "abc"}}, r"datasets\['kodak'\] of table .* 64 hexadecimal"),
        ({"weights": {"q3": b"abc"}}, r"weights\['q3'\] of table"),
    ],
)
def test_a_record_that_says_too_little_is_refused(change, message):
    with pytest.raises(ResultsError, match=message):
        write(**change)


@pytest.mark.parametrize("left_out", RECORD)
def test_no_part_of_the_record_has_a_default(left_out):
    record = {key: value for key, value in RECORD.items() if key != left_out}
    with pytest.raises(TypeError, match=left_out):
        write_measured(NAME, table(), **record)
