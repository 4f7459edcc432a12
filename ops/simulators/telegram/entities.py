"""From marked-up text to plain text with entities, as Telegram shows it; mistakes are refused in
Telegram's words.

Rules: `fix_formatted_text` of `td/telegram/MessageEntity.cpp` in tdlib. Offsets count UTF-16 units. The
languages are in `html_text`, `markdown` and `markdown_v2`; what Telegram finds by itself, in
`found`.
"""

from typing import Any, Final

from .errors import bad_request
from .found import Entities, find, units
from .html_text import parse_html
from .markdown import parse_markdown
from .markdown_v2 import parse_markdown_v2

PARSERS: Final = {"html": parse_html, "markdownv2": parse_markdown_v2, "markdown": parse_markdown}
WHOLE: Final = frozenset(
    (
        *("pre", "code", "text_link", "text_mention", "custom_emoji", "date_time"),
        *("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"),
    )
)
"""Nothing is found within these; bold, italic and their like, quotations and spoilers are found through."""

ORDER: Final = {"blockquote": 0, "expandable_blockquote": 0, "pre": 11, "code": 20, "text_link": 49} | {
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}
"""Of entities alike in place the lower number comes first; what is found by itself has 50."""
SPACE: Final = " \n\t\r"


def format_text(text: str, parse_mode: str, given: Any) -> tuple[str, Entities]:
    """Return the text as shown and its entities; `given` entities count only without a parse mode."""
    mode = parse_mode.lower()
    if mode in PARSERS:
        shown, entities = PARSERS[mode](text)
    elif mode in ("", "none"):
        shown, entities = text, _given(given, units(text))
    else:
        raise bad_request("unsupported parse_mode")
    entities.sort(key=_place)
    return trimmed(shown, entities)


def trimmed(shown: str, entities: Entities) -> tuple[str, Entities]:
    """Take away space at both ends, though none that an entity begins with, and add what is found."""
    first = min((entity["offset"] for entity in entities), default=len(shown))
    kept = shown.rstrip()
    gone = 0
    while gone < min(first, len(kept)) and kept[gone] in SPACE:
        gone += 1
    kept = kept[gone:]
    end = units(kept)
    placed: Entities = []
    for entity in entities:
        offset = entity["offset"] - gone
        length = min(entity["length"], end - offset)
        if length > 0:
            placed.append({**entity, "offset": offset, "length": length})
    return kept, with_found(kept, placed)


def with_found(shown: str, entities: Entities) -> Entities:
    """Return the entities and what Telegram finds beside and through them."""
    whole = [entity for entity in entities if entity["type"] in WHOLE]
    found = [one for one in find(shown) if not any(_overlap(one, entity) for entity in whole)]
    return sorted([*entities, *found], key=_place) if found else entities


def _given(given: Any, end: int) -> Entities:
    """What a bot says of its text itself; what lies outside of it does not count."""
    if not given:
        return []
    if not isinstance(given, list):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    kept: Entities = []
    for entity in given:
        if not isinstance(entity, dict) or not isinstance(entity.get("type"), str):
            raise bad_request("can't parse entities: expected an Object with a type")
        try:
            offset, length = int(entity["offset"]), int(entity["length"])
        except (KeyError, TypeError, ValueError):
            raise bad_request('can\'t parse MessageEntity: field "offset" must be of type Number') from None
        if 0 <= offset < end and length > 0:
            kept.append({**entity, "offset": offset, "length": min(length, end - offset)})
    return kept


def _place(entity: dict[str, Any]) -> tuple[int, int, int]:
    return entity["offset"], -entity["length"], ORDER.get(entity["type"], 50)


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(
        one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"]
    )
