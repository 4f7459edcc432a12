"""The Lua scripts, one file each; `common.lua` is put before every one of them, `line.lua`, `group.lua` and
`once.lua` before some.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Script:
    """One Lua script as Redis knows it: by the SHA-1 of its text."""

    name: str
    text: str
    sha: str


@cache
def script(name: str) -> Script:
    """Read the script `name`, with what all scripts share in front of it."""
    folder = files(__name__)
    shared = [part for part, those in _SHARED.items() if name in those]
    text = "".join((folder / f"{part}.lua").read_text() for part in ("common", *shared, name))
    return Script(name, text, hashlib.sha1(text.encode()).hexdigest())  # noqa: S324 - Redis names scripts so


NAMES = (
    "accept",
    "allow",
    "back",
    "begin",
    "cache",
    "commit",
    "drop",
    "edit",
    "fire",
    "held",
    "inspect",
    "journal",
    "load",
    "pace",
    "pair",
    "park",
    "raise_fence",
    "reconcile",
    "release",
    "requeue",
    "skip",
    "totals",
    "unread",
    "waiting",
)
"""Every script; all of them are loaded on each new connection, so that a restarted Redis knows them again."""

_SHARED = {
    "line": ("back", "begin", "commit", "journal", "park", "skip"),
    "group": ("begin", "skip"),
    "once": ("accept", "unread"),
}
"""The scripts that look for one message in its line, those that ask which messages are the next turn, and
those that take one, once.
"""
