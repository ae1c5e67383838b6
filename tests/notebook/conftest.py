"""Tiny notebooks and tiny repositories, made for one test each."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

DECLARATION = """from dataclasses import dataclass
from pathlib import Path

from lcip import notebook


@dataclass(frozen=True)
class Parameters:
    {fields}


P = notebook.read(Parameters, globals())"""

FIELDS = (
    'quality: int = notebook.parameter(3, "quality index", low=1, high=8)',
    'lmbda: float = notebook.parameter(0.01, "weight of the distortion", unit="1/dB", low=0)',
    'names: list[str] = notebook.parameter(["a"], "photographs", choices=("a", "b", "coffee"))',
    'half: bool = notebook.parameter(False, "half precision")',
)
ASSIGNMENTS = 'quality = 3\nlmbda = 0.01\nnames = ["a"]\nhalf = False'
BODY = ("print(P.quality, P.lmbda, P.names, P.half)",)


def code(source: str, tags: tuple[str, ...] = ()) -> dict:
    """One code cell that was not executed."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": list(tags)} if tags else {},
        "outputs": [],
        "source": source,
    }


def content(assignments: str, fields: tuple[str, ...], body: tuple[str, ...], data: list) -> dict:
    """A notebook that follows the book's conventions."""
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "# A title"},
        code(assignments, ("parameters",)),
        code(DECLARATION.format(fields="\n    ".join(fields)), ("declaration", "hide-input")),
        *(code(source) for source in body),
    ]
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place}"
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    metadata["lcip"] = {"data": data}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}


@pytest.fixture
def write_notebook(tmp_path: Path) -> Callable[..., Path]:
    """Write a notebook with four parameters, or with what the arguments say; give its path."""

    def write(
        assignments: str = ASSIGNMENTS,
        fields: tuple[str, ...] = FIELDS,
        body: tuple[str, ...] = BODY,
        data: tuple[str, ...] = (),
        path: Path = tmp_path / "own" / "41-tiny.ipynb",
    ) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content(assignments, fields, body, list(data))))
        return path

    return write


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of its own: `data/`, `notebooks/`, and nothing else."""
    root = tmp_path / "house"
    (root / "data" / "measured").mkdir(parents=True)
    (root / "data" / "registry.toml").touch()
    (root / "notebooks").mkdir()
    monkeypatch.setenv("LCIP_ROOT", str(root))
    return root
