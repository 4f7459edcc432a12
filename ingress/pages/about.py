"""`/app/BOT/api/_me`: what a page has to know of itself, which its files cannot say."""

from typing import Any

from mailroom.actors.pages.ask import BODY_BYTES_MAX
from mailroom.actors.people.address import hinted
from mailroom.ingress.pages.allowances import CALLS
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ingress.pages.languages import languages_of
from mailroom.ingress.pages.who import Who

ABOUT = "_me"


def about(here: BotPage, language: str, who: Who) -> dict[str, Any]:
    """Of which bot it is, how somebody can come in, who is there, what it speaks, and how much it may ask."""
    return {
        "bot": here.bot,
        "demo": here.room.demo,
        "chat_url": here.chat_url,
        "enter": list(here.ways),
        "codes_to": here.code_addresses if "code" in here.ways else [],
        "visitor": visitor(who),
        "languages": list(languages_of(here.page)),
        "language": language,
        "push": here.page.push,
        "push_key": here.web_push.public_key if here.page.push and here.web_push is not None else None,
        "limits": {
            "calls": {"most": CALLS.most, "seconds": CALLS.seconds},
            "body_bytes": BODY_BYTES_MAX,
        },
    }


def visitor(who: Who) -> dict[str, Any] | None:
    """Who is there; None: nobody who has proved anything. Of an address only so much is told that they see
    which one it is: this may be read on somebody else's screen.
    """
    if who.person is None:
        return None
    addresses = sorted(hinted(one.address) for one in who.proofs if one.way == "code")
    return {
        "person": who.person,
        "name": who.name,
        "demo": who.demo,
        "logged_in": who.session is not None,
        "addresses": addresses,
    }
