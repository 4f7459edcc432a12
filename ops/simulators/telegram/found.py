"""What Telegram finds in a text by itself: links, addresses, names, tags, commands and telephone numbers.

Rules: `find_entities` and `fix_url` of `td/telegram/MessageEntity.cpp` in tdlib; telephone numbers are found
by the server, whose rule is not public: here an international number with its plus. Of domains that stand
without a scheme only those of the endings below count.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

Entities = list[dict[str, Any]]

SIGNS: Final = re.compile(r"[/@#$+]|\w\.\w")
"""What has none of these has nothing to be found, and that is most of what bots send."""

COMMAND: Final = re.compile(r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/<>@])")
MENTION: Final = re.compile(r"(?<!\w)@[a-zA-Z0-9_]{2,32}(?!\w)")
HASHTAG: Final = re.compile(r"(?<![\w·])#(?=[\d_]*[^\W\d_])[\w·]{1,256}(?![\w·]*#)")
CASHTAG: Final = re.compile(r"(?<![\w$])\$(?:1INCH|[A-Z]{1,8})(?![\w$])")
PHONE: Final = re.compile(r"(?<![\w+])\+\d(?:[ ()-]{0,2}\d){6,14}(?![\w])")
LINK: Final = re.compile(
    r"(?<![\w@.-])(?:(?P<scheme>https?|ftp|tonsite)://)?(?P<user>[\w.+-]{1,64}@)?"
    r"(?P<host>[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+)(?P<port>:\d{1,5})?"
    r"(?P<rest>[/?#][^\s<>\"«»]*)?",
    re.IGNORECASE,
)
APP_LINK: Final = re.compile(r"(?<!\w)(?:tg|ton)://[a-z0-9_-]+(?:[/?#][^\s<>\"]*)?", re.IGNORECASE)
LAST: Final = ".:;,('?!`\"])}"
"""What may end a sentence and is no part of a link, unless a bracket was opened within it."""

MENTION_CHARS_MIN: Final = 3
SHORT_NAMES: Final = frozenset({"@gif", "@wiki", "@vid", "@bing", "@pic", "@bold", "@imdb", "@like", "@vote"})
DOMAINS: Final = frozenset(
    """academy aero agency ai am app art asia at au be best bg biz blog bot br business by ca cafe cat cc
    center ch cl cloud club cn co codes com company community cz de design dev digital directory dk
    download edu ee email es eu events expert express finance fi fm fr fun fyi games ge gg gl global gov
    gr group guide guru health help hk host hr hu ie il im in info ink int io ir is it jobs jp kg kr kz
    la land law li life link live lt ltd lu lv mail market md me media mil mobi moe money moscow museum
    my name net network news nl no nu nz one online org ovh page party ph photo photos pl plus press pro
    pt pub ru run sale school science se services sg shop show si site sk so social software solutions
    space store studio su systems tech tel th tips tj tm to today ton tools top tr trade travel tv tw ua
    uk us uz vc video vip vn website wiki work works world ws wtf xxx xyz zone рф рус москва онлайн сайт
    бел укр қаз дети""".split()  # noqa: SIM905 (a list of words reads best as one)
)
OPENING: Final = {")": "(", "]": "[", "}": "{"}


PATTERNS: Final = (
    ("bot_command", "/", COMMAND),
    ("hashtag", "#", HASHTAG),
    ("cashtag", "$", CASHTAG),
    ("phone_number", "+", PHONE),
    ("url", "://", APP_LINK),
)
"""Kind, a sign that each has, and what it looks like."""


def find(text: str) -> Entities:
    """Return what is found, in order of place; nothing overlaps."""
    if not SIGNS.search(text):
        return []
    found: Entities = []
    taken = 0
    for start, end, kind in sorted(_candidates(text), key=lambda one: (one[0], -one[1])):
        if start >= taken:
            found.append({"type": kind, "offset": units(text[:start]), "length": units(text[start:end])})
            taken = end
    return found


def units(text: str) -> int:
    """Return the length in UTF-16 units, by which Telegram counts."""
    if text.isascii():
        return len(text)
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def _candidates(text: str) -> Iterator[tuple[int, int, str]]:
    for kind, sign, pattern in PATTERNS:
        if sign in text:
            for match in pattern.finditer(text):
                yield match.start(), match.end(), kind
    for match in MENTION.finditer(text):
        name = match.group()
        if len(name) > MENTION_CHARS_MIN + 1 or name.lower() in SHORT_NAMES:
            yield match.start(), match.end(), "mention"
    if "." in text:
        for match in LINK.finditer(text):
            yield from _link(match)


def _link(match: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    host = match["host"].split(".")
    is_number = len(host) == 4 and all(part.isdecimal() and int(part) < 256 for part in host)
    ending = host[-1].lower()
    known = ending in DOMAINS or (ending.startswith("xn--") and len(ending) > 4)
    if match["user"] and not match["scheme"]:
        if known and not match["rest"]:
            yield match.start(), match.end("host"), "email"
        return
    if match["scheme"]:
        known = known or (ending.isalpha() and len(ending) > 1)
    if not (known or is_number):
        return
    end = match.end()
    if match["rest"]:
        end = match.end() - len(match["rest"]) + len(_trimmed(match["rest"]))
    yield match.start(), end, "url"


def _trimmed(rest: str) -> str:
    while rest and rest[-1] in LAST:
        opening = OPENING.get(rest[-1])
        if opening is not None and rest.count(opening) >= rest.count(rest[-1]):
            break
        rest = rest[:-1]
    return rest
