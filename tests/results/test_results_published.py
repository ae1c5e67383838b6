"""Published tables: all readable, every row with its source, numbers as numbers."""

import numpy as np
import pytest

from lcip.results import ResultsError, published_names, read_published


@pytest.mark.parametrize("name", published_names())
def test_every_table_is_readable_and_every_row_has_a_source(name):
    frame = read_published(name)
    assert len(frame) > 0 and (frame["source"].str.len() > 3).all()
    assert not frame.columns.has_duplicates and not frame.duplicated().all()


@pytest.mark.parametrize("name", published_names())
def test_every_table_is_described(name):
    from lcip import paths

    text = (paths.root() / "data" / "published" / "README.md").read_text(encoding="utf8")
    stem = name.removeprefix("motion_nrmse_random").removeprefix("motion_nrmse_curves")
    assert f"{name}.csv" in text or f"`...{stem}.csv`" in text


def test_there_are_the_tables_of_all_chapters():
    names = published_names()
    assert {name.split("_")[0] for name in names} == {"kodak", "motion", "pc", "pdf"}


def test_fourteen_codecs_make_the_first_figure():
    points = read_published("kodak_rd_points")
    shown = points[points["in_thesis_fig_1_1"] == 1]
    assert shown["codec"].nunique() == 14
    assert shown["psnr_rgb_db"].between(15, 50).all() and (shown["bpp"] > 0).all()


def test_numbers_are_numbers_and_blanks_are_missing():
    points = read_published("pc_rate_accuracy_points")
    assert points["bits"].dtype == np.float64 and points["acc_top1_percent"].between(0, 100).all()
    assert points["lmbda"].isna().any() and points["num_points_P"].iloc[0] == "*"


@pytest.mark.parametrize("name", ["nothing", "../claims", "", None])
def test_unknown_tables_are_refused_with_the_list(name):
    with pytest.raises(ResultsError, match=r"published table is .*allowed: kodak_rd_points, "):
        read_published(name)


def test_a_row_without_a_source_is_refused(repository):
    folder = repository / "data" / "published"
    folder.mkdir()
    for text in ("a,source\n1,thesis\n2,\n", "a\n1\n"):
        (folder / "x.csv").write_text(text)
        with pytest.raises(ResultsError, match="source in 'x' is 'missing'"):
            read_published("x")


def test_reading_is_noted_for_the_notebook_runner(tmp_path, monkeypatch):
    monkeypatch.setenv("LCIP_TRACE", str(tmp_path / "trace"))
    read_published("motion_layers")
    assert (tmp_path / "trace").read_text() == "data/published/motion_layers.csv\n"
