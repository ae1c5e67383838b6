"""One declared parameter: its kind, its book value, its limits; and the refusal of others."""

import copy
import dataclasses
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lcip.errors import LcipError, refusal
from lcip.notebook.kinds import SPELLING, Kind, Mismatch

METADATA = "lcip"


class ParameterError(LcipError):
    """A parameter of a notebook that is unknown, ill-typed, out of range, or never read."""


@dataclass(frozen=True)
class Declared:
    """A parameter as its notebook declares it; the limits hold for each item of a list."""

    name: str
    kind: Kind
    book: Any
    meaning: str
    unit: str = ""
    choices: tuple | None = None
    low: float | None = None
    high: float | None = None

    def allowed(self) -> str:
        """What values it may have, in words: 'int from 1 to 8', 'list of str, each one of a, b'."""
        text = f"list of {self.kind.item}, each" if self.kind.is_list else self.kind.item
        limits = self.limits()
        if not limits and self.kind.is_list:
            text = text.removesuffix(", each")
        return " ".join(part for part in (text, limits, "or None" * self.kind.optional) if part)

    def limits(self) -> str:
        """The limits of one item, in words; empty where the type is the only limit."""
        unit = f" {self.unit}" if self.unit else ""
        if self.choices is not None:
            return "one of " + ", ".join(str(choice) for choice in self.choices)
        if self.low is not None and self.high is not None:
            return f"from {self.low} to {self.high}{unit}"
        if self.low is not None:
            return f"at least {self.low}{unit}"
        return f"at most {self.high}{unit}" if self.high is not None else ""

    def admit(self, value: object) -> Any:
        """The value, if its kind and limits allow it; `ParameterError` otherwise."""
        try:
            accepted = self.kind.accept(value)
            self.check_limits(accepted)
        except Mismatch as wrong:
            raise self.refuse(wrong) from None
        return accepted

    def admit_text(self, text: str) -> Any:
        """The value that a word of the command line stands for, if it is allowed."""
        try:
            return self.admit(self.kind.from_text(text))
        except Mismatch as wrong:
            raise self.refuse(wrong) from None

    def check_limits(self, value: object) -> None:
        """Raise `Mismatch` for an item outside the limits, and for a list emptied by mistake."""
        if value is None:
            return
        if not self.kind.is_list:
            return self.check_item(value, "")
        if not value and self.book:
            raise Mismatch(value, hint="give at least one item")
        for place, item in enumerate(value):
            self.check_item(item, f"[{place}]")

    def check_item(self, item: Any, place: str) -> None:
        """Raise `Mismatch` for one value outside the limits."""
        if self.choices is not None and item not in self.choices:
            raise Mismatch(item, place, nearest(str(item), map(str, self.choices)))
        too_low = self.low is not None and item < self.low
        if too_low or (self.high is not None and item > self.high):
            raise Mismatch(item, place)

    def refuse(self, wrong: Mismatch) -> ParameterError:
        """The error that names the parameter, the wrong value, what is allowed, and what to do."""
        allowed = self.allowed() + (f" ({self.meaning})" if self.meaning else "")
        step = wrong.hint or f"give {self.name} an allowed value"
        return ParameterError(refusal(self.name + wrong.place, wrong.value, allowed, step))


def parameter(
    default: object,
    meaning: str,
    *,
    unit: str = "",
    choices: Iterable | None = None,
    low: float | None = None,
    high: float | None = None,
) -> Any:
    """A field of a notebook's frozen dataclass of parameters.

    `default` is the book's value, the one that the parameters cell assigns; `meaning` is one line
    for the reader; `choices`, `low` and `high` (both inclusive) hold for each item of a list. All
    of them are written as literals, so that `lcip params` can read them without running the
    notebook.
    """
    chosen = None if choices is None else tuple(choices)
    facts = {"book": default, "meaning": meaning, "unit": unit, "choices": chosen}
    facts |= {"low": low, "high": high}
    return dataclasses.field(
        default_factory=lambda: copy.deepcopy(default), metadata={METADATA: facts}
    )


def declare(name: str, annotation: object, facts: Mapping[str, Any]) -> Declared:
    """One checked declaration: known kind, limits that make sense, a book value that they allow."""
    kind = Kind.parse(annotation)
    if kind is None:
        step = f"change the annotation of {name} in the declaration cell"
        raise ParameterError(refusal(f"the type of {name}", str(annotation), SPELLING, step))
    item = Declared(name, kind, **facts)
    if not isinstance(item.meaning, str) or not item.meaning.strip():
        step = f"write it as the second argument of parameter(...) for {name}"
        raise ParameterError(refusal(f"the meaning of {name}", item.meaning, "one line", step))
    check_bounds(item)
    return dataclasses.replace(item, book=item.admit(item.book))


def check_bounds(item: Declared) -> None:
    """Refuse limits that no value could meet, and limits on what has no order."""
    bounds = [bound for bound in (item.low, item.high) if bound is not None]
    numeric = item.kind.item in ("int", "float")
    if bounds and (not numeric or bounds != sorted(bounds) or item.choices is not None):
        allowed = "for int and float only, low not above high, and not together with choices"
        step = f"correct parameter(...) for {item.name} in the declaration cell"
        raise ParameterError(refusal(f"low and high of {item.name}", bounds, allowed, step))


def unknown(names: Iterable[str], declared: Mapping[str, Declared]) -> ParameterError:
    """The error for names that the notebook does not declare: it lists all that it does."""
    lines = []
    for name in names:
        guess = nearest(name, declared)
        lines.append(
            f"{name} is not a parameter of this notebook" + (f"; {guess}" if guess else ".")
        )
    lines.append("It has these parameters:" if declared else "It has no parameters.")
    lines += [f"  {item.name}: {item.allowed()} ({item.meaning})" for item in declared.values()]
    return ParameterError("\n".join(lines))


def nearest(word: str, known: Iterable[str]) -> str:
    """'did you mean coffee?' where a known word is close, else nothing."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else ""
