"""The one family of errors that a user can mend."""

from collections.abc import Iterable


class LcipError(ValueError):
    """A mistake outside the program: a value, a file, a missing download.

    The command line prints the message without a traceback and exits with status 2.
    """


def refusal(name: str, value: object, allowed: str | Iterable[object], next_step: str) -> str:
    """Compose the text of an error: what was given, what is allowed, what to do next.

    >>> refusal("quality", 9, "1 to 8", "choose a quality that has weights")
    'quality is 9; allowed: 1 to 8. Next: choose a quality that has weights.'
    >>> refusal("name", "cofee", ["coffee", "cat"], "did you mean coffee?")
    "name is 'cofee'; allowed: coffee, cat. Next: did you mean coffee?"
    """
    if not isinstance(allowed, str):
        allowed = ", ".join(str(item) for item in allowed)
    end = "" if next_step.endswith("?") else "."
    return f"{name} is {value!r}; allowed: {allowed}. Next: {next_step.rstrip('.')}{end}"
