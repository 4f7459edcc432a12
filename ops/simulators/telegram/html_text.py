"""Telegram's subset of HTML, parsed into entities.

Rules and wording: `parse_html` of `td/telegram/MessageEntity.cpp` in tdlib. The places named in errors count
bytes.
"""

import html
import re
from typing import Any, Final

from .errors import ApiError, bad_request
from .found import Entities, units
from .links import linked, moment

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
            _close(text, start, name, open_tags, entities, offset, shown)
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
    shown: list[str],
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
    entity = _entity(name, attributes, "".join(shown), begin)
    if entity is not None:
        entities.append({**entity, "offset": begin, "length": offset - begin})


def _entity(name: str, attributes: dict[str, str], shown: str, begin: int) -> dict[str, Any] | None:
    """Return type and fields for a tag; None where it leads nowhere."""
    if name == "a":
        # Without an address the words themselves are one.
        words = shown.encode("utf-16-le")[2 * begin :].decode("utf-16-le")
        return linked(attributes.get("href") or words)
    if name == "tg-emoji":
        emoji = attributes.get("emoji-id", "")
        if not emoji.isdecimal():
            raise _cannot("Invalid custom emoji identifier specified")
        return {"type": "custom_emoji", "custom_emoji_id": emoji}
    if name == "tg-time":
        return moment(attributes.get("unix", ""), attributes.get("format", ""))
    if name == "blockquote" and "expandable" in attributes:
        return {"type": "expandable_blockquote"}
    if name == "code" and attributes.get("class", "").startswith("language-"):
        return {"type": "code", "language": attributes["class"].removeprefix("language-")}
    return {"type": SIMPLE[name]}


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
