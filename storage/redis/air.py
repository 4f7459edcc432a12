"""What processes call out to each other over Redis, for whoever listens at that moment: nothing is kept.

A connection that listens does nothing else, so it is one of its own. Redis numbers its databases, and what is
published it publishes to all of them: the channel is of the database that the URL names.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import hiredis

from mailroom.storage.errors import StoreError, StoreUnavailable
from mailroom.storage.redis.batch import CONNECT_TIMEOUT_SECONDS, Line
from mailroom.storage.redis.tls import read_url
from mailroom.storage.redis.wire import Argument, Wire, connect, pack

CHANNEL = "mailroom:signals:"
LOOK_SECONDS = 10.0
"""How often a connection on which nothing is heard is asked whether it is still there."""
ANSWER_SECONDS = 5.0


class Air:
    """One channel of one Redis. `line` is what is called out over."""

    def __init__(self, url: str, line: Line) -> None:
        self._url = url
        self._line = line
        self._channel = f"{CHANNEL}{read_url(url).get('db') or 0}"

    async def call(self, words: str) -> None:
        """Call out to all who listen. Raises `StoreError`; then some may have heard it."""
        await self._line.command("PUBLISH", self._channel, words)

    async def listen(self, heard: Callable[[str], None], listening: Callable[[], None]) -> None:
        """Listen for ever, `heard` being told all that is called out from when `listening` is told so. Raises
        `StoreError` when the connection is lost, or is not to be had: to be called again.
        """
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                wire = await connect(self._url, "mailroom-signals")
        except (OSError, EOFError) as error:
            raise StoreUnavailable(f"Redis does not answer: {str(error) or type(error).__name__}") from error
        wire.heard = lambda words: heard(words.decode(errors="replace"))
        try:
            await _answer(wire, "SUBSCRIBE", self._channel)
            listening()
            while wire.lost is None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(wire.ended.wait(), LOOK_SECONDS)
                    break
                await _answer(wire, "PING")
            raise StoreUnavailable(f"Redis does not answer: {wire.lost}")
        finally:
            wire.abort(ConnectionError("nobody listens any more"))


async def _answer(wire: Wire, *command: Argument) -> None:
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    wire.send(pack(command), answer)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            found = await answer
    except (OSError, EOFError) as error:
        raise StoreUnavailable(f"Redis does not answer: {str(error) or type(error).__name__}") from error
    if isinstance(found, hiredis.ReplyError):
        raise StoreError(f"Redis: {found}")
