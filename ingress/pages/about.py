"""`/app/BOT/api/_me`: what a page has to know of itself, which its files cannot say."""

from typing import Any

from mailroom.actors.pages.ask import BODY_BYTES_MAX
from mailroom.ingress.pages.allowances import CALLS
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ingress.pages.languages import languages_of

ABOUT = "_me"


def about(here: BotPage, language: str) -> dict[str, Any]:
    """Of which bot it is, how somebody can come in, what it speaks, and how much it may ask."""
    return {
        "bot": here.bot,
        "demo": here.room.demo,
        "chat_url": here.chat_url,
        "enter": list(here.ways),
        "languages": list(languages_of(here.page)),
        "language": language,
        "push": here.page.push,
        "limits": {
            "calls": {"most": CALLS.most, "seconds": CALLS.seconds},
            "body_bytes": BODY_BYTES_MAX,
        },
    }
