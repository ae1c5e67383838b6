"""What the coding package refuses: streams that are not what was written, and wrong arguments."""

from lcip.errors import LcipError


class StreamError(LcipError):
    """Bytes that no encoder of ours wrote for this model: cut short, extended, changed, or foreign."""


class CodingError(LcipError):
    """Arguments that cannot be coded: tables that are none, symbols of a wrong type or shape."""
