"""Which of Telegram's bots the chats kept under a name belong to: remembered at the first start with a name,
beside the chats themselves.

A name is what people call a bot here; its chats, state and dead letters are kept under it. The bot itself is
a number at Telegram's. A token with another number is another bot, which has never met the people whose
conversations lie under the name, however its owner calls it.
"""

import time
from dataclasses import dataclass

from pydantic_core import from_json, to_json

from mailroom.storage.errors import StoreError
from mailroom.storage.redis.batch import Line

IDENTITIES = "mailroom:bots"
PLAIN_IDS_MS = 36 * 3600 * 1000
"""How long ids of updates are remembered (`accept.lua`): those that a version before had remembered without
the bot's number are gone by then.
"""


@dataclass(frozen=True, slots=True)
class Identity:
    """The bot that the chats of a name belong to. Until `plain_ids_until_ms`, by the clock of who wrote it,
    updates of it may be remembered without its number.
    """

    bot_id: int
    plain_ids_until_ms: int = 0


class AnotherBotError(Exception):
    """The chats of this name belong to another bot, whose number is `owner`."""

    def __init__(self, name: str, owner: int) -> None:
        super().__init__(f"the chats kept under {name} are those of the bot {owner}")
        self.owner = owner


class Identities:
    """The numbers of all bots of one Redis, by name. Every call is safe to repeat."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def claim(self, name: str, bot_id: int, former_id: int | None = None) -> Identity:
        """Say which bot a name stands for from now on. Raises `AnotherBotError` where its chats are of
        another bot, unless that one is the `former_id` whose chats the caller wants.
        """
        # Read first: a full Redis refuses to write, and what is known needs no writing.
        raw = await self._line.command("HGET", IDENTITIES, name)
        if raw is None:
            fresh = Identity(bot_id, int(time.time() * 1000) + PLAIN_IDS_MS)
            if await self._line.command("HSETNX", IDENTITIES, name, _written(fresh)):
                return fresh
            raw = await self._line.command("HGET", IDENTITIES, name)
        known = _read(raw)
        if known.bot_id == bot_id:
            return known
        if known.bot_id != former_id:
            raise AnotherBotError(name, known.bot_id)
        taken_over = Identity(bot_id)  # what is remembered without a number are the former bot's updates
        await self._line.command("HSET", IDENTITIES, name, _written(taken_over))
        return taken_over

    async def owner(self, name: str) -> int | None:
        """The number of the bot that the chats of a name belong to; None where nobody has claimed it."""
        raw = await self._line.command("HGET", IDENTITIES, name)
        return None if raw is None else _read(raw).bot_id


def _written(identity: Identity) -> bytes:
    return to_json({"bot_id": identity.bot_id, "plain_ids_until_ms": identity.plain_ids_until_ms})


def _read(raw: bytes | None) -> Identity:
    try:
        return Identity(**from_json(raw or b""))
    except (ValueError, TypeError):
        raise StoreError(f"unreadable in {IDENTITIES}: {raw!r}") from None
