"""Telegram's two Markdown dialects, parsed into entities.

Rules and wording: `parse_markdown` and `parse_markdown_v2` of `td/telegram/MessageEntity.cpp` in tdlib,
without the rarer cases (custom emoji, nested links).
"""

import re
from typing import Any, Final

from .errors import ApiError, bad_request

Entities = list[dict[str, Any]]

RESERVED: Final = frozenset("_*[]()~`>#+-=|{}.!")
ADDRESS: Final = re.compile(r"\(((?:[^)\\]|\\.)*)\)", re.DOTALL)
MARKS_V2: Final = (
    ("__", "underline"),
    ("||", "spoiler"),
    ("*", "bold"),
    ("_", "italic"),
    ("~", "strikethrough"),
)
MARKS_V1: Final = (("*", "bold"), ("_", "italic"))


class _Text:
    """The shown text so far, with its length in UTF-16 units."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.units = 0

    def add(self, piece: str) -> None:
        self.pieces.append(piece)
        self.units += sum(2 if ord(character) > 0xFFFF else 1 for character in piece)


def parse_markdown_v2(text: str) -> tuple[str, Entities]:
    """Parse MarkdownV2: nesting allowed, every reserved character must be escaped or mean something."""
    shown = _Text()
    entities: Entities = []
    open_marks: list[tuple[str, str, int, int]] = []
    i = 0
    line_start = True
    while i < len(text):
        character = text[i]
        if character == "\\" and i + 1 < len(text) and ord(text[i + 1]) < 127:
            shown.add(text[i + 1])
            i, line_start = i + 2, False
            continue
        if line_start and character == ">":
            end = text.find("\n", i)
            end = len(text) if end < 0 else end
            inner, inner_entities = parse_markdown_v2(text[i + 1 : end])
            begin = shown.units
            shown.add(inner)
            entities += [{**entity, "offset": entity["offset"] + begin} for entity in inner_entities]
            _note(entities, "blockquote", begin, shown)
            i, line_start = end, False
            continue
        if character == "`":
            i = _code(text, i, shown, entities)
        elif character == "[":
            open_marks.append(("[", "text_link", shown.units, i))
            i += 1
        elif character == "]" and open_marks and open_marks[-1][0] == "[":
            _, _, begin, _ = open_marks.pop()
            url, i = _address(text, i + 1)
            if url:
                _note(entities, "text_link", begin, shown, url=url)
        else:
            for mark, kind in MARKS_V2:
                if text.startswith(mark, i):
                    if open_marks and open_marks[-1][0] == mark:
                        _note(entities, kind, open_marks.pop()[2], shown)
                    else:
                        open_marks.append((mark, kind, shown.units, i))
                    i += len(mark)
                    break
            else:
                if character in RESERVED:
                    raise _cannot(
                        f"Character '{character}' is reserved and must be escaped with the preceding '\\'"
                    )
                shown.add(character)
                line_start = character == "\n"
                i += 1
                continue
        line_start = False
    if open_marks:
        raise _unfinished(open_marks[-1][1], text, open_marks[-1][3])
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return "".join(shown.pieces), entities


def parse_markdown(text: str) -> tuple[str, Entities]:
    """Parse the legacy Markdown: no nesting, only its own four marks can be escaped."""
    shown = _Text()
    entities: Entities = []
    i = 0
    while i < len(text):
        character = text[i]
        if character == "\\" and i + 1 < len(text) and text[i + 1] in "_*`[":
            shown.add(text[i + 1])
            i += 2
        elif character == "`":
            i = _code(text, i, shown, entities)
        elif character == "[":
            end = text.find("]", i)
            if end < 0:
                raise _unfinished("text_link", text, i)
            begin = shown.units
            shown.add(text[i + 1 : end])
            url, i = _address(text, end + 1)
            if url:
                _note(entities, "text_link", begin, shown, url=url)
        elif character in "*_":
            end = text.find(character, i + 1)
            if end < 0:
                raise _unfinished(dict(MARKS_V1)[character], text, i)
            begin = shown.units
            shown.add(text[i + 1 : end])
            _note(entities, dict(MARKS_V1)[character], begin, shown)
            i = end + 1
        else:
            shown.add(character)
            i += 1
    return "".join(shown.pieces), entities


def _code(text: str, start: int, shown: _Text, entities: Entities) -> int:
    mark = "```" if text.startswith("```", start) else "`"
    kind = "pre" if len(mark) == 3 else "code"
    end = text.find(mark, start + len(mark))
    if end < 0:
        raise _unfinished(kind, text, start)
    content = text[start + len(mark) : end]
    extra: dict[str, str] = {}
    if kind == "pre" and "\n" in content:
        first, _, rest = content.partition("\n")
        if first and not any(map(str.isspace, first)):
            extra = {"language": first}
        if extra or not first:
            content = rest
    begin = shown.units
    shown.add(content.replace("\\`", "`").replace("\\\\", "\\"))
    _note(entities, kind, begin, shown, **extra)
    return end + len(mark)


def _address(text: str, start: int) -> tuple[str, int]:
    if not text.startswith("(", start):
        return "", start
    match = ADDRESS.match(text, start)
    if match is None:
        raise _cannot(f"Can't find end of a URL at byte offset {len(text[:start].encode())}")
    return match.group(1).replace("\\", ""), match.end()


def _note(entities: Entities, kind: str, begin: int, shown: _Text, **extra: str) -> None:
    if shown.units > begin:
        entities.append({"type": kind, "offset": begin, "length": shown.units - begin, **extra})


def _unfinished(kind: str, text: str, start: int) -> ApiError:
    title = {"text_link": "TextUrl", "pre": "PreCode"}.get(kind, kind.capitalize())
    return _cannot(f"Can't find end of {title} entity at byte offset {len(text[:start].encode())}")


def _cannot(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")
