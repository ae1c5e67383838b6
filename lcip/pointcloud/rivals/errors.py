"""What the rivals refuse."""

from lcip.errors import LcipError


class RivalError(LcipError):
    """A cloud, a setting or a file that a rival does not take, or a program that is not there."""
