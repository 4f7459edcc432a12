"""Waits that Telegram imposed, kept in Redis so that a restart does not forget them (R4)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from structlog import get_logger

from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.hosting.errors import WAIT_SECONDS_MAX
from mailroom.actors.limiter import PARKED_MAX, Target
from mailroom.storage.errors import StoreError
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.mailbox import Mailboxes

log = get_logger("mailroom.parking")

KEPT_MS = int(WAIT_SECONDS_MAX * 1000) + 1000
"""No wait is longer, so nothing is kept longer."""


class Parking:
    """Writes waits down as they are imposed, and gives them back to the limiters at start."""

    def __init__(self, mailboxes: Mailboxes, line: Line) -> None:
        self._mailboxes = mailboxes
        self._line = line
        self._bots: dict[str, HostedBot] = {}

    def watch(self, bot: HostedBot) -> None:
        """Look after this bot's waits."""
        self._bots[bot.name] = bot

    def for_bot(self, name: str) -> Callable[[Target, float, bool], Awaitable[None]]:
        """What a bot's session calls when Telegram answered 429."""

        async def parked(target: Target, seconds: float, whole_bot: bool) -> None:
            log.warning("parked", bot=name, target=target, seconds=seconds, whole_bot=whole_bot)
            until_ms = self._mailboxes.now_ms() + int(seconds * 1000)
            kept_ms = max(int(seconds * 1000), 1)
            try:
                await self._line.command("ZADD", _targets(name), until_ms, str(target))
                await self._line.command("PEXPIRE", _targets(name), KEPT_MS)
                await self._line.command("ZREMRANGEBYSCORE", _targets(name), "-inf", until_ms - kept_ms)
                if whole_bot:
                    await self._line.command("SET", _whole(name), until_ms, "PX", kept_ms)
            except StoreError as error:
                log.warning("wait_not_kept", bot=name, why=str(error))

        return parked

    async def restore(self, name: str) -> None:
        """Bring back the waits of a bot, and of those it was told of."""
        now, now_ms = asyncio.get_running_loop().time(), self._mailboxes.now_ms()
        whole = await self._line.command("GET", _whole(name))
        kept = await self._line.command(
            "ZRANGEBYSCORE", _targets(name), now_ms, "+inf", "WITHSCORES", "LIMIT", 0, PARKED_MAX
        )
        until = {_target(member): now + left for member, left in _left(kept, now_ms)}
        bot_until = now + max(int(whole) - now_ms, 0.0) / 1000 if whole is not None else 0.0
        self._bots[name].limiter.restore(until, bot_until)


def _left(kept: list[Any], now_ms: int) -> list[tuple[str, float]]:
    """Members with the seconds that are left. RESP3 answers with pairs, RESP2 with a flat list."""
    pairs = kept if kept and isinstance(kept[0], list) else zip(kept[::2], kept[1::2], strict=True)
    return [(member.decode(), (float(until_ms) - now_ms) / 1000) for member, until_ms in pairs]


def _target(member: str) -> Target:
    return int(member) if member.removeprefix("-").isdecimal() else member


def _whole(bot: str) -> str:
    return f"mailroom:bot:{bot}:parked"


def _targets(bot: str) -> str:
    return f"mailroom:bot:{bot}:parked_targets"
