"""The graph that makes the committed artefacts: each has a rule, and building the book has none."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("weights", "streams", "measured")


def summary(snakefile: str, profile: str, *targets: str) -> set[str]:
    """Every output of a graph, as `snakemake --summary` lists them."""
    command = [sys.executable, "-m", "snakemake", "-s", f"workflow/{snakefile}", "--nolock"]
    shown = subprocess.run(
        [*command, "--profile", f"workflow/profiles/{profile}", "--summary", *targets],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {line.split("\t")[0] for line in shown.stdout.splitlines()[1:] if "\t" in line}


def committed() -> set[str]:
    files = [path for folder in FOLDERS for path in (ROOT / "data" / folder).rglob("*.*")]
    return {path.relative_to(ROOT).as_posix() for path in files if path.suffix != ".md"}


def test_every_committed_artefact_has_a_rule():
    made = summary("rebuild.smk", "rebuild", "weights", "streams", "tables")
    assert committed() - made == set()


def test_rules_run_the_recorded_commands():
    """What a table's provenance says made it is what the graph would run to make it again."""
    planned = subprocess.run(
        [sys.executable, "-m", "snakemake", "-s", "workflow/rebuild.smk", "--nolock", "--dry-run"]
        + ["--profile", "workflow/profiles/rebuild", "--forceall", "--printshellcmds", "tables"]
        + ["streams"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for record in (ROOT / "data" / "measured").rglob("*.json"):
        command = json.loads(record.read_text())["command"]
        assert command.partition(" --")[0].removeprefix("python ") in planned.stdout, record.name


@pytest.fixture
def clone(tmp_path):
    """A copy of what the graph looks at, all inputs dated after what was made from them."""
    for name in ("data", "workflow", "lcip"):
        ignored = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    for seconds, folder in enumerate(reversed(FOLDERS), start=1_700_000_000):
        for place, path in enumerate(sorted((tmp_path / "data" / folder).rglob("*.*"))):
            os.utime(path, ns=(0, 10**9 * seconds + place))
    return tmp_path


def planned_jobs(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "snakemake", "-s", "workflow/rebuild.smk", "--dry-run"]
    shown = subprocess.run(
        [*command, "--profile", "workflow/profiles/rebuild", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return shown.stdout + shown.stderr


def test_the_dates_of_a_clone_start_no_job(clone):
    planned = planned_jobs(clone, "weights", "streams", "tables")
    assert "Nothing to be done" in planned and "Training" not in planned


def test_what_is_absent_is_made_and_what_depends_on_it_but_nothing_else(clone):
    (clone / "data/weights/images/factorized-small-q1.safetensors").unlink()
    planned = planned_jobs(clone, "weights", "streams", "tables")
    for wanted in ("Training images/factorized-small-q1", "Coding Kodak", "amortisation gap"):
        assert wanted in planned
    for other in ("Training images/factorized-small-q3", "Training pointcloud", "Measuring motion"):
        assert other not in planned
    assert "Coding Kodak with images/factorized-small-q3" not in planned


def test_building_the_book_makes_nothing_that_is_committed():
    made = summary("Snakefile", "local", "book")
    assert made
    assert {name for name in made if not name.startswith("_build/")} == set()


@pytest.mark.parametrize("name", ["local", "rebuild", "slurm"])
def test_profiles_are_settings_that_snakemake_knows(name):
    from snakemake.cli import get_argument_parser

    settings = yaml.safe_load((ROOT / f"workflow/profiles/{name}/config.yaml").read_text())
    known = {
        option for action in get_argument_parser()._actions for option in action.option_strings
    }
    assert {f"--{key}" for key in settings} <= known
