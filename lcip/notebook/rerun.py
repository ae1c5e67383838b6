"""A reader's own run of a notebook: found by name, values from the command line, into `runs/`."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from lcip import paths
from lcip.errors import refusal
from lcip.notebook.document import NotebookError
from lcip.notebook.locate import find
from lcip.notebook.static import overrides_from_text


def rerun(
    text: str,
    pairs: Iterable[tuple[str, str]],
    folder: Path | None,
    *,
    html: bool,
    progress: bool,
) -> Iterator[Path]:
    """Run the notebook that `text` names; yield the executed notebook and, with `html`, its page.

    `folder` receives the result; without it a new one below `runs/` does. Values and notebook are
    checked before anything runs, as in `lcip.notebook.runner.execute`, whose errors this raises.
    """
    source = find(text).resolve()
    overrides = overrides_from_text(source, pairs)
    destination = destination_of(source, folder)
    from lcip.notebook.runner import execute

    done = execute(source, destination, overrides, failed=destination, progress=progress)
    yield done.path
    if html:
        from lcip.notebook.page import render

        yield render(done.path, done.path.parent / "html")


def destination_of(source: Path, folder: Path | None) -> Path:
    """Where the executed notebook goes; never over the notebook itself."""
    folder = (folder or new_folder(source.stem)).expanduser().resolve()
    if folder.exists() and not folder.is_dir():
        raise NotebookError(refusal("-o", str(folder), "a folder", "name a folder, or a new one"))
    if folder == source.parent:
        step = "choose another folder: the executed notebook would replace its source"
        raise NotebookError(refusal("-o", str(folder), "any folder but the notebook's own", step))
    return folder / source.name


def new_folder(stem: str) -> Path:
    """`runs/<name>-<date>-<time>`, with a number behind it where two runs share a second."""
    first = paths.root() / "runs" / f"{stem}-{datetime.now():%Y%m%d-%H%M%S}"
    folder, number = first, 2
    while folder.exists():
        folder, number = first.with_name(f"{first.name}-{number}"), number + 1
    return folder
