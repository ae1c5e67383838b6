"""The workflow that checks, rebuilds and publishes: held against the rules that matter here.

Where the linter `actionlint` is installed, it has its say, too.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / ".github" / "workflows" / "book.yml"
WORKFLOW = yaml.safe_load(PATH.read_text(encoding="utf8"))
EVENTS = WORKFLOW[True]  # YAML reads `on` as a truth value
JOBS = WORKFLOW["jobs"]
STEPS = [(name, step) for name, job in JOBS.items() for step in job["steps"]]
ALLOWED = {
    "name", "id", "if", "uses", "run", "with", "env", "shell", "working-directory",
    "continue-on-error", "timeout-minutes",
}  # fmt: skip


def test_it_runs_on_changes_every_week_and_by_hand():
    assert {"push", "pull_request", "schedule", "workflow_dispatch"} == set(EVENTS)
    assert EVENTS["push"] == {"branches": ["main"]}
    (entry,) = EVENTS["schedule"]
    minute, hour, day, month, weekday = entry["cron"].split()
    assert (day, month) == ("*", "*") and weekday in "0123456"
    assert int(minute) < 60 and int(hour) < 24


def test_steps_are_well_formed_and_pinned():
    for job, step in STEPS:
        assert set(step) <= ALLOWED, job
        assert ("uses" in step) != ("run" in step), job
        if "uses" in step:
            assert re.fullmatch(r"[\w.-]+/[\w./-]+@v\d+", step["uses"]), step["uses"]


def test_what_it_calls_is_there():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    runs = " ".join(step.get("run", "") for _, step in STEPS)
    assert set(re.findall(r"make ([a-z]+)", runs)) <= targets
    assert ".ci/run" in runs and (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_a_scheduled_build_takes_nothing_over_from_another():
    cached = [step for _, step in STEPS if "cache" in str(step.get("uses", ""))]
    assert cached and all("!= 'schedule'" in step["if"] for step in cached)
    assert not any("cache" in step.get("with", {}) for _, step in STEPS)


def test_only_the_publishing_job_may_write_and_only_pages():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    for name, job in JOBS.items():
        allowed = {"pages": "write", "id-token": "write"} if name == "publish" else None
        assert job.get("permissions") == allowed
    assert "secrets." not in PATH.read_text()


def test_only_the_students_pages_are_published_and_only_from_main():
    assert JOBS["publish"]["needs"] == "build"
    assert "refs/heads/main" in JOBS["publish"]["if"]
    (handed,) = [step for _, step in STEPS if "upload-pages-artifact" in step.get("uses", "")]
    assert handed["with"] == {"path": "_build/html"} and "refs/heads/main" in handed["if"]
    assert "instructor" not in PATH.read_text()


def test_the_address_is_set_by_the_very_line_of_the_settings():
    """The step replaces a text of _config.yml; were that line another, it would do nothing."""
    (step,) = [step for _, step in STEPS if "_config.yml" in step.get("run", "")]
    assert 'lcip_repository_url: \\"\\"' in step["run"]
    assert '    lcip_repository_url: ""\n' in (ROOT / "_config.yml").read_text()


@pytest.mark.parametrize("job", JOBS)
def test_no_job_runs_for_ever(job):
    assert 0 < JOBS[job]["timeout-minutes"] <= 120


def test_the_linter_finds_nothing():
    linter = shutil.which("actionlint")
    if linter is None:
        pytest.skip("actionlint is not installed")
    done = subprocess.run([linter, str(PATH)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
