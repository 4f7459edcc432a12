"""The products of a prompt, and which of them a message is about.

A prompt carries them a line each, `slug | title | description`, as the shop's consultant writes them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailroom.actors.bots.shop.demo.model import words

LINE = re.compile(r"^\s*(?:[-•]\s*)?([a-z0-9][a-z0-9-]{0,63}) \| ([^|\n]+?)(?: \| ([^\n]*))?$", re.MULTILINE)
TITLE_WEIGHT = 4
SHORT_CHARS = 3
"""Names that are not longer than this are found as they are only."""
NARROW_TITLE_WEIGHT = 6
"""A word of the customer's own in a title says more than one that means the same."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A product, as the prompt has it."""

    slug: str
    title: str
    description: str


def read(prompt: str) -> tuple[Thing, ...]:
    """All products of a prompt, in its order."""
    found = (Thing(slug, title.strip(), (about or "").strip()) for slug, title, about in LINE.findall(prompt))
    return tuple(thing for thing in found if thing.slug != "slug")


def named(text: str, things: Sequence[Thing]) -> list[Thing]:
    """The products that a text calls by their names, in the order in which it does: by whole titles first,
    then by what stands before a title's colon, then by other forms of that: «Светлицу» for «Светлица».
    """
    left = _plain(text)
    places: dict[Thing, int] = {}
    # The longest first: a title may begin with another one.
    by_length = sorted(things, key=lambda one: -len(one.title))
    for name_of in (_whole, _short):
        for thing in by_length:
            name = _plain(name_of(thing))
            at = _find(left, name)
            if at >= 0 and thing not in places:
                places[thing] = at
                left = left[:at] + " " * len(name) + left[at + len(name) :]
    there = {words.stem(found[0]): found.start() for found in reversed(list(words.WORD.finditer(left)))}
    for thing in by_length:
        short = [words.stem(word) for word in words.WORD.findall(_short(thing)) if len(word) > SHORT_CHARS]
        if (
            thing not in places
            and short
            and not words.is_plain(short)
            and all(part in there for part in short)
        ):
            places[thing] = there[short[0]]
    return sorted(places, key=lambda thing: places[thing])


def about(text: str, things: Sequence[Thing]) -> list[Thing]:
    """The products that a text seems to be looking for by their titles, the best first."""
    wanted = words.asked_for(text)
    if not wanted:
        return []
    wide = words.widened(wanted)
    scored: list[tuple[int, int, Thing]] = []
    for place, thing in enumerate(things):
        title, description = words.stems(f"{thing.title} {thing.slug}"), words.stems(thing.description)
        in_title = NARROW_TITLE_WEIGHT * len(wanted & title) + TITLE_WEIGHT * bool(wide & title)
        # A word in a description alone says little: an antivirus may "stay out of the way of games".
        if in_title:
            scored.append(
                (-in_title - 2 * len(wanted & description) - bool(wide & description), place, thing)
            )
    scored.sort(key=lambda entry: entry[:2])
    best = -scored[0][0] if scored else 0
    # What fits far worse than the best is noise.
    return [thing for score, _, thing in scored if -score * 3 > best]


def _whole(thing: Thing) -> str:
    return thing.title


def _short(thing: Thing) -> str:
    return thing.title.partition(":")[0].partition(",")[0]


def _plain(text: str) -> str:
    return re.sub(r"[«»\"“”„]", "", text).casefold().replace("ё", "е")


def _find(text: str, name: str) -> int:
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    return found.start() if found else -1
