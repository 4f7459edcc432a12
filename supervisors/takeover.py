"""A bot that comes from aiogram's RedisStorage finds its users where it left them.

Done once for a bot and a place, before it starts. The old keys stay as they are, so that the way back is
open; what the chat has here already wins over them.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Collection

from aiogram.fsm.storage.base import DefaultKeyBuilder, StorageKey
from aiogram.fsm.storage.redis import RedisStorage
from redis.asyncio import Redis
from structlog import get_logger

from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.state import field_name
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import Changes, Mailboxes
from mailroom.storage.redis.stock import StockKey, stock_state

log = get_logger("mailroom.takeover")

PREFIX, SEPARATOR = "fsm", ":"
"""What RedisStorage uses where it was told nothing else."""


class Takeover:
    """Brings the state of stock aiogram over, for the owner of the chats."""

    def __init__(self, mailboxes: Mailboxes, line: Line, redis_url: str) -> None:
        self._mailboxes = mailboxes
        self._line = line
        self._redis_url = redis_url

    async def run(self, bot: HostedBot, bots: Collection[HostedBot], epoch: int) -> None:
        """Look where a bot's state may be: in our Redis, and in that of the storage its own code made. `bots`
        are all there are: a key without a bot's name could be any one's.
        """
        async with Redis.from_url(self._redis_url) as ours:
            await self._from(ours, "configured", bot, bots, epoch)
        if isinstance(found := bot.shared.found, RedisStorage):
            await self._from(found.redis, "its own", bot, bots, epoch, found)

    async def _from(
        self,
        client: "Redis",
        place: str,
        bot: HostedBot,
        bots: Collection[HostedBot],
        epoch: int,
        storage: RedisStorage | None = None,
    ) -> None:
        builder = storage.key_builder if storage else DefaultKeyBuilder(prefix=PREFIX, separator=SEPARATOR)
        if not isinstance(builder, DefaultKeyBuilder):
            log.warning(
                "state_not_taken_over", bot=bot.name, why="its storage builds its keys in its own way"
            )
            return
        done = f"{place} {builder.prefix}"
        marks = {field.decode() for field in await self._line.command("HKEYS", _key(bot))}
        if done in marks:
            return
        # Taken twice, a state that its chat has dropped since then would come back.
        named_too = f"{done} named" not in marks
        taken = unclear = 0
        bot_ids = {one.bot.id for one in bots}
        async for batch in stock_state(client, builder.prefix, builder.separator, bot_ids):
            by_chat: dict[Chat, dict[str, str]] = defaultdict(dict)
            for key, value in batch:
                if key.bot_id is None and len(bots) > 1:
                    unclear += 1
                elif key.bot_id is None or (named_too and key.bot_id == bot.bot.id):
                    by_chat[Chat(bot.name, str(key.chat_id))][_field(key)] = value
            new = await asyncio.gather(*(self._put(chat, fields, epoch) for chat, fields in by_chat.items()))
            taken += sum(new)
        if unclear:
            log.warning(
                "state_not_taken_over", bot=bot.name, keys=unclear,
                why="the keys do not name their bot, and there are several here: start each alone once",
            )  # fmt: skip
        mark = f"{done} named" if unclear else done
        await self._line.command("HSET", _key(bot), mark, int(time.time()))
        if taken:
            log.info("state_taken_over", bot=bot.name, keys=taken, place=place, prefix=builder.prefix)

    async def _put(self, chat: Chat, fields: dict[str, str], epoch: int) -> int:
        names = list(fields)
        present = await asyncio.gather(*(self._mailboxes.peek(chat, name) for name in names))
        changes = Changes()
        for name, value in zip(names, present, strict=True):
            if value is None:
                changes.set[name] = fields[name]
        if changes.set:
            await self._mailboxes.commit(chat, epoch, None, changes)
        return len(changes.set)


def _field(key: StockKey) -> str:
    where = StorageKey(0, key.chat_id, key.user_id, key.thread_id, key.business_connection_id, key.destiny)
    return field_name(key.part, where)


def _key(bot: HostedBot) -> str:
    return f"mailroom:bot:{bot.name}:taken_over"
