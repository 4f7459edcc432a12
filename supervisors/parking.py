"""Waits that Telegram imposed, kept in Redis so that a restart does not forget them (MBX R4)."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from structlog import get_logger

from actors.hosting.bot import HostedBot
from actors.turn import current_turn
from storage.errors import StoreError
from storage.redis.batch import Line
from storage.redis.mailbox import Mailboxes

log = get_logger("mailroom.parking")


class Parking:
    """Writes waits down as they are imposed, and gives them back to the limiters at start."""

    def __init__(self, mailboxes: Mailboxes, line: Line) -> None:
        self._mailboxes = mailboxes
        self._line = line
        self._bots: dict[str, HostedBot] = {}

    def watch(self, bot: HostedBot) -> None:
        """Look after this bot's waits."""
        self._bots[bot.name] = bot

    def for_bot(self, name: str) -> Callable[[int, float, bool], Awaitable[None]]:
        """What a bot's session calls when Telegram answered 429."""

        async def parked(chat_id: int, seconds: float, whole_bot: bool) -> None:
            log.warning("parked", bot=name, chat_id=chat_id, seconds=seconds, whole_bot=whole_bot)
            until_ms = self._mailboxes.now_ms() + int(seconds * 1000)
            turn = current_turn.get()
            try:
                if whole_bot:
                    await self._line.command("SET", _key(name), until_ms, "PX", max(int(seconds * 1000), 1))
                if turn is not None and turn.open and turn.entry is not None:
                    await self._mailboxes.park(
                        turn.chat, turn.epoch, turn.entry.seq, until_ms, take_back_attempt=False
                    )
            except StoreError as error:
                log.warning("wait_not_kept", bot=name, why=str(error))

        return parked

    async def restore(self, name: str) -> None:
        """Bring back the wait of a whole bot. Those of single chats come back as the chats are loaded."""
        until_ms = await self._line.command("GET", _key(name))
        if until_ms is not None:
            left = int(until_ms) / 1000 - time.time()
            self._bots[name].limiter.restore({}, asyncio.get_running_loop().time() + max(left, 0.0))


def _key(bot: str) -> str:
    return f"mailroom:bot:{bot}:parked"
