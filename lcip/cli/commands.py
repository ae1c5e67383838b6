"""The commands of `lcip`: each parses, calls, prints. What they do is done elsewhere.

Exit status: 0 done, 1 a notebook failed, 2 a mistake that you can mend, 130 stopped by Ctrl-C.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from lcip.cli import cloud, image, motion
from lcip.cli.manners import FAILED, MISTAKE, Courteous, Pairs, leave
from lcip.cli.printing import print_available, print_check, print_table, readable, shown

EXAMPLES = """\b
Examples:
  lcip params 21                        what can be changed in notebook 21
  lcip run 21                           run it with the book's values
  lcip run 12 -p photographs coffee     run notebook 12 with another value
  lcip fetch --list                     data sets, and which of them are here
  lcip image compress photo.png -o photo.lcip --quality 3
  lcip cloud encode chair.ply -o chair.lcip
  lcip info                             versions, data, weights: for a report
"""
RUN_EXAMPLES = """\b
Examples:
  lcip run 21
  lcip run 21-amortization-gap --html
  lcip run 12 -p photographs coffee,cat -p qualities "[10, 50, 90]"
  lcip run notebooks/2-distributions/21-amortization-gap.ipynb -o ~/gap

\b
A list is written with commas or as JSON, a truth value as true or false.
Exit status: 0 done; 1 a cell failed; 2 a mistake in the command, nothing ran.
"""

FETCH_EXAMPLES = """\b
Examples:
  lcip fetch --list
  lcip fetch kodak modelnet40
  lcip fetch --check kodak
  lcip fetch modelnet40 --from ~/Downloads/ModelNet40.zip

\b
Exit status: 0 done; 1 a file differs from its checksum; 2 nothing could be fetched.
"""


app = typer.Typer(
    cls=Courteous,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Learned compression for images and point clouds: run the notebooks, fetch the data.",
    epilog=EXAMPLES,
)
app.add_typer(image.app, name="image", short_help="Compress photographs, and look into the files.")
app.add_typer(cloud.app, name="cloud", short_help="Code point clouds for a classifier.")
app.add_typer(motion.app, name="motion", short_help="Motion in latent space.")

Notebook = Annotated[
    str, typer.Argument(metavar="NOTEBOOK", help="A path, a number like 21, or a name.")
]


@app.command(cls=Pairs, epilog=RUN_EXAMPLES, short_help="Execute a notebook.")
def run(
    notebook: Notebook,
    parameter: Annotated[
        list[str] | None,
        typer.Option("-p", "--parameter", metavar="NAME VALUE", help="A value not the book's."),
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="Also render a page to look at.")] = False,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="DIR", help="Where to; default: a new one in runs/."),
    ] = None,
) -> None:
    """Execute a notebook, with other parameters if you like, and print where the result is."""
    from lcip.notebook.rerun import rerun

    pairs = [split(word) for word in parameter or []]
    for path in rerun(notebook, pairs, out, html=html, progress=sys.stderr.isatty()):
        typer.echo(shown(path))


def split(word: str) -> tuple[str, str]:
    """The name and the value of one `-p`."""
    name, sign, value = word.partition("=")
    if not sign:
        raise typer.BadParameter(f"{word!r} has no value. Write -p NAME VALUE.")
    return name, value


@app.command(short_help="List a notebook's parameters.")
def params(notebook: Notebook) -> None:
    """List a notebook's parameters: type, the book's value, unit, what is allowed, meaning."""
    from lcip.notebook.locate import find, relative
    from lcip.notebook.static import describe

    path = find(notebook)
    rows = [
        (item.name, str(item.kind), repr(item.book), item.unit, item.limits(), item.meaning)
        for item in describe(path).values()
    ]
    typer.echo(relative(path))
    print_table(("name", "type", "book's value", "unit", "allowed", "meaning"), rows)


@app.command(epilog=FETCH_EXAMPLES, short_help="Bring data sets to this machine.")
def fetch(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Names of the list.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show what there is, and stop.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Compare files with their checksums; no download.")
    ] = False,
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="PATH", help="Your own copy, instead of a download."),
    ] = None,
) -> None:
    """Bring data sets and weights to this machine: download, verify, prepare; or say what is here.

    They go below the folder that LCIP_DATA names, or else into your cache folder. An interrupted
    download goes on where it stopped. Files that are there already are kept.
    """
    from lcip import datasets

    if list_ or not (names or check):
        print_available()
    if list_:
        return
    if not names and not check:
        raise leave("name what to fetch, see the list above", MISTAKE)
    if source is not None and len(names or []) != 1:
        raise leave("--from stands in for one download: name one data set", MISTAKE)
    wanted = names or [found.entry.name for found in datasets.available() if found.present]
    if check and not all([print_check(datasets.check(name)) for name in wanted]):
        raise typer.Exit(FAILED)
    for name in [] if check else wanted:
        found = datasets.fetch(name, progress=sys.stderr.isatty(), source=source)
        typer.echo(f"{name}: {found.found} files, {readable(found.size)}, in {found.path}")


@app.command(short_help="Versions, data, weights, notebooks: for a report of a problem.")
def info() -> None:
    """Show what a result of this installation comes from, to be pasted into a report."""
    from lcip import artifacts, datasets, runtime
    from lcip.notebook.locate import notebooks, relative

    report = runtime.environment_report()
    packages = report.pop("packages")
    for name, value in {**report, **packages}.items():
        typer.echo(f"{name}: {value}")
    here = [found.entry.name for found in datasets.available() if found.present]
    typer.echo(f"data folder: {datasets.data_root()}")
    typer.echo(f"data sets here: {', '.join(here) or 'none'}")
    typer.echo(f"weights: {', '.join(artifacts.weights_names()) or 'none'}")
    typer.echo(f"streams: {', '.join(artifacts.stream_names()) or 'none'}")
    typer.echo(f"notebooks: {', '.join(relative(path) for path in notebooks()) or 'none'}")


def main() -> None:
    """The entry point of the command `lcip`."""
    app()
