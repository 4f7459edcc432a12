"""Who asks the shop's API, and how often they may."""

import re
import time
from dataclasses import dataclass

from mailroom.actors.bots.shop.domain.language import Language, choose_language
from mailroom.actors.bots.shop.domain.referral import USER_ID_MAX
from mailroom.actors.providers.mini_app import InitDataError, InitDataOldError, Visitor, parse_init_data
from mailroom.ingress.pages.shop.problems import Problem

CALLS_AT_ONCE_MAX = 60
CALLS_SECONDS = 30.0
"""A page that is used with zeal asks a few times a second for a while; a waiting one every few seconds."""
ORDERS_AT_ONCE_MAX = 10
ORDERS_SECONDS = 600.0
"""An order holds goods that others want: nobody needs one a minute for long. While the shared count is away
each process counts by itself: how many orders a customer may have waiting is the database's to say.
"""

_DEMO = re.compile(r"[1-9][0-9]{0,15}")


@dataclass(frozen=True, slots=True)
class Visit:
    """A visitor in a shop."""

    bot: str
    visitor: Visitor
    language: Language
    chosen: bool = False
    """Whether the visitor has chosen the language on the page."""
    demo: bool = False
    """Nobody has proved anything: somebody chose to be this visitor."""

    @property
    def user_id(self) -> int:
        """Telegram's number of the visitor; also that of their private chat with the bot."""
        return self.visitor.user_id


def read_visitor(authorization: str, token: str, *, demo: bool) -> tuple[Visitor, bool]:
    """The person whom an `Authorization` header tells of, and whether that is the demo's word alone.

    Raises `Problem`.
    """
    scheme, _, proof = authorization.partition(" ")
    if scheme.lower() == "tma":
        try:
            return parse_init_data(proof.strip(), token, time.time()), False
        except InitDataOldError:
            raise Problem(401, "too_old") from None
        except InitDataError:
            raise Problem(401, "not_signed") from None
    if demo and scheme.lower() == "demo" and _DEMO.fullmatch(proof) and int(proof) <= USER_ID_MAX:
        return Visitor(int(proof), ""), True
    raise Problem(401, "not_signed")


def language_of(chosen: str | None, visitor: Visitor, accepted: str | None = None) -> Language:
    """The language chosen on the page; else that of the visitor's Telegram, or of the browser."""
    return choose_language(chosen, visitor.language or accepted)
