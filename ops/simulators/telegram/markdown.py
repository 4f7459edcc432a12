"""The legacy Markdown of Telegram, parsed into entities, and what it shares with MarkdownV2.

Rules and wording: `parse_markdown` of `td/telegram/MessageEntity.cpp` in tdlib.
"""

import re
from typing import Any, Final

from .errors import ApiError, bad_request
from .found import units
from .links import linked

Entities = list[dict[str, Any]]

ADDRESS: Final = re.compile(r"\(((?:[^)\\]|\\.)*)\)", re.DOTALL)
CODE_ENDS: Final = {mark: re.compile(rf"(?:[^\\`]|\\.|\\$|(?!{mark})`)*", re.DOTALL) for mark in ("`", "```")}
MARKS: Final = {"*": "bold", "_": "italic"}


class Text:
    """The shown text so far, with its length in UTF-16 units and its entities."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.units = 0
        self.entities: Entities = []

    def add(self, piece: str) -> None:
        """Show more."""
        self.pieces.append(piece)
        self.units += units(piece)

    def note(self, begin: int, entity: dict[str, Any] | None) -> None:
        """What was shown since `begin` is such an entity, unless nothing was."""
        if entity is not None and self.units > begin:
            self.entities.append({**entity, "offset": begin, "length": self.units - begin})

    def done(self) -> tuple[str, Entities]:
        """Return text and entities."""
        return "".join(self.pieces), self.entities


def parse_markdown(text: str) -> tuple[str, Entities]:
    """Parse the legacy Markdown: no nesting, only its own four marks can be escaped."""
    shown = Text()
    i = 0
    while i < len(text):
        character = text[i]
        if character == "\\" and i + 1 < len(text) and text[i + 1] in "_*`[":
            shown.add(text[i + 1])
            i += 2
        elif character == "`":
            i = code(text, i, shown, escapes=False)
        elif character == "[":
            end = text.find("]", i)
            if end < 0:
                raise unfinished("text_link", text, i)
            begin = shown.units
            shown.add(text[i + 1 : end])
            url, i = address(text, end + 1)
            shown.note(begin, linked(url) if url else None)
        elif character in MARKS:
            end = text.find(character, i + 1)
            if end < 0:
                raise unfinished(MARKS[character], text, i)
            begin = shown.units
            shown.add(text[i + 1 : end])
            shown.note(begin, {"type": MARKS[character]})
            i = end + 1
        else:
            shown.add(character)
            i += 1
    return shown.done()


def code(text: str, start: int, shown: Text, *, escapes: bool) -> int:
    """Take in code from its first backtick on; return where it ends."""
    mark = "```" if text.startswith("```", start) else "`"
    kind = "pre" if len(mark) == 3 else "code"
    if escapes:
        match = CODE_ENDS[mark].match(text, start + len(mark))
        end = match.end() if match else len(text)
    else:
        end = text.find(mark, start + len(mark))
    if not text.startswith(mark, end) or end < 0:
        raise unfinished(kind, text, start)
    content = text[start + len(mark) : end]
    entity = {"type": kind}
    if kind == "pre" and "\n" in content:
        first, _, rest = content.partition("\n")
        if first and not any(map(str.isspace, first)):
            entity["language"] = first
        if "language" in entity or not first:
            content = rest
    begin = shown.units
    shown.add(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", content) if escapes else content)
    shown.note(begin, entity)
    return end + len(mark)


def address(text: str, start: int) -> tuple[str, int]:
    """Return the address in brackets and where it ends; an empty one where there is none."""
    if not text.startswith("(", start):
        return "", start
    match = ADDRESS.match(text, start)
    if match is None:
        raise cannot(f"Can't find end of a URL at byte offset {len(text[:start].encode())}")
    return match.group(1).replace("\\", ""), match.end()


def unfinished(kind: str, text: str, start: int) -> ApiError:
    """The refusal of a mark that nothing closes."""
    title = {
        "text_link": "TextUrl",
        "pre": "PreCode",
        "custom_emoji": "CustomEmoji",
        "blockquote": "BlockQuote",
    }.get(kind, kind.capitalize())
    return cannot(f"Can't find end of {title} entity at byte offset {len(text[:start].encode())}")


def cannot(reason: str) -> ApiError:
    """The refusal of a formatted text."""
    return bad_request(f"can't parse entities: {reason}")
