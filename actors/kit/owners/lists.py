"""Lists that fit a message, and lines that fit a list."""

from collections.abc import Iterable

LIST_CHARS_MAX = 3_800
"""Of a list: Telegram takes 4096 after the markup is read, and some of it is around the list."""


def fitted(rows: Iterable[str], chars_max: int = LIST_CHARS_MAX, between: str = "\n") -> str:
    """As many rows as a message holds."""
    kept: list[str] = []
    chars = 0
    for row in rows:
        chars += len(row) + len(between)
        if chars > chars_max:
            return between.join([*kept, "…"])
        kept.append(row)
    return between.join(kept)


def shortened(text: str, chars_max: int) -> str:
    """The beginning of a text, and a sign that it goes on."""
    return text if len(text) <= chars_max else f"{text[: chars_max - 1]}…"
