"""The types that a notebook's parameter may have, and how a value or a text becomes one."""

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

SCALARS = ("int", "float", "str", "bool", "Path")
SPELLING = (
    "int, float, str, bool, Path, list[...] of one of these, or any of them followed by '| None'"
)
PATTERN = re.compile(r"(?:list\[(?P<item>\w+)\]|(?P<scalar>\w+))(?P<optional>\s*\|\s*None)?")
WORDS = {"true": True, "yes": True, "on": True, "1": True}
WORDS |= {"false": False, "no": False, "off": False, "0": False}


class Mismatch(ValueError):
    """A value that is not of the kind; the text names the part of it that is wrong."""

    def __init__(self, value: object, place: str = "", hint: str = "") -> None:
        super().__init__(value, place, hint)
        self.value, self.place, self.hint = value, place, hint


@dataclass(frozen=True)
class Kind:
    """`int`, `float`, `str`, `bool`, `Path`, a list of one of them, or one of these or nothing."""

    item: str
    is_list: bool
    optional: bool

    @classmethod
    def parse(cls, annotation: object) -> "Kind | None":
        """The kind an annotation names (a type, or its text); None where it names no such kind."""
        text = annotation.__name__ if type(annotation) is type else str(annotation)
        found = PATTERN.fullmatch(text.strip().replace("pathlib.", ""))
        item = found and (found["item"] or found["scalar"])
        if item not in SCALARS:
            return None
        return cls(item, found["item"] is not None, found["optional"] is not None)

    def __str__(self) -> str:
        return ("list[%s]" if self.is_list else "%s") % self.item + " | None" * self.optional

    def accept(self, value: object) -> object:
        """The value itself, an int made a float where a float is wanted; `Mismatch` otherwise."""
        if value is None and self.optional:
            return None
        if not self.is_list:
            return accept_scalar(self.item, value, "")
        if not isinstance(value, list | tuple):
            raise Mismatch(value, hint="write a list, also for a single value")
        return [accept_scalar(self.item, item, f"[{place}]") for place, item in enumerate(value)]

    def from_text(self, text: str) -> object:
        """The value that a word of the command line stands for; `Mismatch` where for none.

        >>> Kind("int", is_list=True, optional=False).from_text("1, 2")
        [1, 2]
        """
        if self.optional and text.strip().lower() == "none":
            return None
        if not self.is_list:
            return scalar_from_text(self.item, text, "")
        if text.lstrip().startswith("["):
            items = self.accept(json_list(text))
            is_path = self.item == "Path"
            return [existing(str(p), f"[{i}]") for i, p in enumerate(items)] if is_path else items
        words = [word.strip() for word in text.split(",")] if text.strip() else []
        return [scalar_from_text(self.item, word, f"[{place}]") for place, word in enumerate(words)]


def accept_scalar(item: str, value: object, place: str) -> object:
    """One value of type `item`; a bool is no number, and a number is finite."""
    if item == "float" and type(value) in (int, float):
        return finite(value, place)
    if item == "bool" and type(value) is bool or item == "str" and isinstance(value, str):
        return value
    if item == "int" and type(value) is int:
        return value
    if item == "Path" and isinstance(value, str | Path):
        return Path(value)
    raise Mismatch(value, place)


def finite(value: int | float, place: str) -> float:
    """The value as a float, if that is a finite number."""
    try:
        number = float(value)
    except OverflowError as error:
        raise Mismatch(value, place, "give a number that a float can hold") from error
    if not math.isfinite(number):
        raise Mismatch(value, place, "give a finite number")
    return number


def scalar_from_text(item: str, word: str, place: str) -> object:
    """One value of type `item` from its text."""
    if item == "str":
        return word
    if item == "Path":
        return existing(word, place)
    if item == "bool":
        if word.strip().lower() not in WORDS:
            raise Mismatch(word, place, "write true or false")
        return WORDS[word.strip().lower()]
    try:
        return int(word) if item == "int" else finite(float(word), place)
    except Mismatch:
        raise
    except ValueError as error:
        raise Mismatch(word, place) from error


def existing(word: str, place: str) -> Path:
    """A file or folder named on the command line, seen from where the user stands, made absolute:
    the notebook runs in its own folder."""
    path = Path(word).expanduser().absolute()
    if not path.exists():
        raise Mismatch(word, place, "name a file or folder that exists")
    return path


def json_list(text: str) -> list:
    """A list written as JSON."""
    try:
        return json.loads(text)
    except ValueError as error:
        example = 'write it as JSON, ["a", "b"], or with commas, a,b'
        raise Mismatch(text, hint=example) from error
