"""How the command line treats a person: mistakes are told in one message, `-p` takes two words."""

import typer
from typer.core import TyperCommand, TyperGroup

from lcip.errors import LcipError

FAILED, MISTAKE, STOPPED = 1, 2, 130
PAIR = ("-p", "--parameter")


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
