"""How a `web` process tells a `worker` that a message has arrived: a line on a Redis channel, which may get
lost.

Nothing depends on it but speed: the message is in its mailbox already, and the worker's sweep finds it within
seconds.
"""

import asyncio
from collections.abc import Mapping

import redis.asyncio
import trio
from redis.exceptions import RedisError
from structlog import get_logger

from actors.hosting.bot import HostedBot
from actors.runtime.bridge import aio
from storage.redis.batch import Line
from storage.redis.entry import Chat
from supervisors.chats import Chats

log = get_logger("mailroom.remote")

CHANNEL = "mailroom:arrived"
PAUSE_SECONDS = 1.0


def announce(line: Line, chat: Chat, order: int | None) -> None:
    """Tell the workers; nobody waits for the answer."""
    telling = asyncio.ensure_future(
        line.command("PUBLISH", CHANNEL, f"{'-' if order is None else order} {chat}")
    )
    telling.add_done_callback(lambda told: told.cancelled() or told.exception())


async def listen_for_arrivals(url: str, bots: Mapping[str, HostedBot], chats: Chats) -> None:
    """Wake the chats that the web processes tell of, for ever."""
    while True:
        try:
            await aio(_listen, url, bots, chats)
        except (RedisError, OSError) as error:
            log.warning("arrivals_not_heard", why=str(error), note="the sweep finds them")
        await trio.sleep(PAUSE_SECONDS)


async def _listen(url: str, bots: Mapping[str, HostedBot], chats: Chats) -> None:
    async with redis.asyncio.from_url(url) as client, client.pubsub() as channel:
        await channel.subscribe(CHANNEL)
        async for message in channel.listen():
            if message["type"] != "message":
                continue
            order, _, address = message["data"].decode().partition(" ")
            chat = Chat.parse(address)
            if order != "-" and chat.bot in bots:
                bots[chat.bot].watermark.saw(int(order), chats.worker.mailboxes.now_ms())
            chats.look_again(chat)
