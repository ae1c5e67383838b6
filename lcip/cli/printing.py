"""What the command line prints: tables, sizes, paths."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from lcip.datasets import Check, Status

WIDTH = 120  # of tables that go into a file or a pipe


def print_available() -> None:
    """The registry as a table: what there is, whether it is here, what it would cost to fetch."""
    from lcip import datasets

    rows = []
    for found in datasets.available():
        here = "yes" if found.present else "in part" if found.found else "no"
        size = readable(found.size) if found.found else ""
        rows.append((found.entry.name, here, size, download(found), found.entry.title))
    typer.echo(f"Data folder: {datasets.data_root()}")
    print_table(("name", "here", "on disk", "download", "what it is"), rows)


def download(found: "Status") -> str:
    """What fetching an entry transfers, or why nothing is transferred."""
    if found.entry.kind == "bundled":
        return "included"
    return readable(found.download_bytes) if found.fetchable else "by hand"


def print_check(result: "Check") -> bool:
    """One line for each data set that was compared, and one for each of its problems."""
    unknown = f", {result.unverifiable} without a recorded checksum" * bool(result.unverifiable)
    typer.echo(f"{result.name}: {result.agreeing} files agree with the registry{unknown}")
    for problem in result.problems:
        typer.echo(f"  {problem}", err=True)
    return not result.problems


def shown(path: Path) -> str:
    """A path as short as it can be from where the user stands, in characters that can be printed.

    >>> shown(Path("two\\nlines.ply"))
    'two\\\\nlines.ply'
    """
    text = str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
    # Names may hold anything: bytes that are no text, new lines, a terminal's commands.
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def readable(size_bytes: int | None) -> str:
    """A size for people.

    >>> readable(1_500_000)
    '1.5 MB'
    """
    if size_bytes is None:
        return "unknown"
    for power, unit in ((9, "GB"), (6, "MB"), (3, "kB")):
        if size_bytes >= 10**power:
            return f"{size_bytes / 10**power:.1f} {unit}"
    return f"{size_bytes} B"


def print_table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Columns side by side, long texts folded to the width of the screen."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(*headings, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else WIDTH).print(
        table
    )
