"""Keep a bot that Telegram does not know until Telegram knows it again (R7).

While it holds, one `getMe` at a time asks for it, later each time; none of its messages begins, so none is
blamed. That it holds is kept in Redis: a restart does not have every chat find it out anew, and every process
can say so.
"""

import time
from collections.abc import Iterable
from typing import NamedTuple

import trio
from prometheus_client import Gauge
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json
from structlog import get_logger

from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.metrics import child
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreError
from mailroom.storage.redis.batch import Line
from mailroom.supervisors.otp.child import Life

log = get_logger("mailroom.holding")

PAUSE_SECONDS = 1.0
"""Before the first look: a 401 that passes has mostly passed by then."""
PAUSE_MAX_SECONDS = 60.0
KEPT_MS = 24 * 3600 * 1000
"""A hold that nobody has looked after for a day is forgotten: its bot is gone from the configuration."""
WHY_MAX = 200
"""Characters of what Telegram said that are kept."""

HELD = Gauge("mailroom_bot_held", "Whether the bot holds because Telegram does not know it", ["bot"])


class Kept(NamedTuple):
    """A hold as it stands in Redis."""

    why: str
    since_ms: int
    pause_seconds: float


_KEPT = TypeAdapter(Kept)


class Holding:
    """Looks after the bots of this process that hold."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def live(self, life: Life, bot: HostedBot) -> None:
        """The life of this part in the tree, one for each bot."""
        life.details = lambda: {"held": bot.hold.why} if bot.hold.why else {}
        life.ails = lambda: f"Telegram does not know the bot: {bot.hold.why}" if bot.hold.why else ""
        await aio(self.restore, bot)
        life.started()
        await self.watch(bot)

    async def restore(self, bot: HostedBot) -> None:
        """Let the bot hold if it did so before, and look at once: its token may be a new one. To be awaited
        in asyncio.
        """
        child(HELD, bot.name).set(0)
        if (kept := await read_hold(self._line, bot.name)) is not None:
            bot.hold.begin(kept.why)

    async def watch(self, bot: HostedBot) -> None:
        """Whenever the bot holds, ask for it until Telegram knows it again. For ever."""
        while True:
            await bot.hold.wait_until_held()
            child(HELD, bot.name).set(1)
            began = trio.current_time()
            log.error("bot_held", bot=bot.name, why=bot.hold.why)
            await self._look(bot)
            bot.hold.end()
            child(HELD, bot.name).set(0)
            log.info("bot_goes_on", bot=bot.name, held_seconds=round(trio.current_time() - began, 1))
            await self._note("DEL", _key(bot.name))

    async def _look(self, bot: HostedBot) -> None:
        kept = await aio(read_hold, self._line, bot.name)
        since_ms = kept.since_ms if kept else int(time.time() * 1000)
        pause = kept.pause_seconds if kept else PAUSE_SECONDS
        wait = 0.0 if kept else pause
        while True:
            note = to_json(Kept(bot.hold.why[:WHY_MAX], since_ms, pause))
            await self._note("SET", _key(bot.name), note, "PX", KEPT_MS)
            bot.hold.look_again_in(wait)
            await trio.sleep(wait)
            if await aio(bot.is_known):
                return
            pause = min(pause * 2, PAUSE_MAX_SECONDS)
            wait = pause

    async def _note(self, *command: str | bytes | int) -> None:
        try:
            await aio(self._line.command, *command)
        except StoreError as error:
            log.warning("hold_not_kept", why=str(error))


async def read_hold(line: Line, bot: str) -> Kept | None:
    """Whether a bot holds, as Redis has it; None also where Redis does not answer."""
    try:
        found = await line.command("GET", _key(bot))
        return _KEPT.validate_json(found) if found is not None else None
    except (StoreError, ValidationError):
        return None


async def holds(line: Line, bots: Iterable[str]) -> dict[str, str]:
    """What `/readyz` warns of: the bots that hold, whichever process looks after them."""
    found = {bot: await read_hold(line, bot) for bot in bots}
    return {
        f"warning_bot_{bot}": f"Telegram does not know the bot ({kept.why}); it holds and is asked for again"
        for bot, kept in found.items()
        if kept is not None
    }


def _key(bot: str) -> str:
    return f"mailroom:bot:{bot}:held"
