"""A tiny book in a temporary folder, rendered once with this book's own extensions."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
URL, COMMIT = "https://example.org/owner/book", "0123456789abcdef0123"
CONF = f"""
import sys
sys.path.insert(0, {str(ROOT / "book" / "_ext")!r})
extensions = ["myst_nb", "execution_record", "numbered_tables", "origins", "scoreboard",
              "parameters", "reruns"]
nb_execution_mode = "off"
numfig = True
html_theme = "basic"
exclude_patterns = ["_build"]
lcip_repository_url = "{{url}}"
lcip_repository_branch = "main"
def setup(app):
    app.add_config_value("lcip_repository_url", "", "html", [str])
    app.add_config_value("lcip_repository_branch", "main", "html", [str])
"""
TABLE = {"text/html": "<table><tr><td>8</td></tr></table>", "text/plain": "8"}
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
DECLARATION = """from dataclasses import dataclass
from lcip import notebook, metrics
from lcip.results import read_published

@dataclass(frozen=True)
class Parameters:
    lmbda: int = notebook.parameter(20, "weight <of> the loss", choices=(10, 20, 40))
    size_px: int = notebook.parameter(3, "side", unit="px", low=1)

P = notebook.read(Parameters, globals())"""
CAPTION = "Psnr (dB) of `one` sample, from one photograph."
BODY = (
    ("load", "points = read_published('pdf_table_2_1_per_quality')", {}, None),
    ("shown", "metrics.psnr_db(points, P.lmbda, peak=P.size_px)", TABLE,
     {"lcip": {"table": {"caption": CAPTION, "name": "tab-one"}}}),
    ("drawn", "metrics.ms_ssim(points)", {"image/png": PIXEL},
     {"mystnb": {"figure": {"caption": "A pixel.", "name": "fig-one"}}}),
    ("bare", "1 + 1", TABLE, {}),
)  # fmt: skip
RECORD = {
    "notebook": "notebooks/part/21-tiny.ipynb",
    "seconds": 12.34,
    "finished": "2026-01-01T00:00+00:00",
    "data": [],
    "cells": {"load": ["data/published/pdf_table_2_1_per_quality.csv",
                       "data/measured/distributions/kodak.csv",
                       "data/measured/distributions/kodak.json"],
              "bare": ["data/claims.csv"]},
    "environment": {"commit": COMMIT + "+", "packages": {}},
}  # fmt: skip
PAGES = {
    "index": "# Index\n\n```{toctree}\nbook/rerunning\nbook/sources\nbook/scoreboard\n"
    "notebooks/part/21-tiny\n```\n",
    "book/rerunning": "# Rerunning\n\nSee {numref}`tab-one`.\n\n"
    "```{rerun-example} 21 lmbda\n```\n\n```{first-cell}\n```\n\n```{notebook-parameters}\n```\n",
    "book/sources": "# Sources\n\n```{published-sources}\n```\n",
    "book/scoreboard": "# Scoreboard\n\n```{scoreboard-counts}\n```\n\n"
    "```{scoreboard-claims}\n```\n\n```{scoreboard-contents}\n```\n",
}


def notebook() -> dict:
    """A notebook with a table, a figure, and a table without words."""
    cells = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# A tiny chapter"},
        code("values", "lmbda = 20\nsize_px = 3", {}, {"tags": ["parameters"]}),
        code("declared", DECLARATION, {}, {"tags": ["declaration"]}),
        *(code(*cell) for cell in BODY),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}


def code(identifier: str, source: str, data: dict, metadata: dict | None) -> dict:
    outputs = [{"output_type": "execute_result", "data": data, "metadata": {},
                "execution_count": 1}] if data else []  # fmt: skip
    return {"cell_type": "code", "id": identifier, "metadata": metadata or {}, "source": source,
            "outputs": outputs, "execution_count": 1}  # fmt: skip


def render(folder: Path, url: str, *, record: bool) -> Path:
    """Write the tiny book and render it with Sphinx; every warning is an error."""
    source = folder / "source"
    for name, text in PAGES.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / f"{name}.md").write_text(text, encoding="utf8")
    (source / "notebooks" / "part").mkdir(parents=True)
    (source / "notebooks" / "part" / "21-tiny.ipynb").write_text(json.dumps(notebook()))
    if record:
        (source / "notebooks" / "part" / "21-tiny.json").write_text(json.dumps(RECORD))
    (source / "conf.py").write_text(CONF.replace("{url}", url), encoding="utf8")
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "-n", "--keep-going"]
    done = subprocess.run([*command, str(source), str(folder / "html")],
                          capture_output=True, text=True, cwd=ROOT)  # fmt: skip
    assert done.returncode == 0, done.stderr
    shutil.rmtree(source)
    return folder / "html"
