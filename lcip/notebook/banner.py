"""The notice above a notebook that was run with other values than the book's."""

import html
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from lcip.notebook.declared import Declared

TITLE = "These are not the book's results"
SUMMARY = "This notebook ran with other parameters than the book's. What differs:"
HEADINGS = ("parameter", "the book", "this run", "unit", "meaning")

# Colours are transparent or inherited: the notice can be read on a light and on a dark page.
BOX = (
    "border: 1px solid #d9822b; border-left-width: 0.5em; border-radius: 0.3em; "
    "background: rgba(217, 130, 43, 0.12); color: inherit; padding: 0.6em 1em; margin: 0.5em 0; "
    "overflow-x: auto;"
)
TABLE = "border: none; color: inherit; background: transparent; margin: 0.5em 0;"
CELL = (
    "text-align: left; padding: 0.15em 1em 0.15em 0; color: inherit; background: transparent; "
    "border: none; overflow-wrap: break-word;"
)


class Difference(NamedTuple):
    """One parameter whose value in this run is not the book's."""

    name: str
    book: str
    now: str
    unit: str
    meaning: str


def differences(declared: Iterable[Declared], values: Mapping[str, Any]) -> list[Difference]:
    """The parameters whose value differs from the book's."""
    return [
        Difference(item.name, told(item.book), told(values[item.name]), item.unit, item.meaning)
        for item in declared
        if values[item.name] != item.book
    ]


def told(value: Any) -> str:
    """A value as a reader would write it."""
    return str(value) if isinstance(value, Path) else repr(value)


def show_differences(declared: Iterable[Declared], values: Mapping[str, Any]) -> None:
    """Display the notice if a value differs from the book's; display nothing otherwise."""
    found = differences(declared, values)
    if not found:
        return
    from IPython.display import display

    display({"text/html": as_html(found), "text/plain": as_text(found)}, raw=True)


def as_text(found: list[Difference]) -> str:
    """The notice for a reader without HTML."""
    lines = [f"{TITLE.upper()}. {SUMMARY}"]
    for item in found:
        unit = f" {item.unit}" if item.unit else ""
        lines.append(
            f"  {item.name} ({item.meaning}): {item.now}{unit}; the book: {item.book}{unit}"
        )
    return "\n".join(lines)


def as_html(found: list[Difference]) -> str:
    """The notice as a labelled box with one row a difference; every value is escaped."""
    rows = "".join(row(item, "td") for item in found)
    return (
        f'<div class="lcip-banner" role="note" aria-label="{html.escape(TITLE)}" style="{BOX}">'
        f"<p><strong>{html.escape(TITLE)}.</strong> {html.escape(SUMMARY)}</p>"
        f'<table style="{TABLE}">'
        f"<thead>{row(HEADINGS, 'th')}</thead><tbody>{rows}</tbody></table></div>"
    )


def row(cells: Iterable[str], tag: str) -> str:
    """One row of the table."""
    scope = ' scope="col"' if tag == "th" else ""
    return (
        "<tr>"
        + "".join(f'<{tag}{scope} style="{CELL}">{html.escape(cell)}</{tag}>' for cell in cells)
        + "</tr>"
    )
