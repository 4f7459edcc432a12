"""How often a visitor may ask: any page so often, and an ask as often as it says itself. Counted by person;
of those who have proved nothing by the address they come from, which many people may share.
"""

from functools import partial

from quart import Request

from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.ask import Allow
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.uses.allowance import Allowance
from mailroom.ingress.http.peer import Network, asker_of, forwarded_of
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ingress.pages.who import Who

CALLS = Allow("calls", 60, 30.0)
"""A page that is used with zeal asks a few times a second for a while; a waiting one every few seconds."""
CALLS_OF_STRANGERS = Allow("stranger_calls", 1_200, 30.0)
"""Of one address, which an office or a whole mobile network may have; a page's pictures count too."""
TOO_OFTEN = "too_often"


class Allowances:
    """Those of a process."""

    def __init__(self, allowance: Allowance, trusted_proxies: list[Network]) -> None:
        self._allowance = allowance
        self._trusted = trusted_proxies

    async def call(self, network: str, here: BotPage, who: Who) -> None:
        """One more call of somebody, who comes from there. Raises `Problem`."""
        await self.take(CALLS if who.person else CALLS_OF_STRANGERS, network, here, who)

    async def take(self, allow: Allow, network: str, here: BotPage, who: Who) -> None:
        """One more of what is allowed only so often. Raises `Problem`, in the words that the page has for
        `too_many_NAME` where it has any.
        """
        take = partial(self._allowance.take, most=allow.most, seconds=allow.seconds)
        seconds = await aio(take, f"page_{allow.name}", f"{here.bot}:{who.person or network}")
        if seconds > 0:
            code = f"too_many_{allow.name}"
            has_words = any(code in words for words in here.page.words.values())
            raise Problem(code if has_words else TOO_OFTEN, "too_many", retry_seconds=seconds)

    def address(self, request: Request) -> str:
        """Whom to count as one person, of those of whom nothing is known."""
        return asker_of(request.remote_addr or "", forwarded_of(request.headers), self._trusted)[0]
