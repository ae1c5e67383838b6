"""A small book in both editions, rendered as the real one is: solutions in the one, not a trace in
the other; and a solution that slips through ends the build for students."""

import json
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
import stage
import yaml

ROOT = Path(__file__).resolve().parents[2]
RENDER = ROOT / "workflow" / "scripts" / "render.py"
SECRET, MARK, NOTE = (
    "Seven times six makes forty-two altogether",
    "answerkey",
    "Bring chalk to class",
)
EXERCISE = f"""# Exercises

```{{exercise}} A product
:label: ex-product
What is seven times six?
```

:::{{instructor}}
{NOTE}.
:::
"""
SLIPPED = EXERCISE + f"\n```{{eval-rst}}\n.. solution:: ex-product\n\n   {SECRET}.\n```\n"
CONTENTS = {
    "format": "jb-book",
    "root": "book/index",
    "parts": [{"caption": "One", "numbered": 1, "chapters": [{"file": "book/teaching/19-small"}]}],
}


def cell(kind: str, source: str) -> dict:
    code = {"execution_count": 1, "outputs": []} if kind == "code" else {}
    made = {"cell_type": kind, "id": str(abs(hash(source))), "metadata": {}, "source": source}
    return made | code


SOLUTIONS = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python", "pygments_lexer": "ipython3"},
    },
    "cells": [
        cell("markdown", "# Solutions"),
        cell("markdown", f"```{{solution-start}} ex-product\n```\n\n{MARK}. {SECRET}."),
        cell("code", "secret_product = 7 * 6"),
        cell("markdown", "```{solution-end}\n```"),
    ],
}


@pytest.fixture
def small(tmp_path, monkeypatch) -> Path:
    """The source of a small book: a front page, a page of exercises, a notebook of solutions."""
    root, executed = tmp_path / "root", tmp_path / "executed"
    (root / "book" / "teaching").mkdir(parents=True)
    (executed / "solutions").mkdir(parents=True)
    shutil.copytree(ROOT / "book" / "_ext", root / "book" / "_ext", ignore=stage.IGNORED)
    settings = {
        "title": "Small",
        "only_build_toc_files": True,
        "execute": {"execute_notebooks": "off"},
        "parse": {"myst_enable_extensions": ["colon_fence", "dollarmath"]},
        "sphinx": {
            "extra_extensions": ["sphinx_exercise"],
            "local_extensions": {"editions": "book/_ext"},
            "config": {"language": "en"},
        },
    }
    (root / "_config.yml").write_text(yaml.safe_dump(settings))
    (root / "_toc.yml").write_text(yaml.safe_dump(CONTENTS))
    (root / "book" / "index.md").write_text("# Front\n\nA small book.\n")
    (root / "book" / "teaching" / "19-small.md").write_text(EXERCISE)
    (executed / "solutions" / "19-small.ipynb").write_text(json.dumps(SOLUTIONS))
    (executed / "solutions" / "19-small.json").write_text("{}")
    monkeypatch.setattr(stage, "ROOT", root)
    monkeypatch.setattr(stage, "EXECUTED", executed)
    return root


def rendered(audience: str, folder: Path) -> tuple[subprocess.CompletedProcess, Path]:
    names = ["solutions/19-small"] if audience == "instructor" else []
    stage.stage(audience, folder / "source", names)
    command = [sys.executable, str(RENDER), str(folder / "source"), str(folder / "html")]
    return subprocess.run(command, capture_output=True, text=True), folder / "html"


def everything(site: Path) -> str:
    """All bytes of a site as text, the inventory of links unpacked."""
    texts = []
    for path in (path for path in site.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if path.name == "objects.inv":
            data = zlib.decompress(data[data.index(b"zlib.\n") + 6 :])
        texts += [path.name, data.decode("utf8", errors="replace")]
    return "\n".join(texts)


def test_students_get_the_exercise_and_no_trace_of_its_solution(small, tmp_path):
    done, site = rendered("student", tmp_path / "student")
    assert done.returncode == 0, done.stdout + done.stderr
    text = everything(site)
    assert "What is seven times six?" in text
    hidden = (SECRET, MARK, NOTE, "secret_product", "solutions/19-small", "{instructor}")
    assert [each for each in hidden if each in text] == []


def test_instructors_get_both(small, tmp_path):
    done, site = rendered("instructor", tmp_path / "instructor")
    assert done.returncode == 0, done.stdout + done.stderr
    page = (site / "notebooks" / "solutions" / "19-small.html").read_text(encoding="utf8")
    assert SECRET in page and MARK in page and "secret_product" in page
    assert "Exercise 1.1" in page, "the solution names its exercise, by the students' number"
    exercises = (site / "book" / "teaching" / "19-small.html").read_text(encoding="utf8")
    assert NOTE in exercises and "For the instructor" in exercises
    assert "instructor's edition" in everything(site).replace("&#39;", "'").replace("’", "'")


def test_a_solution_that_slips_through_ends_the_students_build(small, tmp_path):
    (small / "book" / "teaching" / "19-small.md").write_text(SLIPPED)
    done, site = rendered("student", tmp_path / "slipped")
    assert done.returncode != 0
    assert "a solution has reached the edition for students" in done.stdout + done.stderr
    assert not site.exists()


def test_another_audience_is_refused(small, tmp_path):
    with pytest.raises(ValueError, match="audience is 'press'; allowed: student, instructor"):
        stage.stage("press", tmp_path / "press", [])
