"""Where a page has moved to: links and buttons that were sent long ago go on.

A page was once called by its kind of bot, and `?bot=NAME` said which of them: `/app/KIND?bot=NAME`.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from mailroom.actors.pages.address import page_path
from mailroom.ingress.pages.bot_page import BotPages

BOT = "bot"
"""Once said which bot was meant. It says so no more, and a page's model never sees it."""


def address(bot: str, rest: str = "", query: Sequence[tuple[str, str]] = ()) -> str:
    """Where something of a bot's page is."""
    asked = urlencode([pair for pair in query if pair[0] != BOT])
    return page_path(bot, rest) + (f"?{asked}" if asked else "")


def moved(pages: BotPages, name: str, bot: str | None) -> str | None:
    """The bot whose page is meant by `/app/NAME?bot=BOT`, where it is not the one of that name."""
    kind = pages[name].kind if name in pages else name
    alike = [one.bot for one in pages.values() if one.kind == kind]
    if bot:
        return bot if bot in alike and bot != name else None
    return alike[0] if name not in pages and len(alike) == 1 else None
