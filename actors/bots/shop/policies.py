"""The terms of sale and what is said about people's data: the owner's words, or the shop's own.

What was written in `/admin` comes before what the options say, and that before the shop's own words, which
say what this program really does.
"""

from html import escape

from mailroom.actors.bots.shop.callbacks import Goto, Place
from mailroom.actors.bots.shop.keyboards import goto, ways_out
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.texts import ERASURE_TEXTS, TEXTS
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.erasure.dialogue import erase_button
from mailroom.actors.kit.policies.policy import Policy
from mailroom.actors.kit.screens.buttons import Row


def _terms(room: Room[Options], language: str) -> str:
    texts, options = TEXTS[language], room.options
    minutes = texts.orders.minutes(count=round(options.reserve_minutes))
    seller = texts.policies.seller(seller=escape(options.seller)) if options.seller else ""
    return texts.policies.terms(minutes=minutes) + seller


def _privacy(room: Room[Options], language: str) -> str:
    own = TEXTS[language].policies
    return own.privacy(consultant=own.privacy_consultant if room.models is not None else "")


def _below_terms(language: str) -> list[Row]:
    texts = TEXTS[language]
    return [[goto(texts.policies.button_privacy, Place.PRIVACY)], ways_out(texts)]


def _below_privacy(language: str) -> list[Row]:
    """From here one's data can be deleted."""
    texts = TEXTS[language]
    return [
        [erase_button(ERASURE_TEXTS[language])],
        [goto(texts.policies.button_terms, Place.TERMS)],
        ways_out(texts),
    ]


TERMS = Policy[Options](
    "terms",
    Goto(place=Place.TERMS),
    usual=_terms,
    rows=_below_terms,
    options=lambda room, language: escape(room.options.policy("terms", language)),
)
PRIVACY = Policy[Options](
    "privacy",
    Goto(place=Place.PRIVACY),
    usual=_privacy,
    rows=_below_privacy,
    options=lambda room, language: escape(room.options.policy("privacy", language)),
)
POLICIES = (TERMS, PRIVACY)
