"""Which Mailroom this is, for `mailroom --version` and the line `ready` of the log."""

from importlib.metadata import version

VERSION = version("mailroom")
"""As pyproject says it, where it stands once."""
