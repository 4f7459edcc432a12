"""What was bought as messages: codes and links as text that can be copied, files as files. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from mailroom.actors.bots.shop.stock import Goods
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.length import in_messages, units

ITEM_UNITS_MAX = 3000
"""A longer code comes as a file: it would not fit beside its title, and nobody types it from a screen."""


@dataclass(frozen=True)
class File:
    """A document to send."""

    name: str
    content: bytes
    caption: str


def parcels(texts: Texts, number: int, heading: str, goods: Sequence[Goods]) -> list[str | File]:
    """All goods of an order as messages to send in this order: HTML, and files after it. The same goods
    always make the same messages, for the handler that sends them may run again.
    """
    lines = [heading]
    files: list[File] = []
    for title, bought in groupby(goods, key=lambda one: one.title):
        lines.append(f"\n<b>{escape(title)}</b>")
        for one in bought:
            text = _text(one)
            if one.dead:
                lines.append(_dead(texts, number, one, text))
            elif one.kind == "file":
                files.append(File(one.file_name or "file", one.content, escape(title)))
                lines.append(texts.news.file(name=escape(files[-1].name)))
            elif text is None:
                files.append(File(f"{number}-{len(files) + 1}.txt", one.content, escape(title)))
                lines.append(texts.news.long_code(name=escape(files[-1].name)))
            else:
                lines.append(text)
    lines.append(f"\n{texts.news.thanks}")
    return [*in_messages(lines), *files]


def _dead(texts: Texts, number: int, one: Goods, text: str | None) -> str:
    """What was replaced is named, for those who look for it, and not sent again."""
    if text is not None and one.kind != "file":
        return texts.news.dead(code=text)
    return texts.news.dead_file(name=escape(one.file_name or f"{number}.txt"))


def _text(one: Goods) -> str | None:
    """A code or a link as a line of HTML; None if it cannot be one."""
    try:
        content = one.content.decode()
    except UnicodeDecodeError:
        return None
    line = escape(content) if one.kind == "link" else f"<code>{escape(content)}</code>"
    return line if units(line) <= ITEM_UNITS_MAX and content.strip() else None
