"""The scoreboard: statuses follow from rules, numbers from tables; the stored file is current."""

import pandas as pd
import pytest

from lcip import paths
from lcip.results import (
    MissingTableError,
    ResultsError,
    claims,
    extract,
    update_claims,
    write_measured,
)
from lcip.results.rules import judge, rule
from lcip.results.scoreboard import COMPUTED, TYPED, outcome

HEADER = ",".join(TYPED + COMPUTED)
LAYERS = pd.DataFrame({"size": ["full", "lite"], "decoder_mac": [665600, 157696]})
RECORD = {"command": "x", "seed": None, "datasets": {}, "wall_seconds": 0.0}


@pytest.fixture
def board(repository):
    """A function that writes rows (dicts of the typed columns that matter) as data/claims.csv."""
    usual = {
        "source": "thesis", "what": "a number", "unit": "bits", "comparison": "abs<=1",
        "better": "", "extractor": "", "note": "nothing measures it",
    }  # fmt: skip

    def write(*rows):
        full = [{"id": f"c{i}", "value": "5", **usual, **row} for i, row in enumerate(rows)]
        frame = pd.DataFrame(full).reindex(columns=[*TYPED, *COMPUTED], fill_value="")
        frame.to_csv(repository / "data" / "claims.csv", index=False, lineterminator="\n")

    return write


@pytest.mark.parametrize(
    ("comparison", "value", "low", "high"),
    [
        ("abs<=0.05", -93.8, -93.85, -93.75),
        ("abs<=1e-3", 2.0, 1.999, 2.001),
        ("rel<=10%", -50.0, -55.0, -45.0),
        ("in[27,41]", 34.0, 27.0, 41.0),
        ("in[-2.5,-1]", 0.0, -2.5, -1.0),
        ("at most", 0.04, float("-inf"), 0.04),
        ("at least", 80.0, 80.0, float("inf")),
    ],
)
def test_rules_allow_an_interval(comparison, value, low, high):
    assert rule(comparison, value)[:2] == pytest.approx((low, high))


@pytest.mark.parametrize(
    "comparison", ["", "abs<0.05", "abs<=5%", "rel<=5", "abs<=-1", "in[2,1]", "about", "abs<=x"]
)
def test_unknown_rules_are_refused_with_the_grammar(comparison):
    with pytest.raises(ResultsError, match=r"allowed: abs<=0.05, rel<=1%, in\[27,41\], at most"):
        rule(comparison, 1.0)


@pytest.mark.parametrize(
    ("measured", "better", "status"),
    [
        (4.0, "", "reproduced"),
        (6.0, "lower", "reproduced"),
        (6.1, "", "differs"),
        (6.1, "lower", "differs"),
        (6.1, "higher", "beyond"),
        (3.9, "lower", "beyond"),
        (3.9, "higher", "differs"),
    ],
)
def test_status_follows_from_the_number(measured, better, status):
    verdict = judge(measured, 5.0, "abs<=1", better)
    assert verdict.status == status and f"{measured:g}" in verdict.reason


def test_sides_other_than_lower_and_higher_are_refused():
    with pytest.raises(ResultsError, match="better is 'smaller'"):
        judge(1.0, 1.0, "abs<=1", "smaller")


def test_arithmetic_and_published_points_are_told_apart():
    assert extract("log2(8)") == (3.0, "arithmetic")
    number, basis = extract('bits_at_accuracy("proposed", "full", "1024", at=80)')
    assert number == pytest.approx(28.45, abs=0.01) and basis == "published points"


def test_cells_and_aggregates_of_measured_tables(repository):
    write_measured("pointcloud/layers", LAYERS, **RECORD)
    call = '{}("pointcloud/layers", "decoder_mac"{})'
    assert extract(call.format("cell", ', size="lite"')) == (157696.0, "own measurement")
    assert extract(call.format("mean", ""))[0] == 411648
    assert extract(call.format("total", ""))[0] == 823296
    assert extract(call.format("lowest", ""))[0] == 157696
    assert extract(call.format("highest", ""))[0] == 665600


def test_queries_that_do_not_fit_the_table_are_refused(repository):
    write_measured("pointcloud/layers", LAYERS, **RECORD)
    with pytest.raises(ResultsError, match="with {} is 2; allowed: one"):
        extract('cell("pointcloud/layers", "decoder_mac")')
    with pytest.raises(ResultsError, match=r"column of 'pointcloud/layers' is 'mac'.*decoder_mac"):
        extract('cell("pointcloud/layers", "mac")')
    with pytest.raises(ResultsError, match="is 0; allowed: at least one"):
        extract('mean("pointcloud/layers", "decoder_mac", size="micro")')
    with pytest.raises(MissingTableError) as caught:
        extract('cell("pointcloud/other", "decoder_mac")')
    assert caught.value.table == "pointcloud/other"


@pytest.mark.parametrize(
    "call",
    ["", "log2", "log2(8) + 1", "log2(x)", "__import__('os')", "(lambda: 1)()", "log2(1", "a.b(1)"],
)
def test_only_registered_calls_with_literals_are_taken(call):
    with pytest.raises(ResultsError, match="extractor is"):
        extract(call)


def test_arguments_that_do_not_fit_are_refused():
    with pytest.raises(ResultsError, match="what log2 takes .*unexpected keyword"):
        extract("log2(8, base=2)")


def test_numbers_that_are_not_finite_are_refused():
    with pytest.raises(ResultsError, match="is inf; allowed: finite"):
        extract("product(1e308, 10)")


def test_update_computes_every_status(board, repository):
    cell = 'cell("pointcloud/layers", "decoder_mac", size="lite")'
    board(
        {"extractor": "log2(32)"},
        {"extractor": "log2(128)"},
        {"extractor": "log2(2)", "better": "lower"},
        {"extractor": cell, "value": "160000", "comparison": "abs<=5000"},
        {},
    )
    table = update_claims()
    assert table["status"].tolist() == [
        "reproduced", "differs", "beyond", "not attempted", "not attempted"
    ]  # fmt: skip
    assert table["measured"].fillna(-1).tolist() == [5, 7, 1, -1, -1]
    assert table["reason"].tolist()[3:] == [
        "table pointcloud/layers is not measured yet",
        "nothing measures it",
    ]
    write_measured("pointcloud/layers", LAYERS, **RECORD)
    assert update_claims()["status"][3] == "reproduced"
    first = (repository / "data" / "claims.csv").read_bytes()
    update_claims()
    assert (repository / "data" / "claims.csv").read_bytes() == first


def test_a_typed_status_is_overwritten(board):
    board({"extractor": "log2(128)"})
    path = paths.root() / "data" / "claims.csv"
    path.write_text(path.read_text().rstrip().rstrip(",") + ",5,arithmetic,reproduced,typed\n")
    assert update_claims()["status"].tolist() == ["differs"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"source": " "}, "source of claim 'c0' is 'empty'"),
        ({"unit": ""}, "unit of claim 'c0'"),
        ({"value": "5 %"}, "value of claim 'c0' is '5 %'; allowed: a plain number"),
        ({"value": "nan"}, "value of claim 'c0' is 'nan'"),
        ({"comparison": "close"}, "claim 'c0': comparison is 'close'"),
        ({"better": "up"}, "claim 'c0': better is 'up'"),
        ({"note": ""}, "note of claim 'c0'.*says why"),
    ],
)
def test_incomplete_claims_are_refused(board, row, message):
    board(row)
    with pytest.raises(ResultsError, match=message):
        update_claims()


def test_ids_are_unique(board):
    board({"id": "a"}, {"id": "a"})
    with pytest.raises(ResultsError, match=r"id in data/claims.csv is \['a'\]"):
        update_claims()


@pytest.mark.parametrize("text", ["", "id,status\n", f"{HEADER}\na,b\n"])
def test_files_of_another_shape_are_refused(repository, text):
    (repository / "data" / "claims.csv").write_text(text)
    with pytest.raises(ResultsError, match=r"data/claims.csv|one cell a column"):
        claims()


def test_a_status_outside_the_four_is_refused(board, repository):
    board({})
    with pytest.raises(ResultsError, match="status in data/claims.csv.*python -m lcip.results"):
        claims()


def test_a_missing_file_is_named(repository):
    with pytest.raises(ResultsError, match="data/claims.csv is 'missing'"):
        claims()


def stored() -> list[dict]:
    return pd.read_csv(
        paths.root() / "data" / "claims.csv", dtype=str, keep_default_na=False
    ).to_dict("records")


@pytest.mark.parametrize("claim", stored(), ids=lambda claim: claim["id"])
def test_the_stored_claim_is_what_the_tables_give_today(claim):
    """If this fails, a table changed: run 'python -m lcip.results' and read what moved."""
    fresh = outcome(claim)
    assert (claim["basis"], claim["status"]) == (fresh.basis, fresh.status)
    if fresh.measured:
        assert float(claim["measured"]) == pytest.approx(float(fresh.measured), rel=1e-4)
    else:
        assert claim["measured"] == "" and claim["reason"] == fresh.reason


def test_25_of_27_rows_of_table_3_2_are_reproduced():
    table = claims()
    deltas = table[table["id"].str.match(r"table-3\.2-.*-bd-")]
    rows = deltas["id"].str.extract(r"table-3\.2-(.*)-bd-")[0]
    bad = set(rows[deltas["status"] != "reproduced"])
    assert rows.nunique() == 27 and bad == {"micro-256", "micro-128"}
    best = table[table["id"].str.match(r"table-3\.2-.*-max-accuracy")]
    assert len(best) == 28 and (best["status"] == "reproduced").all()


def test_claims_that_differ_say_what_is_known_about_it():
    table = claims()
    assert (table[table["status"] == "differs"]["note"] != "").all()


RIVALS = (
    r"own-(?:tmc13|draco|balcilar)-|fig-1\.1-own-(?!factorized)|.*-own-tmc13$|fig-3\.3a-pointnet"
)
DIFFERENCES = r".*-own-tmc13$|.*-accuracy-drop$|fig-3\.4-"


def test_nothing_goes_beyond_by_somebody_elses_codec_or_by_another_operating_point():
    """A rival measured better, or fewer bits at another λ, is no progress of this book."""
    table = claims()
    control = table[table["id"].str.match(f"{RIVALS}|{DIFFERENCES}")]
    assert len(control) >= 27 and set(control["better"]) == {""}
    assert "beyond" not in set(control["status"])
