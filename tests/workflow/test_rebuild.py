"""The graph that makes the committed artefacts: each has a rule, and building the book has none."""

import json
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
