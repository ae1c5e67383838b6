"""A pytest plugin that makes nbval compare what the reader of a notebook sees.

nbval alone compares text exactly and ignores figures, and lets a notebook pass that was never run.
With this plugin numbers and figures are compared with tolerances (`output_comparison`), every code
cell must have been executed, and the kernel is the interpreter that runs pytest, in the same
environment as when the book is built. Load it by its name; a notebook's cells belong together,
hence `--dist loadfile`:

    PYTHONPATH=tests/notebooks python -m pytest -p nbval_strict --nbval notebooks --dist loadfile

It relies on the internals of nbval 0.11, so it refuses any other.
"""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from nbval.plugin import IPyNbCell, IPyNbFile
from output_comparison import compare_outputs

from lcip.notebook.kernel import kernel_environment

SUPPORTED = "0.11."
PATIENCE_SECONDS = 600
SCRATCH = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Set nbval's options, where nbval is asked for."""
    if not config.option.nbval:
        return
    if not version("nbval").startswith(SUPPORTED):
        raise pytest.UsageError(f"nbval is {version('nbval')}; this plugin works with {SUPPORTED}*")
    config.option.nbval_current_env = True
    config.option.nbval_kernel_startup_timeout = PATIENCE_SECONDS
    scratch = TemporaryDirectory(prefix="lcip-nbval-")
    config.add_cleanup(scratch.cleanup)
    config.stash[SCRATCH] = Path(scratch.name)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Iterator[None]:
    """Put our collector in the place of nbval's."""
    found = yield
    if not any(isinstance(node, IPyNbFile) for node in found):
        return found
    return [StrictFile.from_parent(parent, path=file_path)]


class StrictFile(IPyNbFile):
    """A notebook: first whether it was run at all, then its cells."""

    def setup(self) -> None:
        """Start the kernel; only it sees the environment of a notebook, not the tests beside it."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in kernel_environment(self.config.stash[SCRATCH]).items():
                patch.setenv(name, value)
            super().setup()

    def collect(self) -> Iterator[pytest.Item]:
        cells = list(super().collect())
        yield Executed.from_parent(self, name="every cell was executed")
        for item in cells:
            yield StrictCell.from_parent(
                self, name=item.name, cell_num=item.cell_num, cell=item.cell, options=item.options
            )


class StrictCell(IPyNbCell):
    """A cell whose computed outputs are compared with the stored ones by our rules."""

    def __init__(self, **arguments: object) -> None:
        super().__init__(**arguments)
        self.output_timeout = PATIENCE_SECONDS

    def compare_outputs(self, test: list, ref: list, skip_compare: object = None) -> bool:
        found = compare_outputs(ref, test)
        self.comparison_traceback = [found]
        return not found


class NotExecuted(Exception):
    """A notebook whose stored outputs are not those of one complete run with the book's values."""


class Executed(pytest.Item):
    """Every code cell has an execution count, and they count up; nothing was injected, nothing
    failed."""

    def runtest(self) -> None:
        cells = [cell for cell in self.parent.nb.cells if cell.cell_type == "code"]
        counts = [cell.execution_count for cell in cells if cell.source.strip()]
        if not counts or counts != list(range(1, len(counts) + 1)):
            shown = ", ".join("none" if count is None else str(count) for count in counts)
            raise NotExecuted(
                f"the execution counts are {shown or 'absent'}; allowed: 1 to {len(counts)}. "
                "Next: execute the notebook from its beginning and save it."
            )
        if any("injected-parameters" in cell.metadata.get("tags", []) for cell in cells):
            raise NotExecuted(
                "it ran with injected parameters. Next: run it with the book's values."
            )

    def repr_failure(self, excinfo: pytest.ExceptionInfo) -> str:
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, f"{self.path.name}::{self.name}"
