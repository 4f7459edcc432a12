"""The rules for Prometheus as one file: the platform's groups, then those of the bots.

They are put together as text: comments stay, and who reads an alert finds it as it was written.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from mailroom.ops.monitoring import ALERTS, PLATFORM, BroughtError

_HEAD = re.compile(r"^groups:\n", re.MULTILINE)
_OUTSIDE = re.compile(r"^(?!  |#|$).*", re.MULTILINE)
_FIRST = re.compile(r"(?:\s*#.*\n|\s*\n)*  - ")
_NAME = re.compile(r"^  - name: *(.+?) *$", re.MULTILINE)


def merged(brought: Mapping[str, Path]) -> str:
    """All rules. Raises `BroughtError` where a bot's file is not like the platform's."""
    text = (PLATFORM / ALERTS).read_text(encoding="utf-8")
    owners = dict.fromkeys(_NAME.findall(text), "the platform")
    for kind, folder in brought.items():
        if not (file := folder / ALERTS).exists():
            continue
        groups = _groups(file)
        for name in _NAME.findall(groups):
            if name in owners:
                raise BroughtError(f"{file}: {owners[name]} has a group {name} as well; give it another name")
            owners[name] = kind
        text = f"{text.rstrip()}\n\n  # Of bots of the kind {kind}.\n{groups}"
    return text


def _groups(file: Path) -> str:
    _, *parts = _HEAD.split(file.read_text(encoding="utf-8"))
    if len(parts) != 1 or _OUTSIDE.search(parts[0]) or not _FIRST.match(parts[0]):
        raise BroughtError(
            f"{file}: has to be one list `groups:`, indented by two spaces, and nothing beside it,"
            f" as {PLATFORM / ALERTS} is"
        )
    return parts[0]
