"""What other servers call of a room, without HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.page import Notice
from mailroom.ingress.asks.reading import not_found
from mailroom.ingress.detached import Detached
from mailroom.ingress.hooks.routes import BotHooks
from mailroom.ingress.hooks.taking import take
from mailroom.ops.testing.asked.page import NETWORK
from mailroom.ops.testing.asked.refused import refused


@dataclass(frozen=True, slots=True)
class RoomHooks:
    """Those of one bot. Awaited on Trio's side."""

    here: BotHooks
    detached: Detached = field(default_factory=Detached)

    async def calls(
        self,
        path: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        peer: str = NETWORK,
    ) -> int:
        """A server calls; how many jobs it comes to, which are committed then. Raises `Problem`, with the
        room's own code: what the server is told of a forgery is less.
        """
        hook = self.here.hooks.get(path)
        if hook is None:
            raise not_found()
        small = {name.lower(): value for name, value in (headers or {}).items()}
        notice = Notice(small, dict(query or {}), body, peer)
        return await take(self.here.room, hook, notice, token_hex(8), self.detached)

    async def refuses(self, path: str, *args: Any, **called: Any) -> Problem:
        """Why a call is not taken. One that is taken is an `AssertionError`."""
        return await refused(self.calls(path, *args, **called))
