"""The Lua scripts, one file each; `common.lua` is put before every one of them."""

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
    text = (folder / "common.lua").read_text() + (folder / f"{name}.lua").read_text()
    return Script(name, text, hashlib.sha1(text.encode()).hexdigest())  # noqa: S324 - Redis names scripts so


NAMES = ("accept", "begin", "commit", "fire", "journal", "load", "park", "raise_fence")
"""Every script; all of them are loaded on each new connection, so that a restarted Redis knows them again."""
