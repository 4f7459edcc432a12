"""Having a room do what it was asked: not while nothing may change, no longer than it may take, and what
changes something to its end.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import trio
from structlog import get_logger

from mailroom.actors.hosting.room import Room
from mailroom.actors.pages.answer import Live, Problem
from mailroom.actors.pages.ask import Ask
from mailroom.actors.pages.visit import Visit
from mailroom.actors.runtime.bridge import BridgeClosedError, CallCancelledError, aio
from mailroom.ingress.detached import Detached
from mailroom.storage.errors import StoreError
from mailroom.storage.postgres.outbox.connection import TRY_AGAIN

log = get_logger("mailroom.asks")

STORE_RETRY_SECONDS = 2.0
HELD_RETRY_SECONDS = 60.0
"""A store went back: a person looks at it, which takes minutes."""
UNFINISHED_RETRY_SECONDS = 5.0

Act = Callable[[], Awaitable[Any]]
Held = Callable[[], bool]
"""Whether nothing may act, because a store went back."""


class Doing:
    """Does what is asked, by whichever interface."""

    def __init__(self, held: Held = lambda: False) -> None:
        self._held = held
        self._detached = Detached()

    def check(self, ask: Ask[Any, Any]) -> None:
        """Raise `Problem` where an ask would change something and nothing may change."""
        if ask.changes and self._held():
            raise Problem(
                "unavailable",
                "later",
                says="something is held after a restore: nothing may change until it is let go",
                retry_seconds=HELD_RETRY_SECONDS,
            )

    async def do(self, ask: Ask[Any, Any], room: Room[Any], visit: Visit, asked: Any) -> Any:
        """What the room answers. Raises `Problem`, for whatever keeps it from it. Whoever leaves meanwhile
        ends what only looks; what changes something goes on.
        """
        act = _told(partial(ask.function, room, visit, asked), ask, visit)
        return await _in_time(ask, visit, partial(self._detached.finish, act) if ask.changes else act)

    async def look(self, ask: Ask[Any, Any], visit: Visit, live: Live) -> Any:
        """What is shown live, once. Raises `Problem`."""
        return await _in_time(ask, visit, _told(live.look, ask, visit))


async def _in_time(ask: Ask[Any, Any], visit: Visit, act: Act) -> Any:
    try:
        with trio.fail_after(ask.seconds):
            return await aio(act)
    except trio.TooSlowError:
        log.error("ask_slow", bot=visit.bot, what=ask.name, seconds=ask.seconds, trace=visit.trace)
        raise _unfinished() if ask.changes else _unavailable("it takes too long") from None
    except (BridgeClosedError, CallCancelledError):
        raise _unavailable("the service is going down") from None


def _told(act: Act, ask: Ask[Any, Any], visit: Visit) -> Act:
    """The same, awaited on the asyncio side, where what goes wrong is logged: there may be nobody left to
    tell.
    """

    async def told() -> Any:
        try:
            return await act()
        except Problem:
            raise
        except Exception as error:
            raise problem_of(error, bot=visit.bot, what=ask.name, trace=visit.trace) from error

    return told


def problem_of(error: Exception, **where: str) -> Problem:
    """What whoever asked is told of an error. One that is nobody's answer is logged, with `where` it was."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, (*TRY_AGAIN, StoreError, trio.TooSlowError)):
        why = str(error) or type(error).__name__
        log.error("ask_unavailable", why=why, **where)
        return _unavailable(why)
    log.error("ask_broken", exc_info=error, **where)
    return broken()


def broken() -> Problem:
    """A mistake of ours, or of the room's author."""
    return Problem("broken", "later", says="an error of ours: the log has its traceback")


def _unavailable(why: str) -> Problem:
    return Problem("unavailable", "later", says=why, retry_seconds=STORE_RETRY_SECONDS)


def _unfinished() -> Problem:
    return Problem(
        "unfinished",
        "later",
        says="it takes longer than anybody waits, and goes on: look what came of it",
        retry_seconds=UNFINISHED_RETRY_SECONDS,
    )
