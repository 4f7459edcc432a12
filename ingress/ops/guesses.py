"""Wrong tokens, counted by whom they come from: guessing is slow, and one person's mistakes are his own.

They are counted in all processes together (`actors/uses/allowance.py`). A wrong token takes from what there
is, a right one only looks whether there is any left: so of many guesses at once none is told from the others
by being right.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any

from quart import Request
from structlog import get_logger

from mailroom.actors.runtime.bridge import aio
from mailroom.actors.uses.allowance import Allowance
from mailroom.ingress.http.peer import asker_of, forwarded_of, networks

log = get_logger("mailroom.console")

ATTEMPTS_MAX = 10
"""Wrong tokens of one address at once, and in `ATTEMPTS_SECONDS` from then on."""
ATTEMPTS_SECONDS = 60.0
REPEATS_MAX = 30
"""Of one wrong token, sent again and again: a program with an old one guesses nothing, and shares its address
with people.
"""
UNNAMED_PROXY_ATTEMPTS_MAX = 100
"""Of all whom a proxy brings that is not named: what it says of them may be made up, one name a guess."""
PEERS_MAX = 10_000
"""Addresses whose last token is remembered; past this the one that was wrong longest ago is forgotten."""


class Guesses:
    """Counts wrong tokens, by whichever interface."""

    def __init__(self, allowance: Allowance, trusted_proxies: Sequence[str] = ()) -> None:
        self._trusted = networks(trusted_proxies)
        self._allowance = allowance
        self._last: dict[str, int] = {}

    def address(self, request: Request) -> str:
        """Whom whoever asks is taken for: their address, or their network's."""
        return self._who(request)[0]

    async def wait_seconds(self, request: Request) -> float:
        """How long whoever asks has to wait before a token of his is good for anything; 0 if he need not."""
        return await aio(self._wait, *self._who(request))

    async def wrong(self, request: Request, event: str, token: str | None = None) -> float:
        """Count a wrong token, and log it as `event`; how long whoever sent it has to wait, where there were
        too many. Where a program sent `token`, it may be the one it sent before.
        """
        person, proxy = self._who(request)
        repeated = token is not None and self._last.get(person) == hash(token)
        if (wait := await aio(self._count, person, proxy, repeated)) > 0:
            return wait  # counted no more, and no line for each
        if token is not None:
            self._remember(person, token)
        log.warning(event, address=person, limited=await self.wait_seconds(request) > 0)
        return 0.0

    async def _wait(self, person: str, proxy: str) -> float:
        return max(await asyncio.gather(*(one(take=False) for one in self._limits(person, proxy))))

    async def _count(self, person: str, proxy: str, repeated: bool) -> float:
        if (wait := await self._wait(person, proxy)) > 0:
            return wait
        first, repeats, *of_proxy = self._limits(person, proxy)
        own = repeats if repeated else first
        return max(await asyncio.gather(*(one(take=True) for one in (own, *of_proxy))))

    def _limits(self, person: str, proxy: str) -> list[partial[Coroutine[Any, Any, float]]]:
        limits = [("tokens", person, ATTEMPTS_MAX), ("repeated_tokens", person, REPEATS_MAX)]
        if proxy:
            limits.append(("tokens_of_a_proxy", proxy, UNNAMED_PROXY_ATTEMPTS_MAX))
        return [partial(self._ask, *one) for one in limits]

    async def _ask(self, name: str, key: str, most: int, *, take: bool) -> float:
        ask = self._allowance.take if take else self._allowance.look
        return await ask(name, key, most=most, seconds=ATTEMPTS_SECONDS)

    def _remember(self, person: str, token: str) -> None:
        self._last.pop(person, None)
        self._last[person] = hash(token)  # of this process alone: it tells nobody the token
        if len(self._last) > PEERS_MAX:
            del self._last[next(iter(self._last))]

    def _who(self, request: Request) -> tuple[str, str]:
        return asker_of(request.remote_addr or "", forwarded_of(request.headers), self._trusted)
