"""Who acts, why, and whether they mean it: asked of a person at a terminal, demanded of a script."""

import getpass
import os
import socket
import sys
from collections.abc import Sequence

from mailroom.storage.texts import harmless

OPERATOR = "MAILROOM_OPERATOR"
"""Names whoever acts, where the login name does not say it: a shared account, a script."""


class WrongUsageError(Exception):
    """The command was given too little or too much; the message says how it is meant. Nothing was done."""


class NotDoneError(Exception):
    """Whoever was asked said no, or stopped it half-way; the message says what that left."""


def at_terminal() -> bool:
    """Whether there is a person to ask."""
    return sys.stdin is not None and sys.stdin.isatty()


def operator() -> str:
    """Who acts, for the audit."""
    return os.environ.get(OPERATOR, "").strip() or f"{_login()}@{socket.gethostname()}"


def reason(why: str | None) -> str:
    """Why they act: as given, else as asked for."""
    given = (why or "").strip()
    while not given:
        if why is not None or not at_terminal():
            raise WrongUsageError('Say why, for the audit: --why "…". Nothing was done.')
        given = _answer("Why? (for the audit)")
    return given


def confirm(question: str, *, yes: bool) -> None:
    """Go on only with a yes, given beforehand or now."""
    if yes:
        return
    if not at_terminal():
        raise WrongUsageError(f"{question}\nNobody is here to say yes to that: give --yes. Nothing was done.")
    if _answer(f"{question} [y/N]").lower() not in ("y", "yes"):
        raise NotDoneError("Nothing was done.")


def require_one_way(
    verb: str,
    ids: Sequence[str] | None,
    options: Sequence[str | None],
    *,
    everything: bool,
    flags: str,
    lister: str,
) -> None:
    """Refuse a command in bulk that does not say in exactly one way what it is about: by ids, by a filter
    (`flags` are its options, of which `lister` takes the same), or with --all.
    """
    filtered = any(option is not None for option in options)
    if (bool(ids), filtered, everything).count(True) != 1:
        raise WrongUsageError(
            f"Say which to {verb}: ids, or a filter ({flags}), or --all; one of the three."
            f" `{lister}` takes the same filter."
        )


def _answer(question: str) -> str:
    """Ask on standard error: standard output is for what the command answers."""
    print(harmless(question), end=" ", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        raise NotDoneError("\nNo answer came. Nothing was done.")
    return line.strip()


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number that has no name
        return f"uid {os.getuid()}"
