"""How updates get from Telegram to us: the webhook's registration, long polling where there is no public
address, catching up after downtime.

After downtime Telegram delivers a backlog queue by queue, so all texts of a chat come before its taps: 17 %
of near pairs inverted. By getUpdates the same backlog comes in the order of its ids. So a backlog is fetched
before the webhook is set again.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import trio
from aiogram.exceptions import TelegramAPIError, TelegramConflictError, TelegramRetryAfter
from aiogram.methods import DeleteWebhook, GetUpdates, GetWebhookInfo, SetWebhook, TelegramMethod
from pydantic_core import to_json
from structlog import get_logger

from actors.hosting.bot import HostedBot
from actors.hosting.session import HostedSession
from actors.providers.telegram import MAX_CONNECTIONS, NotAnUpdateError
from actors.runtime.bridge import aio
from ingress.intake import Intake
from ingress.webhook import PATH
from storage.errors import StoreUnavailable

log = get_logger("mailroom.telegram")

POLL_SECONDS = 25
"""How long Telegram holds a getUpdates call that has nothing to tell."""
CALL_SECONDS = 10
BATCH_MAX = 100
"""Updates in one answer: Telegram's own limit."""
POLLED_CAP = 100_000
"""Fetched updates cannot be refused one by one; this is as many as Telegram keeps for a whole bot."""
PAUSE_SECONDS = 1.0
PAUSE_MAX_SECONDS = 60.0


class Line:
    """One bot's line to Telegram."""

    def __init__(self, bot: HostedBot, intake: Intake) -> None:
        self._bot = bot
        self._intake = intake

    async def register(self, public_url: str, secret: str, reached: Callable[[], None]) -> None:
        """Fetch what is waiting, then have Telegram send updates to us. Tries until it works; `reached` is
        called after the first try.
        """
        pause = PAUSE_SECONDS
        url = f"{public_url}{PATH}{self._bot.name}"
        while True:
            try:
                await self._catch_up()
                await self._call(
                    SetWebhook(
                        url=url,
                        secret_token=secret,
                        allowed_updates=self._bot.allowed_updates(),
                        max_connections=MAX_CONNECTIONS,
                    )
                )
            except (TelegramAPIError, StoreUnavailable) as error:
                log.warning(
                    "webhook_not_registered", bot=self._bot.name, why=str(error), again_in_seconds=pause
                )
                reached()
                await trio.sleep(error.retry_after if isinstance(error, TelegramRetryAfter) else pause)
                pause = min(pause * 2, PAUSE_MAX_SECONDS)
            else:
                log.info("webhook_registered", bot=self._bot.name, url=url)
                reached()
                return

    async def poll(self) -> None:
        """Fetch updates for ever: for a developer without a public address."""
        pause, offset, webhook_gone = PAUSE_SECONDS, None, False
        while True:
            try:
                if not webhook_gone:
                    await self._call(DeleteWebhook(drop_pending_updates=False))
                    webhook_gone = True
                    log.info("polling", bot=self._bot.name)
                offset = await self._fetch(offset, POLL_SECONDS)
                pause = PAUSE_SECONDS
            except TelegramConflictError as error:
                webhook_gone = False
                log.warning("polling_conflict", bot=self._bot.name, why=str(error), again_in_seconds=pause)
                await trio.sleep(pause)
            except (TelegramAPIError, StoreUnavailable) as error:
                log.warning("polling_failed", bot=self._bot.name, why=str(error), again_in_seconds=pause)
                await trio.sleep(pause)
                pause = min(pause * 2, PAUSE_MAX_SECONDS)

    async def _catch_up(self) -> None:
        info = await self._call(GetWebhookInfo())
        pending = info.get("pending_update_count", 0)
        if not pending:
            return
        log.info("catching_up", bot=self._bot.name, pending=pending)
        await self._call(DeleteWebhook(drop_pending_updates=False))
        offset: int | None = None
        while (following := await self._fetch(offset, 0)) != offset:
            offset = following

    async def _fetch(self, offset: int | None, wait_seconds: int) -> int | None:
        """Take one batch in, and return where the next begins. Telegram forgets a batch only when the next
        one is asked for.
        """
        updates = await self._call(
            GetUpdates(
                offset=offset,
                limit=BATCH_MAX,
                timeout=wait_seconds,
                allowed_updates=self._bot.allowed_updates(),
            ),
            timeout=wait_seconds + CALL_SECONDS,
        )
        for update in updates:
            take = partial(self._intake.take, self._bot, to_json(update), in_order=True, cap=POLLED_CAP)
            try:
                await aio(take)
            except NotAnUpdateError as error:
                log.error("polled_no_update", bot=self._bot.name, why=str(error))
            offset = update["update_id"] + 1
        return offset

    async def _call(self, method: TelegramMethod[Any], timeout: int = CALL_SECONDS) -> Any:
        session = self._bot.bot.session
        assert isinstance(session, HostedSession), "a hosted bot has a hosted session"
        return await aio(session.fetch, self._bot.bot, method, timeout)
