"""The runbook as one text, the platform's pages first; or those sections of it that are about something."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from mailroom.ops.monitoring import PLATFORM, RUNBOOK

PAGE = PLATFORM.parent / "docs" / RUNBOOK

_TO_A_RUNBOOK = re.compile(r"\]\([^)]*runbook\.md#")
_SECTION = re.compile(r"^(?=## )", re.MULTILINE)


def merged(brought: Mapping[str, Path]) -> str:
    """All pages; what they say of each other leads to where it is here."""
    files = [PAGE, *(folder / RUNBOOK for folder in brought.values())]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files if file.exists())
    return _TO_A_RUNBOOK.sub("](#", text)


def about(what: str, brought: Mapping[str, Path]) -> Iterator[str]:
    """The sections that an alert leads to, or whose title has these words in it."""
    for section in (part for page in _pages(merged(brought)) for part in _SECTION.split(page)[1:]):
        title = section.partition("\n")[0]
        if f"`{what}`" in section or what.casefold() in title.casefold():
            yield section.strip()


def _pages(text: str) -> list[str]:
    return re.split(r"^(?=# )", text, flags=re.MULTILINE)
