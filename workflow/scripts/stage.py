"""Lay out everything that the renderer reads, in a tree shaped like the repository.

usage: stage.py AUDIENCE TARGET NAME ...        (student or instructor; notebooks as in graph)

The notebooks in it are the executed ones; each figure's alternative text is copied to where the
renderer looks for it. Beside each notebook lies the record of its execution. For students, what is
for teachers is cut out here (see `audience`); for instructors, the notebooks that solve the
exercises follow at the end.
"""

import json
import shutil
import sys
from pathlib import Path

import yaml
from audience import notebook_for_students, page_for_students

from lcip.plotting import stamp_alt

ROOT = Path(__file__).resolve().parents[2]
EXECUTED = ROOT / "_build" / "executed"
IGNORED = shutil.ignore_patterns("__pycache__", ".*")
AUDIENCES = ("student", "instructor")
SOLUTIONS = "solutions/"


def stage(audience: str, target: Path, names: list[str]) -> None:
    """Make the tree anew, so that nothing of an earlier build is left in it."""
    if audience not in AUDIENCES:
        raise ValueError(f"audience is {audience!r}; allowed: {', '.join(AUDIENCES)}")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    config = (ROOT / "_config.yml").read_text(encoding="utf8")
    (target / "_config.yml").write_text(configured(config, audience), encoding="utf8")
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf8"))
    if audience == "instructor":
        contents = with_solutions(contents, names)
    text = yaml.safe_dump(contents, sort_keys=False, allow_unicode=True)
    (target / "_toc.yml").write_text(text, encoding="utf8")
    shutil.copytree(ROOT / "book", target / "book", ignore=IGNORED)
    for name in names:
        stage_notebook(name, target)
    if audience == "student":
        cut_pages(target)


def configured(config: str, audience: str) -> str:
    """The settings of the book, with the audience in them; teachers see theirs in the title."""
    settings = yaml.safe_load(config)
    settings["sphinx"]["config"]["lcip_audience"] = audience
    if audience == "instructor":
        settings["title"] += " (instructor's edition)"
    return yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)


def with_solutions(contents: dict, names: list[str]) -> dict:
    """The contents with the solutions at the end, unnumbered: exercises keep their numbers."""
    solutions = [{"file": f"notebooks/{name}"} for name in names if is_solution(name)]
    part = {"caption": "Solutions", "chapters": solutions}
    return contents | {"parts": contents["parts"] + ([part] if solutions else [])}


def is_solution(name: str) -> bool:
    return name.startswith(SOLUTIONS)


def stage_notebook(name: str, target: Path) -> None:
    """Copy one executed notebook, with its alternative texts in place, and its record."""
    copy = target / "notebooks" / f"{name}.ipynb"
    copy.parent.mkdir(parents=True, exist_ok=True)
    content = json.loads((EXECUTED / f"{name}.ipynb").read_text(encoding="utf8"))
    stamp_alt(content)
    copy.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf8")
    shutil.copyfile(EXECUTED / f"{name}.json", copy.with_suffix(".json"))


def cut_pages(target: Path) -> None:
    """Take out of every page and every notebook of the tree what is for teachers."""
    for path in sorted(target.rglob("*.md")):
        text = path.read_text(encoding="utf8")
        path.write_text(page_for_students(text, str(path.relative_to(target))), encoding="utf8")
    for path in sorted(target.rglob("*.ipynb")):
        content = json.loads(path.read_text(encoding="utf8"))
        kept = notebook_for_students(content, str(path.relative_to(target)))
        path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf8")


if __name__ == "__main__":
    stage(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
