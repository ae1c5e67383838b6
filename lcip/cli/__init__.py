"""The command `lcip`: `commands` are its parts, `manners` its errors, `printing` its tables."""

from lcip.cli.commands import app, main

__all__ = ["app", "main"]
