"""What a room shows live, as a stream of events.

https://html.spec.whatwg.org/multipage/server-sent-events.html
`news` has what is shown, whole, and comes again when that has changed; `problem` says why nothing can be
shown. A stream ends by itself after a while, and whoever looks on opens the next: so it outlives nobody's
right to look on by more.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from functools import partial
from typing import Any

import trio
from pydantic_core import to_json
from quart import Request, Response

from mailroom.actors.hosting.room import Room
from mailroom.actors.pages.answer import Live, Problem
from mailroom.actors.pages.ask import Ask
from mailroom.actors.runtime.bridge import BridgeClosedError, aio
from mailroom.ingress.asks.looking import Looking, News
from mailroom.ingress.asks.places import Place, Places

STREAMS_MAX = 2_000
"""Of a process: a stream that waits costs a connection and some kilobytes."""
STREAMS_OF_A_BOT_MAX = 500
STREAM_SECONDS_MAX = 300.0
STALL_SECONDS = 10.0
"""A reader that has not taken the end by then has stalled, and loses its place."""
BEAT_SECONDS = 15.0
"""With nothing to tell, so often something is sent: whoever stands between cuts what is silent."""
FULL_RETRY_SECONDS = 5.0
EVENTS = "text/event-stream"

Shown = tuple[str, str, str]
"""A bot, an ask of its, and a name that this gave: only who asked the same is shown the same."""
Say = Callable[[Problem], Any]
"""A problem in the words of whoever looks on."""


def wants_stream(request: Request) -> bool:
    """Whether somebody looks on; else they look once."""
    return EVENTS in request.headers.get("Accept", "")


class Lives:
    """All that is shown live in a process. Streams end when `closing` is set."""

    def __init__(self, closing: trio.Event) -> None:
        self._closing = closing
        self._places = Places(STREAMS_MAX, STREAMS_OF_A_BOT_MAX)
        self._looking: dict[Shown, tuple[Looking, asyncio.Task[None]]] = {}

    def stream(self, ask: Ask[Any, Any], room: Room[Any], live: Live, say: Say) -> Response:
        """The stream of what an ask shows somebody. Raises `Problem` where there is no place for one more."""
        place = self._places.open(room.bot)
        if place is None:
            raise Problem(
                "unavailable", "later", says="too many look on already", retry_seconds=FULL_RETRY_SECONDS
            )
        response = Response(self._events(ask, room, live, say, place), content_type=EVENTS)
        response.headers.update(
            # nginx would hold the events back
            {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}
        )
        response.timeout = STREAM_SECONDS_MAX + STALL_SECONDS
        return response

    async def _events(
        self, ask: Ask[Any, Any], room: Room[Any], live: Live, say: Say, place: Place
    ) -> AsyncGenerator[bytes, None]:
        # Nothing is made before the last event is on its way: a slow reader gets fewer, none of them old.
        self._places.begin(place, STREAM_SECONDS_MAX + 2 * STALL_SECONDS)
        shown, number = (room.bot, ask.name, live.name), 0
        looking = self._join(shown, room, live)
        try:
            ends = trio.current_time() + STREAM_SECONDS_MAX
            while not self._closing.is_set() and trio.current_time() < ends:
                news = await self._next(looking, number)
                if news is None:
                    yield b": nothing new\n\n"
                else:
                    number = news.number
                    yield _event(news, say)
        finally:
            self._leave(shown, looking)
            self._places.end(place)

    async def _next(self, looking: Looking, number: int) -> News | None:
        found: News | None = None
        async with trio.open_nursery() as nursery:

            async def wait() -> None:
                nonlocal found
                try:
                    found = await aio(partial(looking.after, number, BEAT_SECONDS))
                except BridgeClosedError:
                    await self._closing.wait()
                nursery.cancel_scope.cancel()

            nursery.start_soon(wait)
            await self._closing.wait()
            nursery.cancel_scope.cancel()
        return found

    def _join(self, shown: Shown, room: Room[Any], live: Live) -> Looking:
        if shown not in self._looking:
            looking = Looking(room, live)
            self._looking[shown] = looking, asyncio.create_task(looking.run(), name=f"look at {live.name}")
        looking, _ = self._looking[shown]
        looking.onlookers += 1
        return looking

    def _leave(self, shown: Shown, looking: Looking) -> None:
        looking.onlookers -= 1
        if not looking.onlookers:
            _, task = self._looking.pop(shown)
            task.cancel()


def _event(news: News, say: Say) -> bytes:
    if news.problem is not None:
        return b"event: problem\ndata: %b\n\n" % to_json(say(news.problem))
    return b"event: news\ndata: %b\n\n" % news.shown
