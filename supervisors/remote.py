"""How a `web` process tells the `worker` that a message has arrived: a line in a Redis list, which may get
lost.

Nothing depends on it but speed: the message is in its mailbox already, and the worker's sweep finds it within
seconds.
"""

import asyncio
from collections.abc import Mapping

import trio
from structlog import get_logger

from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import Chat
from mailroom.supervisors.chats.chats import Chats

log = get_logger("mailroom.remote")

ARRIVED = "mailroom:arrived"
KEPT_MAX = 10_000
"""Arrivals kept for a worker that does not come for them; the sweep finds the others."""
TAKEN_MAX = 500
"""Arrivals taken at a time."""
WAIT_SECONDS = 2
"""How long Redis holds a call that has nothing to tell; under the time after which a silent line is given
up.
"""
PAUSE_SECONDS = 1.0


def announce(line: Line, chat: Chat, order: int | None) -> None:
    """Tell the worker; nobody waits for the answer."""
    telling = asyncio.ensure_future(_announce(line, f"{'-' if order is None else order} {chat}"))
    telling.add_done_callback(lambda told: told.cancelled() or told.exception())


async def _announce(line: Line, words: str) -> None:
    if await line.command("RPUSH", ARRIVED, words) > KEPT_MAX:
        await line.command("LTRIM", ARRIVED, -KEPT_MAX, -1)


async def listen_for_arrivals(url: str, bots: Mapping[str, HostedBot], chats: Chats) -> None:
    """Wake the chats that the web processes tell of, for ever."""
    while True:
        try:
            await aio(_listen, url, bots, chats)
        except StoreUnavailable as error:
            log.warning("arrivals_not_heard", why=str(error), note="the sweep finds them")
        await trio.sleep(PAUSE_SECONDS)


async def _listen(url: str, bots: Mapping[str, HostedBot], chats: Chats) -> None:
    ear = Line(url, name="mailroom-arrivals")  # of its own, because it blocks
    try:
        while True:
            first = await ear.command("BLPOP", ARRIVED, WAIT_SECONDS)
            if first is None:
                continue
            for words in (first[1], *(await ear.command("LPOP", ARRIVED, TAKEN_MAX) or ())):
                _wake(words.decode(), bots, chats)
    finally:
        await ear.close()


def _wake(words: str, bots: Mapping[str, HostedBot], chats: Chats) -> None:
    order, _, address = words.partition(" ")
    chat = Chat.parse(address)
    # First, so that whoever the watermark wakes knows that his window is behind.
    chats.look_again(chat)
    if order != "-" and chat.bot in bots:
        bots[chat.bot].watermark.saw(int(order), chats.worker.mailboxes.now_ms())
