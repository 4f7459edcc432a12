"""A language that people are spoken to in: as many as there are files for, and which one a person gets."""

from collections.abc import Iterable
from typing import NewType

Language = NewType("Language", str)
"""Its tag, as its folder of texts is called: `ru`, `en`, `pt-BR`."""


def nearest(tag: str | None, there_are: Iterable[Language]) -> Language | None:
    """The one of these that a tag means, else the one it is a kind of (`de` for `de-AT`), else None. Telegram
    and browsers write tags in any case, with `-` or `_`.
    """
    asked = (tag or "").lower().replace("_", "-")
    by_tag = {language.lower(): language for language in there_are}
    while asked:
        if asked in by_tag:
            return by_tag[asked]
        asked = asked.rpartition("-")[0]
    return None
