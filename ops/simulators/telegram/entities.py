"""From marked-up text to plain text with entities, as Telegram shows it; mistakes are refused in
Telegram's words.

Rules and wording: `td/telegram/MessageEntity.cpp` (`parse_html`) in tdlib. Offsets count UTF-16 units, the
places named in errors count bytes. Markdown lives next door in `markdown`.
"""

import html
import re
from typing import Any, Final

from .errors import ApiError, bad_request
from .markdown import parse_markdown, parse_markdown_v2

Entities = list[dict[str, Any]]

SIMPLE: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "span": "spoiler",
}

TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?")
REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
COMMAND = re.compile(r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}(?:@\w+)?(?![\w/<>])")


def format_text(text: str, parse_mode: str, given: Any) -> tuple[str, Entities]:
    """Return the text as shown and its entities; `given` entities count only without a parse mode."""
    mode = parse_mode.lower()
    if mode == "html":
        shown, entities = parse_html(text)
    elif mode == "markdownv2":
        shown, entities = parse_markdown_v2(text)
    elif mode == "markdown":
        shown, entities = parse_markdown(text)
    elif mode in ("", "none"):
        shown, entities = text, [dict(item) for item in given if isinstance(item, dict)] if given else []
    else:
        raise bad_request("unsupported parse_mode")
    # Only text without entities is stripped in front: an entity's offset counts from there.
    shown = shown.rstrip() if entities else shown.strip()
    for command in command_entities(shown):
        if not any(_overlap(command, entity) for entity in entities):
            entities.append(command)
    return shown, sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(
        one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"]
    )


def command_entities(text: str) -> Entities:
    """Return the entities Telegram finds by itself; of those, only bot commands matter to bots."""
    if "/" not in text:
        return []
    return [
        {"type": "bot_command", "offset": units(text[: match.start()]), "length": units(match.group())}
        for match in COMMAND.finditer(text)
    ]


def units(text: str) -> int:
    """Return the length in UTF-16 units, by which Telegram counts."""
    return (
        len(text) + sum(1 for character in text if ord(character) > 0xFFFF)
        if not text.isascii()
        else len(text)
    )


def parse_html(text: str) -> tuple[str, Entities]:
    """Parse Telegram's HTML subset."""
    if "<" not in text and "&" not in text:
        return text, []
    shown: list[str] = []
    offset = 0
    position = 0
    entities: Entities = []
    open_tags: list[tuple[str, int, dict[str, str]]] = []
    while True:
        start = text.find("<", position)
        piece = _unescape(text[position:] if start < 0 else text[position:start])
        shown.append(piece)
        offset += units(piece)
        if start < 0:
            break
        match = TAG.match(text, start)
        if match is None:
            raise _cannot(
                f'Unsupported start tag "{_word(text, start)}" at byte offset {_bytes(text, start)}'
            )
        closing, name, rest = match.group(1), match.group(2).lower(), match.group(3)
        if closing:
            _close(text, start, name, open_tags, entities, offset)
        else:
            attributes = {key.lower(): html.unescape(a or b or c) for key, a, b, c in ATTRIBUTE.findall(rest)}
            if name not in SIMPLE or (name == "span" and attributes.get("class") != "tg-spoiler"):
                raise _cannot(f'Unsupported start tag "{name}" at byte offset {_bytes(text, start)}')
            open_tags.append((name, offset, attributes))
        position = match.end()
    if open_tags:
        raise _cannot(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    # Entities are noted when they close, inner ones first; of two alike in place the outer one comes first.
    entities.reverse()
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return "".join(shown), _merged(entities)


def _close(
    text: str,
    start: int,
    name: str,
    open_tags: list[tuple[str, int, dict[str, str]]],
    entities: Entities,
    offset: int,
) -> None:
    place = _bytes(text, start)
    if not open_tags:
        raise _cannot(f"Unexpected end tag at byte offset {place}")
    expected, begin, attributes = open_tags.pop()
    if name != expected:
        raise _cannot(
            f'Unmatched end tag at byte offset {place}, expected "</{expected}>", found "</{name}>"'
        )
    if offset <= begin:
        return
    entity: dict[str, Any] = {"type": SIMPLE[name], "offset": begin, "length": offset - begin}
    if name == "a":
        if not attributes.get("href"):
            return
        entity["url"] = attributes["href"]
    elif name == "tg-emoji":
        entity["custom_emoji_id"] = attributes.get("emoji-id", "")
    elif name == "blockquote" and "expandable" in attributes:
        entity["type"] = "expandable_blockquote"
    elif name == "code" and attributes.get("class", "").startswith("language-"):
        entity["language"] = attributes["class"][len("language-") :]
    entities.append(entity)


def _merged(entities: Entities) -> Entities:
    """`<pre><code class="language-x">` is one pre with a language."""
    merged: Entities = []
    for entity in entities:
        if entity["type"] == "code" and merged and merged[-1]["type"] == "pre":
            outer = merged[-1]
            if (outer["offset"], outer["length"]) == (entity["offset"], entity["length"]):
                if "language" in entity:
                    outer["language"] = entity["language"]
                continue
        if entity["type"] == "code":
            entity.pop("language", None)
        merged.append(entity)
    return merged


def _unescape(piece: str) -> str:
    return REFERENCE.sub(lambda match: html.unescape(match.group()), piece) if "&" in piece else piece


def _word(text: str, start: int) -> str:
    match = re.match(r"[^\s>]*", text[start + 1 :])
    return match.group().lower() if match else ""


def _bytes(text: str, index: int) -> int:
    return len(text[:index].encode())


def _cannot(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")
