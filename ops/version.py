"""Which Mailroom this is, for pip, `mailroom --version` and the line `ready` of the log."""

VERSION = "0.5.0.dev0"
"""As PEP 440 writes it: below the changelog's heading "Unreleased" the next one, with .dev0."""
