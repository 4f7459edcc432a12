"""Somebody who is logged in at the console, on-call or a person, by the cookie that they came with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from mailroom.ingress.ops.asker import Asker

SESSION_SECONDS = 12 * 3600
"""A shift; whoever works after it logs in anew."""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A session of the console."""

    asker: Asker
    name: str
    """What is shown of it; empty where on-call gave none."""
    csrf_token: str
    """What the console's own page sends along with every call, and no other page can know."""
    end: Callable[[], Awaitable[None]]
    """Have its cookie stand for nothing any more. Awaited on the asyncio side."""
