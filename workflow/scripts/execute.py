"""Execute one notebook as the book shows it, and record when, how long, and with which versions.

usage: execute.py SOURCE.ipynb EXECUTED.ipynb RECORD.json
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from lcip import paths, runtime
from lcip.errors import LcipError
from lcip.notebook.runner import execute


def main(source: Path, executed: Path, record: Path) -> int:
    """Write the executed notebook and its record; print why and return 1 where a cell fails."""
    partial = executed.with_suffix(".failed.ipynb")
    partial.unlink(missing_ok=True)
    try:
        run = execute(source, executed, {}, failed=partial)
    except LcipError as error:
        print(error, file=sys.stderr)
        return 1
    report = {
        "notebook": source.as_posix(),
        "seconds": round(run.seconds, 1),
        "finished": datetime.now(UTC).isoformat(timespec="minutes"),
        "data": list(run.data),
        "cells": run.cells,
        "environment": runtime.environment_report(),
    }
    with paths.atomic_write(record) as temporary:
        temporary.write_text(json.dumps(report, indent=1) + "\n", encoding="utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
