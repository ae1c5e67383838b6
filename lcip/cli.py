"""The command `lcip`: it parses, calls, prints. What it does is done elsewhere.

Exit status: 0 done, 1 a notebook failed, 2 a mistake that you can mend, 130 stopped by Ctrl-C.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand, TyperGroup

from lcip.errors import LcipError

FAILED, MISTAKE, STOPPED = 1, 2, 130
WIDTH = 120  # of tables that go into a file or a pipe
PAIR = ("-p", "--parameter")

EXAMPLES = """\b
Examples:
  lcip params 21                        what can be changed in notebook 21
  lcip run 21                           run it with the book's values
  lcip run 12 -p photographs coffee     run notebook 12 with another value
  lcip fetch --list                     data sets, and which of them are here
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


class Courteous(TyperGroup):
    """A group of commands that tells a user's mistake in one message, without a traceback."""

    def invoke(self, ctx: typer.Context) -> object:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise leave("stopped", STOPPED) from None
        except LcipError as error:
            raise leave(str(error), getattr(error, "exit_status", MISTAKE)) from error
        except BrokenPipeError:
            raise
        except OSError as error:
            raise leave(f"{error.filename or 'a file'}: {error.strerror}", MISTAKE) from error


class Pairs(TyperCommand):
    """A command whose `-p NAME VALUE` takes two words, any number of times."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, joined(args))


def joined(words: list[str]) -> list[str]:
    """`-p NAME VALUE` as `-p NAME=VALUE`, which is accepted too.

    >>> joined(["21", "-p", "quality", "-3", "--html"])
    ['21', '-p', 'quality=-3', '--html']
    """
    result, rest = [], list(words)
    while rest:
        word = rest.pop(0)
        if word in PAIR and rest and "=" not in rest[0] and len(rest) > 1:
            name, value = rest.pop(0), rest.pop(0)
            result += [word, f"{name}={value}"]
        else:
            result.append(word)
    return result


def leave(message: str, status: int) -> typer.Exit:
    """Say why on the error stream; the caller raises what this returns."""
    typer.echo(f"lcip: {message}", err=True)
    return typer.Exit(status)


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


def shown(path: Path) -> str:
    """A path as short as it can be from where the user stands."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


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


def main() -> None:
    """The entry point of the command `lcip`."""
    app()
