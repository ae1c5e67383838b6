"""The command line: what it prints, with which status it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lcip import cli
from lcip.cli.printing import readable

SAMPLE = Path(__file__).parents[1] / "notebooks" / "sample" / "01-sample.ipynb"
COMMAND = [sys.executable, "-c", "from lcip.cli import main; main()"]


def lcip(*words: object) -> Result:
    return CliRunner().invoke(cli.app, [str(word) for word in words], prog_name="lcip")


@pytest.mark.parametrize("words", [[], ["run"], ["params"], ["fetch"], ["info"]])
def test_help_says_how_to_use_it(words):
    result = lcip(*words, "--help")
    assert result.exit_code == 0
    assert f"Usage: lcip {' '.join(words)}".strip() in result.stdout
    if words not in (["params"], ["info"]):
        assert "Examples:" in result.stdout


def test_help_comes_without_the_heavy_libraries():
    code = "import sys; from lcip import cli; print([m for m in sys.modules if m in HEAVY])"
    heavy = {"torch", "numpy", "papermill", "matplotlib", "compressai", "IPython", "pandas"}
    done = subprocess.run(
        [sys.executable, "-c", code.replace("HEAVY", repr(heavy))], capture_output=True, text=True
    )
    assert done.stdout == "[]\n", done.stderr


def test_parameters_are_listed():
    result = lcip("params", SAMPLE)
    assert result.exit_code == 0
    (line,) = [line for line in result.stdout.splitlines() if "frequency_hz" in line]
    words = "frequency_hz float 2.0 Hz from 0.1 to 50.0 Hz its frequency"
    assert line.split() == words.split()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["params", "99"], "'99' names no notebook"),
        (["run", "no-such-notebook"], "These exist:"),
        (["run", "missing.ipynb"], "names no notebook"),
        (["run", SAMPLE, "-p", "frequency", "3"], "did you mean frequency_hz?"),
        (["run", SAMPLE, "-p", "num_samples", "many"], "num_samples is 'many'; allowed: int"),
        (["run", SAMPLE, "-p", "num_samples", "-3"], "num_samples is -3; allowed: int from 2"),
        (["run", SAMPLE, "-p", "colours", "C0,C9"], "colours[1] is 'C9'"),
        (["run", SAMPLE, "-p", "num_samples"], "Write -p NAME VALUE"),
        (["run", SAMPLE, "-p"], "requires an argument"),
        (["run", SAMPLE, "-o", SAMPLE.parent], "any folder but the notebook's own"),
        (["run", SAMPLE, "-o", SAMPLE], "-o is"),
        (["fetch", "no-such-set"], "Next: run `lcip fetch --list`"),
        (["fetch"], "name what to fetch"),
        (["fetch", "kodak", "modelnet40", "--from", "x"], "name one data set"),
        (["fetch", "--check", "no-such-set"], "no-such-set"),
        (["rum"], "No such command 'rum'"),
        (["info", "--colour"], "No such option"),
    ],
)
def test_a_mistake_is_told_without_a_traceback(words, told, tmp_path, monkeypatch):
    monkeypatch.setenv("LCIP_DATA", str(tmp_path))
    result = lcip(*words)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.output


def test_a_mistake_of_the_system_is_told_too(monkeypatch):
    def full(text: str) -> Path:
        raise OSError(28, "No space left on device", "some/file")

    monkeypatch.setattr("lcip.notebook.rerun.find", full)
    result = lcip("run", "21")
    assert (result.exit_code, result.stderr) == (2, "lcip: some/file: No space left on device\n")


def test_a_run_writes_a_notebook_and_a_page(tmp_path):
    pytest.importorskip("jupyter_book")
    values = ("-p", "frequency_hz", 5, "-p", "colours", "C0,C1")
    result = lcip("run", SAMPLE, *values, "--html", "-o", tmp_path)
    assert result.exit_code == 0, result.output
    notebook, page = map(Path, result.stdout.splitlines())
    assert notebook == tmp_path / "01-sample.ipynb"
    record = json.loads(notebook.read_text())["metadata"]["lcip"]["execution"]
    assert record["parameters"] == {"frequency_hz": 5.0, "colours": ["C0", "C1"]}
    text = page.read_text()
    assert "These are not the book" in text and "A sine of two periods" in text
    scripts = [part.split('"')[0] for part in text.split('src="')[1:]]
    assert scripts and not any("//" in script for script in scripts)


def failing(folder: Path) -> Path:
    """The sample notebook with a last cell that fails."""
    content = json.loads(SAMPLE.read_text())
    content["cells"][-1]["source"] = "raise ValueError('as told')"
    path = folder / "02-failing.ipynb"
    path.write_text(json.dumps(content))
    return path


def test_a_failing_notebook_ends_with_status_1(tmp_path):
    result = lcip("run", failing(tmp_path), "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert "ValueError: as told" in result.stderr
    partial = tmp_path / "out" / "02-failing.ipynb"
    assert f"The notebook as far as it ran: {partial}" in result.stderr
    assert "mean square" in partial.read_text()
    assert result.stdout == ""


def test_without_a_folder_a_new_one_in_runs_is_made(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "registry.toml").touch()
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))
    from lcip.notebook.rerun import new_folder

    one = new_folder("21-gap")
    one.mkdir(parents=True)
    other = new_folder("21-gap")
    assert one.parent == tmp_path / "runs" and one.name.startswith("21-gap-2")
    assert other != one and other.parent == one.parent


def test_an_interrupt_stops_the_kernel_and_ends_with_status_130(tmp_path):
    """The notebook notes its process, then waits far longer than any test runs."""
    content = json.loads(SAMPLE.read_text())
    waiting = "import os, time\nopen('noted', 'w').write(str(os.getpid()))\ntime.sleep(100_000)"
    content["cells"][-1]["source"] = waiting
    path = tmp_path / "03-waiting.ipynb"
    path.write_text(json.dumps(content))
    run = subprocess.Popen(
        [*COMMAND, "run", str(path), "-o", str(tmp_path / "out")],
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests in the background may ignore interrupts, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    noted = tmp_path / "noted"
    while run.poll() is None and not (noted.is_file() and noted.read_text()):
        time.sleep(0.1)
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate()
    assert run.returncode == 130
    assert "Traceback" not in errors
    assert not (tmp_path / "out").exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int(noted.read_text()), 0)


def test_data_sets_are_listed_and_the_bundled_ones_are_here(tmp_path, monkeypatch):
    monkeypatch.setenv("LCIP_DATA", str(tmp_path))
    result = lcip("fetch", "--list")
    assert result.exit_code == 0
    lines = {line.split()[0]: line.split() for line in result.stdout.splitlines() if line.split()}
    assert lines["bundled-photographs"][1] == "yes"
    assert lines["kodak"][1] == "no"


def test_a_wrong_file_fails_the_check(tmp_path, monkeypatch):
    monkeypatch.setenv("LCIP_DATA", str(tmp_path))
    (tmp_path / "kodak").mkdir()
    (tmp_path / "kodak" / "kodim01.png").write_bytes(b"no picture")
    result = lcip("fetch", "--check", "kodak")
    assert result.exit_code == 1
    assert "kodim01.png: sha256 is not" in result.stderr


def test_info_names_versions_and_data(tmp_path, monkeypatch):
    monkeypatch.setenv("LCIP_DATA", str(tmp_path))
    result = lcip("info")
    assert result.exit_code == 0
    for words in ("python: 3.", "torch: 2.", f"data folder: {tmp_path}", "sets here: bundled"):
        assert words in result.stdout


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (2_500_000_000, "2.5 GB"), (None, "unknown")],
)
def test_sizes_for_people(size_bytes, text):
    assert readable(size_bytes) == text
