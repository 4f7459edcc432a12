"""How long a message may be. Telegram counts units of UTF-16: most emoji are two."""

import re
from collections.abc import Iterable, Iterator
from html import unescape

MESSAGE_UNITS_MAX = 4096
"""Telegram's limit of a text."""
CAPTION_UNITS_MAX = 1024
"""The same of what is read below a picture or a file."""

GOES_ON = "…"
TAG = re.compile("<[^>]*>")


def units(text: str) -> int:
    """How long a text is. Tags are counted too, which Telegram does not: rather a message too many than one
    that is refused.
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def units_read(html: str) -> int:
    """How long what is read of a text in HTML is: what Telegram counts."""
    return units(unescape(TAG.sub("", html)))


def cut(text: str, over: int) -> str:
    """A plain text that is shorter by so many units, and says that it goes on."""
    whole = text.encode("utf-16-le", "surrogatepass")
    kept = whole[: max(0, len(whole) - 2 * (over + len(GOES_ON)))]
    return kept.decode("utf-16-le", "ignore").rstrip() + GOES_ON if kept else ""


def in_messages(lines: Iterable[str]) -> Iterator[str]:
    """Lines put together to as few messages as can be, none of them too long unless a line is."""
    message = ""
    for line in lines:
        longer = f"{message}\n{line}" if message else line.lstrip("\n")
        if units(longer) > MESSAGE_UNITS_MAX:
            if message:
                yield message
            longer = line.lstrip("\n")
        message = longer
    if message:
        yield message
