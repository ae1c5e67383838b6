"""What the coding package refuses: streams that are not what was written, and wrong arguments."""

from lcip.errors import LcipError


class StreamError(LcipError):
    """Bytes that our encoder did not write for this model: cut, extended, changed, or foreign."""


class CodingError(LcipError):
    """Arguments that cannot be coded: tables that are none, symbols of a wrong type or shape."""
