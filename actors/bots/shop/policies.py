"""The terms of sale and what is said about people's data: the owner's words, or the shop's own.

What was written in `/admin` comes before what the options say, and that before the shop's own words, which
say what this program really does.
"""

from collections.abc import Callable
from html import escape
from typing import Literal

from mailroom.actors.bots.shop.callbacks import Goto, Place
from mailroom.actors.bots.shop.keyboards import goto, ways_out
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.texts import ERASURE_TEXTS, TEXTS
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.erasure.dialogue import erase_button
from mailroom.actors.kit.policies.policy import Policy as Shown
from mailroom.actors.kit.policies.written import POLICY_CHARS_MAX as CHARS_MAX
from mailroom.actors.kit.policies.written import drop_policy, put_policy, written_policy
from mailroom.actors.kit.screens.buttons import Row

__all__ = ["CHARS_MAX", "POLICIES", "Policy", "drop_policy", "own_policy", "put_policy", "written_policy"]

Policy = Literal["terms", "privacy"]


def own_policy(options: Options, name: Policy, language: str, *, consultant: bool) -> str:
    """What it says unless the owner has written something in the chat."""
    if set_ := options.policy(name, language):
        return escape(set_)
    texts = TEXTS[language]
    own = texts.policies
    if name == "terms":
        minutes = texts.orders.minutes(count=round(options.reserve_minutes))
        seller = own.seller(seller=escape(options.seller)) if options.seller else ""
        return own.terms(minutes=minutes) + seller
    return own.privacy(consultant=own.privacy_consultant if consultant else "")


def _own(name: Policy) -> Callable[[Room[Options], str], str]:
    return lambda room, language: own_policy(room.options, name, language, consultant=room.models is not None)


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


POLICIES: dict[Policy, Shown[Options]] = {
    "terms": Shown("terms", Goto(place=Place.TERMS), usual=_own("terms"), rows=_below_terms),
    "privacy": Shown("privacy", Goto(place=Place.PRIVACY), usual=_own("privacy"), rows=_below_privacy),
}
